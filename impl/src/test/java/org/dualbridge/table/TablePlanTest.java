/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import static org.dualbridge.core.Samples.FIRST_HOST;
import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.RIGHT;
import static org.dualbridge.core.Samples.link;
import static org.dualbridge.table.FakeTable.DROPPED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Share;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.DualBridge.TrackerTarget;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.ReflectHeartbeat;
import org.dualbridge.table.FakeTable.Frame;
import org.dualbridge.table.FlowEntry.Arp;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Icmp;
import org.dualbridge.table.FlowEntry.Readdress;
import org.dualbridge.table.FlowEntry.Reserved;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.FlowEntry.Udp;
import org.dualbridge.table.FlowEntry.Vrrp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TablePlanTest {
    private static final Mac CLIENT = Mac.parse("52:54:00:00:99:01");
    private static final Mac TARGET = Mac.parse("52:54:00:00:00:fe");
    private static final int PROBER = 0x0a00_0001;
    private static final long EDGE = 5;

    private static final Frame TO_HOST = Frame.ip(EDGE, CLIENT, FIRST_HOST);

    private static FakeTable table(final DualBridge config, final long node, final PortRef active) {
        final var plan = new TablePlan(config);
        final var role = plan.role(node, new Intent(1, active));
        final var flows = new ArrayList<>(plan.watch(node));
        flows.addAll(role.flows());
        flows.addAll(plan.hosts(node));
        return new FakeTable(plan.group(), role.nextHop(), flows);
    }

    private static FakeTable plain(final long node, final PortRef active) {
        return table(Samples.plain(), node, active);
    }

    private static FakeTable openFlow(final long node, final PortRef active) {
        return table(Samples.openFlow(Method.REFLECT), node, active);
    }

    @Test
    void frameToAHostGoesToTheActiveAttachmentFromEverySwitch() {
        assertEquals(List.of(new ToPort(1)), plain(1, LEFT).where(TO_HOST));
        assertEquals(List.of(new ToPort(10)), plain(2, LEFT).where(TO_HOST));
    }

    @Test
    void frameToAHostGoesToTheOtherAttachmentAfterATakeover() {
        assertEquals(List.of(new ToPort(10)), plain(1, RIGHT).where(TO_HOST));
        assertEquals(List.of(new ToPort(1)), plain(2, RIGHT).where(TO_HOST));
    }

    @Test
    void everyHostIsMetOnItsVlanOnly() {
        final var hosts = Samples.hosts(5, 100);
        final var table = table(Samples.withFabric(Samples.plain(), Mode.FLOW, hosts), 1, LEFT);

        hosts.forEach(host -> {
            final var frame = Frame.ip(EDGE, CLIENT, host.mac());
            assertEquals(List.of(new ToPort(1)), table.where(frame.tagged(100)));
            assertEquals(List.of(Reserved.NORMAL), table.where(frame));
            assertEquals(List.of(Reserved.NORMAL), table.where(frame.tagged(101)));
        });
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void answersOfATrackersTargetComeUpWhereItIsAskedAndOnlyThose(final Method method) {
        final var key = new PortRef(7, 3).behind(42);
        final var config = Samples.withTracker(Samples.openFlow(method), "left",
            new Tracker("gateway", null, 10, new TrackerTarget(key, 1, null, 0)));
        final var plan = new TablePlan(config);
        final var table = new FakeTable(plan.group(), null, plan.watch(7));
        final var answer = Frame.arp(3, CLIENT, TablePlan.proberMac(key), 2);

        assertTrue(plan.nodes().contains(7L));
        assertEquals(List.of(Reserved.CONTROLLER), table.where(answer));
        assertEquals(List.of(), table.where(Frame.arp(4, CLIENT, TablePlan.proberMac(key), 2)));
        assertEquals(List.of(), table.where(Frame.arp(3, CLIENT, TARGET, 2)));
        assertEquals(Set.of(), plan.hosts(7));
        assertEquals(TablePlan.RoleTable.EMPTY.flows(), plan.role(7, new Intent(1, LEFT)).flows());
    }

    @Test
    void frameToAnybodyElseTakesTheMacTable() {
        final var next = new Mac(FIRST_HOST.bits() + 5);

        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(Frame.ip(EDGE, CLIENT, next)));
        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(Frame.ip(EDGE, CLIENT, Mac.BROADCAST)));
    }

    @Test
    void addressResolutionTakesTheMacTable() {
        final var solicitation = Frame.icmpv6(EDGE, CLIENT, FIRST_HOST, 135);
        final var advertisement = Frame.icmpv6(EDGE, CLIENT, FIRST_HOST, 136);

        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(Frame.arp(EDGE, CLIENT, FIRST_HOST, 1)));
        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(solicitation));
        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(advertisement));
        assertEquals(List.of(new ToPort(1)),
            plain(1, LEFT).where(Frame.icmpv6(EDGE, CLIENT, FIRST_HOST, 128)));
    }

    @Test
    void framesFromAnAttachmentThatIsNotActiveAreDropped() {
        for (final var to : List.of(CLIENT, FIRST_HOST, Mac.BROADCAST)) {
            assertEquals(DROPPED, plain(2, LEFT).where(Frame.ip(1, FIRST_HOST, to)));
            assertEquals(DROPPED, plain(2, LEFT).where(Frame.arp(1, FIRST_HOST, to, 1)));
        }
        assertEquals(List.of(Reserved.NORMAL), plain(2, RIGHT).where(Frame.ip(1, FIRST_HOST, CLIENT)));
        assertEquals(List.of(Reserved.NORMAL), plain(1, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT)));
    }

    @Test
    void answersToArpHeartbeatsReachTheControllerActiveOrNot() {
        final var to = new Mac(TablePlan.proberMac(RIGHT).bits() | 0xb);
        final var answer = Frame.arp(1, TARGET, to, 2);

        assertEquals(List.of(Reserved.CONTROLLER), plain(2, LEFT).where(answer));
        assertEquals(List.of(Reserved.CONTROLLER), plain(2, RIGHT).where(answer));
        assertEquals(DROPPED, plain(2, LEFT).where(Frame.arp(1, TARGET, CLIENT, 2)));
        assertEquals(DROPPED, plain(2, LEFT).where(Frame.arp(1, TARGET, to, 1)));
    }

    @Test
    void reflectedProbesReachTheControllerActiveOrNot() {
        final var back = Frame.probe(1, Mac.parse("02:db:ff:00:00:02"), TARGET);

        assertEquals(List.of(Reserved.CONTROLLER), openFlow(2, LEFT).where(back));
        assertEquals(List.of(Reserved.CONTROLLER), openFlow(2, RIGHT).where(back));
    }

    @Test
    void standbyThatIsAnOpenFlowSwitchDropsAllButProbes() {
        final var standby = openFlow(12, LEFT);

        assertEquals(List.of(Reserved.IN_PORT), standby.where(Frame.probe(1, CLIENT, TARGET)));
        for (long port = 1; port < 4; port++) {
            assertEquals(DROPPED, standby.where(Frame.ip(port, CLIENT, FIRST_HOST)));
            assertEquals(DROPPED, standby.where(Frame.ip(port, FIRST_HOST, CLIENT)));
            assertEquals(DROPPED, standby.where(Frame.arp(port, FIRST_HOST, Mac.BROADCAST, 1)));
        }
        assertEquals(DROPPED, standby.where(Frame.probe(2, CLIENT, TARGET)));
        assertEquals(DROPPED, standby.where(Frame.probe(1, CLIENT, ReflectHeartbeat.DESTINATION)));
    }

    @Test
    void wayDownLetsFramesToHostsPassAFencedBridgeAndNoOthers() {
        final var plan = new TablePlan(Samples.diverting());
        final var right = new Intent(2, RIGHT);
        final var flows = new ArrayList<>(plan.watch(12));
        flows.addAll(plan.role(12, new Intent(1, LEFT)).flows());
        flows.addAll(plan.hosts(12));

        assertEquals(List.of(), plan.wayDown(11, right));
        assertEquals(List.of(), plan.wayDown(2, right));
        flows.addAll(plan.wayDown(12, right));

        final var table = new FakeTable(plan.group(), null, flows);
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(1, CLIENT, FIRST_HOST)));
        assertEquals(List.of(Reserved.IN_PORT), table.where(Frame.probe(1, CLIENT, TARGET)));
        assertEquals(DROPPED, table.where(Frame.ip(1, CLIENT, FIRST_HOST).tagged(7)), "no host of that VLAN");
        assertEquals(DROPPED, table.where(Frame.ip(1, CLIENT, TARGET)));
        assertEquals(DROPPED, table.where(Frame.arp(1, CLIENT, Mac.BROADCAST, 1)));
        assertEquals(DROPPED, table.where(Frame.ip(1, new Mac(FIRST_HOST.bits() + 1), FIRST_HOST)), "no loop");
        assertEquals(DROPPED, table.where(Frame.ip(2, FIRST_HOST, CLIENT)), "the way up is closed");
        assertEquals(DROPPED, table.where(Frame.ip(2, CLIENT, FIRST_HOST)));
    }

    @Test
    void activeBridgeThatIsAnOpenFlowSwitchForwardsAndReflectsProbes() {
        final var active = openFlow(11, LEFT);

        assertEquals(List.of(Reserved.NORMAL), active.where(Frame.ip(1, CLIENT, FIRST_HOST)));
        assertEquals(List.of(Reserved.NORMAL), active.where(Frame.ip(2, FIRST_HOST, CLIENT)));
        assertEquals(List.of(Reserved.IN_PORT), active.where(Frame.probe(1, CLIENT, TARGET)));
    }

    @Test
    void loopGuardDropsAHostsFrameThatComesFromTheUplink() {
        final var active = openFlow(11, LEFT);

        assertEquals(DROPPED, active.where(Frame.ip(1, FIRST_HOST, CLIENT)));
        assertEquals(DROPPED, active.where(Frame.arp(1, FIRST_HOST, Mac.BROADCAST, 1)));
        assertEquals(List.of(Reserved.NORMAL), active.where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(7)));
    }

    @Test
    void ipStackOfAFencedBridgeStillAnswersArpProbes() {
        final var standby = table(Samples.openFlow(Method.ARP), 12, LEFT);
        final var asker = TablePlan.proberMac(RIGHT);

        assertEquals(List.of(Reserved.LOCAL), standby.where(Frame.arp(1, asker, TARGET, 1)));
        assertEquals(List.of(new ToPort(1)), standby.where(Frame.arp(0xffff_fffeL, TARGET, asker, 2)));
        assertEquals(DROPPED, standby.where(Frame.arp(0xffff_fffeL, TARGET, CLIENT, 2)));
    }

    @Test
    void answersToOtherHeartbeatsReachTheControllerFencedOrNot() {
        final var prober = TablePlan.proberMac(RIGHT);
        final var anyRound = new Mac(prober.bits() | 0xb);
        for (final var active : List.of(LEFT, RIGHT)) {
            final var nd = table(Samples.openFlow(Method.ND), 2, active);
            assertEquals(List.of(Reserved.CONTROLLER), nd.where(Frame.icmpv6(1, TARGET, anyRound, 136)));
            assertEquals(List.of(Reserved.CONTROLLER), nd.where(Frame.icmpv6(1, TARGET, anyRound, 135)));
            final var icmp = table(Samples.openFlow(Method.ICMP_ECHO), 2, active);
            assertEquals(List.of(Reserved.CONTROLLER), icmp.where(Frame.of(1, TARGET, prober, new Icmp(0))));
            assertEquals(List.of(Reserved.CONTROLLER), icmp.where(Frame.whoHas(1, TARGET, PROBER)));
            final var udp = table(Samples.openFlow(Method.UDP), 2, active);
            assertEquals(List.of(Reserved.CONTROLLER), udp.where(Frame.of(1, TARGET, prober, new Udp(7, 9))));
            assertEquals(List.of(Reserved.CONTROLLER), udp.where(Frame.whoHas(1, TARGET, PROBER)));
        }
    }

    @Test
    void otherFramesOfTheirKindDoNotReachTheController() {
        final var prober = TablePlan.proberMac(RIGHT);
        final var nd = table(Samples.openFlow(Method.ND), 2, LEFT);
        assertEquals(DROPPED, nd.where(Frame.icmpv6(1, TARGET, CLIENT, 136)));
        assertEquals(DROPPED, nd.where(Frame.icmpv6(1, TARGET, prober, 134)));
        final var icmp = table(Samples.openFlow(Method.ICMP_ECHO), 2, LEFT);
        assertEquals(DROPPED, icmp.where(Frame.of(1, TARGET, CLIENT, new Icmp(0))));
        assertEquals(DROPPED, icmp.where(Frame.of(1, TARGET, prober, new Icmp(8))));
        assertEquals(DROPPED, icmp.where(Frame.whoHas(1, TARGET, PROBER + 1)));
        final var udp = table(Samples.openFlow(Method.UDP), 2, LEFT);
        assertEquals(DROPPED, udp.where(Frame.of(1, TARGET, CLIENT, new Udp(7, 9))));
        assertEquals(DROPPED, udp.where(Frame.of(1, TARGET, prober, new Udp(8, 9))));
    }

    @Test
    void ipStackOfAFencedBridgeStillAnswersOtherHeartbeats() {
        final var prober = TablePlan.proberMac(RIGHT);
        final var local = 0xffff_fffeL;
        final var nd = table(Samples.openFlow(Method.ND), 12, LEFT);
        final var icmp = table(Samples.openFlow(Method.ICMP_ECHO), 12, LEFT);
        final var udp = table(Samples.openFlow(Method.UDP), 12, LEFT);
        for (final int type : new int[] { 135, 136 }) {
            assertEquals(List.of(Reserved.LOCAL), nd.where(Frame.icmpv6(1, prober, TARGET, type)));
            assertEquals(List.of(new ToPort(1)), nd.where(Frame.icmpv6(local, TARGET, prober, type)));
            assertEquals(DROPPED, nd.where(Frame.icmpv6(local, TARGET, CLIENT, type)));
        }
        assertEquals(List.of(Reserved.LOCAL), icmp.where(Frame.of(1, prober, TARGET, new Icmp(8))));
        assertEquals(List.of(new ToPort(1)), icmp.where(Frame.of(local, TARGET, prober, new Icmp(0))));
        assertEquals(List.of(Reserved.LOCAL), udp.where(Frame.of(1, prober, TARGET, new Udp(9, 7))));
        assertEquals(List.of(new ToPort(1)), udp.where(Frame.of(local, TARGET, prober, new Udp(7, 9))));
        for (final var table : List.of(icmp, udp)) {
            assertEquals(List.of(new ToPort(1)), table.where(Frame.whoHas(local, TARGET, PROBER)));
            assertEquals(List.of(Reserved.LOCAL), table.where(Frame.arp(1, prober, TARGET, 2)));
            assertEquals(DROPPED, table.where(Frame.whoHas(local, TARGET, PROBER + 1)));
        }
    }

    @Test
    void advertisementsReachTheControllerAndTheOtherBridgesFencedOrNot() {
        final var routers = Mac.parse("01:00:5e:00:00:12");
        final var ipv6Routers = Mac.parse("33:33:00:00:00:12");
        final var both = List.of(Reserved.CONTROLLER, Reserved.NORMAL);
        for (final var active : List.of(LEFT, RIGHT)) {
            final var table = table(Samples.openFlow(Method.VRRP), 2, active);
            for (final var from : List.of("52:54:00:00:00:fe", "00:00:5e:00:01:33")) {
                assertEquals(both, table.where(Frame.of(1, Mac.parse(from), routers, new Vrrp(false))));
            }
            for (final var from : List.of("52:54:00:00:00:fe", "00:00:5e:00:02:33")) {
                assertEquals(both, table.where(Frame.vrrpIpv6(1, Mac.parse(from), ipv6Routers)));
            }
            // From the other switch, to the attachment: as any frame.
            assertEquals(List.of(Reserved.NORMAL), table.where(Frame.of(10, TARGET, routers, new Vrrp(false))));
        }
        final var fenced = table(Samples.openFlow(Method.VRRP), 2, LEFT);
        assertEquals(DROPPED, fenced.where(Frame.of(1, CLIENT, routers, new Vrrp(false))), "of a host's router");
        assertEquals(DROPPED, fenced.where(Frame.of(1, TARGET, CLIENT, new Vrrp(false))));
        assertEquals(DROPPED, fenced.where(Frame.ip(1, TARGET, routers)));
    }

    @Test
    void ipStackOfAFencedBridgeTakesPartInVrrp() {
        final var routers = Mac.parse("01:00:5e:00:00:12");
        final var fenced = table(Samples.openFlow(Method.VRRP), 12, LEFT);

        assertEquals(List.of(Reserved.LOCAL), fenced.where(Frame.of(1, CLIENT, routers, new Vrrp(false))));
        assertEquals(List.of(new ToPort(1)), fenced.where(Frame.of(0xffff_fffeL, TARGET, routers, new Vrrp(false))));
        assertEquals(DROPPED, fenced.where(Frame.of(2, TARGET, routers, new Vrrp(false))));
    }

    /** Of two bridges that are OpenFlow switches and have sessions by IPv4, or by IPv6. */
    private static DualBridge bfd(final boolean isIpv6) {
        return Samples.withBridges(Samples.openFlow(Method.BFD_PASSIVE), bridge -> {
            final var target = bridge.target();
            return new DualBridge.Bridge(bridge.name(), bridge.haMode(), bridge.priority(), bridge.node(),
                bridge.attachments(), isIpv6 ? new DualBridge.Target(0, target.ipv6(), target.mac(), 0, target.prober())
                : new DualBridge.Target(target.ipv4(), null, target.mac(), 0, target.prober()), bridge.trackers());
        });
    }

    private static Frame ipv6(final long inPort, final Mac src, final Mac dst, final FlowEntry.Inner inner) {
        return new Frame(inPort, src, dst, 0, 0x86dd, inner);
    }

    private static Frame arp(final long inPort, final Mac src, final Mac dst, final int operation, final int sender) {
        return new Frame(inPort, src, dst, 0, 0x0806, new Arp(operation, 0x0a00_0001, 32, sender));
    }

    @Test
    void controlPacketsReachTheControllerAndTheNeighbourFencedOrNot() {
        final var both = List.of(Reserved.CONTROLLER, Reserved.NORMAL);
        for (final var active : List.of(LEFT, RIGHT)) {
            final var ipv4 = table(bfd(false), 2, active);
            assertEquals(both, ipv4.where(Frame.of(1, TARGET, CLIENT, new Udp(49152, 3784))));
            // Those of the neighbour take the MAC table.
            assertEquals(List.of(Reserved.NORMAL), ipv4.where(Frame.of(10, CLIENT, TARGET, new Udp(49152, 3784))));
            assertEquals(both, table(bfd(true), 2, active).where(ipv6(1, TARGET, CLIENT, new Udp(1, 3784, true))));
        }
        final var fenced = table(bfd(false), 2, LEFT);
        assertEquals(DROPPED, fenced.where(Frame.of(1, FIRST_HOST, CLIENT, new Udp(1, 3784))), "of a host");
        assertEquals(DROPPED, fenced.where(Frame.of(1, TARGET, CLIENT, new Udp(3784, 1))));
    }

    @Test
    void fencedBridgeAndItsNeighbourFindEachOther() {
        final var ip = 0x0a00_00fe;
        final var fenced = table(bfd(false), 2, LEFT);
        for (final int operation : new int[] { 1, 2 }) {
            assertEquals(List.of(Reserved.NORMAL), fenced.where(arp(1, TARGET, CLIENT, operation, ip)));
            assertEquals(DROPPED, fenced.where(arp(1, TARGET, Mac.BROADCAST, operation, ip)), "could come back");
            assertEquals(DROPPED, fenced.where(arp(1, TARGET, CLIENT, operation, ip + 1)), "may be shared");
            assertEquals(DROPPED, fenced.where(arp(1, FIRST_HOST, CLIENT, operation, ip)));
            assertEquals(DROPPED, table(Samples.openFlow(Method.ARP), 2, LEFT)
                .where(arp(1, TARGET, CLIENT, operation, ip)), "with another method");
        }
        final var ipv6 = table(bfd(true), 2, LEFT);
        final var own = Samples.openFlow(Method.ND).bridges().getFirst().target().ipv6();
        assertEquals(List.of(Reserved.NORMAL), ipv6.where(ipv6(1, TARGET, CLIENT, new FlowEntry.Icmpv6(136, own))));
        assertEquals(List.of(Reserved.NORMAL), ipv6.where(Frame.icmpv6(1, TARGET, CLIENT, 135)));
        assertEquals(DROPPED, ipv6.where(Frame.icmpv6(1, TARGET, CLIENT, 136)));
        assertEquals(DROPPED, ipv6.where(Frame.icmpv6(1, TARGET, Mac.parse("33:33:ff:00:00:fe"), 135)));
    }

    @Test
    void ipStackOfAFencedBridgeKeepsItsSession() {
        final var ip = 0x0a00_00fe;
        final var local = 0xffff_fffeL;
        final var out = List.of(new ToPort(1));
        final var ipv4 = table(bfd(false), 12, LEFT);
        assertEquals(List.of(Reserved.LOCAL), ipv4.where(Frame.of(1, CLIENT, TARGET, new Udp(1, 3784))));
        assertEquals(List.of(Reserved.LOCAL), ipv4.where(Frame.whoHas(1, CLIENT, ip)));
        assertEquals(List.of(Reserved.LOCAL), ipv4.where(Frame.arp(1, CLIENT, TARGET, 2)));
        assertEquals(out, ipv4.where(Frame.of(local, TARGET, CLIENT, new Udp(1, 3784))));
        assertEquals(out, ipv4.where(arp(local, TARGET, CLIENT, 2, ip)));
        assertEquals(DROPPED, ipv4.where(Frame.whoHas(1, CLIENT, ip + 1)));
        assertEquals(DROPPED, ipv4.where(Frame.of(2, TARGET, CLIENT, new Udp(1, 3784))));
        final var ipv6 = table(bfd(true), 12, LEFT);
        final var own = Samples.openFlow(Method.ND).bridges().getFirst().target().ipv6();
        assertEquals(List.of(Reserved.LOCAL), ipv6.where(ipv6(1, CLIENT, TARGET, new Udp(1, 3784, true))));
        assertEquals(List.of(Reserved.LOCAL), ipv6.where(Frame.solicits(1, CLIENT, own)));
        assertEquals(List.of(Reserved.LOCAL), ipv6.where(Frame.icmpv6(1, CLIENT, TARGET, 136)));
        assertEquals(out, ipv6.where(ipv6(local, TARGET, CLIENT, new Udp(1, 3784, true))));
        assertEquals(out, ipv6.where(ipv6(local, TARGET, CLIENT, new FlowEntry.Icmpv6(136, own))));
    }

    @Test
    void inquiriesReachTheControllerAndRepliesTheBridge() {
        final var prober = TablePlan.proberMac(RIGHT);
        for (final var active : List.of(LEFT, RIGHT)) {
            final var table = table(Samples.openFlow(Method.RESPONDER), 2, active);
            assertEquals(List.of(Reserved.CONTROLLER), table.where(Frame.of(1, TARGET, prober, new Udp(9, 7))));
            assertEquals(List.of(Reserved.CONTROLLER), table.where(Frame.whoHas(1, TARGET, PROBER)));
            final var bridge = table(Samples.openFlow(Method.RESPONDER), 12, active);
            assertEquals(List.of(new ToPort(1)),
                bridge.where(Frame.of(0xffff_fffeL, TARGET, prober, new Udp(9, 7))));
            assertEquals(List.of(Reserved.LOCAL), bridge.where(Frame.of(1, prober, TARGET, new Udp(7, 9))));
            assertEquals(List.of(Reserved.LOCAL), bridge.where(Frame.arp(1, prober, TARGET, 2)));
        }
    }

    @Test
    void everyAttachmentOfABridgeIsProbedFromAnAddressOfItsOwn() {
        final var left = Samples.bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1)),
            new Attachment(new PortRef(2, 9), new PortRef(11, 2)));
        final var bridge = table(Samples.with(Method.UDP, left, left), 11, LEFT);
        final var local = 0xffff_fffeL;

        assertEquals(List.of(new ToPort(1)), bridge.where(Frame.whoHas(local, TARGET, PROBER)));
        assertEquals(List.of(new ToPort(2)), bridge.where(Frame.whoHas(local, TARGET, PROBER + 1)));
    }

    @Test
    void beforeAnyElectionRolesAreEmpty() {
        for (final long node : new long[] { 1, 2, 11, 12 }) {
            final var role = new TablePlan(Samples.openFlow(Method.REFLECT)).role(node, new Intent(0, null));
            assertTrue(role.flows().isEmpty());
            assertNull(role.nextHop());
        }
    }

    @Test
    void learningSwitchesNeedNoGroup() {
        final var config = Samples.withFabric(Samples.plain(), Mode.LEARNING, Samples.hosts(5, 0),
            link(1, 10, 2, 10));

        assertNull(new TablePlan(config).role(1, new Intent(1, LEFT)).nextHop());
        assertEquals(List.of(Reserved.NORMAL), table(config, 1, LEFT).where(TO_HOST));
        assertEquals(DROPPED, table(config, 2, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT)));
    }

    @Test
    void partKeepsToItsVlans() {
        final var whole = Samples.openFlow(Method.REFLECT);
        final var part = new DualBridge("db.low", whole.forwarding(), whole.bridges(), whole.heartbeat(),
            whole.policy(), whole.announcement(), whole.hosts(), whole.links(), ImmutableList.of(),
            new Share(ImmutableSortedSet.of(0, 10), false));
        final var plan = new TablePlan(part);
        final var intent = new Intent(1, Samples.LEFT);

        for (final var node : List.of(2L, 11L, 12L)) {
            assertEquals(List.of(0, 10), plan.role(node, intent).flows().stream()
                .map(flow -> flow.match().vlan()).sorted().toList());
        }
        assertEquals(List.of(), plan.watch(1), "the first part does that");
        assertNotEquals(new TablePlan(whole).group(), plan.group());
    }

    // ---- priorities ----

    private static List<FlowEntry> all(final DualBridge config) {
        final var plan = new TablePlan(config);
        final var intent = new Intent(1, LEFT);
        return plan.nodes().stream().flatMap(node -> Stream.of(plan.watch(node),
                plan.role(node, intent).flows(), plan.hosts(node), List.of(plan.relearn(intent)))
            .flatMap(Collection::stream)).toList();
    }

    @Test
    void prioritiesBeginAtTheBaseAndKeepTheirOrder() {
        final var high = new Forwarding(Mode.FLOW, Granularity.VLAN, false, Fence.BRIDGE, false, 0, 0, 0,
            new Placement(7, 64_735));
        final var usual = all(BY_VLAN);
        final var raised = all(Samples.withForwarding(BY_VLAN, high));

        assertEquals(usual.stream().map(FlowEntry::match).toList(), raised.stream().map(FlowEntry::match).toList());
        assertEquals(usual.stream().map(FlowEntry::priority).map(priority -> priority == 1 ? 1 : priority + 62_535)
            .toList(), raised.stream().map(FlowEntry::priority).toList());
        assertEquals(65_535, raised.stream().mapToInt(FlowEntry::priority).max().orElseThrow());
        assertEquals(64_735, raised.stream().mapToInt(FlowEntry::priority).filter(priority -> priority > 1).min()
            .orElseThrow());
    }

    // ---- bridges with MAC addresses of their own ----

    private static final List<FlowAction> QUESTION =
        List.of(Reserved.NORMAL, FlowEntry.Metered.QUESTIONS, Reserved.CONTROLLER);

    private static List<Frame> toTheHost(final Mac bridge) {
        return List.of(Frame.packet(EDGE, CLIENT, bridge, new V4(Samples.HOST_IP)),
            Frame.packet(EDGE, CLIENT, bridge, new V6(Samples.HOST_IPV6)));
    }

    @Test
    void packetForAHostReachesTheActiveBridgeWhicheverTheStationKnows() {
        for (final var known : List.of(Samples.LEFT_MAC, Samples.RIGHT_MAC)) {
            for (final var frame : toTheHost(known)) {
                assertEquals(List.of(new Readdress(Samples.LEFT_MAC), new ToPort(1)),
                    table(Samples.proxy(), 1, LEFT).where(frame));
                assertEquals(List.of(new Readdress(Samples.RIGHT_MAC), new ToPort(10)),
                    table(Samples.proxy(), 1, RIGHT).where(frame));
                assertEquals(DROPPED, table(Samples.proxy(), 1, LEFT).where(new Frame(1, CLIENT, known, 0,
                    frame.ethType(), frame.inner())), "not back to the bridge that sent it");
            }
        }
    }

    @Test
    void packetForABridgeItselfIsNotTouched() {
        final var table = table(Samples.proxy(), 1, LEFT);

        assertEquals(List.of(Reserved.NORMAL),
            table.where(Frame.packet(EDGE, CLIENT, Samples.RIGHT_MAC, new V4(Samples.HOST_IP + 1))));
        assertEquals(List.of(Reserved.NORMAL),
            table.where(toTheHost(Samples.RIGHT_MAC).getFirst().tagged(7)), "in another VLAN");
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void questionsForAHostComeUpAndTakeTheMacTable(final Mode mode) {
        final var sample = Samples.proxy();
        final var config = Samples.withForwarding(sample, Samples.forwarding(mode)).with(new Learning(true, 10, 0));
        final var table = table(config, 2, LEFT);

        assertEquals(QUESTION, table.where(Frame.whoHas(EDGE, CLIENT, Samples.HOST_IP)));
        assertEquals(QUESTION, table.where(Frame.solicits(EDGE, CLIENT, Samples.HOST_IPV6)));
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.whoHas(EDGE, CLIENT, Samples.HOST_IP + 1)));
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.solicits(EDGE, CLIENT, new Ipv6(1, 1))));
        assertEquals(DROPPED, table.where(Frame.whoHas(1, CLIENT, Samples.HOST_IP)), "of a bridge that is fenced");
        assertEquals(QUESTION, table(config, 1, LEFT).where(Frame.whoHas(1, CLIENT, Samples.HOST_IP)),
            "also where hosts are learned: those of another dual bridge may ask");
    }

    @Test
    void takeoverIsOneGroupAndNothingPerHost() {
        final var plan = new TablePlan(Samples.proxy());

        assertEquals(List.of(FlowEntry.Kind.FENCE),
            plan.role(2, new Intent(1, LEFT)).flows().stream().map(FlowEntry::kind).toList());
        assertEquals(new NextHop(ImmutableList.of(1L), false, ImmutableMap.of(1L, Samples.LEFT_MAC)),
            plan.role(1, new Intent(1, LEFT)).nextHop());
    }

    @Test
    void neighbouringAddressesShareFlowsAndOthersAreNotTouched() {
        final var from = 0x0a00_0003;
        final var hosts = IntStream.range(from, from + 1000).mapToObj(ip -> new Host(new Mac(0x5254_0000_0000L + ip), 7,
            ImmutableList.of(ip), ImmutableList.of(), false)).collect(ImmutableList.toImmutableList());
        final var config = Samples.withHosts(Samples.proxy(), hosts);
        final var table = table(config, 1, LEFT);

        assertTrue(new TablePlan(config).hosts(1).size() < 70);
        for (int ip = from - 3; ip < from + 1010; ip++) {
            final var isHost = ip >= from && ip < from + 1000;
            assertEquals(isHost ? QUESTION : List.of(Reserved.NORMAL),
                table.where(Frame.whoHas(EDGE, CLIENT, ip).tagged(7)));
            assertEquals(isHost, !List.of(Reserved.NORMAL).equals(
                table.where(Frame.packet(EDGE, CLIENT, Samples.LEFT_MAC, new V4(ip)).tagged(7))));
        }
    }

    @Test
    void switchesLearnWhoSpeaksToTheActiveBridgeOnly() {
        final var flow = new TablePlan(Samples.proxy()).relearn(new Intent(1, RIGHT));
        final var table = new FakeTable(0, null, List.of(flow));

        assertEquals(List.of(Reserved.NORMAL), table.where(toTheHost(Samples.RIGHT_MAC).getFirst()));
        assertEquals(DROPPED, table.where(toTheHost(Samples.LEFT_MAC).getFirst()));
    }

    @Test
    void localRepairAddressesTheBridgeThatItLeadsTo() {
        final var plan = new TablePlan(Samples.withForwarding(Samples.proxy(),
            new Forwarding(Mode.FLOW, Granularity.HOST, true, Fence.INGRESS, false, 0, 0, 0, Placement.DEFAULT)));

        assertEquals(new NextHop(ImmutableList.of(1L, 10L), true, ImmutableMap.of(1L, Samples.LEFT_MAC, 10L,
            Samples.RIGHT_MAC)), plan.role(1, new Intent(1, LEFT)).nextHop());
    }

    // ---- flows per VLAN ----

    private static final DualBridge BY_VLAN = Samples.withForwarding(
        Samples.withFabric(Samples.openFlow(Method.REFLECT), Mode.FLOW, Samples.hosts(500, 7), link(1, 10, 2, 10)),
        new Forwarding(Mode.FLOW, Granularity.VLAN, false, Fence.BRIDGE, false, 0, 0, 0, Placement.DEFAULT));

    @Test
    void learnedHostKeepsNoVlan() {
        final var learned = BY_VLAN.withLearned(List.of(new Host(FIRST_HOST, 30)));
        final var intent = new Intent(1, LEFT);

        assertEquals(new TablePlan(BY_VLAN).role(1, intent), new TablePlan(learned).role(1, intent));
        assertEquals(new TablePlan(BY_VLAN).hosts(1), new TablePlan(learned).hosts(1));
    }

    @Test
    void allOfAVlanGoesToTheActiveBridgeUnlessItComesFromThere() {
        final var near = table(BY_VLAN, 1, LEFT);
        final var far = table(BY_VLAN, 2, LEFT);
        final var stranger = new Mac(FIRST_HOST.bits() + 9999);

        assertEquals(List.of(new ToPort(1)), near.where(TO_HOST.tagged(7)));
        assertEquals(List.of(new ToPort(1)), near.where(Frame.ip(EDGE, CLIENT, stranger).tagged(7)));
        assertEquals(List.of(new ToPort(1)), near.where(Frame.ip(10, CLIENT, FIRST_HOST).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), near.where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(7)));
        assertEquals(List.of(new ToPort(10)), far.where(TO_HOST.tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), far.where(Frame.ip(10, FIRST_HOST, CLIENT).tagged(7)));
        assertEquals(DROPPED, far.where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(7)));
    }

    @Test
    void framesFromTheHostsOfAVlanPassCablesThatFramesToThemDoNotTake() {
        final var ring = ofVlan(false, link(1, 2, 2, 1), link(1, 3, 3, 1), link(2, 3, 3, 2));
        final var back = Frame.ip(2, FIRST_HOST, CLIENT).tagged(7);

        // Broadcasts that do not take the cable from 1 to 3 have taught the switches a station at 3 so.
        assertEquals(List.of(Reserved.NORMAL), table(ring, 1, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), table(ring, 2, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), table(ring, 3, LEFT).where(back));
        assertEquals(List.of(new ToPort(1)), table(ring, 3, LEFT).where(TO_HOST.tagged(7)));
        assertEquals(List.of(new ToPort(1)), table(ring, 1, LEFT).where(Frame.ip(2, CLIENT, FIRST_HOST).tagged(7)));
        assertEquals(List.of(new ToPort(1)), table(ring, 1, LEFT).where(Frame.ip(3, CLIENT, FIRST_HOST).tagged(7)));
    }

    @Test
    void secondOfParallelCablesLetsFramesFromTheHostsOfAVlanPass() {
        final var table = table(ofVlan(false, link(1, 10, 2, 10), link(1, 11, 2, 11)), 1, LEFT);

        assertEquals(List.of(new ToPort(1)), table.where(Frame.ip(10, CLIENT, FIRST_HOST).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(11, FIRST_HOST, CLIENT).tagged(7)));
    }

    @Test
    void cableThatARepairMayTakeIsForFramesToTheHostsOfAVlan() {
        // Without the cable to 1, switch 3 goes to the other bridge, by way of 2.
        final var repairing = ofVlan(true, link(1, 2, 2, 1), link(1, 3, 3, 1), link(2, 3, 3, 2));

        assertEquals(List.of(new ToPort(1)),
            table(repairing, 2, LEFT).where(Frame.ip(3, CLIENT, FIRST_HOST).tagged(7)));
    }

    private static DualBridge ofVlan(final boolean repairs, final Link... links) {
        final var bridges = Samples.with(Method.PORT, Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(new PortRef(2, 11), null)));
        return Samples.withForwarding(Samples.withFabric(bridges, Mode.FLOW, Samples.hosts(5, 7), links),
            new Forwarding(Mode.FLOW, Granularity.VLAN, repairs, Fence.INGRESS, false, 0, 0, 0, Placement.DEFAULT));
    }

    @Test
    void groupAddressesAndOtherVlansTakeTheMacTable() {
        final var table = table(BY_VLAN, 1, LEFT);

        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(EDGE, CLIENT, Mac.BROADCAST).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL),
            table.where(Frame.ip(EDGE, CLIENT, Mac.parse("33:33:00:00:00:12")).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.arp(EDGE, CLIENT, FIRST_HOST, 1).tagged(7)));
        assertEquals(List.of(Reserved.NORMAL), table.where(TO_HOST));
        assertEquals(List.of(Reserved.NORMAL), table.where(TO_HOST.tagged(8)));
    }

    @Test
    void numberOfFlowsPerVlanDoesNotGrowWithHosts() {
        final var one = Samples.withFabric(BY_VLAN, Mode.FLOW, Samples.hosts(1, 7), link(1, 10, 2, 10));
        final var few = new TablePlan(Samples.withForwarding(one, BY_VLAN.forwarding()));
        final var many = new TablePlan(BY_VLAN);

        assertEquals(few.hosts(1), many.hosts(1));
        assertEquals(few.role(1, new Intent(1, LEFT)), many.role(1, new Intent(1, LEFT)));
    }

    // ---- fences ----

    private static DualBridge fenced(final Fence fence, final boolean repairs) {
        return Samples.withForwarding(Samples.openFlow(Method.REFLECT),
            new Forwarding(Mode.FLOW, Granularity.HOST, repairs, fence, false, 0, 0, 0, Placement.DEFAULT));
    }

    @ParameterizedTest
    @EnumSource(Fence.class)
    void bridgeThatIsASwitchForwardsWhileItIsActive(final Fence fence) {
        final var broadcast = Frame.arp(1, CLIENT, Mac.BROADCAST, 1);

        assertEquals(List.of(Reserved.NORMAL), table(fenced(fence, false), 11, LEFT).where(broadcast));
        assertEquals(DROPPED, table(fenced(fence, false), 12, LEFT).where(broadcast), "it would come twice");
        assertEquals(fence == Fence.BRIDGE ? DROPPED : List.of(Reserved.NORMAL),
            table(fenced(fence, true), 12, LEFT).where(broadcast), "it has to pass frames to hosts at once");
    }

    @Test
    void fenceAtTheIngressDropsWhatABridgeSends() {
        assertEquals(DROPPED, table(fenced(Fence.INGRESS, false), 2, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT)));
    }

    @Test
    void localRepairLetsFramesToHostsPassAFencedBridgeAtAnyTime() {
        final var table = table(fenced(Fence.BRIDGE, true), 12, LEFT);

        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(1, CLIENT, FIRST_HOST)));
        assertEquals(DROPPED, table.where(Frame.ip(1, CLIENT, Mac.BROADCAST)));
        assertEquals(DROPPED, table.where(Frame.arp(1, CLIENT, FIRST_HOST, 1)), "may be flooded");
        assertEquals(DROPPED, table.where(Frame.ip(1, CLIENT, TARGET)), "no host");
        assertEquals(DROPPED, table.where(Frame.ip(1, new Mac(FIRST_HOST.bits() + 1), FIRST_HOST)), "no loop");
        assertEquals(DROPPED, table.where(Frame.ip(2, FIRST_HOST, CLIENT)), "the way up is closed");
        assertEquals(List.of(), new TablePlan(fenced(Fence.BRIDGE, true)).wayDown(12, new Intent(1, RIGHT)));
    }

    @Test
    void localRepairLetsFramesToHostsComeInByAnotherAttachmentOfTheActiveBridge() {
        final var config = Samples.withForwarding(Samples.with(Method.REFLECT,
            Samples.bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1)),
                new Attachment(new PortRef(1, 7), new PortRef(11, 2)))),
            new Forwarding(Mode.FLOW, Granularity.HOST, true, Fence.BRIDGE, true, 0, 0, 0, Placement.DEFAULT));
        final var table = table(config, 11, LEFT);

        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(2, CLIENT, FIRST_HOST)));
        assertEquals(DROPPED, table.where(Frame.ip(2, CLIENT, Mac.BROADCAST)));
        assertEquals(List.of(Reserved.NORMAL), table.where(Frame.ip(1, CLIENT, Mac.BROADCAST)));
        assertEquals(DROPPED, table(Samples.withForwarding(config, fenced(Fence.BRIDGE, false).forwarding()), 11,
            LEFT).where(Frame.ip(2, CLIENT, FIRST_HOST)));
    }

    @Test
    void localRepairPutsHostsBeforeWhatWouldFloodTheirFrames() {
        assertTrue(isHostBeforeTheRest(fenced(Fence.BRIDGE, true)));
        assertFalse(isHostBeforeTheRest(fenced(Fence.BRIDGE, false)));
    }

    private static boolean isHostBeforeTheRest(final DualBridge config) {
        final var flows = List.copyOf(new TablePlan(config).hosts(1));
        final var kinds = flows.stream().map(FlowEntry::kind).toList();
        final var matches = flows.stream().map(FlowEntry::match).toList();
        return kinds.indexOf(FlowEntry.Kind.HOST) < matches.indexOf(FlowEntry.Match.ANY);
    }

    @Test
    void nothingIsFencedWhereTheBridgesSeeToThat() {
        for (final long node : new long[] { 1, 2, 11, 12 }) {
            assertTrue(new TablePlan(fenced(Fence.NONE, false)).role(node, new Intent(1, LEFT)).flows().stream()
                .noneMatch(flow -> flow.kind() == FlowEntry.Kind.FENCE));
        }
    }

    // ---- ways ----

    @Test
    void localRepairTakesTheNextAttachmentsInOrder() {
        final var second = new PortRef(1, 7);
        final var config = Samples.withForwarding(Samples.with(Method.ARP,
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null)),
            Samples.bridge("left", 50, null, new Attachment(LEFT, null), new Attachment(second, null))),
            new Forwarding(Mode.FLOW, Granularity.HOST, true, Fence.INGRESS, false, 0, 0, 0, Placement.DEFAULT));
        final var plan = new TablePlan(config);

        assertEquals(new NextHop(ImmutableList.of(1L, 7L, 10L), true), plan.role(1, new Intent(1, LEFT)).nextHop());
        assertEquals(new NextHop(ImmutableList.of(7L, 1L, 10L), true),
            plan.role(1, new Intent(1, second)).nextHop());
        assertEquals(new NextHop(ImmutableList.of(10L, 1L), true), plan.role(2, new Intent(1, LEFT)).nextHop());
        assertEquals(NextHop.to(OptionalLong.of(1)),
            new TablePlan(Samples.plain()).role(1, new Intent(1, LEFT)).nextHop());
    }

    @Test
    void localRepairKeepsTheOtherWaysWhereNoneLeadsToTheActiveAttachment() {
        final var config = Samples.withForwarding(Samples.plain(),
            new Forwarding(Mode.FLOW, Granularity.HOST, true, Fence.INGRESS, false, 0, 0, 0, Placement.DEFAULT));
        final var plan = new TablePlan(config, Set.of(new PortRef(1, 10)));

        assertEquals(new NextHop(ImmutableList.of(1L), true), plan.role(2, new Intent(1, LEFT)).nextHop());
        assertEquals(new NextHop(ImmutableList.of(1L), true), plan.role(1, new Intent(1, LEFT)).nextHop());
    }

    @Test
    void cableThatIsCutIsNoWay() {
        final var config = Samples.withFabric(Samples.plain(), Mode.FLOW, Samples.hosts(1, 0), link(1, 10, 2, 10),
            link(1, 11, 2, 11));
        final var intent = new Intent(1, LEFT);

        assertEquals(NextHop.to(OptionalLong.of(10)), new TablePlan(config).role(2, intent).nextHop());
        assertEquals(NextHop.to(OptionalLong.of(11)),
            new TablePlan(config, Set.of(new PortRef(1, 10))).role(2, intent).nextHop());
        assertEquals(NextHop.NOWHERE,
            new TablePlan(config, Set.of(new PortRef(1, 10), new PortRef(2, 11))).role(2, intent).nextHop());
        assertTrue(new TablePlan(config, Set.of(new PortRef(1, 10))).isInner(new PortRef(1, 10)));
    }

    @ParameterizedTest
    @EnumSource(Granularity.class)
    void cutCableChangesWhatCablesDecideAndNothingElse(final Granularity granularity) {
        final var config = Samples.withLinks(Samples.withForwarding(Samples.openFlow(Method.REFLECT),
            new Forwarding(Mode.FLOW, granularity, false, Fence.BRIDGE, false, 0, 0, 0, Placement.DEFAULT)),
            link(1, 10, 2, 10), link(1, 11, 2, 11));
        final var down = Set.of(new PortRef(1, 10));
        final var before = new TablePlan(config);
        final var after = before.withDown(down);
        final var anew = new TablePlan(config, down);

        for (final var node : config.nodes()) {
            assertEquals(anew.role(node, new Intent(1, LEFT)), after.role(node, new Intent(1, LEFT)));
            assertEquals(anew.hosts(node), after.hosts(node));
            assertSame(before.hosts(node), after.hosts(node));
            assertEquals(anew.watch(node), after.watch(node));
        }
        assertEquals(OptionalLong.of(11), after.nextHop(2, LEFT));
        assertEquals(OptionalLong.of(10), before.nextHop(2, LEFT));
        assertEquals(OptionalLong.of(10), after.withDown(Set.of()).nextHop(2, LEFT));
    }

    /** What hosts say of themselves, as it comes in at a port. */
    private static List<Frame> words(final long inPort) {
        return List.of(Frame.arp(inPort, FIRST_HOST, Mac.BROADCAST, 1), Frame.arp(inPort, FIRST_HOST, CLIENT, 2),
            new Frame(inPort, FIRST_HOST, Mac.BROADCAST, 0, 0x8035, null),
            Frame.icmpv6(inPort, FIRST_HOST, CLIENT, 135), Frame.icmpv6(inPort, FIRST_HOST, CLIENT, 136),
            Frame.of(inPort, FIRST_HOST, Mac.BROADCAST, new Udp(68, 67)));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void copiesOfWhatHostsSayComeUpBehindTheActiveBridgeOnly(final Mode mode) {
        final var config = Samples.withFabric(Samples.plain(), mode, Samples.hosts(5, 0))
            .with(new Learning(true, 10, 0));
        words(1).forEach(frame -> {
            assertEquals(List.of(Reserved.NORMAL, FlowEntry.Metered.COPIES, Reserved.CONTROLLER),
                table(config, 1, LEFT).where(frame), frame.toString());
            assertEquals(FakeTable.DROPPED, table(config, 1, RIGHT).where(frame));
            assertEquals(List.of(Reserved.NORMAL),
                table(config.with(Learning.NONE), 1, LEFT).where(frame));
        });
        words(EDGE).forEach(frame -> assertEquals(List.of(Reserved.NORMAL), table(config, 1, LEFT).where(frame)));
        assertEquals(List.of(), table(config, 1, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT)).stream()
            .filter(Reserved.CONTROLLER::equals).toList());
    }

    private static final Learning FROM_IP = new Learning(true, 10, 0, true, false);
    private static final Mac STRANGER = Mac.parse("52:54:00:0f:00:01");

    /** Everything that may come in anywhere, of interest here. */
    private static List<Frame> frames(final int vlan) {
        return Stream.of(1L, 10L, EDGE).flatMap(port -> Stream.of(FIRST_HOST, STRANGER, TARGET)
            .flatMap(from -> Stream.of(FIRST_HOST, CLIENT, Mac.BROADCAST).flatMap(to -> Stream.of(
                Frame.ip(port, from, to), Frame.of(port, from, to, new Udp(53, 53)),
                Frame.of(port, from, to, new Udp(68, 67)), Frame.icmpv6(port, from, to, 128),
                Frame.icmpv6(port, from, to, 136), Frame.arp(port, from, to, 1), Frame.probe(port, from, to)))))
            .map(frame -> frame.tagged(vlan)).toList();
    }

    private static Stream<DualBridge> everyForwarding() {
        final var byHost = Samples.withFabric(Samples.plain(), Mode.FLOW, Samples.hosts(5, 7), link(1, 10, 2, 10));
        return Stream.of(Granularity.values()).flatMap(granularity -> Stream.of(Fence.values())
            .map(fence -> Samples.withForwarding(byHost,
                new Forwarding(Mode.FLOW, granularity, false, fence, false, 0, 0, 0, Placement.DEFAULT))));
    }

    private static List<FlowEntry.FlowAction> forwarded(final List<FlowEntry.FlowAction> actions) {
        return actions.stream()
            .filter(action -> !(action instanceof FlowEntry.Metered) && action != Reserved.CONTROLLER).toList();
    }

    private static boolean isUp(final List<FlowEntry.FlowAction> actions) {
        return actions.contains(Reserved.CONTROLLER);
    }

    @Test
    void framesGoOnAsIfNoneWereCopied() {
        final var byTable = Samples.withFabric(Samples.plain(), Mode.LEARNING, Samples.hosts(5, 7), link(1, 10, 2, 10));
        Stream.concat(everyForwarding(), Stream.of(byTable)).forEach(config -> {
            for (final var node : List.of(1L, 2L)) {
                for (final var active : List.of(LEFT, RIGHT)) {
                    final var before = table(config.with(new Learning(true, 10, 0)), node, active);
                    final var table = table(config.with(FROM_IP), node, active);
                    Stream.of(0, 7).flatMap(vlan -> frames(vlan).stream()).forEach(frame ->
                        assertEquals(forwarded(before.where(frame)), forwarded(table.where(frame)),
                            () -> config.forwarding() + " " + frame));
                }
            }
        });
    }

    @Test
    void ipFramesOfUnknownStationsBehindTheActiveBridgeComeUp() {
        everyForwarding().filter(config -> config.forwarding().fence() != Fence.NONE).forEach(config -> {
            final var table = table(config.with(FROM_IP), 1, LEFT);
            frames(7).stream().filter(frame -> !List.of(0x88b5, 0x0806).contains(frame.ethType())).forEach(frame -> {
                final var isWord = frame.inner() instanceof Udp(var from, var to, var any) && from == 68
                    || frame.inner() instanceof FlowEntry.Icmpv6(var type, var of) && type == 136;
                final var takesTheMacTable = config.forwarding().granularity() == Granularity.VLAN
                    || !frame.dst().equals(FIRST_HOST);
                assertEquals(frame.inPort() == 1
                    && (isWord || frame.src().equals(STRANGER) && takesTheMacTable),
                    isUp(table.where(frame)), () -> config.forwarding() + " " + frame);
            });
            assertEquals(List.of(Reserved.NORMAL, FlowEntry.Metered.SAMPLES, Reserved.CONTROLLER),
                table.where(Frame.ip(1, STRANGER, CLIENT).tagged(7)));
            assertEquals(DROPPED, table(config.with(FROM_IP), 1, RIGHT).where(Frame.ip(1, STRANGER, CLIENT).tagged(7)));
        });
    }

    @Test
    void hostIsUnknownInAnotherVlan() {
        final var config = everyForwarding().findFirst().orElseThrow().with(FROM_IP);
        assertTrue(isUp(table(config, 1, LEFT).where(Frame.ip(1, FIRST_HOST, CLIENT).tagged(8))));
    }

    @Test
    void neighbouringHostsAreKnownByOneFlow() {
        final var plan = new TablePlan(Samples.withFabric(Samples.plain(), Mode.FLOW,
            Samples.hosts(256, 7), link(1, 10, 2, 10)).with(FROM_IP));
        assertTrue(plan.hosts(1).stream().filter(flow -> flow.kind() == FlowEntry.Kind.KNOWN).count() < 12);
    }

    @Test
    void partKnowsItsHostsAndTheFirstOneCopies() {
        final var whole = Samples.withFabric(Samples.plain(), Mode.FLOW, Samples.hosts(1, 7), link(1, 10, 2, 10));
        final var kinds = Stream.of(true, false).map(first -> new TablePlan(new DualBridge("db.part",
            whole.forwarding(), whole.bridges(), whole.heartbeat(), whole.policy(), whole.announcement(),
            whole.hosts(), whole.links(), ImmutableList.of(), new Share(ImmutableSortedSet.of(7), first))
            .with(FROM_IP))
            .hosts(1).stream().filter(flow -> flow.table(Placement.DEFAULT) == 1)
            .map(FlowEntry::kind).collect(Collectors.groupingBy(kind -> kind, Collectors.counting()))).toList();
        assertEquals(Map.of(FlowEntry.Kind.COPY, 5L, FlowEntry.Kind.SAMPLE, 2L, FlowEntry.Kind.KNOWN, 2L),
            kinds.getFirst());
        assertEquals(Map.of(FlowEntry.Kind.KNOWN, 1L), kinds.getLast());
    }

    private static final PortRef OTHER = new PortRef(1, 8);

    private static Stream<DualBridge> guarded() {
        return Stream.of(new Learning(false, 0, 0, false, true), new Learning(true, 9, 0, true, true))
            .flatMap(learning -> Stream.of(Mode.values()).map(mode -> Samples.withFabric(Samples.plain(), mode,
                Samples.hosts(5, 7), link(1, 10, 2, 10)).with(learning)));
    }

    /** As {@link #table}, with an attachment of another dual bridge. */
    private static FakeTable besideAnother(final DualBridge config) {
        final var plan = new TablePlan(config, Set.of(), Set.of(OTHER));
        final var role = plan.role(1, new Intent(1, LEFT));
        final var flows = new ArrayList<>(plan.hosts(1));
        flows.addAll(role.flows());
        return new FakeTable(plan.group(), role.nextHop(), flows);
    }

    private static Stream<Frame> resolution(final long inPort, final Mac from) {
        return words(inPort).stream().filter(word -> !(word.inner() instanceof Udp))
            .map(word -> new Frame(inPort, from, word.dst(), 7, word.ethType(), word.inner()));
    }

    @Test
    void claimToBeAHostIsRefusedOutside() {
        guarded().forEach(config -> resolution(EDGE, FIRST_HOST).forEach(frame ->
            assertEquals(List.of(FlowEntry.Metered.SAMPLES, Reserved.CONTROLLER),
                besideAnother(config).where(frame), frame.toString())));
    }

    @Test
    void nothingElseIsRefused() {
        guarded().forEach(config -> {
            final var before = table(config.with(Learning.NONE), 1, LEFT);
            final var table = besideAnother(config);
            final var inside = Stream.of(LEFT.number(), OTHER.number(), 10L)
                .flatMap(port -> resolution(port, FIRST_HOST));
            final var stranger = resolution(EDGE, STRANGER);
            final var inAnotherVlan = resolution(EDGE, FIRST_HOST).map(frame -> frame.tagged(8));
            final var ip = Stream.of(CLIENT, FIRST_HOST).map(to -> Frame.ip(EDGE, FIRST_HOST, to).tagged(7));
            Stream.of(inside, stranger, inAnotherVlan, ip).flatMap(frames -> frames).forEach(frame ->
                assertEquals(before.where(frame), forwarded(table.where(frame)), frame.toString()));
        });
    }

    @Test
    void takeoverTouchesNoFlowOfLearning() {
        final var plan = new TablePlan(Samples.plain().with(FROM_IP));
        final var kinds = Set.of(FlowEntry.Kind.LEARN, FlowEntry.Kind.COPY, FlowEntry.Kind.SAMPLE,
            FlowEntry.Kind.KNOWN);
        assertEquals(5 + 2 + 7 + 3, plan.hosts(1).stream().filter(flow -> kinds.contains(flow.kind())).count());
        assertTrue(plan.role(1, new Intent(1, LEFT)).flows().stream().noneMatch(flow -> kinds.contains(flow.kind())));
        assertTrue(plan.watch(1).stream().noneMatch(flow -> kinds.contains(flow.kind())));
    }

    @Test
    void onlyTheFirstPartOfADualBridgeCopies() {
        final var whole = Samples.plain();
        final var parts = Stream.of(true, false).map(first -> new DualBridge("db.part", whole.forwarding(),
            whole.bridges(), whole.heartbeat(), whole.policy(), whole.announcement(), whole.hosts(), whole.links(),
            ImmutableList.of(), new Share(ImmutableSortedSet.of(0), first)).with(new Learning(true, 10, 0))).toList();
        assertEquals(List.of(1L, 0L), parts.stream().map(part -> new TablePlan(part).hosts(1).stream()
            .filter(flow -> flow.kind() == FlowEntry.Kind.COPY).count()).toList());
    }

    /** A frame that discovers links, as it comes in at a port. */
    private static Frame lldp(final long inPort) {
        return new Frame(inPort, CLIENT, Mac.parse("01:23:00:00:00:01"), 0, 0x88cc, null);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void discoveryIsHandedUpFromEverySwitchThatMayBeOfTheFabric(final Mode mode) {
        final var config = Samples.withFabric(Samples.openFlow(Method.ARP), mode, Samples.hosts(5, 0)).with(
            new Discovery(true, ImmutableSet.of(Samples.link(1, 10, 3, 10)), ImmutableSortedSet.of(4L)));
        final var handedUp = List.of(FlowEntry.Metered.COPIES, Reserved.CONTROLLER);

        for (final long node : List.of(1L, 2L, 3L, 4L)) {
            assertEquals(handedUp, table(config, node, LEFT).where(lldp(EDGE)));
            final var plan = new TablePlan(config);
            assertEquals(handedUp, new FakeTable(plan.group(), null, plan.watch(node)).where(lldp(EDGE)),
                "also before there is an active bridge");
        }
        assertEquals(Set.of(), new TablePlan(config).hosts(4));
        // What has passed another switch on its way would tell of a link that there is not.
        final var plan = new TablePlan(config);
        assertEquals(handedUp, new FakeTable(plan.group(), null, Stream.concat(plan.watch(3).stream(),
            Stream.concat(Stream.of(plan.relearn(new Intent(1, LEFT))), plan.hosts(3).stream())).toList())
            .where(lldp(EDGE)));
    }

    @Test
    void discoveryIsNotHandedUpFromBridges() {
        final var config = Samples.openFlow(Method.ARP).with(Discovery.NOTHING_YET);

        assertEquals(List.of(Reserved.NORMAL), table(config, 11, LEFT).where(lldp(2)));
        assertEquals(FakeTable.DROPPED, table(config, 1, RIGHT).where(lldp(1)), "nor from a bridge that is fenced");
        assertEquals(List.of(Reserved.NORMAL), openFlow(1, LEFT).where(lldp(EDGE)), "nor where nobody wants it");
    }

    @ParameterizedTest
    @EnumSource(Granularity.class)
    void discoveredLinkIsAWay(final Granularity granularity) {
        final var from = Samples.withFabric(Samples.plain(), Mode.FLOW, Samples.hosts(5, 0));
        final var config = Samples.withForwarding(from, new Forwarding(Mode.FLOW, granularity, false, Fence.BRIDGE,
            false, 0, 0, 0, Placement.DEFAULT)).with(new Discovery(true, ImmutableSet.of(Samples.link(1, 10, 3, 10),
            Samples.link(2, 20, 3, 11)), ImmutableSortedSet.of()));

        assertEquals(List.of(new ToPort(10)), table(config, 3, LEFT).where(TO_HOST));
        assertEquals(List.of(new ToPort(11)), table(config, 3, RIGHT).where(TO_HOST));
        assertEquals(List.of(new ToPort(20)), table(config, 2, LEFT).where(TO_HOST));
    }
}
