/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import com.google.common.util.concurrent.FluentFuture;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.run.StatusSink;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.WriteTransaction;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.RoleMemory;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.State;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.StateBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.role.memory.DualBridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes state to the datastore, never more than one transaction at a time: what changes meanwhile is written together
 * afterwards, and only the last of several states. A datastore that is slow, or gone, delays nobody; what was not
 * written is tried again with the next change. After a transaction about many dual bridges there is a rest, so that
 * their heartbeats do not have to share a processor with it.
 */
public final class StateWriter implements StatusSink {
    private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);
    private static final DataObjectIdentifier<State> PLUGIN =
        DataObjectIdentifier.builder(DualBridges.class).child(State.class).build();

    /** More than so many dual bridges are many; the rest is so many times as long as the transaction, at most 2 s. */
    private static final int FEW = 10;
    private static final int REST = 9;
    private static final long MAX_REST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final DataBroker broker;
    private final Instant started = Instant.now();
    private final Map<String, DualBridgeStatus> latest = new ConcurrentHashMap<>();
    private final Set<String> changed = new TreeSet<>();
    private final Map<String, String> refusals = new HashMap<>();
    private final Map<Discard, Long> unowned = new EnumMap<>(Discard.class);
    private long latenessMicros;
    private boolean pluginChanged = true;
    private boolean writing;
    /** Who waits for what is being written, and for what is to be written next. */
    private List<SettableFuture<Void>> waiting = new ArrayList<>();
    private final List<SettableFuture<Void>> waitingLonger = new ArrayList<>();
    /** What is to be remembered; that never rests, since a controller that dies now must find it when it comes back. */
    private final Map<String, Intent> memories = new HashMap<>();
    private boolean remembering;
    private List<SettableFuture<Void>> waitingForMemory = new ArrayList<>();

    /** What is written together. */
    private record Batch(Set<String> names, Map<String, DualBridgeStatus> states, Map<String, String> refusals,
            @Nullable State plugin) {
    }

    /**
     * Writes to a datastore.
     *
     * @param broker the datastore
     */
    public StateWriter(final DataBroker broker) {
        this.broker = broker;
    }

    /**
     * Tells the states as they were published last, whether or not they are written yet.
     *
     * @return a live view, by name
     */
    public Map<String, DualBridgeStatus> latest() {
        return latest;
    }

    /**
     * Tells when all that was published until now can be read by others, so that who is answered then finds it so.
     *
     * @return done when it was written, or could not be
     */
    public synchronized ListenableFuture<Void> written() {
        final var done = new ArrayList<ListenableFuture<Void>>();
        if (writing || hasNews()) {
            done.add(waiter(hasNews() ? waitingLonger : waiting));
        }
        if (remembering || !memories.isEmpty()) {
            done.add(waiter(waitingForMemory));
        }
        return Futures.whenAllComplete(done).call(() -> null, MoreExecutors.directExecutor());
    }

    private static SettableFuture<Void> waiter(final List<SettableFuture<Void>> others) {
        final var done = SettableFuture.<Void>create();
        others.add(done);
        return done;
    }

    /** Takes who waited for what is written now; they are told without the lock. */
    private synchronized List<SettableFuture<Void>> takeWaiting() {
        final var told = waiting;
        waiting = new ArrayList<>();
        return told;
    }

    @Override
    public void publish(final DualBridgeStatus status) {
        synchronized (this) {
            latest.put(status.name(), status);
            changed.add(status.name());
        }
        write();
    }

    @Override
    public void remember(final String name, final Intent intent) {
        synchronized (this) {
            memories.put(name, intent);
        }
        writeMemories();
    }

    /**
     * Removes the state of a dual bridge that is no longer configured, and what was remembered of it.
     *
     * @param name its name
     */
    public void forget(final String name) {
        synchronized (this) {
            latest.remove(name);
            changed.add(name);
            memories.put(name, new Intent(0, null));
        }
        writeMemories();
        write();
    }

    /**
     * Tells why the VLANs of a dual bridge are not shared, though a bridge of it was to share them.
     *
     * @param name name of the dual bridge
     * @param refusal the reason, empty if there is none
     */
    public void sharingRefused(final String name, final Optional<String> refusal) {
        synchronized (this) {
            refusal.ifPresentOrElse(why -> refusals.put(name, why), () -> refusals.remove(name));
            if (latest.containsKey(name)) {
                changed.add(name);
            }
        }
        write();
    }

    /**
     * Counts a frame that belongs to no dual bridge.
     *
     * @param reason why it was not used
     */
    public synchronized void countUnowned(final Discard reason) {
        unowned.merge(reason, 1L, Long::sum);
        pluginChanged = true;
    }

    /**
     * Writes counts that changed; called now and then, since nothing is written per frame.
     *
     * @param latenessNanos by how much a timer was late, at worst
     */
    public void flush(final long latenessNanos) {
        final boolean isNews;
        synchronized (this) {
            final var micros = TimeUnit.NANOSECONDS.toMicros(latenessNanos);
            pluginChanged |= micros != latenessMicros;
            latenessMicros = micros;
            isNews = pluginChanged;
        }
        if (isNews) {
            write();
        }
    }

    /** Takes what is to be written, unless something is being written. */
    private synchronized Optional<Batch> take() {
        if (writing || !hasNews()) {
            return Optional.empty();
        }
        writing = true;
        waiting.addAll(waitingLonger);
        waitingLonger.clear();
        final var batch = new Batch(Set.copyOf(changed), Map.copyOf(latest), Map.copyOf(refusals),
            pluginChanged ? new StateBuilder()
                .setStarted(StateTerms.time(started))
                .setTimerLateness(StateTerms.micros(latenessMicros))
                .setDiscarded(StateTerms.discarded(unowned))
                .build() : null);
        changed.clear();
        pluginChanged = false;
        return Optional.of(batch);
    }

    private synchronized boolean hasNews() {
        return !changed.isEmpty() || pluginChanged;
    }

    private void write() {
        take().ifPresent(this::write);
    }

    /** What it takes to translate many states delays nobody who publishes one. */
    private void write(final Batch batch) {
        final var began = System.nanoTime();
        final var tx = broker.newWriteOnlyTransaction();
        batch.names.forEach(name -> {
            final var status = batch.states.get(name);
            if (status == null) {
                tx.delete(LogicalDatastoreType.OPERATIONAL, path(name));
            } else {
                tx.put(LogicalDatastoreType.OPERATIONAL, path(name),
                    StateTerms.dualBridge(status, batch.refusals.get(name)));
            }
        });
        if (batch.plugin != null) {
            tx.put(LogicalDatastoreType.OPERATIONAL, PLUGIN, batch.plugin);
        }
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                takeWaiting().forEach(one -> one.set(null));
                if (batch.names.size() > FEW) {
                    rest(began);
                } else {
                    goOn();
                }
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("state not written, tried again with the next change: {}", cause.toString());
                failed(batch).forEach(one -> one.set(null));
            }
        }, MoreExecutors.directExecutor());
    }

    private void writeMemories() {
        final Map<String, Intent> intents;
        synchronized (this) {
            if (remembering || memories.isEmpty()) {
                return;
            }
            remembering = true;
            intents = Map.copyOf(memories);
            memories.clear();
        }
        final var tx = broker.newWriteOnlyTransaction();
        intents.forEach((name, intent) -> keep(tx, name, intent));
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                remembered(Map.of());
                writeMemories();
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("active attachments not written, tried again with the next change: {}", cause.toString());
                remembered(intents);
            }
        }, MoreExecutors.directExecutor());
    }

    /** Goes on with what is to be remembered; who waits is told when that is nothing, or failed. */
    private void remembered(final Map<String, Intent> again) {
        final List<SettableFuture<Void>> told;
        synchronized (this) {
            remembering = false;
            told = memories.isEmpty() || !again.isEmpty() ? waitingForMemory : List.of();
            if (!told.isEmpty()) {
                waitingForMemory = new ArrayList<>();
            }
            again.forEach(memories::putIfAbsent);
        }
        told.forEach(one -> one.set(null));
    }

    private static void keep(final WriteTransaction tx, final String name,
            final Intent intent) {
        final var path = memoryPath(name);
        final PortRef active = intent.active();
        if (active == null) {
            tx.delete(LogicalDatastoreType.CONFIGURATION, path);
        } else {
            tx.mergeParentStructurePut(LogicalDatastoreType.CONFIGURATION, path, new DualBridgeBuilder()
                .setName(new Name(name))
                .setActiveAttachment(new NodeConnectorId(active.toString()))
                .setEpoch(Uint64.valueOf(intent.epoch()))
                .build());
        }
    }

    private void rest(final long began) {
        final var nanos = Math.min(REST * (System.nanoTime() - began), MAX_REST_NANOS);
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, ForkJoinPool.commonPool())
            .execute(this::goOn);
    }

    private void goOn() {
        writeMemories();
        final List<SettableFuture<Void>> told;
        synchronized (this) {
            writing = false;
            told = takeWaiting();
        }
        told.forEach(one -> one.set(null));
        write();
    }

    /** Nobody waits for the next change. */
    private synchronized List<SettableFuture<Void>> failed(final Batch batch) {
        writing = false;
        waiting.addAll(waitingLonger);
        waitingLonger.clear();
        pluginChanged |= batch.plugin != null;
        changed.addAll(batch.names);
        return takeWaiting();
    }

    private static DataObjectIdentifier<DualBridge> path(final String name) {
        return DataObjectIdentifier.builder(DualBridges.class)
            .child(DualBridge.class, new DualBridgeKey(new Name(name)))
            .build();
    }

    static DataObjectIdentifier<org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.role.memory.DualBridge>
            memoryPath(final String name) {
        return DataObjectIdentifier.builder(RoleMemory.class)
            .child(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.role.memory.DualBridge.class,
                new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.role.memory.DualBridgeKey(new Name(name)))
            .build();
    }

    /**
     * Reads what was remembered of a dual bridge.
     *
     * @param name its name
     * @return what was active; epoch 0 and no attachment where nothing is known
     */
    public FluentFuture<Intent> recall(final String name) {
        final var tx = broker.newReadOnlyTransaction();
        return tx.read(LogicalDatastoreType.CONFIGURATION, memoryPath(name))
            .transform(found -> {
                tx.close();
                return found.filter(memory -> memory.getActiveAttachment() != null)
                    .map(memory -> new Intent(memory.getEpoch() == null ? 0 : memory.getEpoch().longValue(),
                        PortRef.parse(memory.getActiveAttachment().getValue())))
                    .orElseGet(() -> new Intent(0, null));
            }, MoreExecutors.directExecutor());
    }
}
