/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Multimaps;
import com.google.common.collect.Sets;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.BridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Counters;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Fence;
import org.dualbridge.api.DualBridgeStatus.LinkStatus;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.api.DualBridgeStatus.Tables;
import org.dualbridge.api.LogEntry.Kind;
import org.dualbridge.core.Action;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Event.Step;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Heartbeat;
import org.dualbridge.frame.Heartbeat.Advertised;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Inquired;
import org.dualbridge.frame.Heartbeat.Query;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.dualbridge.frame.Listener;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Witness;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.HostLearner.Heard;
import org.dualbridge.run.Loop.Timer;
import org.dualbridge.run.TableWriter.HostChange;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.ProxyAnswer;
import org.dualbridge.table.TablePlan;
import org.dualbridge.table.TablePlan.RoleTable;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine of one dual bridge: gives it events and time, and does what it says. Everything here is called on
 * the loop's thread.
 */
final class DualBridgeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(DualBridgeRunner.class);

    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * Between the first two announcements. A switch with a flow cache learns late who sent what came by a cable that
     * is cut now, when it looks at its cache: that is to be before the second one, which then lasts.
     */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final SwitchRpcs rpcs;
    private final Loop loop;
    private final Announcer announcer;
    private final PortTable ports;
    private final Isolation isolation;
    private final Leftovers leftovers;
    private final StatusSink sink;
    private final long controller;
    private final Consumer<String> peers;
    private final ScheduledExecutorService reader;
    private final DualBridgeMachine machine;
    private final Announcements announcements;
    private final Verifier verifier;
    private final Map<Long, TableWriter> writers = new TreeMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Map<Discard, Long> discarded = new EnumMap<>(Discard.class);
    private final Map<String, Role> loggedRoles = new HashMap<>();
    private final EventLog log;
    private final Entries entries = new Entries();
    /** One and the same to the isolation of ports, which has to know who wants it. */
    private final Consumer<String> refusals = entries::refused;
    /** What happened while actions were being done. */
    private final Deque<Event> happened = new ArrayDeque<>();

    /** As configured, and with the hosts that were learned. */
    private DualBridge configured;
    private DualBridge config;
    private ImmutableList<Host> learned = ImmutableList.of();
    /** Hosts that were configured before the last change. */
    private Set<Host> announced = Set.of();
    private TablePlan plan;
    private ImmutableMap<PortRef, Listener> heartbeats;
    /** Whom an answer at a port may be from: its attachment, and targets. */
    private ImmutableListMultimap<PortRef, PortRef> probed;
    private @Nullable Timeline timeline;
    private @Nullable Counters publishedCounters;
    private @Nullable Timer wake;
    private @Nullable String syncGroup;
    private long wakeAt = Long.MAX_VALUE;
    private long refused;
    private long repaired;
    /** Questions for addresses of hosts that were answered. */
    private long answered;
    /** What was put up to let switches learn, last. */
    private @Nullable FlowEntry window;
    /** What keeps frames from passing, by attachment, as it was published last. */
    private Map<String, Set<Fence>> publishedFences = Map.of();
    private int publishedConfirmed;
    private List<LinkStatus> publishedLinks = List.of();
    /** Links that are down. */
    private Set<Link> cut = Set.of();
    /** The port towards the active attachment by switch, as the hosts were announced there; empty for no way. */
    private Map<Long, OptionalLong> ways = Map.of();
    private @Nullable Instant lastVerified;
    private boolean handling;
    /** The old bridge is being fenced; nothing is announced meanwhile. */
    private boolean fencing;
    /** Switches that send frames to the hosts to the new bridge already, while the old one is not fenced yet. */
    private final Set<Long> diverted = new HashSet<>();
    /** A takeover is under way, from its fence to its last confirmation; hosts that are learned meanwhile wait. */
    private boolean moving;
    private boolean hostsWait;
    private boolean joining;
    private boolean closed;
    /** Read by the announcer's thread. */
    private volatile long epoch;
    /** Which hosts there are; found out by the announcer's thread, where it asks. */
    private volatile Supplier<ImmutableSet<Key>> present;

    /**
     * Runs a dual bridge, or a part of one.
     *
     * @param first another part of the same dual bridge, {@code null} if this is the first
     */
    DualBridgeRunner(final DualBridge config, final Intent remembered, final @Nullable DualBridgeRunner first,
            final SwitchRpcs rpcs, final Loop loop,
            final ScheduledExecutorService reader, final Announcer announcer, final PortTable ports,
            final Isolation isolation, final Leftovers leftovers, final StatusSink sink, final long controller,
            final Consumer<String> peers) {
        this.config = config;
        configured = config;
        present = present(config);
        this.rpcs = rpcs;
        this.loop = loop;
        this.announcer = announcer;
        this.ports = ports;
        this.leftovers = leftovers;
        this.sink = sink;
        this.controller = controller;
        this.peers = peers;
        this.reader = reader;
        plan = plan(config);
        heartbeats = Probes.of(config, controller);
        probed = Multimaps.index(heartbeats.keySet(), PortRef::port);
        machine = first == null ? new DualBridgeMachine(config, remembered, loop.now())
            : first.machine.share(config, remembered, loop.now());
        epoch = remembered.epoch();
        this.isolation = isolation;
        announcements = new Announcements(announcer, ports, loop, new AnnouncementSource());
        verifier = new Verifier(new VerifierSource(), rpcs, loop, reader);
        log = new EventLog(() -> loop.instant(loop.now()), () -> epoch);
        log.add(Kind.CONFIGURATION, "configured");
        makeWriters();
    }

    void start(final Collection<Long> nodes) {
        config.watchedPorts().stream().filter(ports::isDown)
            .forEach(port -> handle(new Event.LinkChanged(port, false)));
        nodes.forEach(this::switchConnected);
        announcements.scheduleRefresh();
        scheduleVerification();
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
        happened.add(event);
        follow();
    }

    /** Does what came of what happened, to this one or to another member of its sync group. */
    void follow() {
        if (handling) {
            return;
        }
        handling = true;
        try {
            while (!closed && (!happened.isEmpty() || machine.hasPending())) {
                final var event = happened.poll();
                execute(event == null ? machine.takePending() : machine.handle(event, loop.now()));
                machine.peers().forEach(peers);
            }
        } finally {
            handling = false;
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
        var unusable = Discard.FOREIGN;
        for (final var key : probed.get(port)) {
            switch (heartbeats.get(key).read(frame)) {
                case Answer(var round, var mask) -> {
                    handle(new Event.ProbeAnswered(key, round, mask));
                    return;
                }
                case Query(var reply) -> {
                    rpcs.send(port, reply, outcome -> { });
                    return;
                }
                case Advertised(var advertisement) -> {
                    handle(new Event.Heard(key, advertisement));
                    return;
                }
                case Inquired(var reply) -> {
                    rpcs.send(port, reply, outcome -> { });
                    handle(new Event.Heard(key, null));
                    return;
                }
                case Unusable(var reason) -> unusable = reason;
            }
        }
        discarded.merge(unusable, 1L, Long::sum);
    }

    /** Somebody asks for the address of a host. Tells whether a host may be learned from that. */
    boolean asked(final PortRef port, final byte[] frame) {
        config.proxyMac(machine.intent().active()).ifPresent(mac -> {
            switch (ProxyAnswer.to(plan, mac, port, frame)) {
                case ProxyAnswer.Reply(var reply) -> {
                    rpcs.send(port, reply, outcome -> { });
                    answered++;
                }
                case ProxyAnswer.Discarded(var reason) -> discarded.merge(reason, 1L, Long::sum);
                case ProxyAnswer.None none -> {
                    // It goes on as any frame.
                }
            }
        });
        return config.learning().enabled() && config.bridgeAt(port).isPresent();
    }

    void switchConnected(final long node) {
        if (connected.add(node)) {
            if (writers.containsKey(node)) {
                log.add(Kind.SWITCH, PortRef.node(node) + " connected");
            }
            handle(new Event.SwitchConnected(node));
        }
    }

    void portUp(final PortRef port) {
        announcements.portUp(port);
    }

    /** Announces one host, or all; tells how many, empty if no bridge is active. */
    Optional<Integer> announceNow(final @Nullable Mac host) {
        return host == null ? announcements.asked(any -> true, "all")
            : announcements.asked(one -> one.mac().equals(host), host);
    }

    void switchDisconnected(final long node) {
        if (connected.remove(node)) {
            final var writer = writers.get(node);
            if (writer != null) {
                log.add(Kind.SWITCH, PortRef.node(node) + " disconnected");
                writer.disconnect();
            }
            handle(new Event.SwitchDisconnected(node));
        }
    }

    /**
     * The configuration changed, or the links.
     *
     * @param why what to tell of it, {@code null} for nothing
     */
    void reconfigure(final DualBridge newConfig, final Kind kind, final @Nullable String why) {
        final var oldConfig = config;
        final var oldPorts = config.watchedPorts();
        // Nobody told of them so far; the first decision by the new rules is to know.
        newConfig.watchedPorts().stream().filter(port -> !oldPorts.contains(port))
            .forEach(port -> handle(new Event.LinkChanged(port, !ports.isDown(port))));
        announced = macs(newConfig).equals(macs(config)) ? Set.copyOf(config.hosts()) : Set.of();
        if (why != null) {
            log.add(kind, why);
        }
        configured = newConfig;
        config = newConfig.withLearned(learned);
        present = present(config);
        plan = plan(config);
        heartbeats = Probes.of(config, controller);
        probed = Multimaps.index(heartbeats.keySet(), PortRef::port);
        writers.values().removeIf(writer -> {
            final var gone = !plan.nodes().contains(writer.node());
            if (gone) {
                writer.closeAll();
                writer.end(!isBridge(oldConfig, writer.node()));
            }
            return gone;
        });
        final var moves = !plan.placement().equals(oldConfig.forwarding().placement());
        if (moves) {
            writers.forEach((node, writer) -> writer.leave(Sets.union(plan.hosts(node),
                Set.copyOf(plan.watch(node))), plan.placement()));
            writers.clear();
        }
        makeWriters();
        noteLinks();
        handle(new Event.Reconfigured(newConfig));
        announcements.scheduleRefresh();
        scheduleVerification();
        if (moves) {
            verifier.verify(TableWriter::isConnected);
        }
    }

    /** What stations outside know the hosts by, if not by their own. */
    private static List<Optional<Mac>> macs(final DualBridge of) {
        return of.bridges().stream().map(bridge -> Optional.ofNullable(bridge.mac())).toList();
    }

    /** These hosts were learned before it starts. */
    void restored(final ImmutableList<Host> hosts) {
        reordered(hosts);
        plan = plan(config);
    }

    /** The learned hosts have changed. They join those that are configured, in the background as those do. */
    void learned(final ImmutableList<Host> hosts, final Set<Key> arrived) {
        reordered(hosts);
        hostsWait = true;
        joinHosts();
        if (!arrived.isEmpty()) {
            announcements.added(host -> arrived.contains(Key.of(host)));
        }
    }

    /** Somebody elsewhere claimed to be a host, perhaps of this one. */
    void contested(final Key host) {
        announcements.contested(host);
    }

    /** Attachments or links of other dual bridges are others now: hosts may come in there. */
    void innerPortsChanged() {
        if (config.learning().guards()) {
            hostsWait = true;
            joinHosts();
        }
    }

    /** Plans on another thread, one plan at a time: with thousands of hosts, heartbeats would wait for it. */
    private void joinHosts() {
        if (closed || moving || joining || !hostsWait) {
            return;
        }
        hostsWait = false;
        joining = true;
        final var of = config;
        final var down = downPorts(of);
        final var inner = ports.inner();
        final var old = plan;
        final var before = writers.values().stream()
            .collect(ImmutableMap.toImmutableMap(TableWriter::node, TableWriter::hosts));
        Futures.addCallback(Futures.submit(() -> {
            final var joined = new TablePlan(of, down, inner);
            return new Joined(joined, ImmutableMap.copyOf(Maps.transformEntries(before,
                (node, flows) -> HostChange.of(flows, joined.hosts(node)))));
        }, reader), new FutureCallback<Joined>() {
            @Override
            public void onSuccess(final Joined joined) {
                joining = false;
                if (moving || plan != old) {
                    // It was for tables that are others now.
                    hostsWait = true;
                } else if (!closed) {
                    plan = joined.plan;
                    if (machine.intent().active() != null) {
                        joined.changes.forEach((node, change) -> writers.get(node).updateHosts(change));
                    }
                }
                joinHosts();
            }

            @Override
            public void onFailure(final Throwable cause) {
                throw new IllegalStateException("planning fails for no configuration", cause);
            }
        }, loop);
    }

    private record Joined(TablePlan plan, ImmutableMap<Long, HostChange> changes) {
    }

    /** The learned hosts were seen in another order, which announcements keep to. */
    void reordered(final ImmutableList<Host> hosts) {
        learned = hosts;
        config = configured.withLearned(hosts);
        present = present(config);
    }

    /** Hosts were heard; after a takeover, behind which bridge tells whether the switches know. */
    void heard(final List<Heard> heard) {
        final var record = timeline;
        if (!moving && record != null && record.isOf(machine.intent().epoch())) {
            record.heard(heard, machine.intent().active());
        }
    }

    private static Supplier<ImmutableSet<Key>> present(final DualBridge of) {
        return Suppliers.memoize(() -> of.hosts().stream().map(Key::of).collect(ImmutableSet.toImmutableSet()));
    }

    void discarded(final Map<Discard, Long> frames) {
        frames.forEach((reason, count) -> discarded.merge(reason, count, Long::sum));
    }

    void noted(final Kind kind, final String text) {
        log.add(kind, text);
    }

    /** Tells whether a takeover is under way. */
    boolean isMoving() {
        return moving;
    }

    private void makeWriters() {
        final var id = TablePlan.id(config.name());
        plan.nodes().forEach(node -> {
            leftovers.forget(node, id);
            writers.computeIfAbsent(node, key -> new TableWriter(node, plan, id, rpcs, loop, entries));
        });
    }

    private void scheduleVerification() {
        verifier.every(config.forwarding().verifyNanos(), TablePlan.id(config.name()));
    }

    /** Compares what the switches hold with what is intended, and repairs it. */
    ListenableFuture<Verifier.Result> verify() {
        return verifier.verify(TableWriter::isConnected);
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
        return found.orElseThrow().trackers().stream().anyMatch(t -> t.name().equals(tracker) && t.isReported())
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
            log.add(Kind.REFUSAL, "switchover to " + bridge + ": " + reason.orElseThrow());
            refusal.accept(reason.orElseThrow());
            return -1;
        }
        handle(new Event.SwitchoverRequested(bridge));
        return machine.intent().epoch();
    }

    /** Tells what maintenance of a bridge would be refused for, and notes it. */
    Optional<String> evacuationRefusal(final String bridge) {
        final var reason = machine.evacuationRefusal(bridge, loop.now());
        reason.ifPresent(why -> log.add(Kind.REFUSAL, "evacuation of " + bridge + ": " + why));
        return reason;
    }

    boolean isEvacuated(final String bridge) {
        return machine.snapshot().bridges().stream()
            .anyMatch(view -> view.name().equals(bridge) && view.maintenance() == Maintenance.EVACUATED);
    }

    /**
     * Ends. Bridges that are switches keep their role: two that forward would be a loop.
     *
     * @param successors who takes over, if anybody; that of the same name has entries of the same names
     */
    void close(final Collection<DualBridgeRunner> successors) {
        closed = true;
        execute(machine.close());
        epoch = -1;
        cancel(wake);
        isolation.leave(refusals);
        announcements.stop();
        verifier.stop();
        if (successors.isEmpty()) {
            writers.values().forEach(TableWriter::closeAll);
        }
        writers.values().forEach(writer -> writer.end((!successors.isEmpty() || !isBridge(config, writer.node()))
            && successors.stream().noneMatch(one -> one.name().equals(name())
                && one.writers.containsKey(writer.node()))));
    }

    private static boolean isBridge(final DualBridge of, final long node) {
        return !of.switches().contains(node)
            && of.bridges().stream().anyMatch(bridge -> Long.valueOf(node).equals(bridge.node()));
    }

    private static void cancel(final @Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    // ---- time ----

    private void rearm() {
        if (closed) {
            return;
        }
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
            if (hasCounted() || hasConfirmed() || log.hasNews() || !fences().equals(publishedFences)
                    || !links().equals(publishedLinks)) {
                publish();
            }
            loop.at(loop.now() + REFRESH_NANOS, this::refresh);
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
        for (final var action : actions) {
            switch (action) {
                case Action.SendProbe(var port, var round) -> sendProbe(port, round);
                case Action.ConfirmChannel(var port, var round) -> confirmChannel(port, round);
                case Action.CountDiscard(var reason) -> discarded.merge(reason, 1L, Long::sum);
                case Action.Divert(var move, var asked) -> divert(move, asked);
                case Action.Fence(var move, var asked, var drains) -> fence(move, asked, drains);
                case Action.Redirect(var move, var asked, var fenced) -> redirect(move, asked, fenced);
                case Action.Announce(var move, var moved) -> announce(move, moved);
                case Action.WriteTables write -> writeTables(write);
                case Action.Reroute(var intent, var opens) -> reroute(intent, opens);
                case Action.Silence(var port, var silent) -> isolation.set(port, silent, refusals);
                case Action.Relearn(var open) -> relearn(open);
                case Action.Remember(var intent) -> sink.remember(config.name(), intent);
                case Action.Publish() -> publish();
            }
        }
    }

    private void sendProbe(final PortRef port, final long round) {
        if (heartbeats.get(port) instanceof Heartbeat heartbeat) {
            rpcs.send(port.port(), heartbeat.probe(round), whenFailed(() -> handle(new Event.ProbeFailed(port))));
        }
    }

    private void confirmChannel(final PortRef port, final long round) {
        rpcs.handBack(port.port(), new Witness(port.target(), round, loop.now()).frame(controller),
            whenFailed(() -> handle(new Event.ProbeFailed(port))));
    }

    private void divert(final Move move, final Set<Long> asked) {
        begin(move);
        diverted.addAll(asked);
        writers.values().stream().filter(writer -> writer.isConnected() && asked.contains(writer.node()))
            .forEach(writer -> confirm(writer, Step.DIVERT, writer.divert(
                plan.role(writer.node(), move.after()), plan.wayDown(writer.node(), move.after()))));
    }

    /** With its first action. */
    private void begin(final Move move) {
        if (epoch != move.after().epoch()) {
            epoch = move.after().epoch();
            diverted.clear();
            fencing = true;
            moving = true;
            timeline = new Timeline(move);
        }
    }

    private void fence(final Move move, final Set<Long> asked, final boolean drains) {
        begin(move);
        diverted.clear();
        if (move.reason() == Reason.RESTORED) {
            LOG.warn("{}: the takeover from {} was not confirmed, back to it", config.name(), move.to());
            log.add(Kind.REFUSAL, "the takeover from " + move.to() + " was not confirmed, back to it");
        }
        tell(asked, writer -> {
            if (drains) {
                writer.drain(plan.wayDown(writer.node(), move.before()));
            }
            return writer.fence(plan.role(writer.node(), move.after()));
        }, Step.FENCE);
        log.note(machine.snapshot());
    }

    private void redirect(final Move move, final Set<Long> asked, final boolean fenced) {
        if (fenced) {
            currentTimeline(move).fenced(loop.now());
        } else {
            log.add(Kind.REFUSAL, "the fence of " + move.from() + " was not confirmed");
        }
        fencing = false;
        final var opened = config.bridgeAt(move.after().active()).map(bridge -> bridge.node()).orElse(null);
        tell(asked, writer -> {
            if (!move.planned() && !Long.valueOf(writer.node()).equals(opened)) {
                writer.callOff();
            }
            return writer.redirect(plan.role(writer.node(), move.after()));
        }, Step.REDIRECT);
        if (currentTimeline(move).isPlanned() && !move.oldAlive()) {
            LOG.warn("{}: {} was lost meanwhile ({})", config.name(), move.from(), move.reason());
            log.add(Kind.TAKEOVER, move.from() + " was lost meanwhile");
        }
    }

    private Timeline currentTimeline(final Move move) {
        final var current = timeline;
        if (current == null || !current.isOf(move.after().epoch())) {
            throw new IllegalStateException("no timeline of epoch " + move.after().epoch());
        }
        return current;
    }

    /** Sends something to all switches, those that have to confirm first: every message takes its time to leave. */
    private void tell(final Set<Long> asked, final Predicate<TableWriter> send, final Step step) {
        writers.values().stream()
            .filter(TableWriter::isConnected)
            .sorted(Comparator.comparing(writer -> !asked.contains(writer.node())))
            .forEach(writer -> {
                final var sent = send.test(writer);
                if (asked.contains(writer.node())) {
                    confirm(writer, step, sent);
                }
            });
    }

    /** Has a switch confirm what it was sent before; what was not sent is done. */
    private void confirm(final TableWriter writer, final Step step, final boolean sent) {
        final var told = epoch;
        if (sent) {
            Outcome.then(writer.confirmation(), outcome -> handle(new Event.Confirmed(told, step, writer.node(),
                outcome.isDone())), loop);
        } else {
            handle(new Event.Confirmed(told, step, writer.node(), true));
        }
    }

    /** A switch took a fence that it had refused; the end of an isolation may wait for that. */
    private void confirmFence(final TableWriter writer) {
        final var told = epoch;
        Outcome.then(writer.barrier(), outcome -> handle(new Event.Confirmed(told, Step.TABLES, writer.node(),
            outcome.isDone() && !writer.refusesFence())), loop);
    }

    private void writeTables(final Action.WriteTables write) {
        final var intent = write.intent();
        final var node = write.node();
        final var joined = new ArrayList<Long>();
        writers.values().stream().filter(writer -> node == null || writer.node() == node).forEach(writer -> {
            final var role = role(writer.node(), intent);
            if (node != null || connected.contains(writer.node()) && !writer.isConnected()) {
                writer.connect();
                joined.add(writer.node());
            }
            if (writer.isConnected()) {
                writer.writeWatch(plan.watch(writer.node()));
                writer.fence(role);
                if (write.opens()) {
                    writer.redirect(role);
                    writer.writeHosts(hostFlows(writer.node(), intent));
                } else if (node == null && !config.forwarding().localRepair()) {
                    // With local repair, a frame to a host must not be flooded before it has a flow.
                    writer.writeForwarding(hostFlows(writer.node(), intent));
                }
                if (write.asked()) {
                    confirm(writer, Step.TABLES, true);
                }
            }
        });
        if (write.opens()) {
            final var known = announced;
            announceWays(intent);
            joined.forEach(announcements::connected);
            if (node == null) {
                announcements.added(host -> !known.contains(host));
            }
        }
        if (node != null) {
            verifier.verify(writer -> writer.node() == node);
        }
    }

    /** Plans for a switch; frames to the hosts that are diverted stay so, or they would meet a fence. */
    private RoleTable role(final long node, final Intent intent) {
        final var role = plan.role(node, intent);
        return diverted.contains(node)
            ? new RoleTable(role.flows(), plan.role(node, machine.intent()).nextHop()) : role;
    }

    private void reroute(final Intent intent, final boolean opens) {
        // Hosts are not planned for anew: with thousands, the groups would wait for it, and heartbeats, too.
        plan = plan.withDown(downPorts(config));
        if (opens) {
            writers.values().stream().filter(TableWriter::isConnected)
                .forEach(writer -> writer.redirect(role(writer.node(), intent)));
        }
        noteLinks();
        if (opens) {
            announceWays(intent);
        }
    }

    /** Announces the hosts where the way to the active bridge is another one than they were announced at. */
    private void announceWays(final Intent intent) {
        final var before = ways;
        noteWays(intent);
        final var moved = ways.keySet().stream().filter(connected::contains)
            .filter(node -> before.containsKey(node) && !before.get(node).equals(ways.get(node))).toList();
        if (!moved.isEmpty()) {
            LOG.info("{}: other ways on {}", config.name(), moved.stream().map(PortRef::node).toList());
            moved.forEach(node -> announcements.rerouted(node, (first, last) -> handle(new Event.Announced())));
            loop.at(loop.now() + SETTLE_NANOS, () -> moved.stream().map(writers::get)
                .filter(writer -> writer != null && writer.isConnected()).forEach(TableWriter::poke));
        }
    }

    /** Tells of switches that lost every way to the active bridge, and of those that have one again. */
    private void noteWays(final Intent intent) {
        final var active = intent.active();
        final var before = ways;
        ways = active == null ? Map.of() : config.switches().stream()
            .collect(ImmutableMap.toImmutableMap(node -> node, node -> plan.nextHop(node, active)));
        ways.forEach((node, way) -> {
            final var had = before.getOrDefault(node, OptionalLong.of(0)).isPresent();
            if (had != way.isPresent()) {
                final var what = had ? "no way from " + PortRef.node(node) + " to the active bridge"
                    : "a way from " + PortRef.node(node) + " to the active bridge again";
                log.add(Kind.LINK, what);
                LOG.warn("{}: fabric: {}", config.name(), what);
            }
        });
    }

    /** Tells which cables were cut or mended. */
    private void noteLinks() {
        final var before = cut;
        cut = config.links().stream().filter(link -> ports.isDown(link.endA()) || ports.isDown(link.endB()))
            .collect(Collectors.toSet());
        Sets.difference(cut, before).forEach(link -> log.add(Kind.LINK, "link " + link + " is cut"));
        Sets.difference(before, cut).stream().filter(config.links()::contains)
            .forEach(link -> log.add(Kind.LINK, "link " + link + " is mended"));
    }

    private TablePlan plan(final DualBridge of) {
        return new TablePlan(of, downPorts(of), ports.inner());
    }

    private Set<PortRef> downPorts(final DualBridge of) {
        return of.watchedPorts().stream().filter(ports::isDown).collect(Collectors.toSet());
    }

    private void relearn(final boolean open) {
        final var last = window;
        window = open ? plan.relearn(machine.intent()) : null;
        final var next = window;
        fabricWriters().forEach(writer -> {
            if (next != null) {
                writer.relearn(next);
            } else if (last != null) {
                writer.endRelearn(last);
            }
        });
    }

    private void announce(final Move move, final boolean moved) {
        moving = false;
        final var record = currentTimeline(move);
        if (moved) {
            record.tablesMoved(loop.now());
            record.hosts(config.hosts().size(), present, config.learning().enabled());
        } else {
            LOG.warn("{}: not all switches confirmed their tables, epoch {}", config.name(), move.after().epoch());
            log.add(Kind.REFUSAL, "not all switches confirmed their tables");
        }
        final var takeover = record.takeover(loop);
        LOG.info("{}: {} -> {} ({}{}), epoch {}, decided after {} us, tables moved after {} us", config.name(),
            move.from(), move.to(), takeover.reason(), record.isPlanned() ? ", planned" : "", move.after().epoch(),
            takeover.decided(), takeover.tablesMoved());
        log.moved(takeover, record.isPlanned(),
            config.switches().stream().filter(node -> !connected.contains(node)).toList());
        writers.values().stream().filter(TableWriter::isConnected)
            .forEach(writer -> writer.writeHosts(hostFlows(writer.node(), move.after())));
        noteWays(move.after());
        announcements.moved((first, last) -> {
            record.announced(first, last);
            publish();
        });
        joinHosts();
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
            return fencing ? null : machine.intent().active();
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
        public boolean isHost(final Key host) {
            return present.get().contains(host);
        }

        @Override
        public void someSent() {
            if (!config.forwarding().isFlow()) {
                writers.values().stream().filter(TableWriter::isConnected).forEach(TableWriter::poke);
            }
        }
    }

    private ImmutableSet<FlowEntry> hostFlows(final long node, final Intent intent) {
        return intent.active() == null ? ImmutableSet.of() : plan.hosts(node);
    }

    private final class Entries implements TableWriter.Listener {
        @Override
        public void refused(final String what) {
            refused++;
            log.refused(what);
            LOG.warn("{}: refused: {}", config.name(), what);
        }

        @Override
        public void taken(final long node) {
            final var what = PortRef.node(node) + " took all that it had refused";
            log.add(Kind.TABLES, what);
            LOG.info("{}: taken: {}", config.name(), what);
        }

        @Override
        public void fenceTaken(final long node) {
            confirmFence(writers.get(node));
        }

        @Override
        public void left(final long node) {
            leftovers.add(node, TablePlan.id(config.name()), plan.group());
        }
    }

    private final class VerifierSource implements Verifier.Source {
        @Override
        public String name() {
            return config.name();
        }

        @Override
        public List<TableWriter> writers() {
            return List.copyOf(writers.values());
        }

        @Override
        public boolean isMoving() {
            return moving;
        }

        @Override
        public void verified(final long node, final Verifier.Result result) {
            lastVerified = loop.instant(loop.now());
            repaired += result.repaired();
            isolation.tryAgain(node);
            if (result.missing() + result.unexpected() > 0) {
                final var what = PortRef.node(node) + " had drifted: " + result.missing() + " missing, "
                    + result.unexpected() + " unexpected, " + result.repaired() + " repaired";
                log.add(Kind.TABLES, what);
                LOG.warn("{}: drift: {}", config.name(), what);
            }
        }
    }

    /** Success is no news, and comes with every probe: the loop is not woken for it. */
    private Consumer<Outcome> whenFailed(final Runnable then) {
        return outcome -> {
            if (!outcome.isDone()) {
                loop.execute(then);
            }
        };
    }

    // ---- state ----

    private Counters counters() {
        final var snapshot = machine.snapshot();
        return new Counters(snapshot.failovers(), snapshot.switchovers(), snapshot.flipFlops(), announcer.counts(),
            tables(), Map.copyOf(discarded), answered);
    }

    private Tables tables() {
        return new Tables(refused, writers.values().stream().mapToInt(TableWriter::refusedNow).sum(), repaired,
            lastVerified);
    }

    /** Tells whether anything was counted that is not published at once, as all that the machine counts is. */
    private boolean hasCounted() {
        final var last = publishedCounters;
        return last == null || !last.announced().equals(announcer.counts()) || !last.tables().equals(tables())
            || !last.discarded().equals(discarded) || last.answered() != answered;
    }

    private boolean hasConfirmed() {
        return timeline != null && timeline.confirmed() != publishedConfirmed;
    }

    /** What keeps frames from passing, by attachment. */
    private Map<String, Set<Fence>> fences() {
        return config.bridges().stream().flatMap(bridge -> bridge.attachments().stream())
            .collect(Collectors.toMap(attachment -> attachment.port().toString(), this::fences));
    }

    private Set<Fence> fences(final Attachment attachment) {
        final var inForce = EnumSet.noneOf(Fence.class);
        if (isFenced(attachment.port())) {
            inForce.add(Fence.INGRESS);
        }
        if (isFenced(attachment.peer())) {
            inForce.add(Fence.BRIDGE);
        }
        if (isolation.isInForce(attachment.port())) {
            inForce.add(Fence.ISOLATE);
        }
        return inForce;
    }

    private List<LinkStatus> links() {
        final var discovered = config.discovery().links();
        return config.links().stream().map(link -> new LinkStatus(link.endA().toString(), link.endB().toString(),
            discovered.contains(link), !ports.isDown(link.endA()) && !ports.isDown(link.endB()))).toList();
    }

    private boolean isFenced(final @Nullable PortRef port) {
        final var writer = port == null ? null : writers.get(port.datapath());
        return writer != null && writer.fences(port.number());
    }

    private void publish() {
        if (closed) {
            return;
        }
        final var snapshot = machine.snapshot();
        final var counters = counters();
        publishedCounters = counters;
        final var fences = fences();
        publishedFences = fences;
        publishedLinks = links();
        final var active = snapshot.intent().active();
        final var record = timeline;
        publishedConfirmed = record == null ? 0 : record.confirmed();
        log.note(snapshot);
        final var bridges = snapshot.bridges().stream()
            .map(view -> new BridgeStatus(view.name(), view.role(), view.reason(), loop.instant(view.since()),
                view.timesActive(), view.timesStandby(), view.priority(),
                view.heldOutUntil() > loop.now() ? loop.instant(view.heldOutUntil()) : null,
                view.attachments().stream()
                    .map(attachment -> attachment.fencedBy(fences.getOrDefault(attachment.nodeConnector(), Set.of())))
                    .toList(), view.failingTrackers(), view.maintenance()))
            .collect(ImmutableList.toImmutableList());
        bridges.forEach(bridge -> {
            if (loggedRoles.put(bridge.name(), bridge.role()) != bridge.role()) {
                LOG.info("{}: {} is {} ({}), epoch {}, {}", config.name(), bridge.name(), bridge.role(),
                    bridge.reason(), snapshot.intent().epoch(), snapshot.condition());
            }
        });
        sink.publish(new DualBridgeStatus(config.name(), snapshot.condition(), snapshot.intent().epoch(),
            active == null ? null : active.toString(), syncGroup, bridges, publishedLinks, counters,
            record == null ? null : record.takeover(loop), log.read()));
    }
}
