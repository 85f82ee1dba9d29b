/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.Action;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Event.Step;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Sharing;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;
import org.dualbridge.table.NextHop;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;

/** Bridges and switches, and a controller that has the core decide and the model of the switches obey. */
final class World {
    private final Clock clock = new Clock();
    private final RandomGenerator random;
    private final Trace trace;
    private final boolean grouped;
    private final Map<Long, ModelSwitch> switches = new TreeMap<>();
    /** What is configured, and what runs it: the parts of those that share their VLANs, by their own names. */
    private final Map<String, DualBridge> configs = new LinkedHashMap<>();
    private final Map<String, List<Driver>> families = new LinkedHashMap<>();
    private final Map<String, Driver> drivers = new LinkedHashMap<>();
    private final Map<String, Intent> memory = new HashMap<>();
    /** Bridges that are frozen, and the switches that they are, however the configuration changes meanwhile. */
    private final Map<Named, Optional<ModelSwitch>> frozen = new HashMap<>();
    /** Share of probes and answers that are lost on the way, and that arrive twice. */
    private double loss;
    private double duplicates;
    /** Share of answers that come late, by up to three intervals, and so in another order. */
    private double lateness;
    /** Ports whose cables are cut, and switches without power. */
    private final Set<PortRef> cut = new HashSet<>();
    private final Set<Long> dead = new HashSet<>();
    /** Where the cable of a port ends, if at another port of a switch. */
    private final Map<PortRef, PortRef> farEnds = new HashMap<>();
    private final Set<PortRef> everyPort = new TreeSet<>();
    /** Bridges that elect a VRRP master. */
    private final Map<Named, Vrrp.Router> routers = new LinkedHashMap<>();
    /** By port, who wants nothing to leave by it. */
    private final Map<PortRef, Set<Driver>> silencers = new HashMap<>();
    /** What another system reports of bridges, by dual bridge. */
    private final Map<String, Reports> reports = new LinkedHashMap<>();
    /** Bridges whose trackers' conditions do not hold. */
    private final Set<Named> untracked = new LinkedHashSet<>();
    private boolean controllerStopped;
    private boolean showsMisses;
    /** When bridges last failed to pass frames. */
    private final Map<Named, Long> sickAt = new HashMap<>();
    private @Nullable String falseAlarm;
    /** The last epoch of every dual bridge; a restart forgets that of a move that was not done yet. */
    private final Map<String, Long> epochs = new HashMap<>();
    private long lossAt = Long.MIN_VALUE / 2;
    /** Something changed that {@link #hasChanged} tells. */
    private boolean changed = true;
    private boolean restarted;
    private long disturbedAt = clock.now();
    private final List<Runnable> missed = new ArrayList<>();

    /** A bridge of a dual bridge. */
    private record Named(String dualBridge, String bridge) {
    }

    World(final List<DualBridge> configs, final boolean grouped, final RandomGenerator random, final Trace trace) {
        this.random = random;
        this.trace = trace;
        this.grouped = grouped;
        configs.forEach(config -> config.nodes().forEach(node ->
            switches.computeIfAbsent(node, key -> new ModelSwitch(clock, random, key))));
        configs.forEach(config -> this.configs.put(config.name(), config));
        configs.forEach(config -> {
            everyPort.addAll(config.watchedPorts());
            config.links().forEach(link -> cable(link.endA(), link.endB()));
            config.bridges().stream().flatMap(bridge -> bridge.attachments().stream())
                .filter(attachment -> attachment.peer() != null)
                .forEach(attachment -> cable(attachment.port(), attachment.peer()));
        });
        start();
        configs.stream().filter(config -> config.heartbeat().method() == Method.VRRP).forEach(this::elect);
        configs.stream().filter(config -> config.heartbeat().method() == Method.EXTERNAL).forEach(this::monitor);
    }

    private void cable(final PortRef one, final PortRef other) {
        farEnds.put(one, other);
        farEnds.put(other, one);
    }

    /** Has bridges elect their master themselves. */
    private void elect(final DualBridge config) {
        final var interval = config.heartbeat().intervalNanos();
        final var vrrp = new Vrrp(clock, random.nextBoolean());
        for (final var bridge : config.bridges()) {
            final var port = bridge.attachments().getFirst().port();
            final var at = switches.get(port.datapath());
            final var own = random.nextInt(4) == 0 ? 3 * interval : interval;
            routers.put(new Named(config.name(), bridge.name()), vrrp.add(own, random.nextLong(own),
                () -> !isFrozen(config.name(), bridge.name()), () -> at.linkUp(port),
                // Between routers, frames pass a switch whose control plane is stuck.
                () -> random.nextDouble() >= loss,
                advertisement -> {
                    if (at.linkUp(port) && random.nextDouble() >= loss) {
                        at.receive(() -> families.get(config.name()).getFirst()
                            .handle(new Event.Heard(port, advertisement)));
                    } else if (showsMisses) {
                        trace.tell(clock.now(), config.name() + ": nothing is heard at " + port);
                    }
                }));
        }
    }

    /** Has another system report how bridges are. */
    private void monitor(final DualBridge config) {
        final var name = config.name();
        final var monitoring = new Reports(clock, random, bridge -> !isFrozen(name, bridge), new Reports.Controller() {
            @Override
            public void report(final String bridge, final boolean healthy) {
                final var first = families.get(name).getFirst();
                // Of others it is refused.
                if (first.bridge(bridge).isPresent()) {
                    final var until = reports(name).accept(bridge, healthy);
                    first.handle(new Event.HealthReported(bridge, null, healthy, until));
                }
            }

            @Override
            public void run(final Runnable task) {
                inController(task);
            }

            @Override
            public void note(final String what) {
                disturb(name + ": " + what);
            }
        });
        reports.put(name, monitoring);
        config.bridges().forEach(bridge -> monitoring.add(bridge.name()));
    }

    Reports reports(final String dualBridge) {
        return Objects.requireNonNull(reports.get(dualBridge));
    }

    private void forgetReports(final DualBridge config, final Set<String> but) {
        Optional.ofNullable(reports.get(config.name())).ifPresent(told -> told.retain(but));
    }

    private void start() {
        drivers.clear();
        silencers.clear();
        configs.values().forEach(config -> begin(config, Sharing.of(config).parts(), List.of()));
        group();
        drivers.values().forEach(this::tellDown);
        untracked.forEach(bridge -> tellTracker(bridge, false));
        switches.values().stream().filter(ModelSwitch::connected).forEach(this::tellConnected);
    }

    /** Runs the parts of a dual bridge, which take over from others. */
    private List<Driver> begin(final DualBridge config, final List<DualBridge> parts,
            final List<DualBridgeMachine> former) {
        final var family = new ArrayList<Driver>();
        parts.forEach(part -> family.add(new Driver(config.name(), part, DualBridgeMachine.succeed(part,
            memory.getOrDefault(part.name(), new Intent(0, null)), former),
            family.isEmpty() ? null : family.getFirst())));
        family.forEach(driver -> drivers.put(driver.config.name(), driver));
        families.put(config.name(), family);
        return family;
    }

    private void tellDown(final Driver driver) {
        driver.config.watchedPorts().stream()
            .filter(port -> !switches.get(port.datapath()).linkUp(port))
            .forEach(port -> driver.handle(new Event.LinkChanged(port, false)));
    }

    /** Other parts take over, as the controller's dispatcher has them do: the old ones end last. */
    private void replace(final DualBridge config, final List<DualBridge> parts) {
        final var old = families.get(config.name());
        old.forEach(driver -> drivers.remove(driver.config.name()));
        final var former = old.stream().map(driver -> driver.machine).toList();
        final var family = begin(config, parts, former);
        if (old.stream().allMatch(Driver::hasFenced)) {
            family.forEach(driver -> driver.fenced = true);
        }
        family.forEach(driver -> memory.put(driver.config.name(), driver.machine.intent()));
        family.getFirst().machine.inherit(former.getFirst(), clock.now());
        family.forEach(driver -> {
            tellDown(driver);
            switches.values().stream().filter(ModelSwitch::connected).forEach(driver::connected);
        });
        old.forEach(Driver::close);
    }

    /** Another system tells of a tracker's condition; it does so again when the bridge, or the controller, is new. */
    private void tellTracker(final Named bridge, final boolean holds) {
        families.get(bridge.dualBridge).getFirst().handle(
            new Event.HealthReported(bridge.bridge, Faults.TRACKER, holds, clock.now() + Faults.QUIET));
    }

    private void group() {
        final var machines = drivers.values().stream().map(driver -> driver.machine).toList();
        if (grouped) {
            DualBridgeMachine.group(machines, clock.now());
        }
    }

    Clock clock() {
        return clock;
    }

    Trace trace() {
        return trace;
    }

    Iterable<Driver> drivers() {
        return drivers.values();
    }

    /** The parts of each dual bridge. */
    Iterable<List<Driver>> families() {
        return families.values();
    }

    DualBridge configured(final Driver part) {
        return configs.get(part.family);
    }

    Driver driver(final String name) {
        return drivers.get(name);
    }

    /** Whether members of a sync group may have remembered different sides. */
    boolean hasRestarted() {
        return restarted;
    }

    boolean isGrouped() {
        return grouped;
    }

    ModelSwitch at(final long node) {
        return switches.get(node);
    }

    /** Tells whether tables, links or bridges changed since it was asked last. */
    boolean hasChanged() {
        final var was = changed;
        changed = false;
        return was;
    }

    /** Tells of every heartbeat that is not answered. */
    void showMisses() {
        showsMisses = true;
    }

    /** Tells of a move away from a bridge that had not failed for long, or back in epochs; {@code null} if none. */
    @Nullable String falseAlarm() {
        return falseAlarm;
    }

    /** When something from outside happened last. */
    long disturbedAt() {
        return loss > 0 || lateness > 0 || controllerStopped ? clock.now() : disturbedAt;
    }

    void disturb(final String what) {
        trace.line(clock.now(), "! " + what);
        disturbedAt = clock.now();
        changed = true;
    }

    // ---- what happens ----

    void freeze(final String dualBridge, final String bridge) {
        final var node = node(dualBridge, bridge);
        frozen.put(new Named(dualBridge, bridge), node);
        node.ifPresent(ModelSwitch::freeze);
    }

    void thaw(final String dualBridge, final String bridge) {
        final var node = frozen.remove(new Named(dualBridge, bridge));
        sickAt.put(new Named(dualBridge, bridge), clock.now());
        node.ifPresent(ModelSwitch::thaw);
    }

    private Optional<ModelSwitch> node(final String dualBridge, final String bridge) {
        return families.get(dualBridge).getFirst().bridge(bridge).map(Bridge::node).map(switches::get);
    }

    boolean isFrozen(final String dualBridge, final String bridge) {
        return !frozen.isEmpty() && frozen.containsKey(new Named(dualBridge, bridge));
    }

    /** A cable is cut or mended. */
    void link(final PortRef port, final boolean up) {
        if (up) {
            cut.remove(port);
        } else {
            cut.add(port);
        }
        noteLink(port);
        Optional.ofNullable(farEnds.get(port)).ifPresent(this::noteLink);
    }

    /** Both ends of a cable have a link, or none has. */
    private void noteLink(final PortRef port) {
        final var far = farEnds.get(port);
        final var up = !cut.contains(port) && !dead.contains(port.datapath())
            && (far == null || !cut.contains(far) && !dead.contains(far.datapath()));
        final var at = switches.get(port.datapath());
        if (at.linkUp(port) != up) {
            at.link(port, up);
            at.report(() -> tellLink(port, up));
        }
    }

    /** A switch has power or not; without, it forgets what it knew. */
    void power(final long node, final boolean on) {
        if (on) {
            dead.remove(node);
        } else {
            dead.add(node);
            disconnect(node);
            switches.get(node).loseTables();
        }
        everyPort.stream().filter(port -> port.datapath() == node || farEnds.containsKey(port)
            && farEnds.get(port).datapath() == node).forEach(this::noteLink);
        if (on) {
            connect(node);
        }
    }

    private void tellLink(final PortRef port, final boolean up) {
        drivers.values().stream().filter(driver -> driver.config.watchedPorts().contains(port))
            .forEach(driver -> driver.handle(new Event.LinkChanged(port, up)));
    }

    void disconnect(final long node) {
        switches.get(node).disconnect();
        drivers.values().forEach(driver -> driver.handle(new Event.SwitchDisconnected(node)));
    }

    void connect(final long node) {
        switches.get(node).connect();
        tellConnected(switches.get(node));
    }

    private void tellConnected(final ModelSwitch at) {
        drivers.values().forEach(driver -> driver.connected(at));
        // The inventory tells of ports as they are now.
        drivers.values().stream().flatMap(driver -> driver.config.watchedPorts().stream())
            .filter(port -> port.datapath() == at.node())
            .forEach(port -> at.tell(() -> tellLink(port, at.linkUp(port))));
    }

    void lose(final double share) {
        loss = share;
        lossAt = clock.now();
    }

    void delay(final double share) {
        lateness = share;
        lossAt = clock.now();
    }

    void duplicate(final double share) {
        duplicates = share;
    }

    /** The controller does nothing for a while; what comes to it waits. */
    void stopController() {
        controllerStopped = true;
    }

    void resumeController() {
        controllerStopped = false;
        final var late = List.copyOf(missed);
        missed.clear();
        late.forEach(Runnable::run);
    }

    /** The controller starts anew, and knows what it remembered. */
    void restartController() {
        restarted = true;
        drivers.values().forEach(driver -> driver.gone = true);
        missed.clear();
        configs.values().forEach(config -> forgetReports(config, Set.of()));
        epochs.clear();
        memory.forEach((name, intent) -> epochs.put(name, intent.epoch()));
        switches.values().forEach(ModelSwitch::disconnect);
        switches.values().stream().filter(at -> !dead.contains(at.node())).forEach(ModelSwitch::connect);
        start();
    }

    void switchover(final String dualBridge, final String bridge) {
        families.get(dualBridge).getLast().handle(new Event.SwitchoverRequested(bridge));
    }

    /** The VRRP router of a bridge is stopped, which it tells, or started again. */
    void serve(final String dualBridge, final String bridge, final boolean serves) {
        final var router = routers.get(new Named(dualBridge, bridge));
        if (serves) {
            router.start();
        } else {
            router.stop();
        }
    }

    /** A tracker's condition holds or does not. */
    void track(final String dualBridge, final String bridge, final boolean holds) {
        final var named = new Named(dualBridge, bridge);
        if (holds) {
            untracked.remove(named);
        } else {
            untracked.add(named);
        }
        tellTracker(named, holds);
    }

    void reconfigure(final DualBridge config) {
        inController(() -> {
            final var old = configs.put(config.name(), config);
            final var parts = Sharing.of(config).parts();
            final var family = families.get(config.name());
            if (family.stream().map(driver -> driver.config.name())
                    .toList().equals(parts.stream().map(DualBridge::name).toList())) {
                for (int i = 0; i < parts.size(); i++) {
                    family.get(i).reconfigure(parts.get(i));
                }
            } else {
                replace(config, parts);
            }
            forgetReports(config, config.bridges().stream().map(Bridge::name).collect(Collectors.toSet()));
            untracked.stream().filter(named -> named.dualBridge.equals(config.name())
                && old.bridges().stream().noneMatch(bridge -> bridge.name().equals(named.bridge)))
                .forEach(bridge -> tellTracker(bridge, false));
        });
    }

    /** Runs what the controller has to do, now or when it is running again. */
    private void inController(final Runnable task) {
        if (controllerStopped) {
            missed.add(task);
        } else {
            task.run();
        }
    }

    /** Does for one dual bridge what the controller's runner does. */
    final class Driver {
        /** Hard timeouts of the ways in planned moves. */
        private static final long WAY_NANOS = 30 * Clock.SECONDS;
        private static final long DRAIN_NANOS = Clock.SECONDS;
        private static final Set<Reason> FAILURES = Set.of(Reason.NO_RESPONSE, Reason.LINK_DOWN, Reason.PATH_FAILED);

        private final String family;
        private final DualBridgeMachine machine;
        private final boolean isFirst;
        private final Set<PortRef> asking = new HashSet<>();
        private DualBridge config;
        private TablePlan plan;
        private long wakeAt = Long.MAX_VALUE;
        private long wakeNumber;
        private boolean gone;
        private long settledAt;
        private boolean fenced;
        private int moves;
        private long begun;
        private @Nullable Reason lastReason;
        /** When a move that is under way diverted switches, {@link Long#MAX_VALUE} if none did. */
        private long divertedAt = Long.MAX_VALUE;
        /** It overtook another move, which may have lost some. */
        private boolean overtakes;

        Driver(final String family, final DualBridge config, final Intent remembered, final @Nullable Driver first) {
            this.family = family;
            this.config = config;
            plan = plan();
            machine = first == null ? new DualBridgeMachine(config, remembered, clock.now())
                : first.machine.share(config, remembered, clock.now());
            settledAt = clock.now();
            fenced = remembered.epoch() > 0 && remembered.active() != null;
            rearm();
            isFirst = first == null;
            letAsk();
        }

        /** Bridges that ask begin to do so, those that were configured since. */
        private void letAsk() {
            if (isFirst && config.heartbeat().method() == Method.RESPONDER) {
                config.bridges().stream().flatMap(bridge -> bridge.attachments().stream()).map(Attachment::port)
                    .filter(asking::add)
                    .forEach(port -> clock.after(random.nextLong(config.heartbeat().intervalNanos()),
                        () -> ask(port)));
            }
        }

        DualBridge config() {
            return config;
        }

        DualBridgeMachine machine() {
            return machine;
        }

        int moves() {
            return moves;
        }

        /** When the tables of the last move were confirmed, {@link Long#MAX_VALUE} while a move is under way. */
        long settledAt() {
            return settledAt;
        }

        /** Tells whether a move came to its end: before the first one nothing is fenced. */
        boolean hasFenced() {
            return fenced;
        }

        Optional<Bridge> bridge(final String name) {
            return config.bridges().stream().filter(bridge -> bridge.name().equals(name)).findFirst();
        }

        void handle(final Event event) {
            inController(() -> {
                if (!gone) {
                    execute(machine.handle(event, clock.now()));
                    rearm();
                    follow();
                }
            });
        }

        private void follow() {
            machine.peers().forEach(name -> {
                final var peer = drivers.get(name);
                peer.execute(peer.machine.takePending());
                peer.rearm();
            });
        }

        private void rearm() {
            final var at = machine.wakeAt();
            if (at != wakeAt) {
                wakeAt = at;
                final var number = ++wakeNumber;
                if (at != Long.MAX_VALUE) {
                    clock.at(at, () -> inController(() -> {
                        if (number == wakeNumber) {
                            wakeAt = Long.MAX_VALUE;
                            handle(new Event.TimePassed());
                        }
                    }));
                }
            }
        }

        private TablePlan plan() {
            return new TablePlan(config, config.watchedPorts().stream()
                .filter(port -> !passes(port)).collect(Collectors.toSet()));
        }

        private void connected(final ModelSwitch at) {
            handle(new Event.SwitchConnected(at.node()));
        }

        void reconfigure(final DualBridge newConfig) {
            final var known = config.watchedPorts();
            newConfig.watchedPorts().stream().filter(port -> !known.contains(port))
                .forEach(port -> handle(new Event.LinkChanged(port, passes(port))));
            config = newConfig;
            plan = plan();
            letAsk();
            handle(new Event.Reconfigured(newConfig));
        }

        /** Ends: others have taken over. */
        private void close() {
            gone = true;
            execute(machine.close());
            if (drivers.containsKey(config.name())) {
                // What it has on the switches is its successor's.
                return;
            }
            memory.remove(config.name());
            plan.nodes().forEach(node -> {
                final var at = switches.get(node);
                at.send(() -> {
                    at.tables(config.name()).role.clear();
                    changed = true;
                });
            });
        }

        private static NextHop nextHop(final TablePlan.RoleTable role) {
            return Objects.requireNonNullElse(role.nextHop(), NextHop.NOWHERE);
        }

        private void execute(final List<Action> actions) {
            for (final var action : actions) {
                switch (action) {
                    case Action.SendProbe(var port, var round) -> probe(port, round);
                    case Action.ConfirmChannel(var port, var round) -> {
                        final var askedAt = clock.now();
                        final var at = switches.get(port.datapath());
                        at.send(() -> at.tell(() -> handle(new Event.ChannelConfirmed(port, round, askedAt))));
                    }
                    case Action.Divert(var move, var asked) -> {
                        begun(move);
                        asked.forEach(node -> divert(node, move.after()));
                        divertedAt = clock.now();
                        confirm(asked, move.after(), Step.DIVERT);
                    }
                    case Action.Fence(var move, var asked, var diverted) -> {
                        begun(move);
                        if (diverted) {
                            plan.nodes().forEach(node -> openWay(node, move.before(), DRAIN_NANOS));
                        }
                        plan.nodes().forEach(node -> fence(node, move.after()));
                        confirm(asked, move.after(), Step.FENCE);
                    }
                    case Action.Redirect(var move, var asked, var confirmed) -> {
                        plan.nodes().forEach(node -> point(node, move.after()));
                        confirm(asked, move.after(), Step.REDIRECT);
                    }
                    case Action.WriteTables write -> write(write);
                    case Action.Reroute(var intent, var opens) -> {
                        plan = plan();
                        if (opens) {
                            plan.nodes().forEach(node -> point(node, intent));
                        }
                    }
                    case Action.Silence(var port, var silent) -> silence(port, silent);
                    case Action.Announce(var move, var moved) -> {
                        settledAt = clock.now();
                        divertedAt = Long.MAX_VALUE;
                        fenced = true;
                        changed = true;
                    }
                    case Action.Remember(var intent) -> memory.put(config.name(), intent);
                    case Action.Relearn relearn -> {
                    }
                    case Action.CountDiscard discard -> {
                    }
                    case Action.Publish() -> publish();
                }
            }
        }

        /** Nothing leaves by a port as long as anybody wants that, as the controller's isolation has it. */
        private void silence(final PortRef port, final boolean wants) {
            final var who = silencers.computeIfAbsent(port, key -> new HashSet<>());
            if (wants) {
                who.add(this);
            } else {
                who.remove(this);
            }
            final var at = switches.get(port.datapath());
            final var silent = !who.isEmpty();
            at.send(() -> {
                at.silence(port, silent);
                changed |= isIsolating();
            });
        }

        private void write(final Action.WriteTables write) {
            final var only = write.node();
            plan.nodes().stream().filter(node -> only == null || only.equals(node)).forEach(node -> {
                // Leftovers of another epoch are removed when all is there again.
                fence(node, write.intent());
                if (write.opens()) {
                    point(node, write.intent());
                }
            });
            if (write.asked()) {
                confirm(Set.of(Objects.requireNonNull(only)), write.intent(), Step.TABLES);
            }
        }

        private void fence(final long node, final Intent intent) {
            final var at = switches.get(node);
            final var fences = plan.role(node, intent).flows().stream()
                .filter(flow -> flow.kind() == Kind.FENCE || flow.kind() == Kind.PASS).toList();
            at.send(() -> changed |= at.tables(config.name()).role.addAll(fences));
        }

        /** Lets frames to hosts pass a bridge that is fenced, for some time. */
        private void openWay(final long node, final Intent intent, final long nanos) {
            if (!plan.wayDown(node, intent).isEmpty()) {
                final var at = switches.get(node);
                at.send(() -> at.tables(config.name()).wayUntil = clock.now() + nanos);
            }
        }

        private void divert(final long node, final Intent intent) {
            openWay(node, intent, WAY_NANOS);
            final var at = switches.get(node);
            final var nextHop = nextHop(plan.role(node, intent));
            at.send(() -> {
                at.tables(config.name()).nextHop = nextHop;
                changed = true;
            });
        }

        private void point(final long node, final Intent intent) {
            final var at = switches.get(node);
            final var role = plan.role(node, intent);
            at.send(() -> {
                final var tables = at.tables(config.name());
                tables.nextHop = nextHop(role);
                tables.role.clear();
                tables.role.addAll(role.flows());
                changed = true;
            });
        }

        private void confirm(final Set<Long> asked, final Intent intent, final Step step) {
            asked.forEach(node -> {
                final var at = switches.get(node);
                if (!at.send(() -> {
                    final var isDone = at.manners() == ModelSwitch.Manners.GOOD;
                    if (at.manners() != ModelSwitch.Manners.MUTE) {
                        at.tell(() -> handle(new Event.Confirmed(intent.epoch(), step, node, isDone)));
                    }
                })) {
                    clock.after(0, () -> handle(new Event.Confirmed(intent.epoch(), step, node, false)));
                }
            });
        }

        private void publish() {
            final var snapshot = machine.snapshot();
            final var state = new StringBuilder().append(snapshot.condition());
            snapshot.bridges().forEach(bridge -> state.append(", ").append(bridge.name()).append(' ')
                .append(bridge.role()).append(" (").append(bridge.reason()).append(')'));
            trace.state(clock.now(), config.name(), state.toString());
        }

        private void probe(final PortRef port, final long round) {
            final var at = switches.get(port.datapath());
            final var sent = at.send(() -> {
                final var bridge = config.bridgeAt(port).orElse(null);
                if (bridge == null || !passes(port) || at.isSilent(port) || isFrozen(family, bridge.name())
                        || random.nextDouble() < loss) {
                    if (showsMisses) {
                        trace.tell(clock.now(), config.name() + ": heartbeat to " + port + " is not answered");
                    }
                    return;
                }
                final var copies = random.nextDouble() < duplicates ? 2 : 1;
                for (int copy = 0; copy < copies; copy++) {
                    final var more = lateness > 0 && random.nextDouble() < lateness
                        ? random.nextLong(3 * config.heartbeat().intervalNanos()) : 0;
                    clock.after(more + random.nextLong(50_000, 500_000), () -> {
                        if (passes(port) && random.nextDouble() >= loss) {
                            at.tell(() -> handle(answer(port, round)));
                        }
                    });
                }
            });
            if (!sent) {
                clock.after(0, () -> handle(new Event.ProbeFailed(port)));
            }
        }

        /** An answer by ARP has room for four bits of the round. */
        private Event answer(final PortRef port, final long round) {
            return config.heartbeat().method() == Method.ARP ? new Event.ProbeAnswered(port, round & 15, 15)
                : new Event.ProbeAnswered(port, round, -1);
        }

        /** A bridge asks, unless it is frozen, and does so again after an interval. */
        private void ask(final PortRef port) {
            if (gone) {
                return;
            }
            clock.after(config.heartbeat().intervalNanos(), () -> ask(port));
            final var asks = config.bridgeAt(port)
                .filter(bridge -> !isFrozen(family, bridge.name())).isPresent();
            if (asks && passes(port) && random.nextDouble() >= loss) {
                final var at = switches.get(port.datapath());
                at.receive(() -> handle(new Event.Heard(port, null)));
            } else if (showsMisses) {
                trace.tell(clock.now(), config.name() + ": nothing is heard at " + port);
            }
        }

        private boolean passes(final PortRef port) {
            return switches.get(port.datapath()).linkUp(port);
        }

        private void begun(final Action.Move move) {
            if (move.after().epoch() == begun) {
                return;
            }
            begun = move.after().epoch();
            final var last = Objects.requireNonNullElse(epochs.put(config.name(), begun), 0L);
            if (begun <= last) {
                falseAlarm = config.name() + ": epoch " + begun + " after " + last;
            }
            trace.line(clock.now(), config.name() + ": " + Objects.requireNonNullElse(move.from(), "none") + " -> "
                + move.to() + " (" + move.reason() + (move.planned() ? ", planned" : "") + "), epoch "
                + move.after().epoch());
            if (!move.planned() && FAILURES.contains(move.reason())
                    && isLongHealthy(config.bridgeAt(move.before().active()).orElse(null))) {
                falseAlarm = config.name() + ": " + move.reason() + ", but " + move.from() + " had not failed";
            }
            final var told = reports.get(family);
            if (told != null && !grouped && move.reason() != Reason.RESTORED && !told.isFit(move.to())) {
                falseAlarm = config.name() + ": moved to " + move.to() + ", which nobody reported healthy";
            }
            lastReason = move.reason();
            overtakes = settledAt == Long.MAX_VALUE;
            settledAt = Long.MAX_VALUE;
            divertedAt = Long.MAX_VALUE;
            moves++;
        }

        // ---- what is so ----

        /** Tells whether frames from the hosts' LAN pass a bridge. */
        boolean isOpen(final Bridge bridge) {
            return !isFrozen(family, bridge.name()) && isLetThrough(bridge);
        }

        private boolean isOpen(final Bridge bridge, final Attachment attachment) {
            final var port = attachment.port();
            return passes(port) && !switches.get(port.datapath()).isSilent(port)
                && switches.get(port.datapath()).tables(config.name()).role.stream().noneMatch(flow ->
                    flow.kind() == Kind.FENCE && Long.valueOf(port.number()).equals(flow.match().inPort()))
                && forwards(bridge);
        }

        /** Tells what the part has of the roles on a switch. */
        Set<FlowEntry> flowsAt(final long node) {
            return switches.get(node).tables(config.name()).role;
        }

        /** Lists attachments of a bridge that has not frozen which take frames both ways. */
        List<PortRef> passable(final Bridge bridge) {
            return isFrozen(family, bridge.name()) ? List.of() : bridge.attachments().stream().map(Attachment::port)
                .filter(port -> passes(port) && !switches.get(port.datapath()).isSilent(port)).toList();
        }

        /** Tells whether frames from the hosts' LAN pass a bridge, if that passes any. */
        boolean isLetThrough(final Bridge bridge) {
            return bridge.attachments().stream().anyMatch(attachment -> isOpen(bridge, attachment));
        }

        /** Tells whether nothing is to reach a bridge that is not active. */
        boolean isIsolating() {
            return config.forwarding().fence() == Fence.ISOLATE;
        }

        /** Lists attachments, of switches in reach, that frames from the fabric leave by. */
        List<PortRef> reached() {
            return config.attachmentPorts().filter(port -> passes(port) && switches.get(port.datapath()).inReach()
                && !switches.get(port.datapath()).isSilent(port)).toList();
        }

        /** Tells whether a planned move that diverts loses frames to hosts, though nothing failed meanwhile. */
        boolean losesFrames() {
            final var ports = config.links().stream().flatMap(link -> Stream.of(link.endA(), link.endB()));
            return divertedAt != Long.MAX_VALUE && !overtakes && disturbedAt() < divertedAt - Clock.SECONDS
                && ports.allMatch(this::passes)
                && config.bridges().stream().allMatch(this::isHealthy)
                && config.switches().stream().anyMatch(node -> !reachesHosts(node));
        }

        /** Tells whether frames to hosts that come to a switch get there. */
        private boolean reachesHosts(final long from) {
            var node = from;
            for (int hop = 0; hop < config.switches().size(); hop++) {
                final var ports = switches.get(node).tables(config.name()).nextHop.ports();
                if (ports.isEmpty()) {
                    return false;
                }
                final var port = new PortRef(node, ports.getFirst());
                final var bridge = config.bridgeAt(port);
                if (bridge.isPresent()) {
                    return passesDown(bridge.orElseThrow(), port);
                }
                final var far = config.links().stream()
                    .flatMap(link -> link.endA().equals(port) ? Stream.of(link.endB())
                        : link.endB().equals(port) ? Stream.of(link.endA()) : Stream.empty())
                    .findFirst();
                if (far.isEmpty()) {
                    return false;
                }
                node = far.orElseThrow().datapath();
            }
            return false;
        }

        private boolean passesDown(final Bridge bridge, final PortRef port) {
            return !switches.get(port.datapath()).isSilent(port) && (forwards(bridge)
                || switches.get(bridge.node()).tables(config.name()).role.stream().anyMatch(flow ->
                    flow.kind() == Kind.PASS)
                || switches.get(bridge.node()).tables(config.name()).wayUntil > clock.now());
        }

        /** Tells whether a bridge itself passes everything. */
        private boolean forwards(final Bridge bridge) {
            final var own = bridge.node() == null ? null : switches.get(bridge.node()).tables(config.name()).role;
            return own == null || own.stream().anyMatch(flow -> flow.kind() == Kind.FORWARD)
                && own.stream().noneMatch(flow -> flow.kind() == Kind.FENCE && flow.match().inPort() == null);
        }

        /** Tells whether all switches send the hosts' frames towards the active bridge. */
        boolean isRedirected() {
            final var intent = machine.intent();
            return plan.nodes().stream().map(switches::get).allMatch(at ->
                at.tables(config.name()).nextHop.equals(nextHop(plan.role(at.node(), intent))));
        }

        /** Tells whether everything between the controller and a bridge works. */
        boolean isInReach(final Bridge bridge) {
            return bridge.attachments().stream().allMatch(a -> switches.get(a.port().datapath()).inReach())
                && (bridge.node() == null || switches.get(bridge.node()).inReach());
        }

        /** Tells whether a bridge that can be told has no cable left that is of use. */
        boolean isCutOff(final Bridge bridge) {
            return bridge.node() != null && switches.get(bridge.node()).inReach()
                && bridge.attachments().stream().noneMatch(attachment -> passes(attachment.port()));
        }

        /** Tells whether the bridges elect their master themselves. */
        boolean isElected() {
            return config.heartbeat().method() == Method.VRRP;
        }

        /** Tells whether the bridges have elected one master, within reach, and it is not the active one. */
        boolean missesMaster() {
            final var masters = !isElected() ? List.<Bridge>of() : config.bridges().stream().filter(bridge ->
                routers.get(new Named(family, bridge.name())).isMaster() && isHealthy(bridge)).toList();
            return masters.size() == 1 && !masters.getFirst().equals(active());
        }

        /** Tells whether trackers rank a bridge below the best one that is fit, which is lesser while they hold. */
        boolean isTrackedDown(final Bridge bridge) {
            return config.bridges().stream()
                .filter(other -> isWanted(other) && isHealthy(other) && other.haMode() == bridge.haMode())
                .min(rank(true))
                .filter(best -> rank(true).compare(best, bridge) < 0 && rank(false).compare(best, bridge) > 0)
                .isPresent();
        }

        /** The order of bridges with their trackers as they are, or if all of these held. */
        private Comparator<Bridge> rank(final boolean tracked) {
            return Comparator.<Bridge, Boolean>comparing(bridge -> !bridge.name().equals(config.policy().preferred()))
                .thenComparingInt(bridge -> priority(bridge, tracked
                    && untracked.contains(new Named(family, bridge.name()))))
                .thenComparingInt(bridge -> config.bridges().indexOf(bridge));
        }

        private static int priority(final Bridge bridge, final boolean fails) {
            return bridge.priority() + bridge.trackers().stream().mapToInt(Tracker::weight)
                .filter(weight -> weight > 0 == fails).sum();
        }

        /** Tells whether a bridge may be active, and nothing that is tracked speaks against it. */
        boolean isWanted(final Bridge bridge) {
            return bridge.mayLead() && !(untracked.contains(new Named(family, bridge.name()))
                && bridge.trackers().stream().anyMatch(tracker -> tracker.weight() == 0));
        }

        /** Tells whether all switches can be told: nobody moves as planned otherwise. */
        boolean reachesAll() {
            return config.nodes().stream().allMatch(node -> switches.get(node).inReach());
        }

        /** Tells whether a bridge is to be taken for one that may become active. */
        boolean isHealthy(final Bridge bridge) {
            final var told = reports.get(family);
            return !hasFailed(bridge) && (told == null || told.isFit(bridge.name()));
        }

        /** Tells whether a bridge that is active is to be left, as far as can be known; no more may be known of it. */
        boolean hasFailed(final Bridge bridge) {
            final var open = bridge.attachments().stream().filter(attachment -> passes(attachment.port())).count();
            return isKnownSick(bridge) || !isInReach(bridge)
                || isElected() && !routers.get(new Named(family, bridge.name())).serves()
                || open < (config.heartbeat().paths() == Paths.ALL ? bridge.attachments().size() : 1);
        }

        private boolean isKnownSick(final Bridge bridge) {
            return switch (config.heartbeat().method()) {
                case PORT -> false;
                case EXTERNAL -> reports(family).isSick(bridge.name());
                case ARP, ND, ICMP_ECHO, UDP, REFLECT, VRRP, BFD_PASSIVE, RESPONDER -> isFrozen(family, bridge.name());
            };
        }

        /** Tells whether anything that counts is known of the active bridge: no planned move leaves it otherwise. */
        boolean isJudged() {
            final var told = reports.get(family);
            final var active = active();
            return told == null || active == null || told.isValid(active.name());
        }

        /** Tells whether what is told of an active bridge in reach is not what is known, where others report it. */
        boolean misleads(final Bridge active) {
            final var told = reports.get(family);
            final var hold = config.policy().hold().linkNanos();
            if (told == null || clock.now() < disturbedAt() + hold + Clock.SECONDS) {
                return false;
            }
            final var isKnown = active.attachments().stream().map(Attachment::port).allMatch(port -> passes(port)
                && told.isKnown(active.name(), switches.get(port.datapath()).linkChangedAt(port) + hold));
            final var condition = machine.snapshot().condition();
            return isKnown && (condition == Condition.DOWN
                || told.isValid(active.name()) == (condition == Condition.BLIND));
        }

        /** Tells whether a bridge passed frames for longer than it takes to notice anything. */
        private boolean isLongHealthy(final @Nullable Bridge bridge) {
            if (bridge != null && !isAsked()) {
                return isLongFit(bridge);
            }
            // Where one miss is enough, a switch that is stuck, and hands out all at once, can look like a dead bridge.
            if (bridge == null || config.heartbeat().missCount() == 1 || loss > 0 || lateness > 0
                    || isFrozen(family, bridge.name())
                    || isElected() && !routers.get(new Named(family, bridge.name())).isMaster()
                    || bridge.attachments().stream().anyMatch(attachment -> !passes(attachment.port()))) {
                return false;
            }
            final var heartbeat = config.heartbeat();
            final var since = bridge.attachments().stream().map(Attachment::port)
                .mapToLong(port -> switches.get(port.datapath()).linkChangedAt(port))
                .reduce(Math.max(lossAt, sickAt.getOrDefault(new Named(family, bridge.name()), 0L)), Math::max);
            return clock.now() > since + config.policy().hold().linkNanos() + 10 * Clock.SECONDS + 3
                * (heartbeat.missCount() + heartbeat.window() + heartbeat.recoverCount()) * heartbeat.intervalNanos();
        }

        /** Tells whether bridges are judged by frames, so that time may have to pass before anything is noticed. */
        boolean isAsked() {
            return config.heartbeat().method().probes() || config.heartbeat().method().listens();
        }

        /**
         * Tells whether a planned move was taken back that nothing has to have tried again: who asks nobody does not
         * notice that a bridge that did not confirm its fence confirms now.
         */
        boolean mayRest() {
            return !isAsked() && lastReason == Reason.RESTORED;
        }

        /** Tells whether nothing that counts spoke against a bridge that nobody asks for some time. */
        private boolean isLongFit(final Bridge bridge) {
            final var told = reports.get(family);
            final var hold = config.policy().hold().linkNanos();
            final var since = bridge.attachments().stream().map(Attachment::port)
                .mapToLong(port -> switches.get(port.datapath()).linkChangedAt(port))
                .reduce(sickAt.getOrDefault(new Named(family, bridge.name()), 0L), Math::max);
            return isInReach(bridge) && bridge.attachments().stream().allMatch(a -> passes(a.port()))
                && clock.now() > since + hold + 10 * Clock.SECONDS
                && (told == null || told.isKnown(bridge.name(), since + hold) && told.isVouchedFor(bridge.name()));
        }

        @Nullable Bridge active() {
            return config.bridgeAt(machine.intent().active()).orElse(null);
        }
    }
}
