/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import com.google.common.util.concurrent.Futures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.Intent;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Mac;
import org.dualbridge.openflow.HeldFlow;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.FlowSwitch.Name;
import org.dualbridge.run.Verifier.Result;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;
import org.dualbridge.table.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowCookie;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/** What one switch of the fabric holds, with bridge "left" active. */
class VerifierTest implements Verifier.Source, TableWriter.Listener {
    private static final int HEARTBEAT = 3000;
    private static final Intent LEFT = new Intent(1, Samples.LEFT);
    private static final Intent RIGHT = new Intent(2, Samples.RIGHT);

    private final FlowSwitch device = new FlowSwitch();
    private final SwitchRpcs rpcs = new SwitchRpcs(device);
    private final Loop loop = new Loop("loop", Thread.NORM_PRIORITY);
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final DualBridge config = Samples.withFabric(Samples.openFlow(Method.REFLECT), Mode.FLOW, scattered(300),
        Samples.link(1, 10, 2, 10)).with(Discovery.NOTHING_YET);
    private final TablePlan plan = new TablePlan(config);
    private final TableWriter writer = new TableWriter(1, plan, TablePlan.id("db"), rpcs, loop, this);
    private final Verifier verifier = new Verifier(this, rpcs, loop, reader);
    private final List<String> refusals = new ArrayList<>();
    private final List<Long> taken = new ArrayList<>();
    private volatile boolean moving;
    private volatile List<TableWriter> writers = List.of(writer);

    /** Hosts without neighbours, so that each has a flow. */
    private static ImmutableList<Host> scattered(final int count) {
        return IntStream.range(0, count)
            .mapToObj(i -> new Host(new Mac(Samples.FIRST_HOST.bits() + 7L * i * i), 7))
            .collect(ImmutableList.toImmutableList());
    }

    @Override
    public String name() {
        return "db";
    }

    @Override
    public List<TableWriter> writers() {
        return writers;
    }

    @Override
    public boolean isMoving() {
        return moving;
    }

    @Override
    public void verified(final long node, final Result result) {
        assertEquals(1, node);
    }

    @Override
    public void refused(final String what) {
        refusals.add(what);
    }

    @Override
    public void taken(final long node) {
        taken.add(node);
    }

    private <T> T on(final Callable<T> work) throws Exception {
        return Futures.submit(work, loop).get(10, TimeUnit.SECONDS);
    }

    private void write(final TableWriter to) {
        write(to, plan);
    }

    private static void write(final TableWriter to, final TablePlan what) {
        to.connect();
        to.writeWatch(what.watch(1));
        to.fence(what.role(1, LEFT));
        to.redirect(what.role(1, LEFT));
        to.writeHosts(what.hosts(1));
    }

    private Result verify() throws Exception {
        return Futures.submitAsync(() -> verifier.verify(any -> true), loop).get(30, TimeUnit.SECONDS);
    }

    private Map<Name, AddFlowInput> held() {
        synchronized (device) {
            return new LinkedHashMap<>(device.flows);
        }
    }

    private static void await(final Callable<Boolean> condition) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (!condition.call()) {
                Thread.onSpinWait();
            }
        });
    }

    private static AddFlowInput with(final AddFlowInput flow, final int priority, final long cookie) {
        return new AddFlowInputBuilder(flow).setPriority(Uint16.valueOf(priority))
            .setCookie(new FlowCookie(Uint64.fromLongBits(cookie))).build();
    }

    @BeforeEach
    void begin() throws Exception {
        on(() -> {
            write(writer);
            return true;
        });
    }

    @AfterEach
    void end() {
        loop.close();
        reader.shutdownNow();
    }

    @Test
    void switchThatHoldsWhatIsIntendedIsLeftAlone() throws Exception {
        assertEquals(new Result(1, 0, 0, 0), verify());
        assertTrue(held().size() > 10);
        assertEquals(held().size(), plan.watch(1).size() + plan.role(1, LEFT).flows().size()
            + plan.hosts(1).size());
    }

    @Test
    void whatIsGoneIsSentAgain() throws Exception {
        verify();
        final var intended = held();
        synchronized (device) {
            device.flows.clear();
            device.groups.clear();
        }

        assertEquals(new Result(1, intended.size() + 1, 0, intended.size() + 1), verify());
        assertEquals(intended, held());
        assertEquals(1, device.groups.size());
        assertEquals(new Result(1, 0, 0, 0), verify());
    }

    @Test
    void changedFlowIsReplaced() throws Exception {
        verify();
        final var intended = held();
        final var names = List.copyOf(intended.keySet());
        synchronized (device) {
            final var first = device.flows.get(names.getFirst());
            device.flows.put(names.getFirst(), new AddFlowInputBuilder(first).setInstructions(null).build());
            final var last = device.flows.get(names.getLast());
            device.flows.put(names.getLast(), with(last, last.getPriority().intValue(),
                last.getCookie().getValue().longValue() ^ 1));
        }

        assertEquals(new Result(1, 2, 0, 2), verify());
        assertEquals(intended, held());
    }

    @Test
    void flowThatBearsOurCookieIsRemovedAndOthersAreNot() throws Exception {
        verify();
        final var intended = held();
        final var ours = intended.values().stream().filter(flow -> flow.getPriority().intValue() == HEARTBEAT)
            .findFirst().orElseThrow();
        final var other = Cookie.MARK | (long) (TablePlan.id("db") ^ 1) << 32;
        final var foreign = List.of(with(ours, 4000, 7), with(ours, 4001, other), with(ours, 4002, Cookie.REHEARSAL));
        synchronized (device) {
            device.flows.put(new Name(0, 5000, ours.getMatch()), with(ours, 5000, ours.getCookie().getValue()
                .longValue()));
            foreign.forEach(flow ->
                device.flows.put(new Name(0, flow.getPriority().intValue(), flow.getMatch()), flow));
        }

        assertEquals(new Result(1, 0, 1, 1), verify());
        final var left = held();
        foreign.forEach(flow -> assertTrue(left.containsValue(flow)));
        assertEquals(intended.size() + 3, left.size());
    }

    @Test
    void ordinaryForwardingThatWasMeantToBeElsewhereIsRemoved() throws Exception {
        verify();
        final var intended = held();
        final var ordinary = intended.values().stream().filter(flow -> flow.getPriority().intValue() == 1)
            .findFirst().orElseThrow();
        final var old = new AddFlowInputBuilder(with(ordinary, 5400, Cookie.BASE | 7L << 16 | 5000))
            .setTableId(Uint8.valueOf(7)).build();
        synchronized (device) {
            device.flows.put(new Name(7, 5400, ordinary.getMatch()), old);
        }

        assertEquals(new Result(1, 0, 1, 1), verify());
        assertEquals(intended, held());
    }

    @Test
    void flowsMoveToAnotherTableAndPriority() throws Exception {
        verify();
        final var size = held().size();
        final var elsewhere = new TablePlan(Samples.withForwarding(config, new Forwarding(Mode.FLOW, Granularity.HOST,
            false, Fence.BRIDGE, false, 0, 0, 0, new Placement(7, 50))).with(Discovery.NOTHING_YET));
        on(() -> {
            final var next = new TableWriter(1, elsewhere, TablePlan.id("db"), rpcs, loop, this);
            writer.leave(elsewhere.hosts(1), elsewhere.placement());
            writers = List.of(next);
            write(next, elsewhere);
            return true;
        });
        verify();

        assertEquals(size, held().size());
        assertEquals(List.of(), held().keySet().stream()
            .filter(name -> name.table() != 7
                || name.priority() != 1 && (name.priority() < 50 || name.priority() > 850))
            .toList());
    }

    @Test
    void tableIsReadInPortions() throws Exception {
        final var few = new TablePlan(Samples.withFabric(Samples.openFlow(Method.REFLECT), Mode.FLOW,
            Samples.hosts(1, 7), Samples.link(1, 10, 2, 10)));
        verify();
        // Four portions of the dual bridge's own flows, and the ordinary forwarding.
        assertEquals(5, device.reads);

        on(() -> {
            writer.writeHosts(few.hosts(1));
            return true;
        });
        device.reads = 0;
        assertEquals(new Result(1, 0, 0, 0), verify());
        assertEquals(2, device.reads);
    }

    @Test
    void nothingIsReadDuringATakeover() throws Exception {
        verify();
        device.reads = 0;
        moving = true;
        final var result = on(() -> verifier.verify(any -> true));

        assertThrows(TimeoutException.class, () -> result.get(1, TimeUnit.SECONDS));
        assertEquals(0, device.reads);
        moving = false;
        assertEquals(new Result(1, 0, 0, 0), result.get(10, TimeUnit.SECONDS));
    }

    @Test
    void fenceThatCameWhileItWasReadStays() throws Exception {
        verify();
        final var before = held().size();
        device.meanwhile = () -> {
            device.meanwhile = () -> { };
            moving = true;
            loop.execute(() -> writer.fence(plan.role(1, RIGHT)));
        };
        final var result = on(() -> verifier.verify(any -> true));

        assertThrows(TimeoutException.class, () -> result.get(1, TimeUnit.SECONDS));
        assertEquals(before + 1, held().size());
        on(() -> writer.redirect(plan.role(1, RIGHT)));
        moving = false;
        assertEquals(new Result(1, 0, 0, 0), result.get(10, TimeUnit.SECONDS));
    }

    /** What a takeover by "right" fences first. */
    private FlowEntry newFence() {
        return Sets.difference(plan.role(1, RIGHT).flows(), plan.role(1, LEFT).flows()).stream()
            .filter(flow -> flow.kind() == Kind.FENCE).findFirst().orElseThrow();
    }

    @Test
    void repairEndsWhereSomethingElseIsIntended() throws Exception {
        verify();
        final var before = held().size();
        final var fence = newFence();
        final var done = on(() -> {
            final var then = writer.intended().orElseThrow();
            // It is there although it should not be, and a takeover puts it there before the repair gets to it.
            final var held = new HeldFlow(0, then.cookie().of(fence), fence.priority(), fence.match(), fence.actions());
            final var repaired = writer.repair(then, new Drift(List.of(), List.of(held), false));
            writer.fence(plan.role(1, RIGHT));
            return repaired;
        });

        assertEquals(0, done.get(10, TimeUnit.SECONDS));
        assertEquals(before + 1, held().size());
    }

    private boolean fenceConfirmed(final Intent intent) throws Exception {
        return on(() -> {
            assertTrue(writer.fence(plan.role(1, intent)));
            return writer.confirmation();
        }).get(10, TimeUnit.SECONDS).isDone();
    }

    @Test
    void refusedGroupIsNotConfirmedThoughTheBarrierIs() throws Exception {
        device.refusesGroups = true;

        assertFalse(redirected(RIGHT));
        assertEquals(1, on(writer::refusedNow));
        device.refusesGroups = false;
        assertTrue(redirected(RIGHT));
        assertEquals(0, on(writer::refusedNow));
    }

    private boolean redirected(final Intent intent) throws Exception {
        return on(() -> {
            assertTrue(writer.redirect(plan.role(1, intent)));
            return writer.confirmation();
        }).get(10, TimeUnit.SECONDS).isDone();
    }

    @Test
    void refusedFlowIsTriedUntilItIsTaken() throws Exception {
        verify();
        final var size = held().size();
        device.refuses = any -> true;
        synchronized (device) {
            device.flows.clear();
        }

        assertEquals(new Result(1, size, 0, 0), verify());
        assertEquals(size, on(writer::refusedNow));
        assertEquals(size, refusals.size());
        assertTrue(refusals.getFirst().startsWith("openflow:1: "));
        assertTrue(refusals.getFirst().endsWith(" flow: table full"));
        assertEquals(List.of(), taken);
        // What is refused is not missing: it is told of already.
        assertEquals(new Result(1, 0, 0, 0), verify());

        device.refuses = any -> false;
        await(() -> on(writer::refusedNow) == 0);
        assertEquals(size, held().size());
        await(() -> !taken.isEmpty());
        assertEquals(List.of(1L), taken);
        assertEquals(size, refusals.size());
    }

    @Test
    void refusedFlowIsForgottenWhenItIsNotIntendedAnyMore() throws Exception {
        verify();
        device.refuses = any -> true;
        assertFalse(fenceConfirmed(RIGHT));
        assertEquals(1, on(writer::refusedNow));

        on(() -> writer.redirect(plan.role(1, LEFT)));

        assertEquals(0, on(writer::refusedNow));
    }

    @Test
    void switchThatIsGoneIsNotVerified() throws Exception {
        on(() -> {
            writer.disconnect();
            return true;
        });

        assertEquals(Result.NONE, verify());
    }

    @Test
    void removalThatIsRefusedAtTheEndIsTold() throws Exception {
        verify();
        device.refusesRemovals = true;
        on(() -> {
            writer.end(true);
            return true;
        });

        await(() -> on(() -> refusals.contains("openflow:1: removal of flows: table full")));
    }

    @Test
    void whatASuccessorSentStays() throws Exception {
        verify();
        final var successor = new TableWriter(1, plan, TablePlan.id("db"), rpcs, loop, this);
        device.meanwhile = () -> {
            device.meanwhile = () -> { };
            loop.execute(() -> {
                writer.end(true);
                write(successor);
            });
        };

        assertEquals(Result.NONE, verify());
        on(successor::barrier).get(10, TimeUnit.SECONDS);
        await(() -> on(() -> successor.intended().isPresent()));
        final var theirs = held();
        // One that begins only now, or goes on with a switch that was next.
        assertEquals(Result.NONE, verify());
        assertEquals(theirs, held());
        assertEquals(plan.watch(1).size() + plan.role(1, LEFT).flows().size() + plan.hosts(1).size(), theirs.size());
    }

    @Test
    void discoveryIsSharedAndStays() throws Exception {
        final var lldp = held().values().stream()
            .filter(flow -> flow.getPriority().toJava() == 2890).findFirst().orElseThrow();
        assertEquals(Cookie.BASE | 2200, lldp.getCookie().getValue().longValue());

        // Another dual bridge may still discover.
        on(() -> {
            writer.writeWatch(new TablePlan(config.with(Discovery.NONE)).watch(1));
            return true;
        });
        assertEquals(new Result(1, 0, 0, 0), verify());
        assertTrue(held().containsValue(lldp));

        on(() -> {
            writer.writeWatch(plan.watch(1));
            return true;
        });
        synchronized (device) {
            device.flows.values().removeIf(flow -> flow.getPriority().toJava() == 2890);
        }
        assertEquals(new Result(1, 1, 0, 1), verify());
    }
}
