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

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.VlanSet;
import org.dualbridge.core.Event.Step;
import org.junit.jupiter.api.Test;

class SharingTest {
    private static final ImmutableList<Host> HOSTS = Stream.of(0, 10, 11, 20, 21)
        .map(vlan -> Samples.hosts(1, vlan).getFirst()).collect(ImmutableList.toImmutableList());

    private long now = 1000 * SECONDS;

    private static DualBridge sharing(final VlanSet... sets) {
        final var plain = Samples.withBridges(Samples.plain(), bridge -> new Bridge(bridge.name(), HaMode.SHARING,
            bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers()));
        return new DualBridge(plain.name(), plain.forwarding(), plain.bridges(),
            new HeartbeatSettings(Method.PORT, 100 * MILLIS, 3, 0, 3, 5 * MILLIS, 0), plain.policy(),
            plain.announcement(), HOSTS, plain.links(), ImmutableList.copyOf(sets), null);
    }

    private static VlanSet set(final String name, final String preferred, final Integer... vlans) {
        return new VlanSet(name, ImmutableSortedSet.copyOf(vlans), preferred);
    }

    // ---- the split ----

    @Test
    void withoutSharingADualBridgeIsItsOnlyPart() {
        assertEquals(new Sharing(ImmutableList.of(Samples.plain()), Optional.empty()), Sharing.of(Samples.plain()));
    }

    @Test
    void configuredSetsAreParts() {
        final var parts = Sharing.of(sharing(set("low", "left", 0, 10, 11), set("high", "right", 20, 21))).parts();

        assertEquals(List.of("db.low", "db.high"), parts.stream().map(DualBridge::name).toList());
        assertEquals(List.of(20, 21), parts.get(1).hosts().stream().map(Host::vlan).toList());
        assertEquals("right", parts.get(1).policy().preferred());
        assertEquals(List.of(true, false), parts.stream().map(part -> part.share().first()).toList());
    }

    @Test
    void withoutSetsTheVlansAreDealtEvenly() {
        final var parts = Sharing.of(sharing()).parts();

        assertEquals(List.of("db.left", "db.right"), parts.stream().map(DualBridge::name).toList());
        assertEquals(List.of(0, 11, 21), List.copyOf(parts.get(0).share().vlans()));
        assertEquals(List.of(10, 20), List.copyOf(parts.get(1).share().vlans()));
    }

    @Test
    void vlansThatTheBridgesTellAreDealtFirst() {
        final var parts = Sharing.of(carrying(20, 40)).parts();

        assertEquals(List.of(0, 11, 20), List.copyOf(parts.get(0).share().vlans()));
        assertEquals(List.of(10, 21, 40), List.copyOf(parts.get(1).share().vlans()));
    }

    @Test
    void setsThatAreEmptyOrLeaveAVlanOverAreRefused() {
        assertEquals("there are fewer VLANs than bridges", refusal(Samples.withHosts(sharing(), ImmutableList.of())));
        assertEquals("VLAN set 'high' is empty", refusal(sharing(set("low", "left", 0), set("high", "right"))));
        assertEquals("there are no two VLAN sets", refusal(sharing(set("all", "left", 0))));
        assertEquals("VLAN 30 is in no VLAN set",
            refusal(carrying(20, 30, set("low", "left", 0, 10, 11), set("high", "right", 20, 21))));
    }

    private static String refusal(final DualBridge config) {
        assertEquals(1, Sharing.of(config).parts().size());
        return Sharing.of(config).refusal().orElseThrow();
    }

    private static DualBridge carrying(final int vlan, final int other, final VlanSet... sets) {
        final var config = sharing(sets);
        final var bridges = config.bridges().stream().map(bridge -> new Bridge(bridge.name(), bridge.haMode(),
            bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers(),
            ImmutableSortedSet.of(vlan, other))).collect(ImmutableList.toImmutableList());
        return new DualBridge(config.name(), config.forwarding(), bridges, config.heartbeat(), config.policy(),
            config.announcement(), HOSTS, config.links(), config.vlanSets(), null);
    }

    @Test
    void bridgesThatDisagreeShareNothing() {
        final var mixed = Samples.withHaMode(sharing(), "right", HaMode.AUTO);
        assertEquals(1, Sharing.of(mixed).parts().size());
        assertEquals("ha-mode of bridge 'right' is not sharing", Sharing.of(mixed).refusal().orElseThrow());

        final var other = Samples.withBridges(sharing(), bridge -> new Bridge(bridge.name(), bridge.haMode(),
            bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers(),
            ImmutableSortedSet.of(bridge.priority())));
        assertEquals("bridge 'right' carries VLANs [100], but 'left' carries [50]",
            Sharing.of(other).refusal().orElseThrow());

        final var second = new Attachment(new PortRef(1, 7), null);
        final var wider = Samples.withBridges(sharing(), bridge -> new Bridge(bridge.name(), bridge.haMode(),
            bridge.priority(), bridge.node(), bridge.name().equals("left") ? bridge.attachments()
                : ImmutableList.of(bridge.attachments().getFirst(), second), bridge.target(), bridge.trackers()));
        assertEquals("the number of attachments of bridge 'right' is 2, but that of 'left' is 1", refusal(wider));
    }

    // ---- the decisions ----

    private List<DualBridgeMachine> machines() {
        final var parts = Sharing.of(sharing(set("low", "left", 0, 10, 11), set("high", "right", 20, 21))).parts();
        final var first = new DualBridgeMachine(parts.get(0), new Intent(0, null), now);
        final var machines = List.of(first, first.share(parts.get(1), new Intent(0, null), now));
        machines.forEach(machine -> List.of(1L, 2L).forEach(node ->
            tell(machines, machine, new Event.SwitchConnected(node))));
        assertEquals(List.of(LEFT, RIGHT), active(machines));
        return machines;
    }

    private List<Action.Move> tell(final List<DualBridgeMachine> machines, final DualBridgeMachine machine,
            final Event event) {
        final var actions = new ArrayList<>(machine.handle(event, now));
        machine.peers().forEach(peer -> machines.stream().filter(other -> other.name().equals(peer))
            .forEach(other -> actions.addAll(other.takePending())));
        return actions.stream().filter(Action.Fence.class::isInstance).map(action -> ((Action.Fence) action).move())
            .toList();
    }

    private static List<PortRef> active(final List<DualBridgeMachine> machines) {
        return machines.stream().map(machine -> machine.intent().active()).toList();
    }

    @Test
    void theSurvivorCarriesAllAndTheOtherGetsItsSetBackAlone() {
        final var machines = machines();
        final var moves = tell(machines, machines.get(0), new Event.LinkChanged(RIGHT, false));

        assertEquals(1, moves.size(), "the other set is left alone");
        assertEquals(List.of(LEFT, LEFT), active(machines));

        tell(machines, machines.get(1), new Event.LinkChanged(RIGHT, true));
        now += 11 * SECONDS;
        final var back = tell(machines, machines.get(0), new Event.TimePassed());

        assertEquals(1, back.size());
        assertTrue(back.getFirst().planned());
        assertEquals(List.of(LEFT, RIGHT), active(machines));
    }

    @Test
    void oneSetCanBeSwitchedOverAlone() {
        final var machines = machines();
        final var moves = tell(machines, machines.get(0), new Event.SwitchoverRequested("right"));

        assertEquals(1, moves.size());
        assertEquals(List.of(RIGHT, RIGHT), active(machines));
    }

    @Test
    void bridgeThatIsReplacedIsReplacedInAllParts() {
        final var machines = machines();
        final var other = new PortRef(2, 5);
        final var moved = Samples.withBridges(sharing(), bridge -> bridge.name().equals("left") ? bridge
            : Samples.bridge("other", 100, null, new Attachment(other, null)));
        final var sets = Sharing.of(sharing(set("low", "left", 0, 10, 11), set("high", "other", 20, 21))).parts();
        for (int i = 0; i < 2; i++) {
            final var part = sets.get(i);
            // As the runner does, ports first.
            tell(machines, machines.get(i), new Event.LinkChanged(other, true));
            tell(machines, machines.get(i), new Event.Reconfigured(new DualBridge(part.name(), part.forwarding(),
                moved.bridges(), part.heartbeat(), part.policy(), part.announcement(), part.hosts(), part.links(),
                part.vlanSets(), part.share())));
        }
        now += 11 * SECONDS;
        machines.forEach(machine -> tell(machines, machine, new Event.TimePassed()));

        assertEquals(List.of(LEFT, other), active(machines));
    }

    @Test
    void aFailureIsOneEventForAllParts() {
        final var machines = machines();
        tell(machines, machines.get(0), new Event.SwitchoverRequested("right"));
        final var moves = tell(machines, machines.get(0), new Event.LinkChanged(RIGHT, false));

        assertEquals(2, moves.size());
        assertEquals(List.of(LEFT, LEFT), active(machines));
        assertEquals(List.of(), tell(machines, machines.get(1), new Event.LinkChanged(RIGHT, false)));
    }

    @Test
    void cutCableIsNewsToAllSets() {
        final var machines = machines();
        final var second = machines.get(1);
        tell(machines, second, new Event.LinkChanged(RIGHT, false));
        tell(machines, second, new Event.LinkChanged(RIGHT, true));
        now += 11 * SECONDS;
        tell(machines, machines.get(0), new Event.TimePassed());
        final var epoch = second.intent().epoch();
        List.of(1L, 2L).forEach(node ->
            tell(machines, second, new Event.Confirmed(epoch, Step.FENCE, node, false)));
        assertEquals(List.of(LEFT, LEFT), active(machines), "called off");

        now += 9 * SECONDS;
        assertEquals(List.of(), tell(machines, machines.get(0), new Event.TimePassed()), "not by time alone");

        final var cable = new PortRef(1, 77);
        machines.forEach(machine -> tell(machines, machine, new Event.LinkChanged(cable, false)));
        now += 11 * SECONDS;
        tell(machines, machines.get(0), new Event.TimePassed());

        assertEquals(List.of(LEFT, RIGHT), active(machines));
    }

    // ---- into sharing, and out of it ----

    private static final PortRef SECOND = new PortRef(1, 9);
    private static final Intent NOTHING = new Intent(0, null);

    private static DualBridge withLeftAt(final PortRef... ports) {
        return Samples.withBridges(sharing(), bridge -> !bridge.name().equals("left") ? bridge
            : Samples.bridge("left", 50, null, Stream.of(ports).map(port -> new Attachment(port, null))
                .toArray(Attachment[]::new)));
    }

    private DualBridgeMachine alone(final DualBridge config) {
        final var machine = new DualBridgeMachine(config, NOTHING, now);
        List.of(1L, 2L).forEach(node -> machine.handle(new Event.SwitchConnected(node), now));
        assertEquals(LEFT, machine.intent().active());
        return machine;
    }

    @Test
    void successorGoesOnWithWhatIsActive() {
        final var machines = machines();
        final var epoch = machines.stream().mapToLong(machine -> machine.intent().epoch()).max().orElseThrow() + 7;

        assertEquals(new Intent(epoch, RIGHT),
            DualBridgeMachine.succeed(sharing(), new Intent(epoch, RIGHT), machines), "its own");
        assertEquals(LEFT, DualBridgeMachine.succeed(sharing(), NOTHING, machines).active(), "that of the first");
    }

    @Test
    void successorTakesAnotherCableOfTheActiveBridge() {
        final var before = alone(withLeftAt(LEFT, SECOND));

        final var intent = DualBridgeMachine.succeed(withLeftAt(SECOND), NOTHING, List.of(before));

        assertEquals(new Intent(before.intent().epoch(), SECOND), intent);
    }

    @Test
    void successorOfABridgeThatIsGoneTakesOneThatWorks() {
        final var rest = Samples.withBridges(sharing(), bridge -> bridge.name().equals("right") ? bridge
            : Samples.bridge("other", 10, null, new Attachment(SECOND, null)));

        assertEquals(RIGHT, DualBridgeMachine.succeed(rest, NOTHING, machines()).active(), "of another part");
        assertEquals(RIGHT, DualBridgeMachine.succeed(rest, NOTHING, List.of(alone(sharing()))).active(), "standby");
    }

    @Test
    void successorOpensNobodyWhereNobodyIsKnownToWork() {
        final var before = alone(sharing());
        before.handle(new Event.LinkChanged(RIGHT, false), now);

        assertEquals(LEFT, DualBridgeMachine.succeed(withLeftAt(SECOND), NOTHING, List.of(before)).active());
        assertEquals(LEFT, DualBridgeMachine.succeed(withLeftAt(SECOND), new Intent(3, LEFT), List.of()).active());
    }

    @Test
    void successorKnowsWhatWasReportedOfBridges() {
        final var config = Samples.withHeartbeat(sharing(),
            new HeartbeatSettings(Method.EXTERNAL, 100 * MILLIS, 3, 0, 3, 5 * MILLIS, 0));
        final var before = new DualBridgeMachine(config, NOTHING, now);
        List.of(1L, 2L).forEach(node -> before.handle(new Event.SwitchConnected(node), now));
        List.of("left", "right").forEach(name ->
            before.handle(new Event.HealthReported(name, null, name.equals("left"), now + 60 * SECONDS), now));
        final var after = new DualBridgeMachine(config, before.intent(), now);
        after.inherit(before, now);
        List.of(1L, 2L).forEach(node -> after.handle(new Event.SwitchConnected(node), now));

        assertEquals(List.of(Health.ALIVE, Health.DEAD), after.snapshot().bridges().stream()
            .map(bridge -> bridge.attachments().getFirst().health()).toList());
    }
}
