/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.simulation.World.Driver;

/** One run from a seed, and what must be true at every step of it. */
public final class Simulation {
    private static final long CHECK_INTERVAL = 500 * Clock.MILLIS;
    private static final int MAX_STEPS = 2_000_000;

    private final World world;
    private final Faults faults;
    private final List<DualBridge> configs;
    /** VLANs are shared, or would be if bridges agreed. */
    private final boolean shares;
    private final long start;
    private long nextCheckAt;
    private int movesBeforeRest = -1;
    private Optional<String> violation = Optional.empty();

    /**
     * How a run ended.
     *
     * @param seed its seed
     * @param violation the first thing that must not be, empty if there was none
     * @param moves role changes of all dual bridges
     * @param fingerprint differs between different traces
     * @param trace what happened, if it was kept
     */
    public record Result(long seed, Optional<String> violation, int moves, String fingerprint, String trace) {
    }

    private Simulation(final long seed, final boolean keepsTrace) {
        final var random = new SplittableRandom(seed);
        faults = new Faults(random.split());
        final var ways = random.split();
        final var drawn = faults.configs(random.split());
        final var care = random.split();
        final var fabric = random.split();
        final var kinds = new Kinds(random.split());
        configs = kinds.adjust(Faults.adjust(drawn, care));
        shares = configs.getFirst().bridges().stream().allMatch(bridge -> bridge.haMode() == HaMode.SHARING);
        world = new World(configs, configs.size() > 1, ways, new Trace(keepsTrace));
        start = world.clock().now();
        faults.schedule(world, configs);
        faults.scheduleCare(world, configs, care);
        faults.scheduleFabric(world, configs, fabric);
        kinds.schedule(world, configs, faults);
        tick();
    }

    /**
     * Runs one seed.
     *
     * @param seed decides everything
     * @param keepsTrace whether what happened is told
     * @return how it ended
     */
    public static Result run(final long seed, final boolean keepsTrace) {
        final var simulation = new Simulation(seed, keepsTrace);
        simulation.play();
        final var trace = simulation.world.trace();
        return new Result(seed, simulation.violation, simulation.moves(), trace.fingerprint(), trace.text());
    }

    /** Time passes even where nothing happens. */
    private void tick() {
        world.clock().after(CHECK_INTERVAL, this::tick);
    }

    private int moves() {
        return StreamSupport.stream(world.drivers().spliterator(), false).mapToInt(Driver::moves).sum();
    }

    private void play() {
        int steps = 0;
        while (violation.isEmpty() && world.clock().step(start + Faults.QUIET)) {
            if (++steps > MAX_STEPS) {
                violate("more than " + MAX_STEPS + " steps: time does not pass");
            }
            if (world.hasChanged()) {
                checkAlways();
            }
            if (world.clock().now() >= nextCheckAt) {
                nextCheckAt = world.clock().now() + CHECK_INTERVAL;
                checkInTime();
            }
            if (movesBeforeRest < 0 && world.clock().now() >= start + Faults.REST) {
                movesBeforeRest = moves();
            }
        }
        if (violation.isEmpty()) {
            checkEnd();
        }
    }

    private void violate(final String what) {
        if (violation.isEmpty()) {
            violation = Optional.of(what);
            world.trace().line(world.clock().now(), "VIOLATION " + what);
        }
    }

    /**
     * Never two that pass frames, no frame to a host lost in a planned move, no move without a cause, and a sync group
     * agrees.
     */
    private void checkAlways() {
        final var falseAlarm = world.falseAlarm();
        if (falseAlarm != null) {
            violate(falseAlarm);
        }
        checkSettled();
        for (final var driver : world.drivers()) {
            if (!driver.hasFenced()) {
                continue;
            }
            if (driver.losesFrames()) {
                violate(driver.config().name() + ": a planned move loses frames to hosts");
            }
            final var open = driver.config().bridges().stream().filter(driver::isOpen).toList();
            if (open.size() > 1 && open.stream().allMatch(driver::isInReach)
                    && world.clock().now() > world.disturbedAt() + 10 * Clock.MILLIS) {
                violate(driver.config().name() + ": two bridges pass frames: "
                    + open.stream().map(Bridge::name).collect(Collectors.joining(", ")));
            }
        }
        if (!world.hasRestarted()) {
            checkAgreement();
        }
    }

    /**
     * No two bridges pass frames of a VLAN, whatever part has it; and where those are isolated that are not active, no
     * frame gets to them, nor to other attachments of that one. A change of configuration, a cable or a switch may take
     * a moment.
     */
    private void checkSettled() {
        if (world.clock().now() < world.disturbedAt() + 10 * Clock.MILLIS) {
            return;
        }
        if (shares) {
            world.families().forEach(parts -> Vlans.violation(world.configured(parts.getFirst()), parts)
                .ifPresent(this::violate));
        }
        for (final var driver : world.drivers()) {
            if (driver.isIsolating()) {
                final var reached = driver.reached();
                final var active = driver.machine().intent().active();
                if (reached.size() > 1 || driver.settledAt() != Long.MAX_VALUE
                        && reached.stream().anyMatch(port -> !port.equals(active))) {
                    violate(driver.config().name() + ": frames reach " + reached + ", but active is " + active);
                }
            }
        }
    }

    /** VLANs are dealt out as the bridges agree. */
    private void checkSplit() {
        world.families().forEach(parts -> EvenSplit.violation(world.configured(parts.getFirst()),
            parts.stream().map(Driver::config).toList()).ifPresent(this::violate));
    }

    private void checkAgreement() {
        if (world.isGrouped()) {
            final var sides = StreamSupport.stream(world.drivers().spliterator(), false)
                .map(Driver::active).filter(Objects::nonNull).map(Bridge::name).collect(Collectors.toSet());
            if (sides.size() > 1) {
                violate("the sync group is on several sides: " + sides);
            }
        }
    }

    /** Where a side is fit, and everything could have been noticed, a fit one is active. */
    private void checkInTime() {
        checkSettled();
        if (shares) {
            checkSplit();
        }
        for (final var driver : world.drivers()) {
            final var active = driver.active();
            if (active != null && driver.isInReach(active) && driver.misleads(active)) {
                violate(driver.config().name() + ": the state of " + active.name() + " is not what was reported");
            }
        }
        if (world.clock().now() < world.disturbedAt() + bound()) {
            return;
        }
        checkAgreement();
        final var healthy = fitSides();
        final var isJudged = StreamSupport.stream(world.drivers().spliterator(), false).allMatch(Driver::isJudged);
        for (final var driver : world.drivers()) {
            final var active = driver.active();
            if (healthy.isEmpty()) {
                continue;
            }
            if (active != null && driver.isInReach(active) && driver.missesMaster()) {
                violate(driver.config().name() + ": another bridge than " + active.name() + " is the VRRP master");
            }
            if (active != null && driver.reachesAll() && driver.config().policy().damping().changes() == 0
                    && (world.isGrouped() ? isJudged : driver.isJudged()) && !driver.mayRest()
                    && (!driver.isWanted(active) || !world.isGrouped() && driver.isTrackedDown(active))) {
                violate(driver.config().name() + ": " + healthy + " healthy, but active is " + active.name()
                    + ", which is not to be");
            }
            if (active != null && driver.isCutOff(active) && driver.settledAt() != Long.MAX_VALUE) {
                violate(driver.config().name() + ": " + healthy + " healthy, but active is " + active.name()
                    + ", which no cable leads to");
            }
            if (active == null ? driver.config().bridges().stream().allMatch(driver::isInReach)
                    : driver.isInReach(active) && driver.settledAt() != Long.MAX_VALUE
                        && (driver.hasFailed(active) || !driver.isLetThrough(active))) {
                violate(driver.config().name() + ": " + healthy + " healthy, but active is "
                    + (active == null ? "none" : active.name()));
            }
        }
    }

    /** The healthy ones that nobody wants to be on standby. */
    private String fitSides() {
        return configs.getFirst().bridges().stream().map(Bridge::name)
            .filter(side -> StreamSupport.stream(world.drivers().spliterator(), false)
                .allMatch(driver -> driver.bridge(side).filter(bridge -> driver.isWanted(bridge)
                    && driver.isHealthy(bridge)).isPresent()))
            .collect(Collectors.joining(", "));
    }

    /** What counts while its trackers' conditions hold. */
    private static int priority(final Bridge bridge) {
        return bridge.priority() + bridge.trackers().stream().mapToInt(tracker -> Math.min(0, tracker.weight())).sum();
    }

    private long bound() {
        final var heartbeat = configs.getFirst().heartbeat();
        final var hold = configs.getFirst().policy().hold();
        final var isAsked = heartbeat.method().probes() || heartbeat.method().listens();
        // Links and reports are told when they change.
        final var rounds = isAsked ? 3 * (heartbeat.missCount() + heartbeat.window() + heartbeat.recoverCount() + 3)
            : 0;
        return rounds * heartbeat.intervalNanos() + hold.initialDeadNanos() + hold.linkNanos() + 5 * Clock.SECONDS;
    }

    private void checkEnd() {
        if (moves() != movesBeforeRest) {
            violate("roles change without end: " + moves() + " times, " + movesBeforeRest + " of them in good time");
        }
        for (final var driver : world.drivers()) {
            final var name = driver.config().name();
            final var active = driver.active();
            final var bridges = driver.config().bridges();
            if (active == null || !driver.isOpen(active) || !driver.isRedirected()) {
                violate(name + ": all is mended, but frames do not pass");
                return;
            }
            if (driver.missesMaster()) {
                violate(name + ": all is mended, but " + active.name() + " is active, and another one VRRP master");
            }
            if (driver.config().policy().failback().automatic() && !driver.isElected() && !driver.mayRest()) {
                final var preferred = driver.config().policy().preferred();
                final var best = bridges.stream().min(Comparator
                    .<Bridge, Boolean>comparing(bridge -> !bridge.name().equals(preferred))
                    .thenComparingInt(Simulation::priority)
                    .thenComparingInt(bridges::indexOf)).orElseThrow();
                if (!world.isGrouped() && !best.equals(active)) {
                    violate(name + ": all is mended, but " + active.name() + " is active and not " + best.name());
                }
            }
            final var allowed = 3 + 3 * faults.count() * configs.size()
                + 4 * faults.lossSeconds() * 1e9 / driver.config().heartbeat().intervalNanos();
            if (driver.moves() > allowed) {
                violate(name + ": " + driver.moves() + " role changes for " + faults.count() + " faults");
            }
        }
    }
}
