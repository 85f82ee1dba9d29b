/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.dualbridge.core.Action;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Event.Step;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.TablePlan;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a takeover costs before anything is sent: the decision, and what every switch is to be told. One switch, two
 * bridges; the cable of the active one is cut, and mended when the other one is active.
 */
@State(Scope.Thread)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TakeoverBenchmark {
    private static final long NODE = 1;
    private static final long SECOND = 1_000_000_000L;

    @Param({"1", "100", "1000", "10000"})
    int hosts;

    private DualBridgeMachine machine;
    private TablePlan plan;
    private long now;

    /** Configures a dual bridge in flow mode whose hosts have random addresses, so that each one needs a flow. */
    static DualBridge config(final int hosts) {
        final var random = new SplittableRandom(1);
        return new DualBridge("bench", new Forwarding(Mode.FLOW, Granularity.HOST, false, Fence.BRIDGE, false, 0, 0, 0,
                Placement.DEFAULT),
            ImmutableList.of(bridge("A", 10), bridge("B", 11)),
            new HeartbeatSettings(Method.PORT, SECOND, 3, 0, 1, SECOND, 0),
            new Policy(null, new Failback(false, 0), new Hold(0, 0, 0), new Damping(0, 0, 0)), Announcement.NONE,
            IntStream.range(0, hosts)
                .mapToObj(i -> new Host(new Mac(0x0200_0000_0000L | random.nextLong(1L << 40)), i % 3,
                    ImmutableList.of(0x0a00_0000 + i), ImmutableList.of(), false))
                .collect(ImmutableList.toImmutableList()),
            ImmutableList.of());
    }

    private static Bridge bridge(final String name, final long port) {
        return new Bridge(name, HaMode.AUTO, (int) port, null,
            ImmutableList.of(new Attachment(new PortRef(NODE, port), null)),
            new Target(0, null, null, 0, new Prober(0, 0, Keyring.EMPTY)), ImmutableList.of());
    }

    /** Makes a bridge active. */
    @Setup
    public void prepare() {
        final var config = config(hosts);
        machine = new DualBridgeMachine(config, new Intent(0, null), now);
        plan = new TablePlan(config);
        machine.handle(new Event.SwitchConnected(NODE), now);
        confirm(now);
        if (machine.intent().active() == null) {
            throw new IllegalStateException("no bridge is active");
        }
    }

    private List<Action> confirm(final long at) {
        final var epoch = machine.intent().epoch();
        final var actions = new ArrayList<>(machine.handle(new Event.Confirmed(epoch, Step.FENCE, NODE, true), at));
        actions.addAll(machine.handle(new Event.Confirmed(epoch, Step.REDIRECT, NODE, true), at));
        return actions;
    }

    /**
     * Fails over once.
     *
     * @param sink takes what is to be sent
     */
    @Benchmark
    public void takeover(final Blackhole sink) {
        now += SECOND;
        final var epoch = machine.intent().epoch();
        final var failed = machine.intent().active();
        for (final var action : machine.handle(new Event.LinkChanged(failed, false), now)) {
            sink.consume(tables(action));
        }
        sink.consume(confirm(now));
        if (machine.intent().epoch() != epoch + 1) {
            throw new IllegalStateException("no takeover");
        }
        sink.consume(machine.handle(new Event.LinkChanged(failed, true), now));
    }

    private Object tables(final Action action) {
        return switch (action) {
            case Action.Fence(var move, var asked, var diverted) -> plan.role(NODE, move.after());
            case Action.Redirect(var move, var asked, var confirmed) -> plan.role(NODE, move.after());
            default -> action;
        };
    }

    /** Holds what the controller's core holds for a configuration: itself, its hosts, and what switches were told. */
    record Held(DualBridge config, DualBridgeMachine machine, TablePlan plan, ImmutableSet<?> flows) {
        static Held of(final int hosts) {
            final var config = TakeoverBenchmark.config(hosts);
            final var plan = new TablePlan(config);
            return new Held(config, new DualBridgeMachine(config, new Intent(0, null), 0), plan,
                ImmutableSet.copyOf(plan.hosts(NODE)));
        }
    }
}
