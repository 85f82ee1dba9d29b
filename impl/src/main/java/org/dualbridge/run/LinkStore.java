/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.Set;
import org.dualbridge.core.DualBridge.Link;

/** Where discovered links are kept in mind over a restart. */
public interface LinkStore {
    /**
     * Keeps links in mind, and no others.
     *
     * @param links the links
     * @return done when it is written
     */
    ListenableFuture<?> keepLinks(Set<Link> links);

    /**
     * Reads what was kept in mind.
     *
     * @return the links
     */
    ListenableFuture<Set<Link>> recallLinks();
}
