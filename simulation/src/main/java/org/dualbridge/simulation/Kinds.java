/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.List;
import java.util.random.RandomGenerator;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;

/**
 * Has some seeds judge bridges by their links alone, or by what a monitoring system reports, some of them with those
 * isolated that are not active, and others share VLANs that are dealt out; and what goes wrong with that. All of it
 * comes from a source of its own, so that other seeds stay what they were.
 */
final class Kinds {
    private final RandomGenerator random;

    Kinds(final RandomGenerator random) {
        this.random = random;
    }

    // ---- configuration ----

    /**
     * Chooses what is another kind of dual bridge.
     *
     * @param configs what is configured
     * @return the same, or of another kind
     */
    List<DualBridge> adjust(final List<DualBridge> configs) {
        final var kind = random.nextInt(8);
        if (configs.getFirst().heartbeat().method() == Method.VRRP) {
            return configs;
        }
        return switch (kind) {
            case 0 -> unasked(configs, Method.PORT);
            case 1 -> unasked(configs, Method.EXTERNAL);
            case 2 -> configs.size() > 1 ? configs : List.of(dealt(configs.getFirst()));
            default -> configs;
        };
    }

    private DualBridge dealt(final DualBridge config) {
        final var method = switch (random.nextInt(8)) {
            case 0 -> Method.PORT;
            case 1 -> Method.EXTERNAL;
            default -> config.heartbeat().method();
        };
        return EvenSplit.of(method == config.heartbeat().method() ? config : judged(config, method, 0), random);
    }

    private static boolean isDealt(final DualBridge config) {
        return config.vlanSets().isEmpty() && config.bridges().getFirst().haMode() == HaMode.SHARING;
    }

    /** Only where bridges need no frame to be judged by, nothing need reach those that are not active. */
    private List<DualBridge> unasked(final List<DualBridge> configs, final Method method) {
        final var first = configs.getFirst();
        final var isolates = first.vlanSets().isEmpty() && !first.forwarding().localRepair() && random.nextBoolean();
        return configs.stream().map(config -> judged(config, method, 0))
            .map(config -> isolates ? fenced(config, Fence.ISOLATE) : config).toList();
    }

    /**
     * Has frames kept out elsewhere.
     *
     * @param config what is configured
     * @param fence where
     * @return the same but for that
     */
    static DualBridge fenced(final DualBridge config, final Fence fence) {
        final var forwarding = config.forwarding();
        return new DualBridge(config.name(), new Forwarding(forwarding.mode(), forwarding.granularity(),
            forwarding.localRepair(), fence, forwarding.diverts(), forwarding.settleNanos(),
            forwarding.relearnNanos(), forwarding.verifyNanos(), forwarding.placement()), config.bridges(),
            config.heartbeat(), config.policy(), config.announcement(), config.hosts(), config.links(),
            config.vlanSets(), config.share());
    }

    /** The same, but judged without any frame. */
    private static DualBridge judged(final DualBridge config, final Method method, final long warnNanos) {
        final var heartbeat = config.heartbeat();
        return new DualBridge(config.name(), config.forwarding(), config.bridges(),
            new HeartbeatSettings(method, heartbeat.intervalNanos(), heartbeat.missCount(), 0,
                heartbeat.recoverCount(), heartbeat.timeoutNanos(), warnNanos, heartbeat.paths()), config.policy(),
            config.announcement(), config.hosts(), config.links(), config.vlanSets(), config.share());
    }

    // ---- faults ----

    /**
     * Schedules what goes wrong.
     *
     * @param world where it happens
     * @param configs what is configured
     * @param faults has one fault at a time happen to one thing
     */
    void schedule(final World world, final List<DualBridge> configs, final Faults faults) {
        if (isDealt(configs.getFirst())) {
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                EvenSplit.schedule(world, configs.getFirst(), faults, random);
            }
        }
        final var method = configs.getFirst().heartbeat().method();
        if (method == Method.PORT || method == Method.EXTERNAL) {
            for (int i = random.nextInt(4); i > 0; i--) {
                final var config = configs.get(random.nextInt(configs.size()));
                if (method == Method.PORT || random.nextInt(5) == 0) {
                    scheduleChange(world, config, faults);
                } else {
                    scheduleReports(world, config, faults);
                }
            }
        }
    }

    private void scheduleChange(final World world, final DualBridge config, final Faults faults) {
        final var at = random.nextLong(Faults.BEGIN, Faults.END);
        final var until = at + random.nextLong(Faults.MENDED - at);
        if (config.forwarding().fence() == Fence.ISOLATE && random.nextBoolean()) {
            final var fence = random.nextBoolean() ? Fence.BRIDGE : Fence.INGRESS;
            faults.configure(world, config, fenced(config, fence), config.name() + " fences by " + fence, at, until);
        } else {
            faults.configure(world, config, judged(config, config.heartbeat().method(), 2 * Clock.SECONDS),
                config.name() + " warns", at, until);
        }
    }

    private void scheduleReports(final World world, final DualBridge config, final Faults faults) {
        final var name = config.name();
        final var bridge = config.bridges().get(random.nextInt(config.bridges().size())).name();
        final var at = random.nextLong(Faults.BEGIN, Faults.END);
        final var until = Math.min(Faults.MENDED, at + random.nextLong(Clock.SECONDS, 20 * Clock.SECONDS));
        final var reports = world.reports(name);
        switch (random.nextInt(5)) {
            case 0 -> faults.between(world, "wrong/" + name + bridge, "wrong reports of " + name + ' ' + bridge, at,
                until, () -> reports.lie(bridge, true), () -> reports.lie(bridge, false));
            case 1 -> faults.between(world, "reports/" + name, "no reports of " + name + ' ' + bridge, at, until,
                () -> reports.ignore(bridge, true), () -> reports.ignore(bridge, false));
            case 2, 3 -> faults.between(world, "reports/" + name, "no reports of " + name, at, until,
                () -> config.bridges().forEach(one -> reports.ignore(one.name(), true)),
                () -> config.bridges().forEach(one -> reports.ignore(one.name(), false)));
            default -> {
                final var most = random.nextLong(Clock.SECONDS, 5 * Clock.SECONDS);
                faults.between(world, "late/" + name, "late reports of " + name, at, until,
                    () -> reports.delay(most), () -> reports.delay(0));
            }
        }
    }
}
