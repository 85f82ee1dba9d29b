/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.api;

import java.util.List;

/** The dual bridges of this controller, as an OSGi service. */
public interface DualBridges {
    /**
     * Tells the state of every dual bridge. Cheap: reads what the failover machines published last.
     *
     * @return one status per configured dual bridge, in the order of their names
     */
    List<DualBridgeStatus> status();
}
