/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.ListenableFuture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.View;

/** Where learned hosts are told, and kept in mind over a restart. */
public interface HostStore {
    /**
     * Which host of which dual bridge.
     *
     * @param dualBridge name of the dual bridge
     * @param host which host
     */
    record Spot(String dualBridge, Key host) {
    }

    /**
     * What is told of a host.
     *
     * @param view what is known of it
     * @param seen when it was seen last
     */
    record Told(View view, Instant seen) {
    }

    /**
     * What is told of a dual bridge.
     *
     * @param count how many hosts it has learned
     * @param isFull whether no more are learned
     */
    record Summary(int count, boolean isFull) {
    }

    /**
     * What has changed, to be written together; empty is gone.
     *
     * @param cleared dual bridges of which nothing is to be left, before all else
     * @param summaries dual bridges
     * @param told hosts, as they are told
     * @param kept hosts, as they are kept in mind
     */
    record Batch(Set<String> cleared, Map<String, Summary> summaries, Map<Spot, Optional<Told>> told,
            Map<Spot, Optional<View>> kept) {
    }

    /**
     * Writes what has changed.
     *
     * @param batch what
     * @return done when it is written
     */
    ListenableFuture<?> write(Batch batch);

    /**
     * Reads what was kept in mind.
     *
     * @param dualBridge name of the dual bridge
     * @return its hosts
     */
    ListenableFuture<List<View>> recallHosts(String dualBridge);
}
