/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.core.Intent;

/** Where a runner tells its state. Returns at once; what is slow, or fails, is the sink's business. */
public interface StatusSink {
    /**
     * Tells the state.
     *
     * @param status state of one dual bridge
     */
    void publish(DualBridgeStatus status);

    /**
     * Keeps in mind over a restart what is active.
     *
     * @param name name of the dual bridge
     * @param intent what is active
     */
    void remember(String name, Intent intent);
}
