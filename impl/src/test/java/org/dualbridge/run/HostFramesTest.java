/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol.GARP_REPLY;
import static org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol.GARP_REQUEST;
import static org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol.RARP;
import static org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol.UNSOLICITED_NA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.List;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.frame.Garp;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Rarp;
import org.dualbridge.frame.UnsolicitedNa;
import org.junit.jupiter.api.Test;

class HostFramesTest {
    private static final Mac MAC = Mac.parse("52:54:00:00:00:01");
    private static final Ipv6 IPV6 = new Ipv6(0x2001_0db8_0000_0000L, 1);
    private static final Host BOTH = new Host(MAC, 7, ImmutableList.of(1, 2), ImmutableList.of(IPV6), true);
    private static final Host BARE = new Host(MAC, 7);

    private static void assertFrames(final Host host, final List<AnnouncementProtocol> protocols,
            final AnnouncementProtocol[] sent, final byte[]... octets) {
        final var frames = HostFrames.of(host, ImmutableSortedSet.copyOf(protocols));

        assertEquals(List.of(sent), frames.stream().map(HostFrames.Frame::protocol).toList());
        assertArrayEquals(octets, frames.stream().map(HostFrames.Frame::octets).toArray(byte[][]::new));
        frames.forEach(frame -> assertEquals(7, frame.vlan()));
    }

    private static AnnouncementProtocol[] sent(final AnnouncementProtocol... protocols) {
        return protocols;
    }

    @Test
    void everyAddressOfTheFamilyHasAFrameOfEachProtocol() {
        assertFrames(BOTH, List.of(RARP, GARP_REQUEST, GARP_REPLY, UNSOLICITED_NA),
            sent(RARP, RARP, GARP_REQUEST, GARP_REQUEST, GARP_REPLY, GARP_REPLY, UNSOLICITED_NA),
            Rarp.announce(MAC, 7, 1), Rarp.announce(MAC, 7, 2), Garp.request(MAC, 7, 1), Garp.request(MAC, 7, 2),
            Garp.reply(MAC, 7, 1), Garp.reply(MAC, 7, 2), UnsolicitedNa.announce(MAC, 7, IPV6, true));
    }

    @Test
    void hostWithoutAddressOfTheFamilyIsAnnouncedByRarp() {
        assertFrames(BARE, List.of(GARP_REQUEST, UNSOLICITED_NA), sent(RARP), Rarp.announce(MAC, 7, 0));
        assertFrames(BARE, List.of(RARP), sent(RARP), Rarp.announce(MAC, 7, 0));
        assertFrames(new Host(MAC, 7, ImmutableList.of(1), ImmutableList.of(), false), List.of(UNSOLICITED_NA),
            sent(RARP), Rarp.announce(MAC, 7, 0));
    }

    @Test
    void hostOfOneFamilyHasFramesOfThatFamilyOnly() {
        assertFrames(new Host(MAC, 7, ImmutableList.of(1), ImmutableList.of(), false),
            List.of(GARP_REPLY, UNSOLICITED_NA), sent(GARP_REPLY), Garp.reply(MAC, 7, 1));
    }
}
