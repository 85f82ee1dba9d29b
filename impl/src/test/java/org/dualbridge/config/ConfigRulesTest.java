/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import static org.dualbridge.config.Configurations.all;
import static org.dualbridge.config.Configurations.attachment;
import static org.dualbridge.config.Configurations.authentication;
import static org.dualbridge.config.Configurations.bridge;
import static org.dualbridge.config.Configurations.host;
import static org.dualbridge.config.Configurations.ipv4;
import static org.dualbridge.config.Configurations.ipv6;
import static org.dualbridge.config.Configurations.link;
import static org.dualbridge.config.Configurations.openFlow;
import static org.dualbridge.config.Configurations.target;
import static org.dualbridge.config.Configurations.tracker;
import static org.dualbridge.config.Configurations.valid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridgesBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.SyncGroupBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.AnnouncementBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.BridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.HeartbeatBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.TargetBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.TrackerBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.BfdPassive;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.External;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpReply;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.HeartbeatMethod;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.IcmpEcho;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Nd;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.OpenflowPort;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Rarp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Reflect;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Responder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Udp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnicastMacAddress;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vlan;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vrrp;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint8;

class ConfigRulesTest {
    private static final String DB = "dual-bridge[name='db']";
    private static final String RIGHT = DB + "/bridge[name='right']";

    private static void assertBroken(final String path, final String rule, final DualBridge... configs) {
        final var message = ConfigRules.firstBroken(all(configs)).orElseThrow();
        assertTrue(message.startsWith(path + ": "), message);
        assertTrue(message.contains(rule), message);
    }

    private static void assertValid(final DualBridge... configs) {
        assertEquals(Optional.empty(), ConfigRules.firstBroken(all(configs)));
    }

    /** The valid configuration with another bridge in place of "right". */
    private static DualBridgeBuilder beside(final BridgeBuilder right) {
        return beside(bridge("left", "openflow:1:1").build(), right.build());
    }

    private static DualBridgeBuilder beside(final Bridge left, final Bridge right) {
        return valid().setBridge(List.of(left, right));
    }

    @Test
    void nothingIsValidAndSoAreTwoBridges() {
        assertEquals(Optional.empty(), ConfigRules.firstBroken(null));
        assertValid();
        assertValid(valid().build());
        assertValid(valid().setPreferredBridge(new Name("right"))
            .setHost(BindingMap.of(host("52:54:00:00:01:00", 0, Set.of())))
            .setLink(BindingMap.of(link("openflow:1:10", "openflow:2:10"))).build());
    }

    private static DualBridge tracked(final String port, final String targetPort, final String ip, final String mac) {
        return beside(bridge("right", "openflow:2:1").setTracker(BindingMap.of(tracker(port, targetPort, ip, mac))))
            .build();
    }

    @Test
    void trackerWatchesAPortOrAsksATarget() {
        assertValid(tracked("openflow:1:1", null, null, null));
        assertValid(tracked(null, null, null, null));
        assertValid(tracked(null, "openflow:9:1", "10.0.0.1", null));
        assertValid(tracked(null, "openflow:1:1", "10.0.0.1", "52:54:00:00:00:01"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "openflow:1:1, openflow:1:1, 10.0.0.1, -, '', not both",
        "-, -, 10.0.0.1, -, /node-connector, is required",
        "-, openflow:1:1, -, -, /ip-address, is required",
        "-, eth0, 10.0.0.1, -, /node-connector, is not of the form",
        "-, openflow:1:1, 224.0.0.1, -, /ip-address, is no station's address",
        "-, openflow:1:1, 10.0.0.1, 01:00:5e:00:00:01, /mac-address, multicast",
        "-, openflow:1:1, 10.0.0.1, 02:db:00:00:00:01, /mac-address, heartbeats use",
    })
    void targetOfATrackerThatCannotBeAskedIsRefused(final String port, final String targetPort, final String ip,
            final String mac, final String leaf, final String rule) {
        assertBroken(RIGHT + "/tracker[name='t']/target" + leaf, rule, tracked(port, targetPort, ip, mac));
    }

    @Test
    void portClaimedTwiceIsRefused() {
        assertBroken(RIGHT + "/attachment[node-connector='openflow:1:1']/node-connector", "claimed twice",
            beside(bridge("right", "openflow:1:1")).build());
    }

    @Test
    void portClaimedByTwoDualBridgesIsRefused() {
        final var message = ConfigRules.firstBroken(all(valid().build(), valid().setName(new Name("other")).build()));

        assertTrue(message.orElseThrow().contains("/node-connector: openflow:1:1 is claimed twice"), message::get);
    }

    @Test
    void attachmentThatIsAlsoALinkIsRefused() {
        assertBroken(DB + "/link[end-a='openflow:1:1'][end-b='openflow:2:10']/end-a", "claimed twice",
            valid().setLink(BindingMap.of(link("openflow:1:1", "openflow:2:10"))).build());
    }

    @Test
    void oneBridgeOnlyIsRefused() {
        assertBroken(DB + "/bridge", "this one has 1",
            valid().setBridge(List.of(bridge("left", "openflow:1:1").build())).build());
    }

    @ParameterizedTest
    @CsvSource({ "100, 3, 301, false", "100, 3, 300, true", "10, 1, 11, false", "10, 1, 10, true",
        ", , 301, false", ", , 300, true", "10, , 31, false" })
    void timeoutOverTheDeadIntervalIsRefused(final Integer interval, final Integer missCount, final int timeout,
            final boolean valid) {
        final var config = valid().setHeartbeat(new HeartbeatBuilder()
            .setInterval(interval == null ? null : Uint16.valueOf(interval))
            .setMissCount(missCount == null ? null : Uint8.valueOf(missCount))
            .setTimeout(Uint16.valueOf(timeout)).build()).build();

        if (valid) {
            assertValid(config);
        } else {
            assertBroken(DB + "/heartbeat/timeout", "dead interval", config);
        }
    }

    @Test
    void unknownPreferredBridgeIsRefused() {
        assertBroken(DB + "/preferred-bridge", "'nobody'", valid().setPreferredBridge(new Name("nobody")).build());
    }

    @ParameterizedTest
    @ValueSource(strings = { "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "02:db:00:00:00:01" })
    void hostMacThatIsNoStationsIsRefused(final String mac) {
        assertBroken(DB + "/host[mac='" + mac + "'][vlan='5']/mac", mac + " is",
            valid().setHost(BindingMap.of(host(mac, 5, Set.of()))).build());
    }

    private static DualBridgeBuilder proxy(final String mac, final String otherMac,
            final IpAddressNoZone... addresses) {
        return beside(bridge("left", "openflow:1:1").setMacAddress(new UnicastMacAddress(mac)).build(),
            bridge("right", "openflow:2:1").setMacAddress(otherMac == null ? null : new UnicastMacAddress(otherMac))
                .build())
            .setProxyArp(true).setHost(BindingMap.of(host("52:54:00:00:01:00", 5, Set.of(addresses))));
    }

    private static DualBridgeBuilder proxy(final String address) {
        return proxy("52:54:00:00:00:0a", "52:54:00:00:00:0b", address.contains(":") ? ipv6(address) : ipv4(address));
    }

    @ParameterizedTest
    @ValueSource(strings = { "224.0.0.7", "127.0.0.1", "ff02::1", "::", "::1", "::ffff:10.0.0.1", "::FFFF:a00:1" })
    void addressThatNoStationHasIsRefused(final String address) {
        final var rule = address + " is no station's address";
        assertBroken(DB + "/host[mac='52:54:00:00:01:00'][vlan='5']/ip-address", rule, proxy(address).build());
        assertBroken(DB + "/host[mac='52:54:00:00:01:00'][vlan='5']/ip-address", rule,
            proxy(address).setProxyArp(false).build());
    }

    @Test
    void targetWithAMappedAddressIsRefused() {
        final var bridges = Stream.of("left", "right").map(name -> bridge(name, "left".equals(name) ? "openflow:1:1"
            : "openflow:2:1").setTarget(target("::ffff:10.0.0.1", "52:54:00:00:00:01")).build()).toList();
        assertBroken(DB + "/bridge[name='left']/target/ip-address", "10.0.0.1 mapped to IPv6",
            valid().setBridge(bridges).setHeartbeat(new HeartbeatBuilder().setMethod(Nd.VALUE).build()).build());
    }

    @Test
    void proxyArpNeedsABridgeToBeKnownByAndAHostToBeAnsweredFor() {
        final var hostPath = DB + "/host[mac='52:54:00:00:01:00'][vlan='5']/ip-address";

        assertValid(proxy("10.0.0.7").build());
        assertValid(proxy("2001:db8::7").setForwarding(DualBridge.Forwarding.Learning).build());
        assertValid(proxy("52:54:00:00:00:0a", null).setProxyArp(false).build());
        assertBroken(RIGHT + "/mac-address", "is required by proxy-arp",
            proxy("52:54:00:00:00:0a", null, ipv4("10.0.0.7")).build());
        assertBroken(RIGHT + "/mac-address", "is also that of 'left'",
            proxy("52:54:00:00:00:0a", "52:54:00:00:00:0A", ipv4("10.0.0.7")).build());
        assertBroken(RIGHT + "/mac-address", "multicast",
            proxy("52:54:00:00:00:0a", "53:54:00:00:00:0b", ipv4("10.0.0.7")).build());
        assertBroken(hostPath, "is required by proxy-arp", proxy("52:54:00:00:00:0a", "52:54:00:00:00:0b").build());
        assertBroken(hostPath, "is the target of '", proxy("10.0.0.1").build());
    }

    @Test
    void proxyArpIsRefusedWithWhatCannotWork() {
        assertBroken(DB + "/granularity", "of no use with proxy-arp",
            proxy("10.0.0.7").setGranularity(DualBridge.Granularity.Vlan).build());
        assertBroken(DB + "/announcement/protocol", "of no use with proxy-arp", proxy("10.0.0.7").setAnnouncement(
            new AnnouncementBuilder().setProtocol(Set.of(Rarp.VALUE, GarpReply.VALUE)).build()).build());
        assertValid(proxy("10.0.0.7").setAnnouncement(
            new AnnouncementBuilder().setProtocol(Set.of(GarpReply.VALUE)).build()).build());
    }

    @Test
    void addressIsAnsweredForByOneDualBridgeOnly() {
        final var other = valid().setName(new Name("other")).setProxyArp(true).setBridge(List.of(
            bridge("left", "openflow:1:3").setMacAddress(new UnicastMacAddress("52:54:00:00:00:0a")).build(),
            bridge("right", "openflow:2:3").setMacAddress(new UnicastMacAddress("52:54:00:00:00:0b")).build()));
        final var hosts = BindingMap.of(host("52:54:00:00:02:00", 5, Set.of(ipv6("2001:db8:0::7"))));

        final var message = ConfigRules.firstBroken(all(proxy("2001:db8::7").build(), other.setHost(hosts).build()));
        assertTrue(message.orElseThrow().contains("2001:db8:0::7 in VLAN 5 is answered for by 'db' already")
            || message.orElseThrow().contains("2001:db8::7 in VLAN 5 is answered for by 'other' already"),
            message::get);
        assertValid(proxy("2001:db8::7").build(), other.setProxyArp(false).build());
    }

    private static DualBridgeBuilder isolating() {
        return valid().setFence(DualBridge.Fence.Isolate).setHeartbeat(
            new HeartbeatBuilder().setMethod(OpenflowPort.VALUE).build());
    }

    @Test
    void isolationIsRefusedWithWhatHasToReachABridge() {
        assertValid(isolating().build());
        assertValid(isolating().setHeartbeat(new HeartbeatBuilder().setMethod(External.VALUE).build()).build());
        assertBroken(DB + "/fence", "isolate needs heartbeat/method openflow-port or external, since nothing of arp",
            valid().setFence(DualBridge.Fence.Isolate).build());
        assertBroken(DB + "/local-repair", "no fence isolate", isolating().setLocalRepair(true).build());
        assertBroken(DB + "/bridge[name='left']/ha-mode", "for all VLANs of a port", isolating().setBridge(List.of(
            bridge("left", "openflow:1:1").setHaMode(Bridge.HaMode.Sharing).build(),
            bridge("right", "openflow:2:1").setHaMode(Bridge.HaMode.Sharing).build())).build());
        assertBroken(RIGHT + "/tracker[name='t']/target/node-connector", "is an attachment of 'db'",
            isolating().setBridge(List.of(bridge("left", "openflow:1:1").build(), bridge("right", "openflow:2:1")
                .setTracker(BindingMap.of(tracker(null, "openflow:2:1", "10.0.0.9", null))).build())).build());
    }

    @Test
    void targetIsRequiredByArp() {
        assertBroken(RIGHT + "/target/ip-address", "method arp",
            beside(bridge("right", "openflow:2:1").setTarget(null)).build());
        assertBroken(RIGHT + "/target/ip-address", "method arp",
            beside(bridge("right", "openflow:2:1").setTarget(target(null, "52:54:00:00:00:fe"))).build());
        assertBroken(RIGHT + "/target/mac-address", "method arp",
            beside(bridge("right", "openflow:2:1").setTarget(target("10.0.0.1", null))).build());
        assertBroken(RIGHT + "/target/mac-address", "multicast",
            beside(bridge("right", "openflow:2:1").setTarget(target("10.0.0.1", "01:00:5e:00:00:01"))).build());
    }

    private static HeartbeatBuilder method(final HeartbeatMethod method) {
        return new HeartbeatBuilder().setMethod(method).setSourceAddress(new Ipv4AddressNoZone("10.0.0.9"));
    }

    @Test
    void neighbourDiscoveryNeedsAnIpv6Target() {
        final var left = bridge("left", "openflow:1:1").setTarget(target("2001:db8::1", "52:54:00:00:00:fe")).build();
        final var nd = method(Nd.VALUE).setSourceAddress(null).build();

        assertValid(beside(left, bridge("right", "openflow:2:1").setTarget(target("fe80::1", "52:54:00:00:00:fd"))
            .build()).setHeartbeat(nd).build());
        assertBroken(RIGHT + "/target/ip-address", "IPv6 address for heartbeat/method nd",
            beside(left, bridge("right", "openflow:2:1").build()).setHeartbeat(nd).build());
        assertBroken(RIGHT + "/target/ip-address", "required by heartbeat/method nd",
            beside(left, bridge("right", "openflow:2:1").setTarget(null).build()).setHeartbeat(nd).build());
        for (final var address : List.of("ff02::1", "::", "::1")) {
            assertBroken(RIGHT + "/target/ip-address", "no station's address",
                beside(left, bridge("right", "openflow:2:1").setTarget(target(address, "52:54:00:00:00:fd")).build())
                    .setHeartbeat(nd).build());
        }
    }

    private static Stream<HeartbeatMethod> ipv4Methods() {
        return Stream.of(IcmpEcho.VALUE, Udp.VALUE, Responder.VALUE);
    }

    @ParameterizedTest
    @MethodSource("ipv4Methods")
    void otherMethodsNeedAnIpv4TargetAndASource(final HeartbeatMethod method) {
        assertValid(valid().setHeartbeat(method(method).build()).build());
        assertBroken(DB + "/heartbeat/source-address", "is required by heartbeat/method ",
            valid().setHeartbeat(method(method).setSourceAddress(null).build()).build());
        assertBroken(RIGHT + "/target/ip-address", "has to be an IPv4 address",
            beside(bridge("right", "openflow:2:1").setTarget(target("2001:db8::1", "52:54:00:00:00:fe")))
                .setHeartbeat(method(method).build()).build());
        assertBroken(RIGHT + "/target/mac-address", "is required by heartbeat/method ",
            beside(bridge("right", "openflow:2:1").setTarget(target("10.0.0.1", null)))
                .setHeartbeat(method(method).build()).build());
    }

    @ParameterizedTest
    @ValueSource(strings = { "0.0.0.0", "127.0.0.1", "224.0.0.1", "223.255.255.255", "10.0.0.1", "10.0.0.0" })
    void sourceThatIsNoStationsOrATargetsIsRefused(final String address) {
        assertBroken(DB + "/heartbeat/source-address", "", beside(bridge("right", "openflow:2:1")
            .setAttachment(List.of(attachment("openflow:2:1", null), attachment("openflow:2:2", null))))
            .setHeartbeat(method(Udp.VALUE).setSourceAddress(new Ipv4AddressNoZone(address)).build()).build());
    }

    @Test
    void keysNeedAnActiveOneAndAMethodThatCarriesIt() {
        final var path = DB + "/heartbeat/authentication";
        final var udp = method(Udp.VALUE);

        assertValid(valid().setHeartbeat(udp.setAuthentication(authentication(2, 1, 2)).build()).build());
        assertValid(valid().setHeartbeat(udp.setAuthentication(authentication(null)).build()).build());
        assertBroken(path + "/active-key", "required",
            valid().setHeartbeat(udp.setAuthentication(authentication(null, 1)).build()).build());
        assertBroken(path + "/active-key", "no key 3",
            valid().setHeartbeat(udp.setAuthentication(authentication(3, 1, 2)).build()).build());
        for (final var other : Map.of("arp", method(null), "openflow-port", method(OpenflowPort.VALUE), "external",
                method(External.VALUE)).entrySet()) {
            assertBroken(path + "/key", "is of no use with heartbeat/method " + other.getKey(),
                valid().setHeartbeat(other.getValue().setAuthentication(authentication(1, 1)).build()).build());
            assertValid(valid().setHeartbeat(other.getValue().setAuthentication(authentication(null)).build())
                .build());
        }
    }

    private static HeartbeatBuilder vrrp() {
        return new HeartbeatBuilder().setMethod(Vrrp.VALUE).setVrrpId(Uint8.valueOf(51));
    }

    @Test
    void virtualRouterIsRequiredByVrrpAndATargetIsNot() {
        final var left = bridge("left", "openflow:1:1").setTarget(null).build();

        assertValid(valid().setHeartbeat(vrrp().build()).build());
        for (final var address : List.of("fe80::1", "10.0.0.1")) {
            assertValid(beside(left, bridge("right", "openflow:2:1").setTarget(target(address, null)).build())
                .setHeartbeat(vrrp().build()).build());
        }
        assertBroken(DB + "/heartbeat/vrrp-id", "is required by heartbeat/method vrrp",
            valid().setHeartbeat(vrrp().setVrrpId(null).build()).build());
        assertBroken(RIGHT + "/target/ip-address", "no station's address",
            beside(bridge("right", "openflow:2:1").setTarget(target("224.0.0.18", null)))
                .setHeartbeat(vrrp().build()).build());
    }

    @Test
    void nothingElseDecidesWithVrrp() {
        assertBroken(RIGHT + "/ha-mode", "elect their master themselves",
            beside(bridge("right", "openflow:2:1").setHaMode(Bridge.HaMode.Standby)).setHeartbeat(vrrp().build())
                .build());
        assertValid(beside(bridge("right", "openflow:2:1").setHaMode(Bridge.HaMode.Auto)).setHeartbeat(vrrp().build())
            .build());
        assertBroken(RIGHT + "/maintenance", "elect their master themselves",
            beside(bridge("right", "openflow:2:1").setMaintenance(true)).setHeartbeat(vrrp().build()).build());
        assertBroken(RIGHT + "/tracker", "elect their master themselves",
            beside(bridge("right", "openflow:2:1").setTracker(BindingMap.of(new TrackerBuilder()
                .setName(new Name("power")).build()))).setHeartbeat(vrrp().build()).build());
        final var message = ConfigRules.firstBroken(new DualBridgesBuilder()
            .setDualBridge(BindingMap.of(valid().setHeartbeat(vrrp().build()).build()))
            .setSyncGroup(BindingMap.of(new SyncGroupBuilder().setName(new Name("both"))
                .setMember(List.of(new Name("db"))).build())).build());
        assertTrue(message.orElseThrow().startsWith("sync-group[name='both']/member: 'db' has heartbeat/method vrrp"),
            message::get);
    }

    @Test
    void bfdNeedsToKnowWhoseSessionsAreListenedTo() {
        final var bfd = method(BfdPassive.VALUE).build();

        assertValid(valid().setHeartbeat(bfd).build());
        for (final var address : List.of("10.0.0.2", "2001:db8::2", "fe80::2")) {
            assertValid(beside(bridge("right", "openflow:2:1").setTarget(target(address, "52:54:00:00:00:0b")))
                .setHeartbeat(bfd).build());
        }
        assertBroken(RIGHT + "/target/ip-address", "is required by heartbeat/method bfd-passive",
            beside(bridge("right", "openflow:2:1").setTarget(null)).setHeartbeat(bfd).build());
        assertBroken(RIGHT + "/target/mac-address", "is required by heartbeat/method bfd-passive",
            beside(bridge("right", "openflow:2:1").setTarget(target("fe80::1", null))).setHeartbeat(bfd).build());
        assertBroken(RIGHT + "/target/ip-address", "no station's address",
            beside(bridge("right", "openflow:2:1").setTarget(target("ff02::1", "52:54:00:00:00:0b")))
                .setHeartbeat(bfd).build());
    }

    @Test
    void bfdNeedsWhatItsNeighboursSendToReachTheBridge() {
        final var bfd = method(BfdPassive.VALUE).build();
        final var hosts = BindingMap.of(host("52:54:00:00:00:01", 10, Set.of()));
        final var perVlan = valid().setGranularity(DualBridge.Granularity.Vlan).setHost(hosts);

        assertValid(perVlan.setHeartbeat(bfd).build());
        assertValid(perVlan.setHeartbeat(method(null).build()).build());
        final var inIt = bridge("right", "openflow:2:1").setTarget(new TargetBuilder(
            target("10.0.0.2", "52:54:00:00:00:0b")).setVlan(new Vlan(Uint16.TEN)).build());
        assertBroken(DB + "/granularity", "all of VLAN 10 to the active bridge",
            beside(inIt).setGranularity(DualBridge.Granularity.Vlan).setHost(hosts).setHeartbeat(bfd).build());
        assertValid(beside(inIt).setHost(hosts).setHeartbeat(bfd).build());
    }

    @Test
    void whatIsForProbesIsRefusedWithoutThem() {
        for (final var heartbeat : List.of(vrrp(), method(Responder.VALUE), method(BfdPassive.VALUE))) {
            assertBroken(DB + "/heartbeat/window", "is of no use with heartbeat/method ",
                valid().setHeartbeat(heartbeat.setWindow(Uint8.valueOf(10)).build()).build());
            assertBroken(DB + "/heartbeat/authentication/key", "is of no use with heartbeat/method ",
                valid().setHeartbeat(heartbeat.setWindow(Uint8.ZERO).setAuthentication(authentication(1, 1)).build())
                    .build());
        }
    }

    @Test
    void nodeIsRequiredByReflectAndATargetIsNot() {
        final var reflect = new HeartbeatBuilder().setMethod(Reflect.VALUE).build();
        final var left = openFlow("left", "openflow:1:1", "openflow:11", "openflow:11:1").setTarget(null).build();

        assertBroken(RIGHT + "/node", "method reflect",
            beside(left, bridge("right", "openflow:2:1").build()).setHeartbeat(reflect).build());
        assertValid(beside(left, openFlow("right", "openflow:2:1", "openflow:12", "openflow:12:1").setTarget(null)
            .build()).setHeartbeat(reflect).build());
    }

    @Test
    void peerIsRequiredWithANodeAndMustBeItsPort() {
        final var path = RIGHT + "/attachment[node-connector='openflow:2:1']/peer";

        assertBroken(path, "is required", beside(openFlow("right", "openflow:2:1", "openflow:12", null)).build());
        assertBroken(path, "openflow:12",
            beside(openFlow("right", "openflow:2:1", "openflow:12", "openflow:13:1")).build());
        assertBroken(path, "needs the bridge's node",
            beside(openFlow("right", "openflow:2:1", "openflow:12", "openflow:12:1").setNode(null)).build());
    }

    @Test
    void nodeOfTwoBridgesIsRefused() {
        assertBroken(RIGHT + "/node", "another bridge",
            beside(openFlow("left", "openflow:1:1", "openflow:11", "openflow:11:1").build(),
                openFlow("right", "openflow:2:1", "openflow:11", "openflow:11:2").build()).build());
    }

    @ParameterizedTest
    @ValueSource(strings = { "openflow:2", "eth0", "openflow:2:0", "openflow:2:4294967295",
        "openflow:99999999999999999999:1", "openflow:2:LOCAL" })
    void portThatIsNotWrittenAsOneIsRefused(final String port) {
        assertBroken(RIGHT + "/attachment[node-connector='" + port + "']/node-connector", port,
            beside(bridge("right", port)).build());
    }

    @Test
    void nodeThatIsNotWrittenAsOneIsRefused() {
        assertBroken(RIGHT + "/node", "openflow:<datapath id>",
            beside(bridge("right", "openflow:2:1").setNode(new NodeId("ovs"))).build());
    }

    @Test
    void linkWithinASwitchIsRefused() {
        assertBroken(DB + "/link[end-a='openflow:1:8'][end-b='openflow:1:9']/end-b", "same switch",
            valid().setLink(BindingMap.of(link("openflow:1:8", "openflow:1:9"))).build());
    }

    @Test
    void dualBridgesOfOneSwitchPutTheirFlowsAtOnePlace() {
        final var other = valid().setName(new Name("other"))
            .setBridge(List.of(bridge("left", "openflow:2:3").build(), bridge("right", "openflow:3:3").build()));
        final var apart = valid().setName(new Name("other"))
            .setBridge(List.of(bridge("left", "openflow:3:3").build(), bridge("right", "openflow:4:3").build()));
        final var placed = valid().setTable(Uint8.valueOf(7)).setBasePriority(Uint16.valueOf(5000)).build();

        assertValid(placed, apart.build());
        assertValid(placed, other.setTable(Uint8.valueOf(7)).setBasePriority(Uint16.valueOf(5000)).build());
        assertEquals(Optional.of("dual-bridge[name='other']/base-priority: is not that of 'db', which has openflow:2, "
            + "too"), ConfigRules.firstBroken(all(placed, other.setBasePriority(Uint16.valueOf(3)).build())));
        assertEquals(Optional.of("dual-bridge[name='other']/table: is not that of 'db', which has openflow:2, too"),
            ConfigRules.firstBroken(all(placed, other.setTable(Uint8.TWO).build())));
    }

    @Test
    void flowsPerVlanNeedTheVlanAlone() {
        final var hosts = BindingMap.of(host("52:54:00:00:01:00", 7, Set.of()));
        final var others = BindingMap.of(host("52:54:00:00:02:00", 7, Set.of()));
        final var other = valid().setName(new Name("other")).setHost(others)
            .setBridge(List.of(bridge("left", "openflow:1:3").build(), bridge("right", "openflow:2:3").build()));

        assertValid(valid().setHost(hosts).setGranularity(DualBridge.Granularity.Vlan).build());
        assertValid(valid().setHost(hosts).build(), other.build());
        final var message = ConfigRules.firstBroken(all(
            valid().setHost(hosts).setGranularity(DualBridge.Granularity.Vlan).build(), other.build())).orElseThrow();
        assertTrue(message.contains("/granularity: VLAN 7 is used by db and other"), message);
        assertBroken(DB + "/granularity", "forwarding is learning", valid()
            .setForwarding(DualBridge.Forwarding.Learning).setGranularity(DualBridge.Granularity.Vlan).build());
    }

    @Test
    void localRepairNeedsAStandbyThatAcceptsFrames() {
        final var right = openFlow("right", "openflow:1:2", "openflow:12", "openflow:12:1");

        assertValid(valid().setLocalRepair(true).build());
        assertValid(beside(right).setLocalRepair(true).setFence(DualBridge.Fence.Ingress).build());
        assertValid(beside(right).setLocalRepair(true).build());
        assertBroken(DB + "/local-repair", "no fence bridge with granularity vlan",
            beside(right).setLocalRepair(true).setGranularity(DualBridge.Granularity.Vlan).build());
        assertBroken(DB + "/local-repair", "no fence bridge with proxy-arp",
            beside(right).setLocalRepair(true).setProxyArp(true).build());
        final var byVlan = beside(right).setLocalRepair(true).setGranularity(DualBridge.Granularity.Vlan)
            .setFence(DualBridge.Fence.Ingress);
        assertValid(byVlan.build());
        assertBroken(DB + "/local-repair", "no fence ingress with granularity vlan", byVlan.setBridge(List.of(
            bridge("left", "openflow:1:1").build(), right.setAttachment(List.of(
                attachment("openflow:1:2", "openflow:12:1"), attachment("openflow:1:3", "openflow:12:2"))).build()))
            .build());
        assertBroken(DB + "/local-repair", "forwarding is learning", valid()
            .setForwarding(DualBridge.Forwarding.Learning).setLocalRepair(true).build());
    }

    @Test
    void discoveryMayReachSwitchesOfAnybody() {
        final var apart = valid().setName(new Name("other")).setTable(Uint8.TWO)
            .setBridge(List.of(bridge("left", "openflow:3:3").build(), bridge("right", "openflow:4:3").build()));

        assertValid(valid().setDiscoverLinks(true).build(), apart.setTable(Uint8.ZERO).build());
        assertValid(valid().build(), apart.setTable(Uint8.TWO).build());
        assertEquals(Optional.of("dual-bridge[name='other']/table: is not that of 'db', whose discover-links may find "
            + "any switch"), ConfigRules.firstBroken(all(valid().setDiscoverLinks(true).build(), apart.build())));
    }
}
