/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.RIGHT;
import static org.dualbridge.core.Samples.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.Event.Confirmed;
import org.dualbridge.core.Event.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two bridges that are OpenFlow switches, 11 on the left and 12 on the right. */
class TakeoverTest {
    private static final DualBridge CONFIG = Samples.diverting();

    private final World world = World.settled(CONFIG);

    private void crash() {
        world.mute.add(11L);
        world.alive.remove(LEFT);
        world.run(400 * MILLIS);
    }

    private List<Action> silences() {
        return silences(world);
    }

    private static List<Action> silences(final World world) {
        return world.writes.stream().filter(Action.Silence.class::isInstance).toList();
    }

    @Test
    void nothingIsRedirectedBeforeTheFenceIsConfirmed() {
        world.mute.add(1L);
        crash();

        assertEquals(List.of("Fence"), world.wanted());

        world.tell(new Confirmed(world.epoch(), Step.FENCE, 1, true));

        assertEquals(List.of("Fence", "Redirect"), world.wanted());
        assertTrue(((Action.Redirect) world.actions.get(1)).fenced());

        world.tell(new Confirmed(world.epoch(), Step.REDIRECT, 1, true));

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted());
        assertTrue(((Action.Announce) world.actions.get(2)).moved());
    }

    /** Tells the switches that were asked, turn by turn. */
    private static List<Set<Long>> diverted(final World world) {
        return world.actions.stream().filter(Action.Divert.class::isInstance).map(Action.Divert.class::cast)
            .map(Action.Divert::asked).toList();
    }

    private boolean drains() {
        return world.actions.stream().anyMatch(action -> action instanceof Action.Fence fence && fence.diverted());
    }

    @Test
    void plannedTakeoverDivertsNearestSwitchesFirst() {
        world.tell(new Event.SwitchoverRequested("right"));

        assertEquals(List.of("Divert", "Divert", "Divert", "Fence", "Redirect", "Announce", "Remember", "Publish"),
            world.wanted());
        assertEquals(List.of(Set.of(12L), Set.of(2L), Set.of(1L)), diverted(world));
        assertTrue(drains());
    }

    @Test
    void turnsGoAroundACutCable() {
        final var ring = World.settled(Samples.withLinks(CONFIG, Samples.link(1, 10, 2, 10),
            Samples.link(1, 11, 3, 11), Samples.link(2, 12, 3, 12)));
        ring.tell(new Event.SwitchoverRequested("right"));

        assertEquals(List.of(Set.of(12L), Set.of(2L), Set.of(1L, 3L)), diverted(ring));

        ring.tell(new Event.SwitchoverRequested("left"));
        ring.tell(new Event.LinkChanged(new PortRef(2, 10), false));
        ring.forgetActions();
        ring.tell(new Event.SwitchoverRequested("right"));

        assertEquals(List.of(Set.of(12L), Set.of(2L), Set.of(3L), Set.of(1L)), diverted(ring));
    }

    @Test
    void turnWaitsForTheOneBeforeAndNothingIsOpenedMeanwhile() {
        world.mute.add(2L);
        world.tell(new Event.SwitchoverRequested("right"));

        assertEquals(List.of("Divert", "Divert"), world.wanted());

        world.tell(new Event.Reconfigured(CONFIG));

        assertEquals(new Action.WriteTables(null, new Intent(world.epoch() - 1, LEFT), true, false),
            world.writes.getLast(), "the old bridge is open still");

        world.mute.clear();
        world.tell(new Confirmed(world.epoch(), Step.DIVERT, 2, true));

        assertEquals(List.of("Divert", "Fence", "Redirect"), world.wanted().stream()
            .filter(name -> !name.equals("Publish")).toList().subList(2, 5));
    }

    @ParameterizedTest
    @ValueSource(longs = { 12, 2, 1 })
    void diversionThatIsNotConfirmedIsCalledOff(final long node) {
        world.refusing.add(node);
        world.tell(new Event.SwitchoverRequested("right"));

        assertEquals(LEFT, world.active());
        assertEquals(List.of(Reason.OPERATOR, Reason.RESTORED), world.moves().stream().map(Action.Move::reason)
            .distinct().toList());
        assertFalse(world.wanted().subList(0, world.wanted().indexOf("Fence")).contains("Redirect"));
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 12 })
    void switchThatIsLostMeanwhileCallsItOff(final long node) {
        world.mute.add(2L);
        world.tell(new Event.SwitchoverRequested("right"));
        world.tell(new Event.SwitchDisconnected(node));

        assertEquals(LEFT, world.active());
        assertEquals(Reason.RESTORED, world.moves().getLast().reason());
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 12 })
    void switchThatIsLostWhileTheFenceSettlesCallsItOff(final long node) {
        final var settling = World.settled(settling(50 * MILLIS));
        settling.tell(new Event.SwitchoverRequested("right"));
        settling.run(10 * MILLIS);
        settling.tell(new Event.SwitchDisconnected(node));

        assertEquals(LEFT, settling.active());
        assertEquals(Reason.RESTORED, settling.moves().getLast().reason());
    }

    /** A planned move to the right waits for some switch; ends on the left, or goes on without it. */
    private static World leaving(final long waitingFor) {
        final var leaving = World.settled(settling(900 * MILLIS));
        if (waitingFor != 0) {
            leaving.mute.add(waitingFor);
        }
        leaving.tell(new Event.SwitchoverRequested("right"));
        leaving.run(20 * MILLIS);
        return leaving;
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 2, 11 })
    void oldBridgeThatCannotBeToldIsLeft(final long waitingFor) {
        final var leaving = leaving(waitingFor);
        leaving.tell(new Event.SwitchDisconnected(11));
        leaving.mute.clear();
        leaving.tell(new Confirmed(leaving.epoch(), Step.FENCE, 2, true));

        assertLeft(leaving, Reason.NO_RESPONSE);
        assertEquals(waitingFor == 0 ? List.of() : List.of(new Action.Silence(LEFT, true)), silences(leaving),
            "one that confirmed its fence needs no other");

        leaving.tell(new Event.SwitchConnected(11));
        leaving.run(SECONDS);

        assertEquals(waitingFor == 0 ? 0 : 2, silences(leaving).size());
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 2, 11 })
    void oldBridgeThatIsNoLongerConfiguredIsLeft(final long waitingFor) {
        final var leaving = leaving(waitingFor);
        leaving.tell(new Event.Reconfigured(withoutLeft(settling(900 * MILLIS))));
        if (waitingFor == 2) {
            assertFalse(leaving.wanted().contains("Redirect"), "this one is told, and has still to confirm");
        }
        leaving.mute.clear();
        leaving.tell(new Confirmed(leaving.epoch(), Step.FENCE, 2, true));
        leaving.run(3 * SECONDS);

        assertEquals(RIGHT, leaving.active());
        assertEquals(1, leaving.moves().stream().map(Action.Move::after).distinct().count(), "it is not taken back");
        assertTrue(leaving.wanted().contains("Redirect"));
        assertTrue(leaving.wanted().contains("Announce"));
    }

    @Test
    void oldBridgeThatIsNoLongerConfiguredIsLeftWhileSwitchesAreDiverted() {
        world.mute.add(2L);
        world.tell(new Event.SwitchoverRequested("right"));
        assertEquals(List.of("Divert"), world.wanted().stream().distinct().toList());
        world.mute.clear();
        world.tell(new Event.Reconfigured(withoutLeft(CONFIG)));
        world.run(3 * SECONDS);

        assertEquals(RIGHT, world.active());
        assertTrue(world.wanted().contains("Announce"));
        assertTrue(world.writes.contains(new Action.WriteTables(null, world.machine.intent(), false, false)),
            "the right one is not opened before the fence is confirmed");
    }

    private static DualBridge withoutLeft(final DualBridge config) {
        return new DualBridge(config.name(), config.forwarding(), ImmutableList.of(config.bridges().getLast()),
            config.heartbeat(), config.policy(), config.announcement(), config.hosts(), config.links());
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 2, 11 })
    void oldBridgeOfSomeVlansIsLeftIfItIsFenced(final long waitingFor) {
        final var config = settling(900 * MILLIS);
        final var shared = World.settled(new DualBridge(config.name(), config.forwarding(), config.bridges(),
            config.heartbeat(), config.policy(), config.announcement(), config.hosts(), config.links(),
            config.vlanSets(), new DualBridge.Share(ImmutableSortedSet.of(0), true)));
        shared.mute.add(waitingFor);
        shared.tell(new Event.SwitchoverRequested("right"));
        shared.run(20 * MILLIS);
        shared.tell(new Event.SwitchDisconnected(11));

        assertEquals(List.of(), silences(shared), "others may use the port");
        assertEquals(waitingFor == 0 ? RIGHT : LEFT, shared.active());
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 11 })
    void oldBridgeThatDiesIsLeft(final long waitingFor) {
        final var leaving = leaving(waitingFor);
        leaving.alive.remove(LEFT);
        leaving.run(400 * MILLIS);

        assertLeft(leaving, Reason.NO_RESPONSE);
        assertEquals(waitingFor == 0 ? 0 : 1, silences(leaving).size());

        leaving.tell(new Confirmed(leaving.epoch(), Step.FENCE, 11, true));

        assertEquals(waitingFor == 0 ? 0 : 1, silences(leaving).size(), "it may still pass what it has cached");
        leaving.run(SECONDS);
        assertEquals(waitingFor == 0 ? 0 : 2, silences(leaving).size(), "it is heard");
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 2, 11 })
    void oldBridgeWhoseLinkGoesDownIsLeft(final long waitingFor) {
        final var leaving = leaving(waitingFor);
        leaving.mute.clear();
        leaving.tell(new Event.LinkChanged(LEFT, false));

        assertLeft(leaving, Reason.LINK_DOWN);
    }

    /** At once, and by one takeover. */
    private static void assertLeft(final World world, final Reason failure) {
        assertEquals(RIGHT, world.active());
        assertEquals(1, world.moves().stream().map(Action.Move::after).distinct().count());
        final var redirect = world.actions.stream().filter(Action.Redirect.class::isInstance)
            .map(Action.Redirect.class::cast).findFirst().orElseThrow();
        assertEquals(failure, redirect.move().reason());
        assertFalse(redirect.move().planned());
        assertEquals(List.of("Redirect", "Announce", "Remember"), world.wanted().stream()
            .filter(name -> !List.of("Divert", "Fence", "Publish").contains(name)).toList());
    }

    private static DualBridge settling(final long nanos) {
        return Samples.withForwarding(CONFIG, new Forwarding(Mode.FLOW, Granularity.HOST, false, Fence.BRIDGE, true,
            nanos, 0, 0, Placement.DEFAULT));
    }

    @Test
    void failoverDivertsNothing() {
        crash();

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted());
        assertFalse(drains());
    }

    @Test
    void bothWaysMoveTogetherWhereOneCannotMoveAlone() {
        for (final var other : List.of(
                Samples.plain(),
                Samples.openFlow(Method.REFLECT),
                with(Mode.LEARNING, Granularity.HOST, Fence.BRIDGE),
                with(Mode.FLOW, Granularity.VLAN, Fence.BRIDGE),
                with(Mode.FLOW, Granularity.HOST, Fence.INGRESS),
                Samples.withBridges(CONFIG, bridge -> new Bridge(bridge.name(), bridge.haMode(), bridge.priority(),
                    bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers(), bridge.vlans(), false,
                    Samples.LEFT_MAC)))) {
            final var any = World.settled(other);
            any.tell(new Event.SwitchoverRequested("right"));

            assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), any.wanted());
        }
    }

    private static DualBridge with(final Mode mode, final Granularity granularity, final Fence fence) {
        return Samples.withForwarding(CONFIG, new Forwarding(mode, granularity, false, fence, true, 0, 0, 0,
            Placement.DEFAULT));
    }

    @Test
    void plannedTakeoverLetsTheFenceSettle() {
        final var settling = World.settled(settling(10 * MILLIS));
        settling.tell(new Event.SwitchoverRequested("right"));
        settling.run(9 * MILLIS);

        assertEquals(List.of("Divert", "Divert", "Divert", "Fence"), settling.wanted());

        settling.run(MILLIS);

        assertEquals("Redirect", settling.wanted().get(4));
        assertTrue(((Action.Redirect) settling.actions.get(4)).fenced());
    }

    @Test
    void fenceThatIsNotConfirmedDoesNotSettle() {
        final var settling = World.settled(settling(500 * MILLIS));
        settling.mute.add(11L);
        settling.tell(new Event.SwitchoverRequested("right"));
        settling.run(990 * MILLIS);

        assertEquals("Fence", settling.wanted().getLast());

        settling.tell(new Confirmed(settling.epoch(), Step.FENCE, 11, true));
        settling.run(490 * MILLIS);

        assertEquals("Fence", settling.wanted().getLast(), "it settles since it was confirmed");

        settling.run(10 * MILLIS);

        assertTrue(((Action.Redirect) settling.actions.get(4)).fenced());
    }

    @Test
    void failoverGoesOnAfterASecondWithoutConfirmation() {
        world.mute.add(1L);
        crash();
        world.run(2 * SECONDS);

        assertEquals(List.of("Fence", "Redirect", "Announce", "Remember", "Publish"), world.wanted().subList(0, 5));
        assertFalse(((Action.Redirect) world.actions.get(1)).fenced());
        assertFalse(((Action.Announce) world.actions.get(2)).moved());
    }

    @Test
    void confirmationThatWaitedForTheControllerCounts() {
        world.mute.add(11L);
        world.tell(new Event.SwitchoverRequested("right"));
        world.freeze(2 * SECONDS);
        world.run(10 * MILLIS);

        assertEquals("Fence", world.wanted().getLast());

        world.tell(new Confirmed(world.epoch(), Step.FENCE, 11, true));

        assertEquals(RIGHT, world.active());
        assertTrue(((Action.Redirect) world.actions.get(4)).fenced());
    }

    @Test
    void controllerThatWasLateDoesNotWaitForEver() {
        world.mute.add(11L);
        world.tell(new Event.SwitchoverRequested("right"));
        world.freeze(2 * SECONDS);
        world.run(60 * MILLIS);

        assertEquals(Reason.RESTORED, world.moves().getLast().reason());
    }

    @Test
    void switchThatLeavesIsNotWaitedFor() {
        world.mute.add(1L);
        crash();
        world.tell(new Event.SwitchDisconnected(1));

        // That it is gone is told, too.
        assertEquals(List.of("Fence", "Redirect", "Publish", "Announce", "Remember", "Publish"), world.wanted());
        assertFalse(((Action.Redirect) world.actions.get(1)).fenced());
    }

    @Test
    void switchThatConnectsMeanwhileGetsOnlyFences() {
        world.tell(new Event.SwitchDisconnected(2));
        world.tell(new Event.SwitchConnected(2));
        final var intent = world.machine.intent();
        assertEquals(new Action.WriteTables(2L, intent, true, false), world.writes.getFirst());

        world.mute.add(1L);
        crash();
        world.forgetActions();
        world.tell(new Event.SwitchDisconnected(12));
        world.tell(new Event.SwitchConnected(12));

        assertEquals(List.of(new Action.WriteTables(12L, world.machine.intent(), false, false)),
            world.writes);
    }

    @Test
    void frozenBridgeIsReachedAgainWhenItConfirmsItsFence() {
        crash();

        assertEquals(List.of(new Action.Silence(LEFT, true)), silences());

        world.tell(new Confirmed(world.epoch() - 1, Step.FENCE, 11, true));
        world.tell(new Confirmed(world.epoch(), Step.FENCE, 12, true));

        assertEquals(1, silences().size(), "that was told before, or by another");

        world.tell(new Confirmed(world.epoch(), Step.FENCE, 11, true));

        assertEquals(new Action.Silence(LEFT, false), silences().getLast());
        assertEquals(new Action.Relearn(true), world.writes.getLast());
        world.run(200 * MILLIS);
        assertEquals(new Action.Relearn(false), world.writes.getLast());
    }

    @Test
    void bridgeThatNeverHeardOfItsFenceIsNotReachedWhenItsCableIsMended() {
        world.mute.add(11L);
        world.tell(new Event.LinkChanged(LEFT, false));

        assertEquals(RIGHT, world.active());
        assertEquals(List.of(new Action.Silence(LEFT, true)), silences());

        world.tell(new Event.SwitchDisconnected(11));
        world.tell(new Event.LinkChanged(LEFT, true));
        world.run(2 * SECONDS);

        assertEquals(1, silences().size(), "it may be open still");

        world.mute.clear();
        world.tell(new Event.SwitchConnected(11));

        assertEquals(new Action.Silence(LEFT, false), silences().getLast());
    }

    @Test
    void bridgeThatConfirmsItsFenceBehindACutCableDeliversNothingLate() {
        world.tell(new Event.LinkChanged(LEFT, false));
        world.run(SECONDS);

        assertEquals(List.of(new Action.Silence(LEFT, true), new Action.Silence(LEFT, false)), silences());
        assertEquals(List.of(), windows(world), "hosts are still being announced");
    }

    @Test
    void frozenBridgeThatConnectsAnewConfirmsItsTables() {
        crash();
        world.tell(new Event.SwitchDisconnected(11));
        world.forgetActions();
        world.mute.clear();
        world.tell(new Event.SwitchConnected(11));

        assertTrue(((Action.WriteTables) world.writes.getFirst()).asked());
        assertEquals(List.of(new Action.Silence(LEFT, false)), silences());
    }

    @Test
    void switchThatRestartedKeepsAPortSilent() {
        crash();
        world.tell(new Event.SwitchDisconnected(1));
        world.forgetActions();
        world.tell(new Event.SwitchConnected(1));

        assertEquals(List.of(new Action.Silence(LEFT, true)), silences());
    }

    @Test
    void silenceEndsWithTheDualBridge() {
        crash();

        assertEquals(List.of(new Action.Silence(LEFT, false)), world.machine.close());
    }

    @Test
    void cutCableIsRoutedAroundUnlessATakeoverDoesThat() {
        final var cable = new PortRef(1, 10);
        world.tell(new Event.LinkChanged(cable, false));

        assertEquals(new Action.Reroute(world.machine.intent(), true), world.writes.getLast());
        assertEquals(List.of(), world.moves());

        world.mute.add(1L);
        crash();
        world.tell(new Event.LinkChanged(cable, true));

        assertEquals(new Action.Reroute(world.machine.intent(), false), world.writes.getLast());
    }

    @Test
    void bridgeWhoseOwnEndGoesDownIsLeftThoughItsSwitchIsGone() {
        world.tell(new Event.SwitchDisconnected(1));
        world.run(2 * SECONDS);
        assertEquals(Condition.BLIND, world.condition());
        assertEquals(List.of(), world.moves());

        final var peer = new PortRef(11, 1);
        world.tell(new Event.LinkChanged(peer, false));
        world.run(SECONDS);
        assertEquals(RIGHT, world.active());
        assertEquals(Reason.LINK_DOWN, world.moves().getFirst().reason());
        assertTrue(world.wanted().contains("Announce"));
        assertEquals(Role.FAULT, world.role("left"));

        world.tell(new Event.LinkChanged(peer, true));
        world.tell(new Event.SwitchConnected(1));
        world.run(12 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void cableIsUpWhenBothEndsAre() {
        final var peer = new PortRef(11, 1);
        world.tell(new Event.LinkChanged(LEFT, false));
        world.tell(new Event.LinkChanged(peer, false));
        world.tell(new Event.LinkChanged(LEFT, true));
        world.run(3 * SECONDS);
        assertEquals(Role.FAULT, world.role("left"));

        world.tell(new Event.LinkChanged(peer, true));
        world.run(3 * SECONDS);
        assertEquals(Role.STANDBY, world.role("left"));
    }

    @Test
    void ownEndThatIsConfiguredWhileItIsDownCountsAtOnce() {
        final var peer = new PortRef(11, 7);
        world.tell(new Event.LinkChanged(peer, false));
        assertEquals(LEFT, world.active());

        world.tell(new Event.Reconfigured(Samples.withBridges(CONFIG, bridge -> bridge.name().equals("left")
            ? Samples.bridge("left", 50, 11L, new DualBridge.Attachment(LEFT, peer)) : bridge)));
        world.run(SECONDS);
        assertEquals(RIGHT, world.active());
    }

    private static List<Action> windows(final World world) {
        return world.writes.stream().filter(Action.Relearn.class::isInstance).toList();
    }

    @Test
    void stationsBehindACutCableAreLearnedAnew() {
        world.tell(new Event.LinkChanged(new PortRef(1, 10), false));
        world.run(100 * MILLIS);
        world.tell(new Event.Announced());
        world.run(149 * MILLIS);

        assertEquals(List.of(), windows(world), "the hosts are announced first");

        world.run(300 * MILLIS);

        assertEquals(List.of(new Action.Relearn(true), new Action.Relearn(false)), windows(world));
    }

    @Test
    void cableThatIsUpAsBeforeChangesNothing() {
        world.tell(new Event.LinkChanged(new PortRef(1, 10), true));
        world.run(300 * MILLIS);

        assertEquals(List.of(), windows(world));
        assertEquals(List.of(), world.writes.stream().filter(Action.Reroute.class::isInstance).toList());
    }

    @Test
    void stationsBehindACutCableAreLearnedAnewWhereNothingIsAnnounced() {
        world.tell(new Event.LinkChanged(new PortRef(1, 10), false));
        world.run(150 * MILLIS);

        assertEquals(List.of(new Action.Relearn(true)), windows(world));
    }

    @Test
    void stationsBehindACutCableAreLearnedWhenATakeoverHasEnded() {
        world.tell(new Event.LinkChanged(new PortRef(1, 10), false));
        world.mute.add(1L);
        world.tell(new Event.SwitchoverRequested("right"));
        world.tell(new Event.Announced());
        world.run(200 * MILLIS);

        assertEquals(List.of(), windows(world));

        world.mute.clear();
        world.tell(new Confirmed(world.epoch(), Step.DIVERT, 1, true));
        world.run(150 * MILLIS);

        assertEquals(List.of(new Action.Relearn(true)), windows(world));
    }

    @Test
    void stationsAreLearnedAnewWhereALinkIsNoLongerThere() {
        world.tell(new Event.Reconfigured(CONFIG));
        world.run(150 * MILLIS);

        assertEquals(List.of(), windows(world));

        world.tell(new Event.Reconfigured(Samples.withLinks(CONFIG)));
        world.run(150 * MILLIS);

        assertEquals(List.of(new Action.Relearn(true)), windows(world));
    }

    @Test
    void windowsOfManyDualBridgesAreSpreadOverTheInterval() {
        final var first = IntStream.range(0, 100).mapToLong(number -> {
            final var port = new PortRef(1, 20 + 2L * number);
            final var relearning = World.settled(Samples.withForwarding(Samples.with(Method.PORT,
                Samples.bridge("left", 50, null, new Attachment(port, null)),
                Samples.bridge("right", 100, null, new Attachment(RIGHT, null))), new Forwarding(Mode.FLOW,
                Granularity.HOST, false, Fence.BRIDGE, false, 0, 60 * SECONDS, 0, Placement.DEFAULT)));
            while (windows(relearning).isEmpty()) {
                relearning.run(100 * MILLIS);
            }
            final var at = relearning.now;
            relearning.forgetActions();
            relearning.run(59 * SECONDS);
            assertEquals(List.of(new Action.Relearn(false)), windows(relearning));
            relearning.run(SECONDS);
            assertEquals(new Action.Relearn(true), windows(relearning).getLast(), "once per interval");
            return at;
        }).sorted().toArray();
        final var widest = IntStream.range(1, 100).mapToLong(i -> first[i] - first[i - 1]).max().orElseThrow();

        assertTrue(first[99] - first[0] > 50 * SECONDS);
        assertTrue(widest < 3 * SECONDS, widest + " ns");
    }

    @Test
    void switchesThatLearnThemselvesNeedNoWindow() {
        final var learning = World.settled(Samples.withForwarding(CONFIG, Samples.forwarding(Mode.LEARNING)));
        learning.tell(new Event.LinkChanged(new PortRef(1, 10), false));
        learning.tell(new Event.Announced());
        learning.run(300 * MILLIS);

        assertEquals(List.of(), windows(learning));
    }

    private static DualBridge isolating(final Bridge... bridges) {
        return Samples.withForwarding(Samples.with(Method.PORT, bridges), new Forwarding(Mode.FLOW, Granularity.HOST,
            false, Fence.ISOLATE, false, 0, 0, 0, Placement.DEFAULT));
    }

    /** Two bridges that are no switches, and pass on whatever reaches them. */
    private static DualBridge isolating() {
        return isolating(Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null)));
    }

    /** What is silenced, and opened, before or after the steps of a takeover. */
    private static List<Object> steps(final List<Action> actions) {
        return actions.stream().filter(action -> action instanceof Action.Silence || action instanceof Action.Fence
            || action instanceof Action.Redirect)
            .<Object>map(action -> action instanceof Action.Silence ? action : action.getClass().getSimpleName())
            .toList();
    }

    @Test
    void nothingIsSentToABridgeThatIsIsolatedBeforeTheOtherOneIsReached() {
        final var isolated = World.settled(isolating());

        assertEquals(List.of(new Action.Silence(LEFT, true), "Fence", new Action.Silence(RIGHT, false), "Redirect"),
            steps(isolated.tell(new Event.SwitchoverRequested("right"))));
        assertEquals(List.of(new Action.Silence(RIGHT, true), "Fence", new Action.Silence(LEFT, false), "Redirect"),
            steps(isolated.tell(new Event.LinkChanged(RIGHT, false))));
    }

    @Test
    void allAreIsolatedTillOneIsElected() {
        final var isolated = new World(isolating());
        isolated.run(3 * SECONDS);

        assertEquals(LEFT, isolated.active());
        assertEquals(List.of(new Action.Silence(LEFT, false)), silences(isolated).stream().filter(silence ->
            !((Action.Silence) silence).silent()).toList());
    }

    @Test
    void switchThatConnectsIsToldWhichPortsAreIsolated() {
        final var isolated = World.settled(isolating());
        isolated.tell(new Event.SwitchDisconnected(RIGHT.datapath()));
        isolated.forgetActions();
        isolated.tell(new Event.SwitchConnected(RIGHT.datapath()));

        assertEquals(List.of(new Action.Silence(RIGHT, true)), silences(isolated));
    }

    @Test
    void noneIsReachedWhileTheFenceIsNotConfirmed() {
        final var at = Samples.withHeartbeat(isolating(), new HeartbeatSettings(Method.EXTERNAL, 100 * MILLIS, 3, 0, 3,
            3 * MILLIS, 0));
        final var isolated = new World(at, new Intent(1, LEFT));
        List.of("right", "left").forEach(bridge ->
            isolated.tell(new Event.HealthReported(bridge, null, true, Long.MAX_VALUE)));
        isolated.mute.add(1L);
        isolated.tell(new Event.HealthReported("left", null, false, Long.MAX_VALUE));
        isolated.tell(new Event.SwitchDisconnected(RIGHT.datapath()));
        isolated.forgetActions();
        isolated.tell(new Event.SwitchConnected(RIGHT.datapath()));

        assertEquals(RIGHT, isolated.active());
        assertEquals(List.of(new Action.Silence(RIGHT, true)), silences(isolated));

        isolated.run(2 * SECONDS);

        assertEquals(List.of(new Action.Silence(RIGHT, true), new Action.Silence(RIGHT, false)), silences(isolated));
    }

    @Test
    void anotherAttachmentOfABridgeIsIsolated() {
        final var second = new PortRef(1, 7);
        final var isolated = World.settled(isolating(
            Samples.bridge("left", 50, null, new Attachment(LEFT, null), new Attachment(second, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))));

        assertEquals(List.of(new Action.Silence(LEFT, true), "Fence", new Action.Silence(second, false), "Redirect"),
            steps(isolated.tell(new Event.LinkChanged(LEFT, false))));
    }

    @Test
    void isolationBeginsAndEndsWithTheConfiguration() {
        final var plain = Samples.withForwarding(isolating(), CONFIG.forwarding());
        final var isolated = World.settled(plain);
        isolated.tell(new Event.Reconfigured(isolating()));

        assertEquals(List.of(new Action.Silence(RIGHT, true), new Action.Silence(LEFT, false)), silences(isolated));

        final var third = new PortRef(1, 7);
        isolated.forgetActions();
        isolated.tell(new Event.Reconfigured(isolating(
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(third, null)))));

        assertEquals(List.of(new Action.Silence(third, true), new Action.Silence(LEFT, false),
            new Action.Silence(RIGHT, false)), silences(isolated));

        isolated.forgetActions();
        isolated.tell(new Event.Reconfigured(plain));

        assertEquals(Set.of(new Action.Silence(LEFT, false), new Action.Silence(third, false),
            new Action.Silence(RIGHT, false)), Set.copyOf(silences(isolated)));
    }

    @Test
    void nobodyIsIsolatedByADualBridgeThatIsGone() {
        assertEquals(List.of(new Action.Silence(LEFT, false), new Action.Silence(RIGHT, false)),
            World.settled(isolating()).machine.close().stream().filter(Action.Silence.class::isInstance).toList());
    }
}
