/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridgesBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.BridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Host;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Link;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Attachment;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.AttachmentBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Target;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.TargetBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Tracker;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.TrackerBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.Authentication;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.AuthenticationBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.authentication.KeyBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnicastMacAddress;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vlan;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint8;

/** Configurations as the datastore has them, for tests. */
final class Configurations {
    private Configurations() {
        // builds only
    }

    /** A valid one: "left" at openflow:1:1 and "right" at openflow:2:1, both asked by ARP. */
    static DualBridgeBuilder valid() {
        return new DualBridgeBuilder()
            .setName(new Name("db"))
            .setBridge(List.of(bridge("left", "openflow:1:1").build(), bridge("right", "openflow:2:1").build()));
    }

    static DualBridges all(final DualBridge... configs) {
        return new DualBridgesBuilder().setDualBridge(BindingMap.of(configs)).build();
    }

    static BridgeBuilder bridge(final String name, final String port) {
        return new BridgeBuilder()
            .setName(new Name(name))
            .setAttachment(List.of(attachment(port, null)))
            .setTarget(target("10.0.0.1", "52:54:00:00:00:fe"));
    }

    /** A bridge that is an OpenFlow switch. */
    static BridgeBuilder openFlow(final String name, final String port, final String node, final String peer) {
        return bridge(name, port)
            .setNode(new NodeId(node))
            .setAttachment(List.of(attachment(port, peer)));
    }

    static Attachment attachment(final String port, final String peer) {
        return new AttachmentBuilder()
            .setNodeConnector(new NodeConnectorId(port))
            .setPeer(peer == null ? null : new NodeConnectorId(peer))
            .build();
    }

    static Target target(final String ip, final String mac) {
        return new TargetBuilder()
            .setIpAddress(ip == null ? null : ip.contains(":") ? ipv6(ip) : ipv4(ip))
            .setMacAddress(mac == null ? null : new UnicastMacAddress(mac))
            .build();
    }

    /** A tracker "t"; {@code null} for what it has not. It has no target without a port to ask by and an address. */
    static Tracker tracker(final String port, final String targetPort, final String ip, final String mac) {
        final var target = new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge
            .tracker.TargetBuilder()
            .setNodeConnector(targetPort == null ? null : new NodeConnectorId(targetPort))
            .setIpAddress(ip == null ? null : new Ipv4AddressNoZone(ip))
            .setMacAddress(mac == null ? null : new UnicastMacAddress(mac))
            .build();
        return new TrackerBuilder()
            .setName(new Name("t"))
            .setNodeConnector(port == null ? null : new NodeConnectorId(port))
            .setTarget(targetPort == null && ip == null ? null : target)
            .build();
    }

    /** Keys with one secret; {@code null} for no active one. */
    static Authentication authentication(final Integer active, final int... ids) {
        return new AuthenticationBuilder()
            .setKey(BindingMap.of(Arrays.stream(ids)
                .mapToObj(id -> new KeyBuilder().setKeyId(Uint8.valueOf(id)).setSecret("0123456789abcdef").build())
                .toList()))
            .setActiveKey(active == null ? null : Uint8.valueOf(active))
            .build();
    }

    static Host host(final String mac, final int vlan, final Set<IpAddressNoZone> addresses) {
        return new HostBuilder()
            .setMac(new UnicastMacAddress(mac))
            .setVlan(new Vlan(Uint16.valueOf(vlan)))
            .setIpAddress(addresses)
            .build();
    }

    static Link link(final String endA, final String endB) {
        return new LinkBuilder().setEndA(new NodeConnectorId(endA)).setEndB(new NodeConnectorId(endB)).build();
    }

    static IpAddressNoZone ipv4(final String text) {
        return new IpAddressNoZone(new Ipv4AddressNoZone(text));
    }

    static IpAddressNoZone ipv6(final String text) {
        return new IpAddressNoZone(new Ipv6AddressNoZone(text));
    }
}
