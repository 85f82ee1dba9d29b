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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.Event.Step;
import org.junit.jupiter.api.Test;

/** Dual bridges that change role together, judged by the links of their attachments. */
class SyncGroupTest {
    private final List<Action.Move> moves = new ArrayList<>();
    /** What switches were asked to confirm, and whether they do. */
    private final Deque<Told> unconfirmed = new ArrayDeque<>();
    private boolean confirms = true;
    private long now = 1000 * SECONDS;
    private List<DualBridgeMachine> group = group(3, Samples.withFailback(Samples.plain(), true, 10 * SECONDS));

    private record Told(DualBridgeMachine member, Event event) {
    }

    private List<DualBridgeMachine> group(final int size, final DualBridge like) {
        final var config = Samples.withHeartbeat(like, new DualBridge.HeartbeatSettings(Method.PORT, 100 * MILLIS, 3, 0,
            3, 5 * MILLIS, 0).with(like.heartbeat().paths()));
        final var members = IntStream.range(0, size)
            .mapToObj(i -> new DualBridgeMachine(Samples.named(config, "db" + i), new Intent(0, null), now))
            .toList();
        DualBridgeMachine.group(members, now);
        members.forEach(member -> config.nodes().forEach(node -> tell(member, new Event.SwitchConnected(node))));
        run(3 * SECONDS);
        members.forEach(DualBridgeMachine::takePending);
        assertActive(members, LEFT);
        moves.clear();
        return members;
    }

    /** Tells one member, and takes what is to be done by all. */
    private void tell(final DualBridgeMachine member, final Event event) {
        take(member, member.handle(event, now));
        for (final var peer : group == null ? List.<DualBridgeMachine>of() : group) {
            take(peer, peer.takePending());
        }
        while (confirms && !unconfirmed.isEmpty()) {
            final var next = unconfirmed.remove();
            tell(next.member, next.event);
        }
    }

    private void take(final DualBridgeMachine member, final List<Action> actions) {
        for (final var action : actions) {
            if (action instanceof Action.Fence(var move, var asked, var diverted)) {
                moves.add(move);
                asked.forEach(node -> unconfirmed.add(
                    new Told(member, new Event.Confirmed(move.after().epoch(), Step.FENCE, node, true))));
            } else if (action instanceof Action.Redirect(var move, var asked, var fenced)) {
                asked.forEach(node -> unconfirmed.add(
                    new Told(member, new Event.Confirmed(move.after().epoch(), Step.REDIRECT, node, true))));
            }
        }
    }

    /** A member does not get its fence confirmed; afterwards all that is asked is confirmed. */
    private void refuse(final DualBridgeMachine member) {
        confirms = true;
        final var epoch = member.intent().epoch();
        List.of(1L, 2L).forEach(node -> tell(member, new Event.Confirmed(epoch, Step.FENCE, node, false)));
    }

    private void run(final long nanos) {
        now += nanos;
        if (group != null) {
            group.forEach(member -> tell(member, new Event.TimePassed()));
        }
    }

    private static void assertActive(final List<DualBridgeMachine> members, final PortRef port) {
        members.forEach(member -> assertEquals(port, member.intent().active()));
    }

    private Role role(final int member, final int bridge) {
        return group.get(member).snapshot().bridges().get(bridge).role();
    }

    private void link(final int member, final PortRef port, final boolean up) {
        tell(group.get(member), new Event.LinkChanged(port, up));
    }

    @Test
    void allMembersLeaveTheSideOnWhichOneFailedAndReturnTogether() {
        link(1, LEFT, false);

        assertActive(group, RIGHT);
        assertEquals(3, moves.size());
        assertEquals(List.of(Reason.LINK_DOWN, Reason.SYNC_GROUP),
            moves.stream().map(Action.Move::reason).distinct().sorted().toList());
        assertEquals(1, moves.stream().map(Action.Move::decidedAt).distinct().count(), "one step");
        assertTrue(moves.stream().allMatch(move -> move.trigger().equals("db1: openflow:1:1")), moves.toString());
        assertTrue(moves.stream().allMatch(move -> move.oldAlive() == (move.reason() == Reason.SYNC_GROUP)));
        // Predicate 6: the failed one is at fault, the others wait.
        assertEquals(List.of(Role.STANDBY, Role.FAULT, Role.STANDBY), List.of(role(0, 0), role(1, 0), role(2, 0)));

        moves.clear();
        link(1, LEFT, true);
        run(11 * SECONDS);

        // Predicate 8 and the initial state: takeover is temporary.
        assertActive(group, LEFT);
        assertEquals(3, moves.size());
        assertTrue(moves.stream().allMatch(Action.Move::planned));
    }

    @Test
    void oneFailureInAGroupOfAHundredMovesAllInOneStep() {
        group = group(100, Samples.plain());
        link(42, LEFT, false);

        assertEquals(100, moves.size());
        assertEquals(1, moves.stream().map(Action.Move::decidedAt).distinct().count());
        assertActive(group, RIGHT);
    }

    @Test
    void whereNoSideIsWholeTheGroupStaysUnlessMoreMembersWorkOnTheOther() {
        link(0, LEFT, false);
        link(1, RIGHT, false);
        assertActive(group, RIGHT);
        moves.clear();
        run(100 * SECONDS);
        assertEquals(List.of(), moves, "one is down on either side: a move would gain nothing");

        link(2, RIGHT, false);
        assertActive(group, LEFT);
        moves.clear();
        run(100 * SECONDS);
        assertEquals(List.of(), moves);
    }

    @Test
    void synchronizationCircuitDoesNotHappen() {
        for (int i = 0; i < 50; i++) {
            link(i % 3, LEFT, false);
            link(i % 3, LEFT, true);
            run(100 * MILLIS);
        }

        assertEquals(3, moves.size(), "the first failure moved the group, and the failback delay never passed");
        run(11 * SECONDS);
        assertEquals(6, moves.size());
        run(1000 * SECONDS);
        assertEquals(6, moves.size());
    }

    @Test
    void switchoverOfOneIsASwitchoverOfAll() {
        tell(group.get(2), new Event.SwitchoverRequested("right"));

        assertActive(group, RIGHT);
        assertTrue(moves.stream().allMatch(move -> move.planned() && move.reason() == Reason.OPERATOR));
    }

    @Test
    void switchoverIsRefusedForWhatAnotherMemberLacks() {
        link(0, RIGHT, false);

        assertEquals("bridge: 'right' of 'db0' has no attachment that is healthy and can be programmed",
            group.get(2).switchoverRefusal("right").orElseThrow());
    }

    @Test
    void plannedMoveThatOneCouldNotConfirmIsTakenBackByAll() {
        confirms = false;
        tell(group.get(2), new Event.SwitchoverRequested("right"));
        moves.clear();
        unconfirmed.clear();
        refuse(group.get(1));

        assertActive(group, LEFT);
        assertTrue(moves.stream().allMatch(move -> move.reason() == Reason.RESTORED));
        assertEquals(3, moves.size());
    }

    @Test
    void memberThatWasRepairedMeanwhileIsTakenBackToTheSameSide() {
        final var second = new PortRef(1, 2);
        group = group(2, Samples.with(Method.PORT,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null), new Attachment(second, null))));
        confirms = false;
        tell(group.get(0), new Event.SwitchoverRequested("right"));
        link(1, RIGHT, false);
        assertEquals(second, group.get(1).intent().active());
        refuse(group.get(0));

        assertActive(group, LEFT);
    }

    @Test
    void moveWithinABridgeThatIsTakenBackDoesNotTakeTheOthersBack() {
        final var second = new PortRef(1, 2);
        group = group(2, Samples.withFailback(Samples.with(Method.PORT,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null), new Attachment(second, null))), true, 0));
        link(0, LEFT, false);
        link(1, RIGHT, false);
        confirms = false;
        link(1, RIGHT, true);
        assertActive(group, RIGHT);
        refuse(group.get(1));

        assertEquals(RIGHT, group.get(0).intent().active());
        assertEquals(second, group.get(1).intent().active());
    }

    @Test
    void memberThatJoinsGoesWhereTheGroupIs() {
        tell(group.get(2), new Event.SwitchoverRequested("right"));
        final var alone = group;
        group = group(1, Samples.plain());
        final var joined = new ArrayList<>(alone);
        joined.addAll(group);
        group = List.copyOf(joined);
        DualBridgeMachine.group(group, now);
        run(SECONDS);

        assertActive(group, RIGHT);
        assertEquals(1, moves.size());
    }

    @Test
    void memberThatLeavesIsOnItsOwn() {
        DualBridgeMachine.group(List.of(group.get(0)), now);
        DualBridgeMachine.group(group.subList(1, 3), now);
        link(0, LEFT, false);

        assertEquals(1, moves.size());
        assertEquals(LEFT, group.get(1).intent().active());
        assertFalse(group.get(0).intent().active().equals(LEFT));
    }

    /** The members of the group with a third bridge before the others, or without the first one of those. */
    private static DualBridge with(final DualBridge.Bridge... bridges) {
        return Samples.withFailback(Samples.with(Method.PORT, bridges), true, 10 * SECONDS);
    }

    private void reconfigure(final int member, final DualBridge config) {
        tell(group.get(member), new Event.Reconfigured(Samples.named(config, "db" + member)));
    }

    @Test
    void bridgeThatIsAddedCountsWhenAllMembersHaveIt() {
        final var third = new PortRef(1, 3);
        final var config = with(Samples.bridge("third", 10, null, new Attachment(third, null)),
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null)));
        reconfigure(0, config);
        link(1, LEFT, false);

        assertEquals(List.of(), moves, "nobody can decide for members that differ");
        final var refusal = "bridge: the members of the sync group of 'db0' have different bridges, since their "
            + "configuration is changing";
        assertEquals(refusal, group.get(1).switchoverRefusal("right").orElseThrow());
        assertEquals(refusal, group.get(1).evacuationRefusal("left", now).orElseThrow());
        run(100 * MILLIS);
        reconfigure(1, config);
        run(100 * MILLIS);
        reconfigure(2, config);

        assertActive(group, third);
        moves.clear();
        run(100 * SECONDS);
        assertEquals(List.of(), moves);
    }

    @Test
    void membersThatDifferForLongAreSavedByTheBridgesThatAllHave() {
        final var third = new PortRef(1, 3);
        reconfigure(0, with(Samples.bridge("third", 10, null, new Attachment(third, null)),
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(RIGHT, null))));
        run(2 * SECONDS);
        assertEquals(List.of(), moves, "nothing is planned for them");
        assertEquals(Condition.PROTECTED, group.get(1).snapshot().condition());

        link(1, LEFT, false);
        assertActive(group, RIGHT);
        assertTrue(moves.stream().noneMatch(Action.Move::planned));

        link(1, LEFT, true);
        run(100 * SECONDS);
        assertActive(group, RIGHT);
        assertEquals(3, moves.size());

        link(2, RIGHT, false);
        assertActive(group, LEFT);
    }

    @Test
    void membersThatShareNoBridgeMoveNobody() {
        reconfigure(0, with(Samples.bridge("third", 10, null, new Attachment(new PortRef(1, 3), null)),
            Samples.bridge("fourth", 50, null, new Attachment(new PortRef(1, 4), null))));
        moves.clear();
        run(2 * SECONDS);
        link(1, LEFT, false);
        run(10 * SECONDS);

        assertEquals(List.of(), moves);
        assertEquals(LEFT, group.get(1).intent().active());
    }

    @Test
    void memberIsUnprotectedWhereItsGroupCouldNotFollow() {
        assertEquals(Condition.PROTECTED, group.get(0).snapshot().condition());

        link(2, RIGHT, false);

        assertEquals(Condition.UNPROTECTED, group.get(0).snapshot().condition());
    }

    @Test
    void bridgeThatIsRemovedIsLeftByAll() {
        final var config = with(Samples.bridge("right", 100, null, new Attachment(RIGHT, null)));
        for (int member = 0; member < 3; member++) {
            reconfigure(member, config);
            run(100 * MILLIS);
        }

        assertActive(group, RIGHT);
    }

    @Test
    void plannedMoveIsTakenBackWhereAMemberDoesNotHaveTheOldBridgeAnyMore() {
        final var right = Samples.bridge("right", 100, null, new Attachment(RIGHT, null),
            new Attachment(new PortRef(1, 2), null));
        final var left = Samples.bridge("left", 50, null, new Attachment(LEFT, null));
        final var all = with(left, right).heartbeat().with(DualBridge.Paths.ALL);
        group = group(3, Samples.withHeartbeat(with(left, right), all));
        confirms = false;
        tell(group.get(2), new Event.SwitchoverRequested("right"));
        final var config = Samples.withHeartbeat(with(right), all);
        reconfigure(0, config);
        refuse(group.get(1));
        assertEquals(RIGHT, group.get(0).intent().active());
        reconfigure(1, config);
        reconfigure(2, config);
        run(2 * SECONDS);

        assertActive(group, RIGHT);
    }

    @Test
    void firstElectionWaitsForTheMemberThatIsToWaitLongest() {
        final var eager = Samples.withHeartbeat(Samples.plain(), new DualBridge.HeartbeatSettings(Method.PORT,
            100 * MILLIS, 3, 0, 3, 5 * MILLIS, 0));
        final var patient = Samples.withHold(Samples.named(eager, "patient"), new DualBridge.Hold(0, 0, 30 * SECONDS));
        group = null;
        final var members = List.of(new DualBridgeMachine(eager, new Intent(0, null), now),
            new DualBridgeMachine(patient, new Intent(0, null), now));
        DualBridgeMachine.group(members, now);
        members.forEach(member -> tell(member, new Event.SwitchConnected(2)));
        group = members;
        run(29 * SECONDS);
        assertActive(members, null);

        run(2 * SECONDS);
        assertActive(members, RIGHT);
    }

    /** A dual bridge joins the group while a switch that another member needs is away. */
    private DualBridgeMachine join(final Intent remembered) {
        tell(group.get(0), new Event.SwitchDisconnected(2));
        final var config = with(Samples.plain().bridges().toArray(DualBridge.Bridge[]::new));
        final var newcomer = new DualBridgeMachine(Samples.named(config, "new"), remembered, now);
        group = Stream.concat(group.stream(), Stream.of(newcomer)).toList();
        DualBridgeMachine.group(group, now);
        config.nodes().forEach(node -> tell(newcomer, new Event.SwitchConnected(node)));
        run(2 * SECONDS);
        return newcomer;
    }

    @Test
    void memberWithNothingActiveFollowsThoughASwitchOfAnotherIsAway() {
        assertEquals(LEFT, join(new Intent(0, null)).intent().active());
        assertEquals(1, moves.size());
        assertFalse(moves.getFirst().planned(), "there is nothing to go back to");
    }

    @Test
    void memberWhoseOwnBridgeDiesFollowsThoughASwitchOfAnotherIsAway() {
        final var newcomer = join(new Intent(5, RIGHT));
        tell(newcomer, new Event.LinkChanged(RIGHT, false));

        assertActive(group, LEFT);
    }
}
