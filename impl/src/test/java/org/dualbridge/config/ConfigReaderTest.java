/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridge.TrackerTarget;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.AnnouncementBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.FailbackBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Heartbeat;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.HeartbeatBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.LearningBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Tracker;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Arp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.BfdPassive;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpReply;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpRequest;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.HeartbeatMethod;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.IcmpEcho;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Nd;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Rarp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Reflect;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Responder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.TrunkPriority;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Udp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnicastMacAddress;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnsolicitedNa;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vrrp;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.PortNumber;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

class ConfigReaderTest {
    private static final long MILLIS = 1_000_000;
    private static final Ipv6 LINK_LOCAL_2 = new Ipv6(0xfe80L << 48, 2);

    @Test
    void whatIsNotConfiguredHasTheDefaultsOfTheModel() {
        final var config = ConfigReader.read(valid().build());

        assertEquals("db", config.name());
        assertEquals(Mode.FLOW, config.forwarding().mode());
        assertEquals(60_000 * MILLIS, config.forwarding().relearnNanos());
        assertNull(config.policy().preferred());
        assertEquals(new HeartbeatSettings(Method.ARP, 100 * MILLIS, 3, 0, 3, 3 * MILLIS, 0), config.heartbeat());
        assertEquals(new Failback(true, 10_000 * MILLIS), config.policy().failback());
        assertEquals(new Hold(0, 0, 1000 * MILLIS), config.policy().hold());
        assertEquals(0, config.policy().damping().changes());
        assertEquals(HaMode.AUTO, config.bridges().getFirst().haMode());
        assertFalse(config.bridges().getFirst().maintenance());
        assertEquals(new Announcement(ImmutableSortedSet.of(AnnouncementProtocol.RARP), new Pace(1000, 10),
            ImmutableSortedSet.of(0L, 100 * MILLIS, 1100 * MILLIS, 2200 * MILLIS, 4400 * MILLIS), 120_000 * MILLIS),
            config.announcement());
        assertEquals(100, config.bridges().getFirst().priority());
        assertNull(config.bridges().getFirst().node());
        assertEquals(ImmutableList.of(), config.hosts());
        assertEquals(ImmutableList.of(), config.links());
        assertEquals(Learning.NONE, config.learning());
        assertEquals(Discovery.NONE, config.discovery());
    }

    @Test
    void discoveryIsRead() {
        assertEquals(Discovery.NOTHING_YET, ConfigReader.read(valid().setDiscoverLinks(true).build()).discovery());
        assertEquals(Discovery.NONE, ConfigReader.read(valid().setDiscoverLinks(false).build()).discovery());
    }

    @Test
    void learningIsReadWithItsDefaults() {
        assertEquals(new Learning(true, 10_000, 3_600_000 * MILLIS), ConfigReader.read(valid()
            .setLearning(new LearningBuilder().setEnabled(true).build()).build()).learning());
        assertEquals(new Learning(true, 7, 0, true, false), ConfigReader.read(valid()
            .setLearning(new LearningBuilder().setEnabled(true).setLimit(Uint32.valueOf(7)).setAgeingTime(Uint32.ZERO)
                .setIpFrames(true).build()).build()).learning());
        assertEquals(new Learning(false, 0, 0, false, true), ConfigReader.read(valid()
            .setLearning(new LearningBuilder().setClaimGuard(true).build()).build()).learning());
        assertEquals(Learning.NONE, ConfigReader.read(valid()
            .setLearning(new LearningBuilder().setLimit(Uint32.valueOf(7)).build()).build()).learning());
    }

    @Test
    void bridgesAreKnownByTheirAddressesWithProxyArpOnly() {
        final var config = valid().setBridge(List.of(
            bridge("left", "openflow:1:1").setMacAddress(new UnicastMacAddress("52:54:00:00:00:0A")).build(),
            bridge("right", "openflow:2:1").build()));

        assertNull(ConfigReader.read(config.build()).bridges().getFirst().mac());
        final var read = ConfigReader.read(config.setProxyArp(true).build());
        assertEquals(Mac.parse("52:54:00:00:00:0a"), read.bridges().getFirst().mac());
        assertEquals(ImmutableSortedSet.of(AnnouncementProtocol.GARP_REQUEST, AnnouncementProtocol.GARP_REPLY,
            AnnouncementProtocol.UNSOLICITED_NA), read.announcement().protocols());
    }

    @Test
    void emptyContainersHaveTheDefaultsToo() {
        assertEquals(ConfigReader.read(valid().build()), ConfigReader.read(valid()
            .setHeartbeat(new HeartbeatBuilder().build())
            .setFailback(new FailbackBuilder().build())
            .setAnnouncement(new AnnouncementBuilder().build())
            .build()));
    }

    @Test
    void whatIsConfiguredIsRead() {
        final var config = ConfigReader.read(valid()
            .setForwarding(DualBridge.Forwarding.Learning)
            .setRelearnInterval(Uint16.ZERO)
            .setTable(Uint8.valueOf(252))
            .setBasePriority(Uint16.valueOf(64_735))
            .setPreferredBridge(new Name("right"))
            .setHeartbeat(new HeartbeatBuilder().setMethod(Reflect.VALUE).setInterval(Uint16.valueOf(60_000))
                .setMissCount(Uint8.valueOf(100)).setRecoverCount(Uint8.ONE).setTimeout(Uint16.valueOf(200))
                .setPaths(Heartbeat.Paths.All).build())
            .setFailback(new FailbackBuilder()
                .setMode(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Failback
                    .Mode.Manual)
                .setDelay(Uint32.valueOf(3_600_000)).build())
            .setAnnouncement(new AnnouncementBuilder().setRate(Uint32.valueOf(1_000_000)).setBurst(Uint32.ONE)
                .setProtocol(ImmutableSet.of(UnsolicitedNa.VALUE, GarpReply.VALUE, GarpRequest.VALUE, Rarp.VALUE))
                .setSchedule(ImmutableSet.of(Uint32.valueOf(600_000), Uint32.ZERO)).setRefreshInterval(Uint16.ZERO)
                .build())
            .setLink(BindingMap.of(link("openflow:1:10", "openflow:2:20")))
            .build());

        assertEquals(Mode.LEARNING, config.forwarding().mode());
        assertEquals(0, config.forwarding().relearnNanos());
        assertEquals(new Placement(252, 64_735), config.forwarding().placement());
        assertEquals("right", config.policy().preferred());
        assertEquals(new HeartbeatSettings(Method.REFLECT, 60_000 * MILLIS, 100, 0, 1, 200 * MILLIS, 0, Paths.ALL),
            config.heartbeat());
        assertEquals(new Failback(false, 3_600_000 * MILLIS), config.policy().failback());
        assertEquals(new Announcement(ImmutableSortedSet.copyOf(AnnouncementProtocol.values()), new Pace(1_000_000, 1),
            ImmutableSortedSet.of(0L, 600_000 * MILLIS), 0), config.announcement());
        assertEquals(List.of(new Link(new PortRef(1, 10), new PortRef(2, 20))), config.links());
    }

    @Test
    void targetOfATrackerIsReadAndHasANumberOfItsOwn() {
        final var first = trackerTarget(tracker(null, "openflow:7:3", "10.0.0.1", "52:54:00:00:00:01"));
        final var second = trackerTarget(tracker(null, "openflow:7:3", "10.0.0.2", null));

        assertEquals(new PortRef(7, 3), first.key().port());
        assertEquals(0x0a00_0001, first.ipv4());
        assertEquals(Mac.parse("52:54:00:00:00:01"), first.mac());
        assertEquals(0, first.vlan());
        assertNull(second.mac());
        assertNotEquals(first.key(), second.key());
    }

    private static TrackerTarget trackerTarget(final Tracker tracker) {
        return ConfigReader.read(valid().setBridge(List.of(bridge("left", "openflow:1:1")
            .setTracker(BindingMap.of(tracker)).build(), bridge("right", "openflow:2:1").build())).build())
            .bridges().getFirst().trackers().getFirst().target();
    }

    @Test
    void bridgesKeepTheirOrder() {
        final var config = ConfigReader.read(valid().setBridge(List.of(
            bridge("z", "openflow:1:1").setTrunkPriority(new TrunkPriority(Uint8.valueOf(255))).build(),
            openFlow("a", "openflow:2:1", "openflow:18446744073709551615", "openflow:18446744073709551615:1").build()))
            .build());

        assertEquals(List.of("z", "a"), config.bridges().stream().map(bridge -> bridge.name()).toList());
        assertEquals(255, config.bridges().getFirst().priority());
        assertEquals(new Target(0x0a00_0001, null, Mac.parse("52:54:00:00:00:fe"), 0, new Prober(0, 7, Keyring.EMPTY)),
            config.bridges().getFirst().target());
        assertEquals(-1L, config.bridges().getLast().node());
        assertEquals(List.of(new Attachment(new PortRef(2, 1), new PortRef(-1, 1))),
            config.bridges().getLast().attachments());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodIsRead(final HeartbeatMethod from, final Method method) {
        final var config = ConfigReader.read(valid()
            .setHeartbeat(new HeartbeatBuilder().setMethod(from).build()).build());

        assertEquals(method, config.heartbeat().method());
    }

    private static Stream<Arguments> methods() {
        return Stream.of(Arguments.of(null, Method.ARP), Arguments.of(Arp.VALUE, Method.ARP),
            Arguments.of(Nd.VALUE, Method.ND), Arguments.of(IcmpEcho.VALUE, Method.ICMP_ECHO),
            Arguments.of(Udp.VALUE, Method.UDP), Arguments.of(Reflect.VALUE, Method.REFLECT),
            Arguments.of(Vrrp.VALUE, Method.VRRP), Arguments.of(Responder.VALUE, Method.RESPONDER),
            Arguments.of(BfdPassive.VALUE, Method.BFD_PASSIVE));
    }

    @Test
    void proberAndIpv6TargetAreRead() {
        final var config = ConfigReader.read(valid()
            .setHeartbeat(new HeartbeatBuilder().setMethod(Udp.VALUE)
                .setSourceAddress(new Ipv4AddressNoZone("192.0.2.1"))
                .setUdpPort(new PortNumber(Uint16.valueOf(65535)))
                .setAuthentication(authentication(3, 3)).build())
            .setBridge(List.of(
                bridge("left", "openflow:1:1").setTarget(target("2001:db8::fe", "52:54:00:00:00:fe"))
                    .setAttachment(List.of(attachment("openflow:1:1", null), attachment("openflow:1:2", null))).build(),
                bridge("right", "openflow:2:1").build()))
            .build());
        final var left = config.bridges().getFirst();

        final var keys = new Keyring(ImmutableMap.of(3, "0123456789abcdef"), 3);
        assertEquals(new Target(0, new Ipv6(0x2001_0db8_0000_0000L, 0xfe), Mac.parse("52:54:00:00:00:fe"), 0,
            new Prober(0xc000_0201, 65535, keys)), left.target());
        assertEquals(0xc000_0201, left.proberIpv4(new PortRef(1, 1)));
        assertEquals(0xc000_0202, left.proberIpv4(new PortRef(1, 2)));
    }

    @Test
    void virtualRouterIsRead() {
        final var config = ConfigReader.read(valid()
            .setHeartbeat(new HeartbeatBuilder().setMethod(Vrrp.VALUE).setVrrpId(Uint8.MAX_VALUE).build()).build());

        assertEquals(255, config.bridges().getFirst().target().prober().vrrpId());
    }

    @Test
    void burstIsWhatTheRateGivesInTenMilliseconds() {
        assertEquals(new Pace(100, 1), pace(100));
        assertEquals(new Pace(199, 1), pace(199));
        assertEquals(new Pace(1_000_000, 10_000), pace(1_000_000));
    }

    private static Pace pace(final int rate) {
        return ConfigReader.read(valid().setAnnouncement(new AnnouncementBuilder().setRate(Uint32.valueOf(rate))
            .build()).build()).announcement().pace();
    }

    @Test
    void hostsAreSortedAndHaveAllTheirAddresses() {
        final var config = ConfigReader.read(valid().setHost(BindingMap.of(
            host("52:54:00:00:02:00", 7, ImmutableSet.of(ipv6("fe80::1"), ipv4("10.0.0.2"), ipv4("10.0.0.1"),
                ipv6("2001:db8::1"))),
            new HostBuilder(host("52:54:00:00:01:00", 9, Set.of(ipv6("fe80::2")))).setRouter(true).build(),
            host("52:54:00:00:01:00", 8, null))).build());

        assertEquals(List.of(new Host(Mac.parse("52:54:00:00:01:00"), 8),
            new Host(Mac.parse("52:54:00:00:01:00"), 9, ImmutableList.of(), ImmutableList.of(LINK_LOCAL_2), true),
            new Host(Mac.parse("52:54:00:00:02:00"), 7, ImmutableList.of(0x0a00_0002, 0x0a00_0001),
                ImmutableList.of(new Ipv6(0xfe80L << 48, 1), new Ipv6(0x2001_0db8_0000_0000L, 1)), false)),
            config.hosts());
    }
}
