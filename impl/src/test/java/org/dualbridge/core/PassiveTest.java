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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.frame.VrrpAdvertisement;
import org.junit.jupiter.api.Test;

/** Bridges that speak unasked, every 100 ms. */
class PassiveTest {
    private static final long INTERVAL = 100 * MILLIS;

    private final Map<PortRef, VrrpAdvertisement> speakers = new HashMap<>();

    private static VrrpAdvertisement priority(final int priority) {
        return new VrrpAdvertisement(priority, 1, INTERVAL);
    }

    private static DualBridge config(final Method method) {
        return Samples.with(method, Samples.plain().bridges().get(0), Samples.plain().bridges().get(1));
    }

    /** Those that speak do, unless their switch hears nothing. */
    private void run(final World world, final long nanos) {
        final var end = world.now + nanos;
        while (world.now < end) {
            speakers.forEach((port, advertisement) -> {
                if (!world.stuck.contains(port.datapath())) {
                    world.tell(new Event.Heard(port, advertisement));
                }
            });
            world.run(Math.min(INTERVAL, end - world.now));
        }
    }

    /** A pair whose left bridge is master with priority 150; the right one would have 100. */
    private World pair() {
        final var world = new World(config(Method.VRRP));
        speakers.put(LEFT, priority(150));
        run(world, SECONDS);
        world.forgetActions();
        return world;
    }

    private World asking() {
        final var world = new World(config(Method.RESPONDER));
        speakers.put(LEFT, null);
        speakers.put(RIGHT, null);
        run(world, 5 * SECONDS);
        world.forgetActions();
        return world;
    }

    private static Health health(final World world, final String bridge) {
        return world.bridge(bridge).attachments().getFirst().health();
    }

    // ---- VRRP ----

    @Test
    void firstAdvertisementElectsTheMasterWhateverItsRank() {
        final var world = new World(config(Method.VRRP));
        world.run(10 * SECONDS);
        assertNull(world.active());
        assertEquals(Condition.INITIALIZING, world.condition());

        world.tell(new Event.Heard(RIGHT, priority(1)));

        assertEquals(RIGHT, world.active());
        assertEquals(Role.STANDBY, world.role("left"));
        assertEquals(Health.BACKUP, health(world, "left"));
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void masterThatFallsSilentIsAtFaultAndTheNextOneIsFollowed() {
        final var world = pair();
        speakers.clear();
        // Three intervals and a skew of 106/256; the last advertisement was one interval ago.
        world.run(241 * MILLIS);
        assertEquals(Role.ACTIVE, world.role("left"));
        world.run(3 * MILLIS);
        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Reason.NO_RESPONSE, world.bridge("left").reason());
        assertEquals(Condition.DOWN, world.condition());
        assertEquals(LEFT, world.active(), "a backup is never elected");

        world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
        assertEquals(Reason.PEER_FAILED, world.bridge("right").reason());
        assertEquals(Condition.UNPROTECTED, world.condition());
    }

    @Test
    void masterThatResignsIsAtFaultAtOnce() {
        final var world = pair();
        world.tell(new Event.Heard(LEFT, priority(0)));

        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(Reason.RESIGNED, world.bridge("left").reason());
        assertEquals(LEFT, world.active());

        world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.RESIGNED, world.moves().getFirst().reason());
        assertFalse(world.moves().getFirst().oldAlive());
    }

    @Test
    void backupThatResignsIsNoMaster() {
        final var world = pair();
        world.tell(new Event.Heard(RIGHT, priority(0)));

        assertEquals(Health.BACKUP, health(world, "right"));
        assertEquals(List.of(), world.actions);
    }

    @Test
    void higherPriorityIsFollowedAndTheOldMasterIsABackup() {
        final var world = pair();
        world.tell(new Event.Heard(RIGHT, priority(200)));

        assertEquals(RIGHT, world.active());
        assertEquals(Role.STANDBY, world.role("left"));
        assertEquals(Condition.PROTECTED, world.condition());
        final var move = world.moves().getFirst();
        assertEquals(Reason.PRIORITY, move.reason());
        assertTrue(move.oldAlive());
        assertFalse(move.planned(), "nothing can call it off");
    }

    @Test
    void lowerPriorityIsNotFollowedWhileTheMasterIsHeard() {
        final var world = pair();
        final var wanted = world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(List.of(new Action.CountDiscard(Discard.FOREIGN)), wanted);
        assertEquals(LEFT, world.active());
        assertEquals(Health.BACKUP, health(world, "right"));
    }

    @Test
    void lowerPriorityIsFollowedWhereNobodyHearsTheMaster() {
        final var world = new World(Samples.withHeartbeat(config(Method.VRRP), 100));
        speakers.put(LEFT, priority(150));
        run(world, SECONDS);
        world.run(201 * MILLIS);
        world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(RIGHT, world.active());
        assertEquals(Role.FAULT, world.role("left"));
    }

    @Test
    void lowerPriorityHasToInsistWhereTheMasterCannotBeHeard() {
        final var world = pair();
        world.tell(new Event.SwitchDisconnected(LEFT.datapath()));
        world.run(10 * INTERVAL);
        // Its cable came back, and it has not heard the master yet.
        world.tell(new Event.Heard(RIGHT, priority(100)));
        world.tell(new Event.Heard(RIGHT, priority(100)));
        assertEquals(LEFT, world.active());
        assertEquals(Health.BACKUP, health(world, "right"));

        world.run(3 * INTERVAL);
        world.tell(new Event.Heard(RIGHT, priority(100)));
        assertEquals(LEFT, world.active(), "it had stepped down meanwhile");
        world.run(INTERVAL);
        world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
    }

    @Test
    void lowerPriorityInsistsAtItsOwnPace() {
        final var world = pair();
        world.tell(new Event.SwitchDisconnected(LEFT.datapath()));
        final var slow = new VrrpAdvertisement(100, 1, 10 * INTERVAL);
        world.run(10 * INTERVAL);
        world.tell(new Event.Heard(RIGHT, slow));
        assertEquals(LEFT, world.active());
        world.run(10 * INTERVAL);
        world.tell(new Event.Heard(RIGHT, slow));

        assertEquals(RIGHT, world.active());
    }

    @Test
    void silenceProvesNothingWhereTheSwitchIsNotHeard() {
        final var world = pair();
        world.stuck.add(LEFT.datapath());
        run(world, 10 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Condition.BLIND, world.condition());
        assertEquals(List.of(), world.moves());

        world.stuck.clear();
        run(world, SECONDS);
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void switchThatWakesFromAStandstillMayHaveLostWhatItDidNotHandUp() {
        final var world = pair();
        world.stuck.add(LEFT.datapath());
        run(world, 10 * SECONDS);
        world.stuck.clear();
        speakers.clear();
        world.run(2 * INTERVAL);
        world.tell(new Event.Heard(LEFT, priority(150)));

        assertEquals(Health.ALIVE, health(world, "left"));
        assertEquals(List.of(), world.moves());
    }

    @Test
    void controllerThatStoodStillMissesNobody() {
        final var world = pair();
        world.freeze(20 * SECONDS);
        run(world, SECONDS);

        assertEquals(List.of(), world.moves());
        assertEquals(Role.ACTIVE, world.role("left"));
    }

    @Test
    void linkOfABackupIsAllThatIsKnownOfIt() {
        final var world = pair();
        world.tell(new Event.LinkChanged(RIGHT, false));
        assertEquals(Role.FAULT, world.role("right"));
        assertEquals(Condition.UNPROTECTED, world.condition());

        world.tell(new Event.LinkChanged(RIGHT, true));
        assertEquals(Health.BACKUP, health(world, "right"));
        assertEquals(Condition.PROTECTED, world.condition());

        world.tell(new Event.SwitchDisconnected(RIGHT.datapath()));
        assertEquals(Condition.UNPROTECTED, world.condition());
        world.tell(new Event.SwitchConnected(RIGHT.datapath()));
        assertEquals(Condition.PROTECTED, world.condition());
    }

    @Test
    void lateAdvertisementOfALinkThatIsDownIsNotUsed() {
        final var world = pair();
        world.tell(new Event.LinkChanged(LEFT, false));

        assertEquals(List.of(new Action.CountDiscard(Discard.LATE)),
            world.tell(new Event.Heard(LEFT, priority(150))));
        assertEquals(Role.FAULT, world.role("left"));
    }

    @Test
    void nothingButThePairDecides() {
        final var world = new World(Samples.withPreferred(Samples.withFailback(Samples.withHold(config(Method.VRRP),
            new Hold(SECONDS, 60 * SECONDS, 60 * SECONDS)), true, 0), "left"));
        speakers.put(RIGHT, priority(100));
        run(world, SECONDS);
        assertEquals(RIGHT, world.active());
        world.forgetActions();
        run(world, 20 * SECONDS);
        assertEquals(List.of(), world.moves(), "no failback to the preferred one");

        assertEquals(Optional.of("bridge: 'left' cannot be made active, since with heartbeat/method vrrp the bridges "
            + "elect their master themselves"), world.machine.switchoverRefusal("left"));
        world.tell(new Event.SwitchoverRequested("left"));
        assertEquals(RIGHT, world.active());
    }

    @Test
    void restartedControllerFollowsWhoeverIsMasterByThen() {
        final var world = new World(Samples.withPolicy(config(Method.VRRP), new DualBridge.Policy(null,
            new Failback(true, 0), new Hold(0, 0, 60 * SECONDS), config(Method.VRRP).policy().damping())),
            new Intent(5, LEFT));
        assertEquals(Role.ACTIVE, world.role("left"));
        world.tell(new Event.Heard(RIGHT, priority(100)));

        assertEquals(RIGHT, world.active());
        assertEquals(Role.STANDBY, world.role("left"));
    }

    @Test
    void rememberedMasterThatIsNotHeardIsAtFault() {
        final var world = new World(config(Method.VRRP), new Intent(5, LEFT));
        world.run(100 * SECONDS);
        assertEquals(Condition.BLIND, world.condition(), "it may advertise every 40 s");
        world.run(100 * SECONDS);

        assertEquals(Condition.DOWN, world.condition());
        assertEquals(LEFT, world.active());
    }

    @Test
    void masterThatAdvertisesRarelyIsNotMissedAfterAChangeOfRules() {
        final var world = new World(config(Method.VRRP));
        final var rarely = new VrrpAdvertisement(150, 1, 20 * SECONDS);
        world.tell(new Event.Heard(LEFT, rarely));
        world.tell(new Event.Reconfigured(Samples.withHeartbeat(config(Method.VRRP),
            new HeartbeatSettings(Method.VRRP, INTERVAL, 2, 0, 3, 5 * MILLIS, 0))));
        world.run(19 * SECONDS);
        assertEquals(Role.ACTIVE, world.role("left"));
        world.tell(new Event.Heard(LEFT, rarely));
        world.tell(new Event.Reconfigured(config(Method.VRRP)));
        world.run(60 * SECONDS);
        assertEquals(Role.ACTIVE, world.role("left"));
        world.run(20 * SECONDS);
        assertEquals(Role.FAULT, world.role("left"), "that is three intervals and the skew time that it advertised");
    }

    @Test
    void silenceIsWarnedOf() {
        final var world = new World(Samples.withHeartbeat(config(Method.VRRP),
            new HeartbeatSettings(Method.VRRP, INTERVAL, 3, 0, 3, 5 * MILLIS, 150 * MILLIS)));
        world.tell(new Event.Heard(LEFT, priority(150)));
        world.run(160 * MILLIS);

        assertTrue(world.bridge("left").attachments().getFirst().late());
        assertEquals(List.of(), world.moves().stream().filter(move -> move.from() != null).toList());
    }

    @Test
    void lateControllerWarnsOfNobody() {
        final var world = new World(Samples.withHeartbeat(config(Method.VRRP),
            new HeartbeatSettings(Method.VRRP, INTERVAL, 3, 0, 3, 5 * MILLIS, 150 * MILLIS)));
        world.tell(new Event.Heard(LEFT, priority(150)));
        world.freeze(5 * SECONDS);
        world.tell(new Event.Heard(LEFT, priority(150)));
        world.run(10 * MILLIS);

        assertEquals(0, world.bridge("left").attachments().getFirst().lateHeartbeats());
    }

    // ---- responder ----

    @Test
    void bridgeIsAliveAfterSoManyInquiriesInARow() {
        final var world = new World(config(Method.RESPONDER));
        for (int i = 0; i < 4; i++) {
            world.tell(new Event.Heard(LEFT, null));
            world.run(INTERVAL);
            world.tell(new Event.Heard(LEFT, null));
            world.run(3 * INTERVAL);
        }
        assertEquals(Health.UNKNOWN, health(world, "left"), "never three in a row");

        speakers.put(LEFT, null);
        run(world, 3 * INTERVAL);
        assertEquals(Health.ALIVE, health(world, "left"));
    }

    @Test
    void bridgeThatAsksNoMoreIsAtFault() {
        final var world = asking();
        assertEquals(LEFT, world.active());
        assertEquals(Condition.PROTECTED, world.condition());

        speakers.remove(LEFT);
        run(world, 2 * INTERVAL);
        assertEquals(LEFT, world.active());
        run(world, INTERVAL);

        assertEquals(RIGHT, world.active());
        assertEquals(Reason.NO_RESPONSE, world.moves().getFirst().reason());
    }

    @Test
    void bridgeThatAsksAgainFailsBack() {
        final var world = asking();
        speakers.remove(LEFT);
        run(world, SECONDS);
        speakers.put(LEFT, null);
        run(world, 11 * SECONDS);

        assertEquals(LEFT, world.active());
    }

    @Test
    void bridgeThatNeverAskedIsAtFault() {
        final var world = new World(config(Method.RESPONDER));
        speakers.put(RIGHT, null);
        run(world, 5 * SECONDS);

        assertEquals(Role.FAULT, world.role("left"));
        assertEquals(RIGHT, world.active());
    }

    @Test
    void inquiriesProveNothingWhereTheSwitchIsNotHeard() {
        final var world = asking();
        world.stuck.add(LEFT.datapath());
        run(world, 10 * SECONDS);

        assertEquals(LEFT, world.active());
        assertEquals(Condition.BLIND, world.condition());
    }

    @Test
    void whoComesBackFirstWaitsForTheActiveOne() {
        final var world = asking();
        speakers.remove(RIGHT);
        run(world, SECONDS);
        speakers.clear();
        run(world, SECONDS);
        assertEquals(Condition.DOWN, world.condition());
        speakers.put(RIGHT, null);
        run(world, 2 * INTERVAL);
        speakers.put(LEFT, null);
        run(world, 10 * INTERVAL);

        assertEquals(List.of(), world.moves());
    }

    @Test
    void whatAnotherMethodHearsIsForeign() {
        final var foreign = List.of(new Action.CountDiscard(Discard.FOREIGN));

        assertEquals(foreign, World.settled(Samples.plain()).tell(new Event.Heard(LEFT, null)));
        assertEquals(foreign, pair().tell(new Event.Heard(LEFT, null)));
        assertEquals(foreign, asking().tell(new Event.ProbeAnswered(LEFT, 1, -1)));
        assertEquals(foreign, pair().tell(new Event.Heard(new PortRef(1, 99), priority(1))));
    }
}
