/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.junit.jupiter.api.Test;

class DryRunTest {
    @Test
    void playsTakeoversOfTheUsualCauses() {
        assertEquals(Set.of(Reason.STARTUP, Reason.NO_RESPONSE, Reason.LINK_DOWN, Reason.PRIORITY, Reason.OPERATOR),
            DryRun.play());
    }
}
