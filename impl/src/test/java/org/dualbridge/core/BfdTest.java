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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.frame.BfdControl;
import org.dualbridge.frame.BfdControl.State;
import org.dualbridge.frame.HostFrame.V4;
import org.junit.jupiter.api.Test;

/** Bridges that have BFD sessions with a neighbour, and send it a packet every 100 ms. */
class BfdTest {
    private static final long INTERVAL = 100 * MILLIS;
    private static final int NEIGHBOUR = 1;
    private static final int OTHER_NEIGHBOUR = 2;

    private final Map<PortRef, BfdControl> speakers = new HashMap<>();

    private static BfdControl packet(final int neighbour, final State state, final int discriminator,
            final int multiplier, final long interval) {
        return new BfdControl(new V4(neighbour), state, discriminator, multiplier, interval);
    }

    private static BfdControl packet(final State state) {
        return packet(NEIGHBOUR, state, 7, 3, INTERVAL);
    }

    private static DualBridge config() {
        return Samples.with(Method.BFD_PASSIVE, Samples.plain().bridges().get(0), Samples.plain().bridges().get(1));
    }

    /** Those that speak do, unless their switch hears nothing. */
    private void run(final World world, final long nanos) {
        final var end = world.now + nanos;
        while (world.now < end) {
            speakers.forEach((port, packet) -> {
                if (!world.stuck.contains(port.datapath())) {
                    world.tell(new Event.Heard(port, packet));
                }
            });
            world.run(Math.min(INTERVAL, end - world.now));
        }
    }

    /** Both sessions are up; the left bridge is active, and sent its last packet one interval ago. */
    private World up(final DualBridge config) {
        final var world = new World(config);
        speakers.put(LEFT, packet(State.UP));
        speakers.put(RIGHT, packet(State.UP));
        run(world, 5 * SECONDS);
        assertEquals(LEFT, world.active());
        assertEquals(Condition.PROTECTED, world.condition());
        world.forgetActions();
        return world;
    }

    private World up() {
        return up(config());
    }

    private static Health health(final World world, final String bridge) {
        return world.bridge(bridge).attachments().getFirst().health();
    }

    @Test
    void ourElectionDecidesBetweenTwoSessionsThatAreUp() {
        final var world = up();

        assertEquals(Role.STANDBY, world.role("right"));
        world.tell(new Event.SwitchoverRequested("right"));
        run(world, SECONDS);
        assertEquals(RIGHT, world.active());
        run(world, 11 * SECONDS);
        assertEquals(LEFT, world.active(), "failback");
    }

    @Test
    void bridgeIsAliveAfterSoManyPacketsOfASessionThatIsUp() {
        final var world = new World(config());
        speakers.put(LEFT, packet(State.DOWN));
        run(world, SECONDS);
        assertEquals(Health.DEAD, health(world, "left"));
        assertEquals(Reason.SESSION_DOWN, world.bridge("left").reason());
        speakers.put(LEFT, packet(State.INIT));
        run(world, SECONDS);
        assertEquals(Health.DEAD, health(world, "left"));
        speakers.put(LEFT, packet(State.UP));
        run(world, 2 * INTERVAL);
        assertEquals(Health.DEAD, health(world, "left"));
        run(world, INTERVAL);
        assertEquals(Health.ALIVE, health(world, "left"));
    }

    @Test
    void silenceForTheDetectionTimeThatWasAnnouncedIsAFailure() {
        final var world = up();
        speakers.remove(LEFT);
        world.tell(new Event.Heard(LEFT, packet(NEIGHBOUR, State.UP, 7, 5, INTERVAL)));
        // 5 x 100 ms, the timeout, and a witness; the other one goes on.
        run(world, 500 * MILLIS);
        assertEquals(LEFT, world.active());
        run(world, 10 * MILLIS);

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
        assertEquals(Role.FAULT, world.role("left"));
    }

    @Test
    void silenceForLessThanMissCountIntervalsIsNoFailure() {
        final var world = up();
        speakers.remove(LEFT);
        world.tell(new Event.Heard(LEFT, packet(NEIGHBOUR, State.UP, 7, 3, 10 * MILLIS)));
        // The neighbour may demand longer intervals than are announced; nobody tells of that here.
        run(world, 300 * MILLIS);
        assertEquals(LEFT, world.active());
        run(world, 10 * MILLIS);

        assertEquals(RIGHT, world.active());
    }

    @Test
    void bridgeThatTellsThatItsSessionIsDownIsAtFaultAtOnce() {
        for (final var state : List.of(State.DOWN, State.INIT)) {
            final var world = up();
            world.tell(new Event.Heard(LEFT, packet(state)));

            assertEquals(RIGHT, world.active());
            assertEquals(Role.FAULT, world.role("left"));
            assertEquals(Reason.SESSION_DOWN, world.bridge("left").reason());
            assertEquals(Reason.SESSION_DOWN, world.moves().getFirst().reason());
        }
    }

    @Test
    void sessionThatIsHeldDownIsAResignation() {
        final var world = up();
        world.tell(new Event.Heard(LEFT, packet(State.ADMIN_DOWN)));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.RESIGNED, world.bridge("left").reason());
        assertEquals(Reason.RESIGNED, world.moves().getFirst().reason());

        speakers.put(LEFT, packet(State.ADMIN_DOWN));
        run(world, SECONDS);
        speakers.remove(LEFT);
        run(world, 60 * SECONDS);
        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Reason.RESIGNED, world.bridge("left").reason());
        speakers.put(LEFT, packet(State.UP));
        run(world, 11 * SECONDS);
        assertEquals(LEFT, world.active());
    }

    @Test
    void bothSessionsDownMoveNothing() {
        final var world = up();
        world.tell(new Event.Heard(RIGHT, packet(State.DOWN)));
        world.tell(new Event.Heard(LEFT, packet(State.DOWN)));

        assertEquals(LEFT, world.active());
        assertEquals(Condition.DOWN, world.condition());
        assertEquals(List.of(), world.moves());
    }

    @Test
    void sessionThatIsBegunAnewCountsAnew() {
        final var world = up();
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.DOWN, 8, 3, SECONDS)));
        assertEquals(Health.DEAD, health(world, "right"), "the same neighbour, so the old one is gone");
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.UP, 8, 3, INTERVAL)));
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.UP, 8, 3, INTERVAL)));
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.UP, 9, 3, INTERVAL)));
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.UP, 9, 3, INTERVAL)));
        assertEquals(Health.DEAD, health(world, "right"));
        world.tell(new Event.Heard(RIGHT, packet(NEIGHBOUR, State.UP, 9, 3, INTERVAL)));
        assertEquals(Health.ALIVE, health(world, "right"));
    }

    @Test
    void oneSessionThatIsUpIsEnough() {
        final var world = up();
        world.tell(new Event.Heard(LEFT, packet(OTHER_NEIGHBOUR, State.DOWN, 8, 3, SECONDS)));
        assertEquals(List.of(), world.moves());
        world.tell(new Event.Heard(LEFT, packet(OTHER_NEIGHBOUR, State.UP, 8, 3, INTERVAL)));
        speakers.put(LEFT, packet(OTHER_NEIGHBOUR, State.UP, 8, 3, INTERVAL));
        world.tell(new Event.Heard(LEFT, packet(State.DOWN)));
        run(world, SECONDS);
        assertEquals(List.of(), world.moves());

        world.tell(new Event.Heard(LEFT, packet(OTHER_NEIGHBOUR, State.DOWN, 8, 3, SECONDS)));
        assertEquals(RIGHT, world.active());
    }

    @Test
    void sessionsThatAreTooManyAreForeign() {
        final var world = up();
        for (int i = 0; i < 63; i++) {
            assertEquals(List.of(), world.tell(new Event.Heard(LEFT, packet(10 + i, State.UP, 8, 3, INTERVAL))));
        }
        assertEquals(List.of(new Action.CountDiscard(Discard.FOREIGN)),
            world.tell(new Event.Heard(LEFT, packet(100, State.UP, 8, 3, INTERVAL))));
        assertEquals(List.of(), world.tell(new Event.Heard(LEFT, packet(State.UP))));
    }

    @Test
    void bridgeThatIsNotHeardHasThreeSecondsBeforeAnythingIsKnownOfIt() {
        final var world = new World(config(), new Intent(5, LEFT));
        speakers.put(RIGHT, packet(State.UP));
        run(world, 3 * SECONDS);
        assertEquals(LEFT, world.active());
        run(world, 500 * MILLIS);

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
    }

    @Test
    void restartedControllerWaitsForASessionThatIsUp() {
        final var world = new World(config(), new Intent(5, LEFT));
        speakers.put(RIGHT, packet(State.UP));
        world.tell(new Event.Heard(LEFT, packet(OTHER_NEIGHBOUR, State.DOWN, 8, 3, SECONDS)));
        run(world, SECONDS);
        assertEquals(LEFT, world.active());
        world.tell(new Event.Heard(LEFT, packet(State.UP)));
        assertEquals(LEFT, world.active());

        final var other = new World(config(), new Intent(5, LEFT));
        speakers.put(LEFT, packet(State.DOWN));
        run(other, 4 * SECONDS);
        assertEquals(RIGHT, other.active());
        assertEquals(Reason.SESSION_DOWN, other.moves().getFirst().reason());
    }

    @Test
    void silenceProvesNothingWhereTheSwitchIsNotHeard() {
        final var world = up();
        world.stuck.add(LEFT.datapath());
        run(world, 10 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Condition.BLIND, world.condition());
        assertEquals(List.of(), world.moves());

        world.stuck.clear();
        run(world, SECONDS);
        assertEquals(Condition.PROTECTED, world.condition());
        assertEquals(List.of(), world.moves());
    }

    @Test
    void resignationIsBelievedAfterTheSwitchWasNotHeard() {
        final var world = up();
        world.stuck.add(LEFT.datapath());
        run(world, 10 * SECONDS);
        world.stuck.clear();
        world.tell(new Event.Heard(LEFT, packet(State.ADMIN_DOWN)));

        assertEquals(RIGHT, world.active());
    }

    @Test
    void controllerThatStoodStillMissesNobody() {
        final var world = up();
        world.freeze(20 * SECONDS);
        run(world, SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));
    }

    @Test
    void linkThatIsDownIsAFailureAndItsHoldIsKept() {
        final var world = up(Samples.withHold(config(), new Hold(SECONDS, 0, SECONDS)));
        world.tell(new Event.LinkChanged(RIGHT, false));
        assertEquals(Role.FAULT, world.role("right"));
        assertEquals(Reason.LINK_DOWN, world.bridge("right").reason());
        assertEquals(List.of(new Action.CountDiscard(Discard.LATE)),
            world.tell(new Event.Heard(RIGHT, packet(State.UP))));
        world.tell(new Event.LinkChanged(RIGHT, true));
        run(world, 900 * MILLIS);
        assertEquals(Role.FAULT, world.role("right"));
        run(world, 200 * MILLIS);
        assertEquals(Role.STANDBY, world.role("right"));
    }

    @Test
    void bridgeThatAnnouncesALongTimeIsNotMissedAfterAChangeOfRules() {
        final var world = up();
        final var rarely = packet(NEIGHBOUR, State.UP, 7, 3, 20 * SECONDS);
        speakers.remove(LEFT);
        world.tell(new Event.Heard(LEFT, rarely));
        world.tell(new Event.Reconfigured(Samples.withHeartbeat(config(), 2)));
        run(world, 59 * SECONDS);
        assertEquals(Role.ACTIVE, world.role("left"));
        run(world, 2 * SECONDS);
        assertEquals(RIGHT, world.active());
    }

    @Test
    void silenceIsWarnedOf() {
        final var world = up(Samples.withHeartbeat(config(),
            new HeartbeatSettings(Method.BFD_PASSIVE, INTERVAL, 3, 0, 3, 5 * MILLIS, 150 * MILLIS)));
        speakers.remove(LEFT);
        run(world, 60 * MILLIS);

        assertTrue(world.bridge("left").attachments().getFirst().late());
        assertEquals(List.of(), world.moves());
    }

    @Test
    void whatAnotherMethodHearsIsForeign() {
        final var foreign = List.of(new Action.CountDiscard(Discard.FOREIGN));

        assertEquals(foreign, up().tell(new Event.Heard(LEFT, null)));
        assertEquals(foreign, World.settled(Samples.plain()).tell(new Event.Heard(LEFT, packet(State.UP))));
        assertEquals(foreign, new World(Samples.with(Method.VRRP, Samples.plain().bridges().get(0),
            Samples.plain().bridges().get(1))).tell(new Event.Heard(LEFT, packet(State.UP))));
    }
}
