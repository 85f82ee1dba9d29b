/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.BridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Counters;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.Action;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Heartbeat;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Query;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Witness;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.Loop.Timer;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine of one dual bridge: gives it events and time, and does what it says. Everything here is called on
 * the loop's thread.
 *
 * <p>The actions of a takeover are done in their order; between two of them the switches confirm. A takeover whose
 * epoch is no longer the machine's is dropped at the next of these points: the newer one has begun by then, and counts
 * from what was really sent.
 */
final class DualBridgeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(DualBridgeRunner.class);

    private static final long CONFIRM_SECONDS = 1;
    private static final long RELEARN_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SwitchRpcs rpcs;
    private final Loop loop;
    private final Announcer announcer;
    private final PortTable ports;
    private final StatusSink sink;
    private final long controller;
    private final Consumer<String> peers;
    private final DualBridgeMachine machine;
    private final Announcements announcements;
    private final Map<Long, TableWriter> writers = new TreeMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Map<Discard, Long> discarded = new EnumMap<>(Discard.class);
    private final Map<String, Role> loggedRoles = new HashMap<>();
    private final Set<PortRef> silenced = new HashSet<>();

    private DualBridge config;
    private TablePlan plan;
    private ImmutableMap<PortRef, Heartbeat> heartbeats;
    private @Nullable Timeline timeline;
    private @Nullable Counters publishedCounters;
    private @Nullable Timer wake;
    private @Nullable Timer relearn;
    private @Nullable String syncGroup;
    private long wakeAt = Long.MAX_VALUE;
    private long refused;
    private boolean relearning;
    /** The old bridge is being fenced: until that is confirmed, no switch is redirected for any other reason. */
    private boolean fencing;
    private boolean closed;
    /** Read by the announcer's thread. */
    private volatile long epoch;

    /**
     * Runs a dual bridge, or a part of one.
     *
     * @param first another part of the same dual bridge, {@code null} if this is the first
     */
    DualBridgeRunner(final DualBridge config, final Intent remembered, final @Nullable DualBridgeRunner first,
            final SwitchRpcs rpcs, final Loop loop,
            final Announcer announcer, final PortTable ports, final StatusSink sink, final long controller,
            final Consumer<String> peers) {
        this.config = config;
        this.rpcs = rpcs;
        this.loop = loop;
        this.announcer = announcer;
        this.ports = ports;
        this.sink = sink;
        this.controller = controller;
        this.peers = peers;
        plan = new TablePlan(config);
        heartbeats = heartbeats();
        machine = first == null ? new DualBridgeMachine(config, remembered, loop.now())
            : first.machine.share(config, remembered, loop.now());
        epoch = remembered.epoch();
        announcements = new Announcements(announcer, ports, loop, new AnnouncementSource());
        makeWriters();
    }

    void start(final Collection<Long> nodes) {
        config.watchedPorts().stream().filter(ports::isDown)
            .forEach(port -> handle(new Event.LinkChanged(port, false)));
        nodes.forEach(this::switchConnected);
        scheduleRelearn();
        announcements.scheduleRefresh();
        publish();
        refresh();
    }

    String name() {
        return config.name();
    }

    Set<PortRef> watchedPorts() {
        return config.watchedPorts();
    }

    // ---- events ----

    void handle(final Event event) {
        if (!closed) {
            execute(machine.handle(event, loop.now()));
            rearm();
            machine.peers().forEach(peers);
        }
    }

    /** Does what came of an event of another member of its sync group. */
    void follow() {
        if (!closed) {
            execute(machine.takePending());
            rearm();
        }
    }

    /** It changes role with its sync group from now on, or alone; that may mean to move. */
    void grouped(final @Nullable String group) {
        if (!Objects.equals(syncGroup, group)) {
            syncGroup = group;
            publish();
        }
        rearm();
    }

    DualBridgeMachine machine() {
        return machine;
    }

    /** A frame that a heartbeat flow handed up. */
    void frameReceived(final PortRef port, final byte[] frame) {
        final var heartbeat = heartbeats.get(port);
        switch (heartbeat == null ? new Unusable(Discard.FOREIGN) : heartbeat.read(frame)) {
            case Answer(var round, var mask) -> handle(new Event.ProbeAnswered(port, round, mask));
            case Query(var reply) -> rpcs.send(port, reply);
            case Unusable(var reason) -> discarded.merge(reason, 1L, Long::sum);
        }
    }

    void switchConnected(final long node) {
        if (!connected.add(node)) {
            return;
        }
        final var writer = writers.get(node);
        if (writer != null) {
            connect(writer);
        }
        handle(new Event.SwitchConnected(node));
    }

    private void connect(final TableWriter writer) {
        final var intent = machine.snapshot().intent();
        writer.connect(plan.watch(writer.node()), plan.role(writer.node(), intent));
        if (!fencing) {
            writer.redirect(plan.role(writer.node(), intent));
            writer.writeHosts(hostFlows(writer.node(), intent));
        }
        config.bridges().forEach(bridge -> {
            if (Long.valueOf(writer.node()).equals(bridge.node())) {
                hearWhenConfirmed(bridge);
            }
        });
        // Ports may be silent since before a restart.
        heartbeats.keySet().stream()
            .filter(port -> port.datapath() == writer.node() && !silenced.contains(port))
            .forEach(this::hear);
        announcements.connected(writer.node());
    }

    void portUp(final PortRef port) {
        announcements.portUp(port);
    }

    /** Announces one host, or all; tells how many, empty if no bridge is active. */
    Optional<Integer> announce(final @Nullable Mac host) {
        return host == null ? announcements.asked(any -> true, "all")
            : announcements.asked(one -> one.mac().equals(host), host);
    }

    void switchDisconnected(final long node) {
        if (connected.remove(node)) {
            final var writer = writers.get(node);
            if (writer != null) {
                writer.disconnect();
            }
            handle(new Event.SwitchDisconnected(node));
        }
    }

    void reconfigure(final DualBridge newConfig) {
        final var oldHosts = Set.copyOf(config.hosts());
        final var oldFabric = config.switches();
        final var oldPorts = config.watchedPorts();
        // Nobody told of them so far; the first decision by the new rules is to know.
        newConfig.watchedPorts().stream().filter(port -> !oldPorts.contains(port))
            .forEach(port -> handle(new Event.LinkChanged(port, !ports.isDown(port))));
        config = newConfig;
        plan = new TablePlan(newConfig);
        heartbeats = heartbeats();
        final var actions = machine.handle(new Event.Reconfigured(newConfig), loop.now());
        writers.values().removeIf(writer -> {
            final var gone = !plan.nodes().contains(writer.node());
            if (gone) {
                writer.abandon(oldFabric.contains(writer.node()));
            }
            return gone;
        });
        final var moves = actions.stream().anyMatch(Action.Fence.class::isInstance);
        final var intent = machine.snapshot().intent();
        writers.values().stream().filter(TableWriter::isConnected).forEach(writer -> {
            writer.writeWatch(plan.watch(writer.node()));
            if (!moves) {
                writer.fence(plan.role(writer.node(), intent));
            }
            if (!moves && !fencing) {
                writer.redirect(plan.role(writer.node(), intent));
                writer.writeHosts(hostFlows(writer.node(), intent));
            }
        });
        makeWriters();
        if (!moves) {
            announcements.added(host -> !oldHosts.contains(host));
        }
        execute(actions);
        rearm();
        machine.peers().forEach(peers);
        scheduleRelearn();
        announcements.scheduleRefresh();
    }

    private void makeWriters() {
        plan.nodes().forEach(node -> {
            if (!writers.containsKey(node)) {
                final var writer = new TableWriter(node, plan, TablePlan.id(config.name()), rpcs, loop, this::refused);
                writers.put(node, writer);
                if (connected.contains(node)) {
                    connect(writer);
                }
            }
        });
    }

    /** Tells why a report of another system is of no use, empty if it is. */
    Optional<String> reportRefusal(final String bridge, final @Nullable String tracker) {
        final var found = config.bridges().stream().filter(b -> b.name().equals(bridge)).findFirst();
        if (found.isEmpty()) {
            return Optional.of("bridge: '" + bridge + "' is no bridge of '" + config.name() + "'");
        }
        if (tracker == null) {
            return config.heartbeat().method() == Method.EXTERNAL ? Optional.empty()
                : Optional.of("tracker: is required, since heartbeat/method is not external");
        }
        return found.orElseThrow().trackers().stream().anyMatch(t -> t.name().equals(tracker) && t.port() == null)
            ? Optional.empty()
            : Optional.of("tracker: '" + tracker + "' is no tracker of '" + bridge + "' that is reported");
    }

    /**
     * Tries a switchover.
     *
     * @param bridge the bridge that is to be active
     * @param refusal told why not
     * @return the new epoch, or -1 if refused
     */
    long switchover(final String bridge, final Consumer<String> refusal) {
        final var reason = machine.switchoverRefusal(bridge);
        if (reason.isPresent()) {
            refusal.accept(reason.orElseThrow());
            return -1;
        }
        handle(new Event.SwitchoverRequested(bridge));
        return machine.snapshot().intent().epoch();
    }

    /**
     * Ends.
     *
     * @param isReplaced whether other runners have taken over; else bridges that are switches keep their role: two that
     *     forward would be a loop
     */
    void close(final boolean isReplaced) {
        closed = true;
        machine.close();
        epoch = -1;
        cancel(wake);
        cancel(relearn);
        announcements.stop();
        silenced.forEach(this::hear);
        final var fabric = config.switches();
        writers.values().forEach(writer -> writer.abandon(isReplaced || fabric.contains(writer.node())));
    }

    private static void cancel(final @Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    // ---- time ----

    private void rearm() {
        final var at = machine.wakeAt();
        if (at == wakeAt && wake != null) {
            return;
        }
        cancel(wake);
        wakeAt = at;
        wake = at == Long.MAX_VALUE ? null : loop.at(at, () -> {
            wake = null;
            handle(new Event.TimePassed());
        });
    }

    private void refresh() {
        if (!closed) {
            if (hasCounted()) {
                publish();
            }
            loop.at(loop.now() + REFRESH_NANOS, this::refresh);
        }
    }

    private void scheduleRelearn() {
        cancel(relearn);
        if (config.forwarding() == Forwarding.FLOW && config.relearnNanos() > 0) {
            relearn = loop.at(loop.now() + config.relearnNanos(), () -> {
                openRelearn();
                scheduleRelearn();
            });
        }
    }

    private void openRelearn() {
        if (config.forwarding() == Forwarding.FLOW && machine.snapshot().intent().active() != null) {
            relearning = true;
            fabricWriters().forEach(TableWriter::relearn);
            loop.at(loop.now() + RELEARN_WINDOW_NANOS, this::endRelearn);
        }
    }

    private void endRelearn() {
        if (relearning) {
            relearning = false;
            fabricWriters().forEach(TableWriter::endRelearn);
        }
    }

    private List<TableWriter> fabricWriters() {
        final var fabric = config.switches();
        return writers.values().stream()
            .filter(writer -> writer.isConnected() && fabric.contains(writer.node()))
            .toList();
    }

    // ---- actions ----

    private void execute(final List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) {
            final var rest = actions.subList(i + 1, actions.size());
            switch (actions.get(i)) {
                case Action.SendProbe(var port, var round) -> sendProbe(port, round);
                case Action.ConfirmChannel(var port, var round) -> confirmChannel(port, round);
                case Action.CountDiscard(var reason) -> discarded.merge(reason, 1L, Long::sum);
                case Action.Fence(var move) -> {
                    fence(move, rest);
                    return;
                }
                case Action.Redirect(var move) -> {
                    redirect(move, rest);
                    return;
                }
                case Action.Announce(var move) -> announce(move);
                case Action.Remember(var intent) -> sink.remember(config.name(), intent);
                case Action.Publish() -> publish();
            }
        }
    }

    private void sendProbe(final PortRef port, final long round) {
        final var heartbeat = heartbeats.get(port);
        if (heartbeat != null) {
            whenFailed(rpcs.send(port, heartbeat.probe(round)), () -> handle(new Event.ProbeFailed(port)));
        }
    }

    private void confirmChannel(final PortRef port, final long round) {
        whenFailed(rpcs.handBack(port, new Witness(round, loop.now()).frame(controller)),
            () -> handle(new Event.ProbeFailed(port)));
    }

    private void fence(final Move move, final List<Action> rest) {
        epoch = move.after().epoch();
        fencing = true;
        timeline = new Timeline(move);
        endRelearn();
        if (move.reason() == Reason.NO_RESPONSE) {
            silence(move);
        }
        final var fabric = config.switches();
        // A bridge that does not answer heartbeats is told, but not waited for.
        tell(writer -> writer.fence(plan.role(writer.node(), move.after())),
            node -> move.reason() != Reason.LINK_DOWN && (move.oldAlive() || fabric.contains(node)), move,
            confirmed -> {
                if (confirmed) {
                    currentTimeline(move).fenced(loop.now());
                } else if (move.planned()) {
                    LOG.warn("{}: {} did not confirm its fence, back to it", config.name(), move.from());
                    handle(new Event.FenceUnconfirmed(move.after().epoch()));
                    return;
                }
                execute(rest);
            });
        hearWhenConfirmed(config.bridgeAt(move.before().active()).orElse(null));
    }

    /**
     * Lets nothing more reach a bridge that was active and does not answer. Frozen, it would keep what reaches it now,
     * and deliver it a second time when it wakes, before it hears of its fence. A bridge that is no OpenFlow switch
     * could never confirm its fence, so it is left alone.
     */
    private void silence(final Move move) {
        config.bridgeAt(move.before().active())
            .filter(bridge -> bridge.node() != null && !bridge.name().equals(move.to()))
            .ifPresent(bridge -> bridge.attachments().stream().map(Attachment::port)
                .filter(port -> connected.contains(port.datapath()))
                .forEach(port -> ports.address(port).ifPresent(address -> {
                    silenced.add(port);
                    rpcs.silence(port, address, true);
                })));
    }

    /** Lets a bridge be reached again as soon as it confirms what it was told before this. */
    private void hearWhenConfirmed(final @Nullable Bridge bridge) {
        final var writer = bridge == null || bridge.node() == null ? null : writers.get(bridge.node());
        if (writer != null && writer.isConnected()
                && bridge.attachments().stream().map(Attachment::port).anyMatch(silenced::contains)) {
            whenDone(writer.barrier(), outcome -> {
                if (outcome.isDone()) {
                    bridge.attachments().stream().map(Attachment::port).filter(silenced::remove).forEach(this::hear);
                    // What it delivered late may have taught the switches wrong places of outside stations.
                    openRelearn();
                }
            });
        }
    }

    private void hear(final PortRef port) {
        if (connected.contains(port.datapath())) {
            ports.address(port).ifPresent(address -> rpcs.silence(port, address, false));
        }
    }

    private void redirect(final Move move, final List<Action> rest) {
        fencing = false;
        final var fabric = config.switches();
        final var newNode = config.bridgeAt(move.after().active()).map(Bridge::node).orElse(null);
        tell(writer -> writer.redirect(plan.role(writer.node(), move.after())),
            node -> fabric.contains(node) || node.equals(newNode), move, confirmed -> {
                if (confirmed) {
                    currentTimeline(move).tablesMoved(loop.now());
                } else {
                    LOG.warn("{}: not all switches confirmed their tables, epoch {}", config.name(),
                        move.after().epoch());
                }
                final var takeover = currentTimeline(move).takeover(loop);
                LOG.info("{}: {} -> {} ({}{}), epoch {}, decided after {} us, tables moved after {} us", config.name(),
                    move.from(), move.to(), move.reason(), move.planned() ? ", planned" : "", move.after().epoch(),
                    takeover.decided(), takeover.tablesMoved());
                execute(rest);
            });
    }

    private Timeline currentTimeline(final Move move) {
        final var current = timeline;
        if (current == null || !current.isOf(move.after().epoch())) {
            throw new IllegalStateException("no timeline of epoch " + move.after().epoch());
        }
        return current;
    }

    /** Sends something to all switches, and goes on when those that must confirm have, or a second has passed. */
    private void tell(final Predicate<TableWriter> send, final Predicate<Long> mustConfirm, final Move move,
            final Consumer<Boolean> then) {
        final var barriers = new ArrayList<ListenableFuture<Outcome>>();
        // Those that must confirm first: every message takes its time to leave.
        for (final var writer : writers.values().stream()
                .sorted(Comparator.comparing(writer -> !mustConfirm.test(writer.node()))).toList()) {
            if (writer.isConnected() && send.test(writer) && mustConfirm.test(writer.node())) {
                barriers.add(writer.barrier());
            }
        }
        final Consumer<Boolean> unlessStale = confirmed -> {
            if (!closed && epoch == move.after().epoch()) {
                then.accept(confirmed);
            }
        };
        if (barriers.isEmpty()) {
            unlessStale.accept(Boolean.TRUE);
            return;
        }
        Futures.addCallback(Futures.withTimeout(Futures.allAsList(barriers), CONFIRM_SECONDS, TimeUnit.SECONDS,
            loop.timer()), new FutureCallback<List<Outcome>>() {
                @Override
                public void onSuccess(final List<Outcome> outcomes) {
                    unlessStale.accept(outcomes.stream().allMatch(Outcome::isDone));
                }

                @Override
                public void onFailure(final Throwable cause) {
                    unlessStale.accept(Boolean.FALSE);
                }
            }, loop);
    }

    private void announce(final Move move) {
        writers.values().stream().filter(TableWriter::isConnected)
            .forEach(writer -> writer.writeHosts(hostFlows(writer.node(), move.after())));
        final var record = currentTimeline(move);
        announcements.moved((first, last) -> {
            record.announced(first, last);
            publish();
        });
        scheduleRelearn();
    }

    private final class AnnouncementSource implements Announcements.Source {
        @Override
        public DualBridge config() {
            return config;
        }

        @Override
        public TablePlan plan() {
            return plan;
        }

        @Override
        public @Nullable PortRef active() {
            return fencing ? null : machine.snapshot().intent().active();
        }

        @Override
        public boolean isConnected(final long node) {
            return connected.contains(node);
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public boolean isCurrent(final long ofEpoch) {
            return epoch == ofEpoch;
        }

        @Override
        public void someSent() {
            if (config.forwarding() == Forwarding.LEARNING) {
                writers.values().stream().filter(TableWriter::isConnected).forEach(TableWriter::poke);
            }
        }
    }

    private Collection<FlowEntry> hostFlows(final long node, final Intent intent) {
        return intent.active() == null ? List.of() : plan.hosts(node);
    }

    private void refused(final String what) {
        refused++;
        LOG.warn("{}: refused: {}", config.name(), what);
    }

    private void whenDone(final ListenableFuture<Outcome> future, final Consumer<Outcome> then) {
        Futures.addCallback(future, new FutureCallback<Outcome>() {
            @Override
            public void onSuccess(final Outcome outcome) {
                then.accept(outcome);
            }

            @Override
            public void onFailure(final Throwable cause) {
                then.accept(new Outcome(Outcome.Kind.UNREACHABLE, cause.toString()));
            }
        }, loop);
    }

    /** Success is no news, and comes with every probe: the loop is not woken for it. */
    private void whenFailed(final ListenableFuture<Outcome> future, final Runnable then) {
        Futures.addCallback(future, new FutureCallback<Outcome>() {
            @Override
            public void onSuccess(final Outcome outcome) {
                if (!outcome.isDone()) {
                    loop.execute(then);
                }
            }

            @Override
            public void onFailure(final Throwable cause) {
                loop.execute(then);
            }
        }, MoreExecutors.directExecutor());
    }

    private ImmutableMap<PortRef, Heartbeat> heartbeats() {
        return Probes.of(config, controller);
    }

    // ---- state ----

    private Counters counters() {
        final var snapshot = machine.snapshot();
        return new Counters(snapshot.failovers(), snapshot.switchovers(), snapshot.flipFlops(), announcer.counts(),
            refused, Map.copyOf(discarded));
    }

    /** Tells whether anything was counted that is not published at once, as all that the machine counts is. */
    private boolean hasCounted() {
        final var last = publishedCounters;
        return last == null || !last.announced().equals(announcer.counts()) || last.refusedEntries() != refused
            || !last.discarded().equals(discarded);
    }

    private void publish() {
        if (closed) {
            return;
        }
        final var snapshot = machine.snapshot();
        final var counters = counters();
        publishedCounters = counters;
        final var active = snapshot.intent().active();
        final var record = timeline;
        final var bridges = snapshot.bridges().stream()
            .map(view -> new BridgeStatus(view.name(), view.role(), view.reason(), loop.instant(view.since()),
                view.timesActive(), view.timesStandby(), view.priority(),
                view.heldOutUntil() > loop.now() ? loop.instant(view.heldOutUntil()) : null, view.attachments()))
            .collect(ImmutableList.toImmutableList());
        bridges.forEach(bridge -> {
            if (loggedRoles.put(bridge.name(), bridge.role()) != bridge.role()) {
                LOG.info("{}: {} is {} ({}), epoch {}, {}", config.name(), bridge.name(), bridge.role(),
                    bridge.reason(), snapshot.intent().epoch(), snapshot.condition());
            }
        });
        sink.publish(new DualBridgeStatus(config.name(), snapshot.condition(), snapshot.intent().epoch(),
            active == null ? null : active.toString(), syncGroup, bridges, counters,
            record == null ? null : record.takeover(loop)));
    }
}
