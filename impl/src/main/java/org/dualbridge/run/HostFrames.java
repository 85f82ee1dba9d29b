/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.frame.Garp;
import org.dualbridge.frame.Rarp;
import org.dualbridge.frame.UnsolicitedNa;

/** The frames that announce a host. */
final class HostFrames {
    /**
     * One of them.
     *
     * @param protocol of what kind it is
     * @param vlan its VLAN, 0 for untagged
     * @param octets the frame, without FCS
     */
    record Frame(AnnouncementProtocol protocol, int vlan, byte[] octets) {
    }

    private HostFrames() {
        // composes only
    }

    /** Composes one frame per protocol and address of its family, or a RARP where that gives none. */
    static List<Frame> of(final Host host, final Set<AnnouncementProtocol> protocols) {
        final var frames = new ArrayList<Frame>();
        for (final var protocol : protocols) {
            for (final var octets : octets(host, protocol)) {
                frames.add(new Frame(protocol, host.vlan(), octets));
            }
        }
        return !frames.isEmpty() ? frames : List.of(new Frame(AnnouncementProtocol.RARP, host.vlan(),
            Rarp.announce(host.mac(), host.vlan(), 0)));
    }

    private static List<byte[]> octets(final Host host, final AnnouncementProtocol protocol) {
        final var mac = host.mac();
        final var vlan = host.vlan();
        return switch (protocol) {
            case RARP -> Lists.transform(host.ipv4(), ip -> Rarp.announce(mac, vlan, ip));
            case GARP_REQUEST -> Lists.transform(host.ipv4(), ip -> Garp.request(mac, vlan, ip));
            case GARP_REPLY -> Lists.transform(host.ipv4(), ip -> Garp.reply(mac, vlan, ip));
            case UNSOLICITED_NA -> Lists.transform(host.ipv6(),
                ip -> UnsolicitedNa.announce(mac, vlan, ip, host.isRouter()));
        };
    }
}
