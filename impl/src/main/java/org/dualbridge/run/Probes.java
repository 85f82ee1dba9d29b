/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Objects;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.ArpHeartbeat;
import org.dualbridge.frame.BfdListener;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.IcmpEchoHeartbeat;
import org.dualbridge.frame.Ipv4Heartbeat.Ends;
import org.dualbridge.frame.Listener;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.NdHeartbeat;
import org.dualbridge.frame.Payload;
import org.dualbridge.frame.ReflectHeartbeat;
import org.dualbridge.frame.Responder;
import org.dualbridge.frame.UdpHeartbeat;
import org.dualbridge.frame.VrrpListener;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;

/** Makes the heartbeats, and what listens, that a configuration asks for. */
final class Probes {
    private Probes() {
        // makes only
    }

    static ImmutableMap<PortRef, Listener> of(final DualBridge config, final long controller) {
        final var heartbeats = ImmutableMap.<PortRef, Listener>builder();
        final var method = config.heartbeat().method();
        if (method.probes() || method.listens()) {
            config.bridges().forEach(bridge -> bridge.attachments().forEach(attachment ->
                heartbeats.put(attachment.port(), of(config, bridge, attachment.port(), controller))));
        }
        config.targets().forEach((key, target) -> heartbeats.put(key, new ArpHeartbeat(target.mac(), target.ipv4(),
            target.vlan(), TablePlan.proberMac(key))));
        return heartbeats.build();
    }

    private static Listener of(final DualBridge config, final Bridge bridge, final PortRef port,
            final long controller) {
        final var target = bridge.target();
        final var vlan = target.vlan();
        final var payload = new Payload(controller, port.datapath(), (int) port.number(), target.prober().keys());
        return switch (config.heartbeat().method()) {
            case REFLECT -> new ReflectHeartbeat(Objects.requireNonNullElse(target.mac(),
                ReflectHeartbeat.DESTINATION), vlan, payload);
            case ARP -> new ArpHeartbeat(mac(bridge), target.ipv4(), vlan, TablePlan.proberMac(port));
            case ND -> new NdHeartbeat(mac(bridge), required(target.ipv6(), bridge, "IPv6"), vlan,
                TablePlan.proberMac(port));
            case ICMP_ECHO -> new IcmpEchoHeartbeat(ends(bridge, port), payload);
            case UDP -> new UdpHeartbeat(ends(bridge, port), target.prober().udpPort(), payload);
            case VRRP -> new VrrpListener(target.prober().vrrpId(), vlan, target.ipv4(), target.ipv6());
            case RESPONDER -> new Responder(ends(bridge, port), target.prober().udpPort());
            case BFD_PASSIVE -> new BfdListener(vlan, address(target), config.bridges().stream()
                .map(other -> address(other.target())).collect(ImmutableSet.toImmutableSet()));
            case PORT, EXTERNAL -> throw new IllegalArgumentException(config.heartbeat().method()
                + " is judged by no frames");
        };
    }

    private static Ends ends(final Bridge bridge, final PortRef port) {
        final var target = bridge.target();
        return new Ends(TablePlan.proberMac(port), bridge.proberIpv4(port), mac(bridge), target.ipv4(), target.vlan());
    }

    private static Address address(final Target target) {
        final var ipv6 = target.ipv6();
        return ipv6 == null ? new V4(target.ipv4()) : new V6(ipv6);
    }

    private static Mac mac(final Bridge bridge) {
        return required(bridge.target().mac(), bridge, "MAC");
    }

    private static <T> T required(final @Nullable T address, final Bridge bridge, final String kind) {
        if (address == null) {
            throw new IllegalArgumentException("bridge " + bridge.name() + " has no " + kind + " address to probe");
        }
        return address;
    }
}
