/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.NextHop;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What one switch is meant to hold for one dual bridge, at one instant.
 *
 * @param node datapath id of the switch
 * @param cookie what marks the flows
 * @param version tells it from what is meant later
 * @param layers flows, by layer
 * @param refused flows of these that the switch refuses
 * @param group identifier of the group
 * @param nextHop where it leads; {@code null} where there is none, or the switch refuses it
 */
record Intended(long node, Cookie cookie, int version, List<Set<FlowEntry>> layers, Set<FlowEntry> refused, long group,
        @Nullable NextHop nextHop) {
    int size() {
        return layers.stream().mapToInt(Set::size).sum();
    }

    boolean contains(final FlowEntry flow) {
        return layers.stream().anyMatch(layer -> layer.contains(flow));
    }

    Stream<FlowEntry> flows() {
        return layers.stream().flatMap(Set::stream);
    }
}
