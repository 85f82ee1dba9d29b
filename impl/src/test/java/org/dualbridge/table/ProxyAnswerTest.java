/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import static org.dualbridge.core.Samples.LEFT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Garp;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Question;
import org.junit.jupiter.api.Test;

class ProxyAnswerTest {
    private static final TablePlan PLAN = new TablePlan(Samples.proxy());
    private static final Mac ASKER = Mac.parse("52:54:00:ff:00:01");
    private static final PortRef OUTSIDE = new PortRef(2, 20);

    /** An ARP request: a claim with its sender's address changed. */
    private static byte[] whoHas(final int address, final int vlan) {
        final var frame = Garp.request(ASKER, vlan, address);
        frame[vlan == 0 ? 31 : 35] = 99;
        return frame;
    }

    private static ProxyAnswer ask(final PortRef port, final byte[] frame) {
        return ProxyAnswer.to(PLAN, Samples.LEFT_MAC, port, frame);
    }

    @Test
    void stationOutsideIsToldTheActiveBridge() {
        final var question = whoHas(Samples.HOST_IP, 0);
        final var reply = assertInstanceOf(ProxyAnswer.Reply.class, ask(OUTSIDE, question));

        assertArrayEquals(new Question.WhoHas(ASKER, 0, Samples.HOST_IP & ~0xff | 99, Samples.HOST_IP)
            .answer(Samples.LEFT_MAC, false), reply.frame());
    }

    @Test
    void addressOfNobodyIsNotAnsweredFor() {
        assertEquals(ProxyAnswer.NONE, ask(OUTSIDE, whoHas(Samples.HOST_IP + 1, 0)));
        assertEquals(ProxyAnswer.NONE, ask(OUTSIDE, whoHas(Samples.HOST_IP, 7)), "in another VLAN");
        assertEquals(1, PLAN.owner(0, new V4(Samples.HOST_IP)).stream().count());
        assertEquals(1, PLAN.owner(0, new V6(Samples.HOST_IPV6)).stream().count());
    }

    @Test
    void whoAsksFromBehindTheBridgesIsNotAnswered() {
        final var question = whoHas(Samples.HOST_IP, 0);

        assertEquals(ProxyAnswer.NONE, ask(LEFT, question));
        assertEquals(ProxyAnswer.NONE, ask(Samples.RIGHT, question));
        assertEquals(ProxyAnswer.NONE, ask(new PortRef(2, 10), question), "from another switch of the fabric");
    }

    @Test
    void claimFromOutsideIsCountedAndOneFromAHostIsNot() {
        final var claim = Garp.request(ASKER, 0, Samples.HOST_IP);

        assertEquals(new ProxyAnswer.Discarded(Discard.SPOOFED), ask(OUTSIDE, claim));
        assertEquals(ProxyAnswer.NONE, ask(LEFT, claim));
    }
}
