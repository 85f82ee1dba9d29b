/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.link;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.SettableFuture;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.LogEntry;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.Event;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Mac;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.FlowEntry.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowCookie;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacket;
import org.opendaylight.yangtools.binding.Rpc;
import org.opendaylight.yangtools.yang.common.Uint64;

/** One dual bridge on switches 1 and 2, with bridge "left" active at the first one. */
class DualBridgeRunnerTest {
    private static final Pattern NODE = Pattern.compile("openflow:(\\d+)");

    private static final Mac ADDRESS = Mac.parse("52:54:00:00:00:07");
    private static final FlowCookie OTHER = new FlowCookie(Uint64.valueOf(0x1234));

    private final FakeSwitches frames = new FakeSwitches();
    private final Map<Long, FlowSwitch> devices = Map.of(1L, new FlowSwitch(), 2L, new FlowSwitch(),
        11L, new FlowSwitch(), 12L, new FlowSwitch());
    /** Switches that confirm nothing. */
    private final Set<Long> mute = ConcurrentHashMap.newKeySet();
    private final Loop loop = new Loop("loop", Thread.NORM_PRIORITY);
    private final Loop announcerThread = new Loop("announcer", Thread.NORM_PRIORITY);
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final PortTable ports = new PortTable();
    /** A switch that the controller does not reach. */
    private volatile long away;
    private final SwitchRpcs rpcs = new SwitchRpcs(new Devices());
    private final Isolation isolation = new Isolation(rpcs, ports, loop, node -> node != away);
    private final Leftovers leftovers = new Leftovers(rpcs, loop);
    private volatile DualBridgeStatus status;

    @AfterEach
    void stop() {
        loop.close();
        announcerThread.close();
        reader.shutdownNow();
    }

    /** Hands every message to the switch that it is for. */
    private final class Devices implements RpcService {
        @Override
        public <T extends Rpc<?, ?>> T getRpc(final Class<T> type) {
            if (type == TransmitPacket.class) {
                return frames.getRpc(type);
            }
            if (type == SendBarrier.class) {
                return type.cast((SendBarrier) input -> mute.contains(node(input)) ? SettableFuture.create()
                    : FakeSwitches.done(frames));
            }
            final var byNode = new HashMap<Long, T>();
            devices.forEach((node, device) -> byNode.put(node, device.getRpc(type)));
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
                (proxy, method, arguments) -> method.invoke(byNode.get(node(arguments[0])), arguments)));
        }

        private static long node(final Object input) {
            final var node = NODE.matcher(input.toString());
            assertTrue(node.find());
            return Long.parseLong(node.group(1));
        }
    }

    private static DualBridge config(final Mode mode, final Link... links) {
        return Samples.withFabric(Samples.with(Method.EXTERNAL,
            Samples.bridge("left", 50, null, new Attachment(LEFT, null)),
            Samples.bridge("right", 100, null, new Attachment(Samples.RIGHT, null))), mode, Samples.hosts(5, 0), links);
    }

    private DualBridgeRunner start(final DualBridge config) {
        return onLoop(() -> {
            final var runner = new DualBridgeRunner(config, new Intent(1, LEFT), null, rpcs, loop, reader,
                new Announcer(rpcs, announcerThread, new HashMap<>()), ports, isolation, leftovers, new StatusSink() {
                    @Override
                    public void publish(final DualBridgeStatus told) {
                        status = told;
                    }

                    @Override
                    public void remember(final String name, final Intent intent) {
                        // of no interest
                    }
                }, 1, peers -> { });
            runner.start(config.nodes());
            return runner;
        });
    }

    private <T> T onLoop(final Callable<T> task) {
        return assertTimeoutPreemptively(Duration.ofSeconds(10), () -> Futures.submit(task, loop).get());
    }

    private void onLoop(final Runnable task) {
        onLoop(() -> {
            task.run();
            return true;
        });
    }

    private static void await(final BooleanSupplier condition) {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            while (!condition.getAsBoolean()) {
                Thread.sleep(5);
            }
        });
    }

    private Set<PortRef> announcedAt() {
        return frames.sent.stream().map(FakeSwitches.Sent::inPort).collect(Collectors.toSet());
    }

    /** Lets what is announced at the start come to an end. */
    private void settle() {
        await(() -> announcedAt().equals(Set.of(LEFT, new PortRef(2, 10))) && frames.sent.size() == 10);
        frames.sent.clear();
    }

    private void cut(final DualBridgeRunner runner, final PortRef port, final boolean up) {
        ports.put(port, up, null);
        onLoop(() -> runner.handle(new Event.LinkChanged(port, up)));
    }

    private List<String> told() {
        await(() -> status != null);
        return status.log().stream().filter(entry -> entry.kind() == LogEntry.Kind.LINK).map(LogEntry::text)
            .toList();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void hostsAreAnnouncedWhereACutCableMakesTheWayAnother(final Mode mode) {
        final var runner = start(config(mode, link(1, 10, 2, 10), link(1, 11, 2, 11)));
        settle();
        cut(runner, new PortRef(1, 10), false);

        await(() -> frames.sent.size() == 5);
        assertEquals(Set.of(new PortRef(2, 11)), announcedAt());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void hostsAreAnnouncedWhereTheConfigurationMakesTheWayAnother(final Mode mode) {
        final var runner = start(config(mode, link(1, 10, 2, 10)));
        settle();
        onLoop(() -> runner.reconfigure(config(mode, link(1, 12, 2, 12)), LogEntry.Kind.CONFIGURATION, null));

        await(() -> frames.sent.size() == 5);
        assertEquals(Set.of(new PortRef(2, 12)), announcedAt());
    }

    /** Has a switch hold what it is told, and go away. */
    private DualBridgeRunner leave(final DualBridge config) {
        final var runner = start(config);
        await(() -> onLoop(() -> devices.get(2L).flows.size() > 5));
        final var foreign = devices.get(2L).flows.values().iterator().next();
        onLoop(() -> {
            runner.switchDisconnected(2);
            devices.get(2L).flows.put(new FlowSwitch.Name(0, 7, foreign.getMatch()),
                new AddFlowInputBuilder(foreign).setCookie(OTHER).build());
        });
        return runner;
    }

    /** Those of others, and ordinary forwarding, which all share. */
    private void assertRid() {
        assertEquals(Set.of(OTHER.getValue().longValue(), Cookie.BASE | 2200),
            onLoop(() -> devices.get(2L).flows.values().stream().map(flow -> flow.getCookie().getValue().longValue())
                .collect(Collectors.toSet())));
        assertEquals(Map.of(), devices.get(2L).groups);
    }

    @Test
    void switchThatIsAwayWhenADualBridgeIsRemovedIsRidOfItWhenItConnects() {
        final var runner = leave(config(Mode.FLOW, link(1, 10, 2, 10)));
        onLoop(() -> runner.close(List.of()));
        final var held = devices.get(2L).flows.size();

        onLoop(() -> leftovers.remove(1));
        assertEquals(held, devices.get(2L).flows.size());

        onLoop(() -> leftovers.remove(2));
        assertRid();

        start(config(Mode.FLOW, link(1, 10, 2, 10)));
        await(() -> onLoop(() -> devices.get(2L).flows.size() > 5));
        onLoop(() -> leftovers.remove(2));
        assertTrue(onLoop(() -> devices.get(2L).flows.size() > 5), "it is done once");
    }

    @Test
    void switchThatIsAwayWhenADualBridgeLeavesItIsRidOfItWhenItConnects() {
        final var runner = leave(config(Mode.FLOW, link(1, 10, 2, 10)));
        onLoop(() -> runner.reconfigure(Samples.withBridges(config(Mode.FLOW), bridge -> bridge.name().equals("left")
            ? bridge : Samples.bridge("right", 100, null, new Attachment(new PortRef(1, 2), null))),
            LogEntry.Kind.CONFIGURATION, null));
        onLoop(() -> leftovers.remove(2));
        assertRid();
    }

    @Test
    void dualBridgeThatComesBackKeepsItsFlows() {
        final var runner = leave(config(Mode.FLOW, link(1, 10, 2, 10)));
        onLoop(() -> runner.close(List.of()));
        final var held = devices.get(2L).flows.size();
        start(config(Mode.FLOW, link(1, 10, 2, 10)));
        onLoop(() -> leftovers.remove(2));

        assertTrue(onLoop(() -> devices.get(2L).flows.size()) >= held);
    }

    /** Where the group of a switch leads. */
    private String groupOf(final long node) {
        final var buckets = onLoop(() -> List.copyOf(devices.get(node).groups.values()));
        final var action = buckets.getFirst().nonnullBucket().values().iterator().next().nonnullAction().values()
            .iterator().next().getAction();
        return ((OutputActionCase) action).getOutputAction().getOutputNodeConnector().getValue();
    }

    private static DualBridge diverting(final int refresh) {
        final var config = Samples.withLinks(Samples.withForwarding(Samples.openFlow(Method.EXTERNAL),
            Samples.diverting().forwarding()), link(1, 10, 2, 10), link(1, 11, 2, 11));
        return new DualBridge(config.name(), config.forwarding(), config.bridges(), config.heartbeat(),
            config.policy(), new Announcement(Samples.ANNOUNCEMENT.protocols(), Samples.ANNOUNCEMENT.pace(),
                Samples.ANNOUNCEMENT.rounds(), refresh), config.hosts(), config.links());
    }

    /** In a planned move to the right, the last switch has not confirmed that it sends frames to the hosts there. */
    private DualBridgeRunner divert() {
        final var runner = start(diverting(0));
        onLoop(() -> {
            List.of("left", "right").forEach(bridge ->
                runner.handle(new Event.HealthReported(bridge, null, true, Long.MAX_VALUE)));
        });
        mute.add(1L);
        onLoop(() -> runner.switchover("right", refusal -> {
            throw new AssertionError(refusal);
        }));
        await(() -> groupOf(1).equals("10"));
        assertEquals("1", groupOf(2));
        return runner;
    }

    @Test
    void switchesThatAreDivertedStaySoWhenACableIsCut() {
        final var runner = divert();
        cut(runner, new PortRef(1, 10), false);

        assertEquals("11", groupOf(1), "by the cable that is left");
        assertEquals("1", groupOf(2));
    }

    @Test
    void switchesThatAreDivertedStaySoWhenTheConfigurationChanges() {
        final var runner = divert();
        onLoop(() -> runner.reconfigure(diverting(1_000_000_000), LogEntry.Kind.CONFIGURATION, null));

        assertEquals("10", groupOf(1));
        assertEquals("1", groupOf(2));
    }

    @Test
    void ordinaryForwardingIsThereWhenItsPlaceChangesDuringATakeover() {
        final var config = diverting(0);
        final var runner = start(config);
        onLoop(() -> List.of("left", "right").forEach(bridge ->
            runner.handle(new Event.HealthReported(bridge, null, true, Long.MAX_VALUE))));
        await(() -> onLoop(() -> hasForwarding(0)));
        mute.add(1L);
        onLoop(() -> runner.handle(new Event.HealthReported("left", null, false, Long.MAX_VALUE)));
        final var old = config.forwarding();
        onLoop(() -> runner.reconfigure(Samples.withForwarding(config, new Forwarding(old.mode(), old.granularity(),
            false, old.fence(), true, 0, 0, 0, new Placement(7, 2200))), LogEntry.Kind.CONFIGURATION, null));

        assertFalse(onLoop(() -> hasForwarding(0)));
        assertTrue(onLoop(() -> hasForwarding(7)));
        assertTrue(onLoop(runner::isMoving), "its fence is not confirmed");
    }

    private boolean hasForwarding(final int table) {
        return devices.get(1L).flows.keySet().stream()
            .anyMatch(name -> name.table() == table && name.priority() == 1);
    }

    @Test
    void cablesAndSwitchesWithoutAWayAreLogged() {
        final var runner = start(config(Mode.FLOW, link(1, 10, 2, 10)));
        cut(runner, new PortRef(2, 10), false);
        cut(runner, new PortRef(1, 10), false);
        cut(runner, new PortRef(2, 10), true);
        cut(runner, new PortRef(1, 10), true);

        await(() -> told().size() == 4);
        assertEquals(List.of("link openflow:1:10 - openflow:2:10 is cut",
            "no way from openflow:2 to the active bridge", "link openflow:1:10 - openflow:2:10 is mended",
            "a way from openflow:2 to the active bridge again"), told());
    }

    private static boolean isFence(final AddFlowInput flow) {
        return Cookie.kind(flow.getCookie().getValue().longValue()).filter(Kind.FENCE::equals).isPresent();
    }

    /** Left is an OpenFlow switch, and active; its cable is cut. */
    private DualBridgeRunner silence() {
        ports.put(LEFT, true, ADDRESS);
        final var runner = start(Samples.openFlow(Method.EXTERNAL));
        onLoop(() -> List.of("left", "right").forEach(bridge ->
            runner.handle(new Event.HealthReported(bridge, null, true, Long.MAX_VALUE))));
        ports.put(LEFT, false, ADDRESS);
        onLoop(() -> runner.handle(new Event.LinkChanged(LEFT, false)));
        assertTrue(onLoop(() -> isolation.isInForce(LEFT)));
        return runner;
    }

    @Test
    void portIsOpenedWhenARefusedFenceIsTaken() {
        devices.get(11L).refuses = DualBridgeRunnerTest::isFence;
        silence();
        await(() -> status.counters().tables().refusedNow() > 0);
        assertTrue(onLoop(() -> isolation.isInForce(LEFT)));

        onLoop(() -> devices.get(11L).refuses = any -> false);
        await(() -> onLoop(() -> !isolation.isInForce(LEFT)));
    }

    @Test
    void portIsOpenedWhenItsSwitchComesBackAfterTheDualBridgeWasRemoved() {
        mute.add(11L);
        final var runner = silence();
        away = 1;
        onLoop(() -> {
            runner.switchDisconnected(1);
            isolation.disconnected(1);
            runner.close(List.of());
        });
        final var told = devices.get(1L).portChanges;
        away = 0;
        onLoop(() -> isolation.tryAgain(1));
        await(() -> onLoop(() -> devices.get(1L).portChanges) > told);
        assertFalse(onLoop(() -> isolation.isInForce(LEFT)));
    }
}
