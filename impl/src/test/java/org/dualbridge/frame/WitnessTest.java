/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WitnessTest {
    private static final long CONTROLLER = 0x1122_3344_5566_7788L;
    private static final Witness WITNESS = new Witness(0x0102_0304, 9, 10);

    @Test
    void frameHasTheDocumentedOctets() {
        assertEquals("02dbff000003" + "02dbff000002" + "88b5" + "44425749" + "01020304" + "1122334455667788"
            + "0000000000000009" + "000000000000000a" + "00".repeat(14),
            HexFormat.of().formatHex(WITNESS.frame(CONTROLLER)));
    }

    @Test
    void whatWasSentIsRead() {
        assertEquals(Optional.of(WITNESS), Witness.read(WITNESS.frame(CONTROLLER), CONTROLLER));
    }

    @Test
    void othersAreNotRead() {
        assertEquals(Optional.empty(), Witness.read(WITNESS.frame(1), CONTROLLER));
        assertEquals(Optional.empty(), Witness.read(
            new ReflectHeartbeat(ReflectHeartbeat.DESTINATION, 0,
                new Payload(CONTROLLER, 1, 7, Keyring.EMPTY)).probe(9), CONTROLLER));
        Frames.hostile(WITNESS.frame(CONTROLLER)).forEach(frame ->
            assertNotNull(Witness.read(frame, CONTROLLER)));
    }
}
