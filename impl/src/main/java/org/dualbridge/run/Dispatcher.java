/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.datastore.StateWriter;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Witness;
import org.dualbridge.openflow.FabricEvents;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands every event to the dual bridges that it concerns, on their thread. */
public final class Dispatcher implements FabricEvents.Receiver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long FLUSH_NANOS = 1_000_000_000L;
    /** The cookie of a frame that no flow handed up (OpenFlow 1.3.5, section 7.4.1). */
    private static final long NO_FLOW = -1;

    private final SwitchRpcs rpcs;
    private final StateWriter state;
    private final Loop loop = new Loop("dualbridge-loop", Thread.MAX_PRIORITY);
    private final Loop announcerThread = new Loop("dualbridge-announcer", Thread.NORM_PRIORITY);
    private final PortTable ports = new PortTable();
    private final Rehearsal rehearsal;
    private final long controller = ThreadLocalRandom.current().nextLong();
    // Below: the loop's thread only.
    private final Map<String, DualBridgeRunner> runners = new HashMap<>();
    private final Map<String, DualBridge> configs = new HashMap<>();
    private final Map<Integer, DualBridgeRunner> byId = new HashMap<>();
    private final Map<PortRef, Set<DualBridgeRunner>> byPort = new HashMap<>();
    private final Set<Long> connected = new HashSet<>();
    private final Map<String, List<String>> groups = new TreeMap<>();

    /** How a switchover ended. */
    public record SwitchoverResult(long epoch, Optional<String> refusal) {
    }

    /**
     * Starts without any dual bridge.
     *
     * @param rpcs how switches are told
     * @param state where state is told
     */
    public Dispatcher(final SwitchRpcs rpcs, final StateWriter state) {
        this.rpcs = rpcs;
        this.state = state;
        rehearsal = new Rehearsal(rpcs, loop);
        loop.execute(this::flush);
    }

    private void flush() {
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
            final var isNew = configs.put(config.name(), config) == null;
            final var runner = runners.get(config.name());
            if (runner != null) {
                unwatch(runner);
                runner.reconfigure(config);
                watch(runner);
            } else if (isNew) {
                recallAndStart(config.name());
            }
        });
    }

    private void recallAndStart(final String name) {
        state.recall(name).addCallback(new FutureCallback<Intent>() {
            @Override
            public void onSuccess(final Intent remembered) {
                start(name, remembered);
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("{}: what was active before is not known: {}", name, cause.toString());
                start(name, new Intent(0, null));
            }
        }, loop);
    }

    private void start(final String name, final Intent remembered) {
        final var config = configs.get(name);
        if (config != null && !runners.containsKey(name)) {
            final var known = config.bridgeAt(remembered.active()).isPresent() ? remembered
                : new Intent(remembered.epoch(), null);
            final var runner = new DualBridgeRunner(config, known, rpcs, loop, new Announcer(rpcs, announcerThread),
                ports, state, controller, this::follow);
            runners.put(name, runner);
            byId.put(TablePlan.id(name), runner);
            watch(runner);
            regroup();
            runner.start(connected);
        }
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
        groups.values().forEach(names -> {
            final var machines = names.stream().map(alone::remove).filter(Objects::nonNull)
                .map(DualBridgeRunner::machine).toList();
            if (!machines.isEmpty()) {
                DualBridgeMachine.group(machines, now);
            }
        });
        alone.values().forEach(runner -> DualBridgeMachine.group(List.of(runner.machine()), now));
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
        final var result = SettableFuture.<Optional<String>>create();
        loop.execute(() -> {
            final var runner = runners.get(name);
            final var refusal = runner == null ? Optional.of("dual-bridge: there is no '" + name + "'")
                : runner.reportRefusal(bridge, tracker);
            if (refusal.isEmpty()) {
                runner.handle(new Event.HealthReported(bridge, tracker, healthy, loop.now() + lifetimeNanos));
            }
            result.set(refusal);
        });
        return result;
    }

    /**
     * A dual bridge is no longer configured.
     *
     * @param name its name
     */
    public void removed(final String name) {
        loop.execute(() -> {
            configs.remove(name);
            final var runner = runners.remove(name);
            if (runner != null) {
                byId.remove(TablePlan.id(name));
                unwatch(runner);
                runner.close();
                regroup();
            }
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
        final var result = SettableFuture.<SwitchoverResult>create();
        loop.execute(() -> {
            final var runner = runners.get(name);
            if (runner == null) {
                result.set(new SwitchoverResult(0, Optional.of("dual-bridge: there is no '" + name + "'")));
                return;
            }
            final var refusal = new String[1];
            final var epoch = runner.switchover(bridge, reason -> refusal[0] = reason);
            result.set(new SwitchoverResult(epoch, Optional.ofNullable(refusal[0])));
        });
        return result;
    }

    @Override
    public void switchConnected(final long node) {
        loop.execute(() -> {
            connected.add(node);
            LOG.info("{} connected", PortRef.node(node));
            rehearsal.on(node);
            runners.values().forEach(runner -> runner.switchConnected(node));
        });
    }

    @Override
    public void switchDisconnected(final long node) {
        loop.execute(() -> {
            if (connected.remove(node)) {
                LOG.info("{} disconnected", PortRef.node(node));
                runners.values().forEach(runner -> runner.switchDisconnected(node));
            }
        });
    }

    @Override
    public void linkChanged(final PortRef port, final boolean up, final @Nullable Mac address) {
        if (ports.put(port, up, address)) {
            tellLink(port, up);
        }
    }

    @Override
    public void linkHeard(final long number, final Mac address, final boolean up) {
        ports.heard(number, address, up).ifPresent(port -> tellLink(port, up));
    }

    private void tellLink(final PortRef port, final boolean up) {
        loop.execute(() -> attachedTo(port, new Event.LinkChanged(port, up)));
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
        ports.remove(port);
    }

    @Override
    public void frameReceived(final PortRef port, final long cookie, final byte[] frame) {
        if (cookie == NO_FLOW) {
            Witness.read(frame, controller).ifPresent(witness -> loop.execute(() -> attachedTo(port,
                new Event.ChannelConfirmed(port, witness.round(), witness.askedAt()))));
            return;
        }
        final var id = TableWriter.idOf(cookie);
        if (id < 0) {
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
    public void close() {
        loop.close();
        announcerThread.close();
    }
}
