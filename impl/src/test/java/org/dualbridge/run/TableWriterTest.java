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
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Futures;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.Intent;
import org.dualbridge.core.Samples;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.TableWriter.HostChange;
import org.dualbridge.table.FlowEntry.Kind;
import org.dualbridge.table.FlowEntry.Match;
import org.dualbridge.table.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowInput;
import org.opendaylight.yangtools.binding.Rpc;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;

/** A switch that answers barriers, and may refuse everything else. */
class TableWriterTest {
    private static final TablePlan PLAN = new TablePlan(Samples.plain());
    private static final Intent LEFT = new Intent(1, Samples.LEFT);
    private static final Intent RIGHT = new Intent(2, Samples.RIGHT);

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<AddFlowInput> additions = Collections.synchronizedList(new ArrayList<>());
    private final List<RemoveFlowInput> removals = Collections.synchronizedList(new ArrayList<>());
    private final List<String> refusals = Collections.synchronizedList(new ArrayList<>());
    private final Loop loop = new Loop("test-loop", Thread.NORM_PRIORITY);
    private final TableWriter writer = new TableWriter(1, PLAN, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
        refusals::add);
    private volatile String refused = "";

    private final class Switch implements RpcService {
        @Override
        public <T extends Rpc<?, ?>> T getRpc(final Class<T> type) {
            final var name = type.getSimpleName();
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
                (proxy, method, arguments) -> {
                    requests.add(name);
                    if (arguments[0] instanceof AddFlowInput input) {
                        additions.add(input);
                    }
                    if (arguments[0] instanceof RemoveFlowInput input) {
                        removals.add(input);
                    }
                    return Futures.immediateFuture(name.equals(refused)
                        ? RpcResultBuilder.failed().withError(ErrorType.APPLICATION, "no room").build()
                        : RpcResultBuilder.success().build());
                }));
        }
    }

    @AfterEach
    void close() {
        loop.close();
    }

    /** Everything is done on the loop's thread, as it is by a runner; what is to be undone comes behind. */
    private <T> T onLoop(final Callable<T> what) throws Exception {
        return Futures.submit(what, loop).get(10, TimeUnit.SECONDS);
    }

    private boolean fences(final Intent intent) throws Exception {
        return onLoop(() -> writer.fence(PLAN.role(1, intent)));
    }

    private boolean redirects(final Intent intent) throws Exception {
        return onLoop(() -> writer.redirect(PLAN.role(1, intent)));
    }

    private Outcome confirmed() throws Exception {
        return onLoop(writer::confirmation).get(10, TimeUnit.SECONDS);
    }

    @Test
    void fenceAndGroupAreConfirmedByTheSwitch() throws Exception {
        writer.connect();

        assertTrue(fences(RIGHT));
        assertTrue(confirmed().isDone());
        assertTrue(redirects(RIGHT));
        assertTrue(confirmed().isDone());
        assertFalse(fences(RIGHT), "it is there");
        assertFalse(redirects(RIGHT), "it points there");
        assertEquals(List.of("AddFlow", "SendBarrier", "AddGroup", "UpdateGroup", "SendBarrier"), requests);
    }

    @Test
    void wayDownIsForAMomentAndGoesWhereAllMayPass() throws Exception {
        final var plan = new TablePlan(Samples.diverting());
        final var way = plan.wayDown(12, RIGHT);
        final var right = new TableWriter(12, plan, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
            refusals::add);
        right.connect();
        onLoop(() -> right.fence(plan.role(12, LEFT)));

        assertTrue(onLoop(() -> right.divert(plan.role(12, RIGHT), way)));
        assertTrue(onLoop(right::confirmation).get(10, TimeUnit.SECONDS).isDone());
        assertEquals(List.of(0, 30), additions.stream().map(flow -> flow.getHardTimeout().intValue()).toList());
        assertEquals(List.of(), removals);

        onLoop(() -> right.redirect(plan.role(12, RIGHT)));
        assertEquals(List.of(way.getFirst().priority()), removals.stream().map(flow -> flow.getPriority().intValue())
            .filter(priority -> priority == way.getFirst().priority()).toList());

        removals.clear();
        onLoop(() -> {
            right.drain(way);
            return right.fence(plan.role(12, LEFT)) && right.redirect(plan.role(12, LEFT));
        });
        assertEquals(List.of(1, 0), additions.subList(additions.size() - 2, additions.size()).stream()
            .map(flow -> flow.getHardTimeout().intValue()).toList(), "before the fence, which stays");
        assertFalse(removals.stream().anyMatch(flow -> flow.getPriority().intValue() == way.getFirst().priority()),
            "the switch closes it");
    }

    @Test
    void wayThatIsRefusedIsNotConfirmed() throws Exception {
        final var plan = new TablePlan(Samples.diverting());
        final var right = new TableWriter(12, plan, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
            refusals::add);
        right.connect();
        assertFalse(onLoop(() -> right.divert(plan.role(12, RIGHT), plan.wayDown(12, RIGHT))), "all pass there");
        onLoop(() -> right.fence(plan.role(12, LEFT)));
        refused = "AddFlow";
        onLoop(() -> right.divert(plan.role(12, RIGHT), plan.wayDown(12, RIGHT)));

        assertFalse(onLoop(right::confirmation).get(10, TimeUnit.SECONDS).isDone());
    }

    @Test
    void wayOfLocalRepairIsNoFenceAndOutlivesThatOfAMove() throws Exception {
        final var plan = new TablePlan(Samples.repairing());
        final var diverting = new TablePlan(Samples.diverting());
        final var right = new TableWriter(12, plan, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
            refusals::add);
        right.connect();
        onLoop(() -> {
            right.drain(diverting.wayDown(12, RIGHT));
            return right.fence(plan.role(12, LEFT)) && right.redirect(plan.role(12, LEFT));
        });
        final var way = plan.role(12, LEFT).flows().stream().filter(flow -> flow.kind() == Kind.PASS)
            .findFirst().orElseThrow();
        confirmed();
        assertTrue(onLoop(() -> right.fences(1)), "by the rest of it");

        onLoop(() -> {
            right.callOff();
            return true;
        });
        assertEquals(List.of(), removals);

        onLoop(() -> {
            right.closeAll();
            return true;
        });
        assertEquals(List.of(way.priority()), removals.stream().map(flow -> flow.getPriority().intValue()).toList());
    }

    @Test
    void wayOfLocalRepairThatIsRefusedIsTriedAgainBeforeFramesTakeIt() throws Exception {
        final var plan = new TablePlan(Samples.repairing());
        final var right = new TableWriter(12, plan, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
            refusals::add);
        right.connect();
        refused = "AddFlow";
        onLoop(() -> right.fence(plan.role(12, LEFT)));
        onLoop(right::confirmation).get(10, TimeUnit.SECONDS);
        assertFalse(onLoop(() -> right.fences(1)));

        assertTrue(onLoop(() -> right.divert(plan.role(12, RIGHT), plan.wayDown(12, RIGHT))));
        assertFalse(onLoop(right::confirmation).get(10, TimeUnit.SECONDS).isDone());

        refused = "";
        assertTrue(onLoop(() -> right.divert(plan.role(12, RIGHT), plan.wayDown(12, RIGHT))));
        assertTrue(onLoop(right::confirmation).get(10, TimeUnit.SECONDS).isDone());
        assertFalse(onLoop(() -> right.divert(plan.role(12, RIGHT), plan.wayDown(12, RIGHT))), "it is there");
    }

    @Test
    void bridgeThatNoFenceCoversStopsForwardingWithTheFence() throws Exception {
        final var plan = new TablePlan(Samples.withForwarding(Samples.openFlow(Method.REFLECT), new Forwarding(
            Mode.FLOW, Granularity.HOST, false, Fence.INGRESS, false, 0, 0, 0, Placement.DEFAULT)));
        final var left = new TableWriter(11, plan, TablePlan.id("db"), new SwitchRpcs(new Switch()), loop,
            refusals::add);
        left.connect();
        assertTrue(onLoop(() -> left.redirect(plan.role(11, LEFT))));
        assertEquals(List.of(), removals);

        refused = "RemoveFlow";
        assertTrue(onLoop(() -> left.fence(plan.role(11, RIGHT))));
        assertEquals(List.of(1), removals.stream().map(flow -> flow.getPriority().intValue()).toList());
        assertFalse(onLoop(left::confirmation).get(10, TimeUnit.SECONDS).isDone());
        assertFalse(onLoop(() -> left.redirect(plan.role(11, RIGHT))), "it is gone");
        assertTrue(onLoop(() -> left.redirect(plan.role(11, LEFT))));
    }

    @Test
    void fenceThatIsRefusedIsNotConfirmedAndTriedAgain() throws Exception {
        writer.connect();
        refused = "AddFlow";

        assertTrue(fences(RIGHT));
        assertEquals("no room", confirmed().detail());
        assertEquals(List.of("openflow:1: fence: no room"), refusals);

        refused = "";
        assertTrue(fences(RIGHT));
        assertTrue(confirmed().isDone());
    }

    @Test
    void fenceIsInForceFromItsConfirmationToItsRemoval() throws Exception {
        final var left = Samples.LEFT.number();
        writer.connect();
        refused = "AddFlow";
        assertTrue(fences(RIGHT));
        confirmed();
        assertFalse(onLoop(() -> writer.fences(left)), "it was refused");

        refused = "";
        assertTrue(fences(RIGHT));
        confirmed();
        assertTrue(onLoop(() -> writer.fences(left)));
        assertFalse(onLoop(() -> writer.fences(left + 1)));

        assertTrue(redirects(LEFT));
        assertFalse(onLoop(() -> writer.fences(left)));
    }

    @Test
    void groupThatIsRefusedIsNotConfirmedAndTriedAgain() throws Exception {
        writer.connect();
        refused = "UpdateGroup";

        assertTrue(redirects(LEFT));
        assertFalse(confirmed().isDone());

        refused = "";
        assertTrue(redirects(LEFT));
        assertTrue(confirmed().isDone());
    }

    @Test
    void fenceThatWasRefusedIsRemovedLikeAnyOther() throws Exception {
        writer.connect();
        refused = "AddFlow";
        assertTrue(fences(RIGHT));
        assertFalse(confirmed().isDone());
        refused = "";

        // The refusal may be late, and what was sent meanwhile be there.
        assertTrue(redirects(LEFT));
        assertTrue(requests.contains("RemoveFlow"), requests.toString());
    }

    @Test
    void guardIsNeverThereWithoutItsExceptions() {
        final var flows = new TablePlan(Samples.plain().with(new Learning(false, 0, 0, false, true))).hosts(1);
        for (final var guards : List.of(HostChange.of(Set.of(), flows).added(),
                HostChange.of(flows, ImmutableSet.of()).removed().reversed())) {
            final var exceptions = new HashSet<Match>();
            final var found = guards.stream().filter(flow -> flow.kind() == Kind.GUARD).toList();
            assertFalse(found.isEmpty());
            for (final var guard : found) {
                final var match = guard.match();
                if (match.inPort() == null) {
                    assertEquals(2, exceptions.size(), "the attachment, and the link");
                    exceptions.clear();
                } else {
                    exceptions.add(match);
                }
            }
        }
    }

    @Test
    void removalSparesWhatAnotherDualBridgeHasPutThere() throws Exception {
        writer.connect();
        assertTrue(redirects(RIGHT));
        assertTrue(redirects(LEFT));

        final var removal = removals.getLast();
        assertEquals(Cookie.MARK | (long) TablePlan.id("db") << 32,
            removal.getCookie().getValue().longValue() & Cookie.OWN_MASK);
        assertEquals(Cookie.OWN_MASK, removal.getCookieMask().getValue().longValue());
    }

    /** The OpenFlow plugin keeps what it has sent until it is removed by its whole cookie, hosts that left included. */
    @Test
    void removalNamesTheFlowAsItWasAdded() throws Exception {
        writer.connect();
        assertTrue(redirects(RIGHT));
        assertTrue(redirects(LEFT));

        assertFalse(removals.isEmpty());
        for (final var removal : removals) {
            assertTrue(additions.stream().anyMatch(added -> added.getMatch().equals(removal.getMatch())
                && added.getPriority().equals(removal.getPriority())
                && added.getCookie().equals(removal.getCookie())), removal.toString());
        }
    }
}
