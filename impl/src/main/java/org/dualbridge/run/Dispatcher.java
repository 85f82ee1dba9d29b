/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.LogEntry.Kind;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Sharing;
import org.dualbridge.core.TokenBucket;
import org.dualbridge.datastore.StateWriter;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Witness;
import org.dualbridge.openflow.FabricEvents;
import org.dualbridge.openflow.LinkEvents;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Metered;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands every event to the dual bridges that it concerns, on their thread. */
public final class Dispatcher implements FabricEvents.Receiver, HostLearner.Listener, LinkLearner.Listener,
        AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long FLUSH_NANOS = 1_000_000_000L;
    private static final long EVACUATION_NANOS = 10_000_000_000L;
    private static final long EVACUATION_POLL_NANOS = 10_000_000L;
    /** The cookie of a frame that no flow handed up (OpenFlow 1.3.5, section 7.4.1). */
    private static final long NO_FLOW = -1;
    private static final Set<FlowEntry.Kind> LEARNED_FROM = Set.of(FlowEntry.Kind.COPY,
        FlowEntry.Kind.SAMPLE, FlowEntry.Kind.GUARD);

    private final SwitchRpcs rpcs;
    private final StateWriter state;
    private final Loop loop = new Loop("dualbridge-loop", Thread.MAX_PRIORITY);
    private final Loop announcerThread = new Loop("dualbridge-announcer", Thread.NORM_PRIORITY);
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
        new ThreadFactoryBuilder().setNameFormat("dualbridge-reader").setPriority(Thread.MIN_PRIORITY).setDaemon(true)
            .build());
    /** Of the announcer's thread. */
    private final Map<PortRef, TokenBucket> buckets = new HashMap<>();
    private final PortTable ports = new PortTable();
    private final Isolation isolation;
    private final Leftovers leftovers;
    private final Rehearsal rehearsal;
    private final HostLearner learner;
    private final LinkLearner links;
    /** Questions for addresses of hosts that are looked at, per switch: no more than its meter lets pass. */
    private final Intake questions = new Intake(new Pace(Metered.QUESTIONS.rate(), Metered.QUESTIONS.rate()));
    private final long controller = ThreadLocalRandom.current().nextLong();
    // Below: the loop's thread only.
    private final Map<String, DualBridgeRunner> runners = new HashMap<>();
    private final Map<String, DualBridge> configs = new HashMap<>();
    /** Names of the parts by dual bridge; its own where its VLANs are not shared. */
    private final Map<String, List<String>> families = new HashMap<>();
    private final Map<Integer, DualBridgeRunner> byId = new HashMap<>();
    private final Map<PortRef, Set<DualBridgeRunner>> byPort = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Map<String, List<String>> groups = new TreeMap<>();
    private final Map<String, ImmutableList<Host>> learned = new HashMap<>();

    /** How a switchover ended. */
    public record SwitchoverResult(long epoch, Optional<String> refusal) {
    }

    /** Which bridges are meant for maintenance, by dual bridge, or why not. */
    public record MaintenanceResult(SortedMap<String, String> bridges, Optional<String> refusal) {
        /**
         * Refuses after all.
         *
         * @param reason why
         * @return the same bridges, refused
         */
        public MaintenanceResult refused(final String reason) {
            return new MaintenanceResult(bridges, Optional.of(reason));
        }
    }

    /** What came of a verification. */
    public record VerifyResult(int switches, int missing, int unexpected, int repaired, Optional<String> refusal) {
    }

    /** How often a host has moved, or why it was not migrated. */
    public record MigrateResult(long moves, Optional<String> refusal) {
    }

    /** How a request for announcements ended. */
    public record AnnounceResult(int hosts, Optional<String> refusal) {
    }

    /**
     * Starts without any dual bridge.
     *
     * @param rpcs how switches are told
     * @param state where state is told
     * @param hosts where learned hosts are told
     * @param linkStore where discovered links are kept in mind
     */
    public Dispatcher(final SwitchRpcs rpcs, final StateWriter state, final HostStore hosts,
            final LinkStore linkStore) {
        this.rpcs = rpcs;
        this.state = state;
        isolation = new Isolation(rpcs, ports, loop, connected::contains);
        leftovers = new Leftovers(rpcs, loop);
        rehearsal = new Rehearsal(rpcs, loop);
        learner = new HostLearner(hosts, ports, this);
        links = new LinkLearner(linkStore, loop, this);
        loop.execute(() -> {
            final var began = loop.now();
            LOG.debug("dry run of takeovers, {}, for {} ms", DryRun.play(),
                TimeUnit.NANOSECONDS.toMillis(loop.now() - began));
        });
        loop.execute(this::flush);
    }

    private void flush() {
        questions.drain((id, frames) -> Optional.ofNullable(byId.get(id))
            .ifPresent(runner -> runner.discarded(Map.of(Discard.EXCESS, frames))));
        state.flush(loop.latenessNanos());
        loop.at(loop.now() + FLUSH_NANOS, this::flush);
    }

    /**
     * A dual bridge was configured, or its configuration changed.
     *
     * @param config the configuration
     */
    public void configured(final DualBridge config) {
        loop.execute(() -> {
            configs.put(config.name(), config);
            attach();
            final var sharing = Sharing.of(config);
            final var names = sharing.parts().stream().map(DualBridge::name).toList();
            sharing.refusal().ifPresent(why -> LOG.warn("{}: the VLANs are not shared: {}", config.name(), why));
            state.sharingRefused(config.name(), sharing.refusal());
            final var ready = Futures.allAsList(links.configured(config),
                learner.configured(config, names.stream().map(TablePlan::id).toList()));
            if (names.equals(families.get(config.name()))) {
                reconfigure(config, Kind.CONFIGURATION, "configuration changed");
                attach();
            } else {
                Futures.addCallback(Futures.transformAsync(ready,
                    done -> Futures.allAsList(names.stream().map(this::recall).toList()),
                    MoreExecutors.directExecutor()), new FutureCallback<List<Intent>>() {
                        @Override
                        public void onSuccess(final List<Intent> remembered) {
                            if (configs.get(config.name()) == config) {
                                replace(config.name(), Sharing.of(links.linked(config)).parts(), remembered);
                                attach();
                            }
                        }

                        @Override
                        public void onFailure(final Throwable cause) {
                            throw new IllegalStateException("every failure to recall is caught", cause);
                        }
                    }, loop);
            }
        });
    }

    private void reconfigure(final DualBridge config, final Kind kind, final @Nullable String why) {
        Sharing.of(links.linked(config)).parts().forEach(part -> {
            final var runner = runners.get(part.name());
            unwatch(runner);
            try {
                runner.reconfigure(part, kind, why);
            } finally {
                // Whatever failed: it is to hear what happens.
                watch(runner);
            }
        });
    }

    private void attach() {
        final var attachments = configs.values().stream()
            .flatMap(config -> config.bridges().stream())
            .flatMap(bridge -> bridge.attachments().stream())
            .map(Attachment::port)
            .collect(ImmutableSet.toImmutableSet());
        final var configured = configs.values().stream().flatMap(config -> config.innerPorts().stream());
        if (ports.attach(attachments, Stream.concat(configured, links.ends().stream())
                .collect(ImmutableSet.toImmutableSet()))) {
            runners.values().forEach(DualBridgeRunner::innerPortsChanged);
        }
    }

    private ListenableFuture<Intent> recall(final String name) {
        return Futures.catching(state.recall(name), Throwable.class, cause -> {
            LOG.warn("{}: what was active before is not known: {}", name, cause.toString());
            return new Intent(0, null);
        }, MoreExecutors.directExecutor());
    }

    /** Starts the parts of a dual bridge; those that were there before end when the new ones have taken over. */
    private void replace(final String name, final List<DualBridge> parts, final List<Intent> remembered) {
        final var old = families.getOrDefault(name, List.of()).stream().map(runners::remove).toList();
        old.forEach(runner -> {
            byId.remove(TablePlan.id(runner.name()));
            unwatch(runner);
        });
        final var started = new ArrayList<DualBridgeRunner>();
        final var former = old.stream().map(DualBridgeRunner::machine).toList();
        for (int i = 0; i < parts.size(); i++) {
            final var part = parts.get(i);
            final var intent = DualBridgeMachine.succeed(part, remembered.get(i), former);
            if (!old.isEmpty() && !intent.equals(remembered.get(i))) {
                state.remember(part.name(), intent);
            }
            started.add(new DualBridgeRunner(part, intent, started.isEmpty() ? null : started.getFirst(), rpcs, loop,
                reader, new Announcer(rpcs, announcerThread, buckets), ports, isolation, leftovers, state, controller,
                this::follow));
        }
        if (!old.isEmpty()) {
            started.getFirst().machine().inherit(former.getFirst(), loop.now());
        }
        started.forEach(runner -> {
            runner.restored(learned.getOrDefault(name, ImmutableList.of()));
            runners.put(runner.name(), runner);
            byId.put(TablePlan.id(runner.name()), runner);
            watch(runner);
        });
        families.put(name, parts.stream().map(DualBridge::name).toList());
        regroup();
        started.forEach(runner -> runner.start(connected));
        old.forEach(runner -> {
            runner.close(started);
            if (!runners.containsKey(runner.name())) {
                state.forget(runner.name());
            }
        });
    }

    private void follow(final String name) {
        Optional.ofNullable(runners.get(name)).ifPresent(DualBridgeRunner::follow);
    }

    /**
     * A sync group was configured, or its configuration changed.
     *
     * @param group its name
     * @param members names of the dual bridges that change role together; none where it is gone
     */
    public void grouped(final String group, final List<String> members) {
        loop.execute(() -> {
            groups.put(group, members);
            regroup();
        });
    }

    /** Lets those that are there change role together, and everybody else alone. */
    private void regroup() {
        final var alone = new HashMap<>(runners);
        final var now = loop.now();
        groups.forEach((group, names) -> {
            final var members = names.stream().map(alone::remove).filter(Objects::nonNull).toList();
            if (!members.isEmpty()) {
                DualBridgeMachine.group(members.stream().map(DualBridgeRunner::machine).toList(), now);
                members.forEach(member -> member.grouped(group));
            }
        });
        alone.values().forEach(runner -> {
            DualBridgeMachine.group(List.of(runner.machine()), now);
            runner.grouped(null);
        });
    }

    /**
     * Another system tells how a bridge is.
     *
     * @param name name of the dual bridge
     * @param bridge name of its bridge
     * @param tracker name of the tracker, {@code null} for the bridge's health
     * @param healthy whether it is healthy, or the condition holds
     * @param lifetimeNanos how long that is valid
     * @return why it was refused, empty if it was not
     */
    public ListenableFuture<Optional<String>> report(final String name, final String bridge,
            final @Nullable String tracker, final boolean healthy, final long lifetimeNanos) {
        return Futures.submit(() -> {
            final var family = families.get(name);
            final var runner = family == null ? null : runners.get(family.getFirst());
            final var refusal = runner == null ? Optional.of("dual-bridge: there is no '" + name + "'")
                : runner.reportRefusal(bridge, tracker);
            if (refusal.isEmpty()) {
                runner.handle(new Event.HealthReported(bridge, tracker, healthy, loop.now() + lifetimeNanos));
            }
            return refusal;
        }, loop);
    }

    /**
     * A dual bridge is no longer configured.
     *
     * @param name its name
     */
    public void removed(final String name) {
        loop.execute(() -> {
            configs.remove(name);
            learned.remove(name);
            learner.removed(name);
            links.removed(name);
            attach();
            families.getOrDefault(name, List.of()).forEach(part -> {
                byId.remove(TablePlan.id(part));
                final var runner = runners.remove(part);
                unwatch(runner);
                runner.close(List.of());
                state.forget(part);
            });
            families.remove(name);
            regroup();
            state.forget(name);
        });
    }

    /**
     * An operator asks for a switchover.
     *
     * @param name name of the dual bridge
     * @param bridge the bridge that is to be active
     * @return what came of it
     */
    public ListenableFuture<SwitchoverResult> switchover(final String name, final String bridge) {
        return Futures.submit(() -> {
            final var runner = runners.get(name);
            if (runner == null) {
                final var family = families.get(name);
                return new SwitchoverResult(0, Optional.of("dual-bridge: " + (family == null
                    ? "there is no '" + name + "'"
                    : "'" + name + "' shares its VLANs, name one of " + String.join(", ", family))));
            }
            final var refusal = new String[1];
            final var epoch = runner.switchover(bridge, reason -> refusal[0] = reason);
            return new SwitchoverResult(epoch, Optional.ofNullable(refusal[0]));
        }, loop);
    }

    /**
     * Finds a bridge for maintenance.
     *
     * @param bridge its name, or its node
     * @param only name of the only dual bridge that is meant, {@code null} for all
     * @param evacuate whether another one has to be there to be active
     * @return its name by dual bridge, or why not
     */
    public ListenableFuture<MaintenanceResult> find(final String bridge, final @Nullable String only,
            final boolean evacuate) {
        return Futures.submit(() -> {
            final var found = new TreeMap<String, String>();
            configs.values().stream()
                .filter(config -> (only == null || only.equals(config.name())) && families.containsKey(config.name()))
                .forEach(config -> config.bridges().stream()
                    .filter(b -> b.name().equals(bridge) || b.node() != null && PortRef.node(b.node()).equals(bridge))
                    .forEach(b -> found.put(config.name(), b.name())));
            if (found.isEmpty()) {
                return new MaintenanceResult(found, Optional.of("bridge: " + (only == null ? "no dual bridge"
                    : "'" + only + "'") + " has a bridge '" + bridge + "'"));
            }
            return new MaintenanceResult(found, !evacuate ? Optional.empty() : found.entrySet().stream()
                .flatMap(entry -> parts(entry.getKey()).map(runner -> runner.evacuationRefusal(entry.getValue())))
                .flatMap(Optional::stream).findFirst());
        }, loop);
    }

    /**
     * Waits until bridges are evacuated.
     *
     * @param bridges their names by dual bridge
     * @return those that are not, after ten seconds at most
     */
    public ListenableFuture<Map<String, String>> evacuated(final Map<String, String> bridges) {
        final var done = SettableFuture.<Map<String, String>>create();
        loop.execute(() -> awaitEvacuated(bridges, loop.now() + EVACUATION_NANOS, done));
        return done;
    }

    private void awaitEvacuated(final Map<String, String> bridges, final long until,
            final SettableFuture<Map<String, String>> done) {
        final var rest = Maps.filterEntries(bridges, entry -> parts(entry.getKey())
            .anyMatch(runner -> !runner.isEvacuated(entry.getValue())));
        if (rest.isEmpty() || loop.now() >= until) {
            done.set(ImmutableSortedMap.copyOf(rest));
        } else {
            loop.at(loop.now() + EVACUATION_POLL_NANOS, () -> awaitEvacuated(bridges, until, done));
        }
    }

    /**
     * An operator asks for announcements.
     *
     * @param name name of the dual bridge
     * @param host MAC address of the host, {@code null} for all
     * @return what came of it
     */
    public ListenableFuture<AnnounceResult> announce(final String name, final @Nullable Mac host) {
        return Futures.submit(() -> {
            final var family = families.getOrDefault(name, runners.containsKey(name) ? List.of(name) : List.of());
            final var counts = family.stream().map(runners::get).map(runner -> runner.announceNow(host))
                .flatMap(Optional::stream).toList();
            final var hosts = counts.stream().mapToInt(Integer::intValue).sum();
            if (family.isEmpty()) {
                return new AnnounceResult(0, Optional.of("dual-bridge: there is no '" + name + "'"));
            } else if (counts.isEmpty()) {
                return new AnnounceResult(0, Optional.of("dual-bridge: no bridge of '" + name + "' is active now"));
            } else if (host != null && hosts == 0) {
                return new AnnounceResult(0, Optional.of("host: " + host + " is no host of '" + name + "'"));
            }
            return new AnnounceResult(hosts, Optional.empty());
        }, loop);
    }

    /**
     * An operator, or an orchestrator, migrates a host.
     *
     * @param host which host
     * @param to name of the dual bridge that it is to be at
     * @param waits whether it stays where it is until it is seen there
     * @return what came of it
     */
    public ListenableFuture<MigrateResult> migrate(final Key host, final String to, final boolean waits) {
        return Futures.transformAsync(Futures.submit(() -> families.containsKey(to), loop), isThere -> isThere
            ? Futures.transform(learner.migrate(host, to, waits),
                migrated -> new MigrateResult(migrated.moves(), migrated.refusal()), MoreExecutors.directExecutor())
            : Futures.immediateFuture(new MigrateResult(0, Optional.of("to: there is no '" + to + "'"))),
            MoreExecutors.directExecutor());
    }

    /**
     * An operator asks to compare what the switches hold with what is intended.
     *
     * @param name name of the dual bridge
     * @return what came of it
     */
    public ListenableFuture<VerifyResult> verify(final String name) {
        return Futures.submitAsync(() -> {
            final var family = families.getOrDefault(name, runners.containsKey(name) ? List.of(name) : List.of());
            return Futures.transform(
                Futures.allAsList(family.stream().map(runners::get).map(DualBridgeRunner::verify).toList()),
                results -> {
                    final var sum = results.stream().reduce(Verifier.Result.NONE, Verifier.Result::plus);
                    return new VerifyResult(sum.switches(), sum.missing(), sum.unexpected(), sum.repaired(),
                        family.isEmpty() ? Optional.of("dual-bridge: there is no '" + name + "'")
                            : Optional.empty());
                }, MoreExecutors.directExecutor());
        }, loop);
    }

    @Override
    public void switchConnected(final long node) {
        ports.connected(node);
        loop.execute(() -> {
            connected.add(node);
            LOG.info("{} connected", PortRef.node(node));
            leftovers.remove(node);
            rehearsal.on(node);
            runners.values().forEach(runner -> runner.switchConnected(node));
            isolation.tryAgain(node);
        });
    }

    @Override
    public void switchDisconnected(final long node) {
        ports.disconnected(node);
        loop.execute(() -> {
            if (connected.remove(node)) {
                LOG.info("{} disconnected", PortRef.node(node));
                isolation.disconnected(node);
                runners.values().forEach(runner -> runner.switchDisconnected(node));
            }
        });
    }

    @Override
    public void linkChanged(final PortRef port, final boolean up, final @Nullable Mac address) {
        final var wasDown = ports.isDown(port);
        if (ports.put(port, up, address)) {
            tellLink(port, up, wasDown && up);
        }
    }

    @Override
    public void linkHeard(final long number, final Mac address, final boolean up) {
        ports.heard(number, address, up).ifPresent(port -> tellLink(port, up, up));
    }

    /** Tells of a link; one that came up was down before, and is not only heard of for the first time. */
    private void tellLink(final PortRef port, final boolean up, final boolean cameUp) {
        loop.execute(() -> {
            attachedTo(port, new Event.LinkChanged(port, up));
            isolation.portKnown(port, cameUp);
            if (cameUp) {
                runners.values().forEach(runner -> runner.portUp(port));
            }
        });
    }

    private void attachedTo(final PortRef port, final Event event) {
        byPort.getOrDefault(port, Set.of()).forEach(runner -> runner.handle(event));
    }

    private void watch(final DualBridgeRunner runner) {
        runner.watchedPorts().forEach(port -> byPort.computeIfAbsent(port, key -> new LinkedHashSet<>()).add(runner));
    }

    private void unwatch(final DualBridgeRunner runner) {
        runner.watchedPorts().forEach(port -> {
            final var watchers = byPort.get(port);
            if (watchers != null && watchers.remove(runner) && watchers.isEmpty()) {
                byPort.remove(port);
            }
        });
    }

    @Override
    public void portRemoved(final PortRef port) {
        final var isDown = ports.remove(port);
        loop.execute(() -> isolation.portRemoved(port));
        if (isDown) {
            tellLink(port, false, false);
        }
    }

    @Override
    public void frameReceived(final PortRef port, final long cookie, final byte[] frame) {
        if (cookie == NO_FLOW) {
            Witness.read(frame, controller).ifPresent(witness -> loop.execute(() -> attachedTo(port,
                new Event.ChannelConfirmed(port.behind(witness.target()), witness.round(), witness.askedAt()))));
            return;
        }
        final var id = Cookie.id(cookie);
        // Of what all dual bridges share, only LLDP comes here; the OpenFlow plugin reads it.
        if (id < 0 || Cookie.isBase(cookie)) {
            return;
        }
        final var kind = Cookie.kind(cookie).orElse(null);
        if (kind != null && LEARNED_FROM.contains(kind)) {
            learner.frameReceived(port, id, kind, frame);
            return;
        }
        if (kind == FlowEntry.Kind.QUESTION) {
            if (questions.takes(port.datapath(), id, loop.now())) {
                loop.execute(() -> {
                    final var runner = byId.get(id);
                    if (runner != null && runner.asked(port, frame)) {
                        learner.frameReceived(port, id, FlowEntry.Kind.COPY, frame);
                    }
                });
            }
            return;
        }
        loop.execute(() -> {
            final var runner = byId.get(id);
            if (runner == null) {
                state.countUnowned(Discard.FOREIGN);
            } else {
                runner.frameReceived(port, frame);
            }
        });
    }

    @Override
    public void learned(final String dualBridge, final ImmutableList<Host> hosts, final Set<Key> arrived) {
        loop.execute(() -> {
            if (configs.containsKey(dualBridge)) {
                learned.put(dualBridge, hosts);
                parts(dualBridge).forEach(runner -> runner.learned(hosts, arrived));
            }
        });
    }

    @Override
    public void reordered(final String dualBridge, final ImmutableList<Host> hosts) {
        loop.execute(() -> {
            if (configs.containsKey(dualBridge)) {
                learned.put(dualBridge, hosts);
                parts(dualBridge).forEach(runner -> runner.reordered(hosts));
            }
        });
    }

    @Override
    public void discarded(final String dualBridge, final Map<Discard, Long> frames) {
        loop.execute(() -> parts(dualBridge).limit(1).forEach(runner -> runner.discarded(frames)));
    }

    @Override
    public void heard(final String dualBridge, final List<HostLearner.Heard> hosts) {
        loop.execute(() -> parts(dualBridge).forEach(runner -> runner.heard(hosts)));
    }

    @Override
    public void contested(final String dualBridge, final Key host) {
        loop.execute(() -> parts(dualBridge).forEach(runner -> runner.contested(host)));
    }

    @Override
    public void noted(final String dualBridge, final String text) {
        loop.execute(() -> parts(dualBridge).limit(1).forEach(runner -> runner.noted(Kind.HOST, text)));
    }

    /**
     * Tells who is told what is discovered between switches.
     *
     * @return the receiver
     */
    public LinkEvents.Receiver links() {
        return links;
    }

    @Override
    public boolean isMoving(final String dualBridge) {
        return parts(dualBridge).anyMatch(DualBridgeRunner::isMoving);
    }

    @Override
    public void relinked(final String dualBridge, final @Nullable String text) {
        final var config = configs.get(dualBridge);
        if (config != null && families.containsKey(dualBridge)) {
            if (text != null) {
                LOG.info("{}: links {}", dualBridge, text);
            }
            reconfigure(config, Kind.LINK, text == null ? null : "links " + text);
            attach();
        }
    }

    @Override
    public void linkRefused(final String dualBridge, final String text) {
        LOG.warn("{}: discovered {}", dualBridge, text);
        parts(dualBridge).limit(1).forEach(runner -> runner.noted(Kind.LINK, text));
    }

    private Stream<DualBridgeRunner> parts(final String dualBridge) {
        return families.getOrDefault(dualBridge, List.of()).stream().map(runners::get);
    }

    @Override
    public void close() {
        learner.close();
        loop.close();
        announcerThread.close();
        reader.shutdownNow();
    }
}
