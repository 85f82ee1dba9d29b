/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import java.util.List;
import org.dualbridge.openflow.HeldFlow;
import org.dualbridge.table.FlowEntry;

/**
 * How far a switch is from what is intended.
 *
 * @param missing flows that it does not hold, or not as intended
 * @param unexpected flows that bear our mark, and are not intended
 * @param groupMissing whether the group is not there, or not as intended
 */
record Drift(List<FlowEntry> missing, List<HeldFlow> unexpected, boolean groupMissing) {
    /** How many entries are missing. */
    int allMissing() {
        return missing.size() + (groupMissing ? 1 : 0);
    }
}
