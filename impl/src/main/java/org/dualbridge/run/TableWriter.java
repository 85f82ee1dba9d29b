/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Kind;
import org.dualbridge.table.FlowEntry.Metered;
import org.dualbridge.table.NextHop;
import org.dualbridge.table.TablePlan;
import org.dualbridge.table.TablePlan.RoleTable;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Keeps the tables of one switch as one dual bridge means them to be, and remembers what was sent.
 *
 * <p>The role table is sent at once, also while thousands of host flows are on their way: those are queued and sent in
 * small portions. Entries of an earlier life are removed last: every entry carries a generation in its cookie, and what
 * has another one goes.
 *
 * <pre>
 *  cookie  0xdb | id of the dual bridge, 24 bits | kind, 8 bits | 0, 12 bits | generation, 12 bits
 * </pre>
 */
final class TableWriter {
    static final long MARK = 0xdbL << 56;
    static final long MARK_MASK = 0xffL << 56;

    private static final int GENERATION_BITS = 12;
    private static final int PORTION = 50;
    private static final int MAX_OUTSTANDING = 1000;

    private final long node;
    private final int id;
    private final long group;
    private final SwitchRpcs rpcs;
    private final Loop loop;
    private final Consumer<String> onRefusal;

    private final Deque<Runnable> queue = new ArrayDeque<>();
    private final Set<FlowEntry> watch = new HashSet<>();
    private final Set<FlowEntry> role = new HashSet<>();
    /** Fences that the switch refused. They still count as sent, so that they are removed in any case. */
    private final Set<FlowEntry> refused = new HashSet<>();
    /** What came of the messages of the last step of a takeover; a barrier alone does not say that. */
    private final List<ListenableFuture<Outcome>> told = new ArrayList<>();
    private Set<FlowEntry> hosts = Set.of();
    /** Where the group was pointed, {@code null} while there is none. */
    private @Nullable NextHop nextHop;
    private boolean connected;
    private boolean groupRefused;
    private boolean mustSweep;
    private boolean metered;
    private boolean pumping;
    private int outstanding;
    private int generation;

    TableWriter(final long node, final TablePlan plan, final int id, final SwitchRpcs rpcs, final Loop loop,
            final Consumer<String> onRefusal) {
        this.node = node;
        this.id = id;
        group = plan.group();
        this.rpcs = rpcs;
        this.loop = loop;
        this.onRefusal = onRefusal;
    }

    /** Tells whether a cookie is that of a flow that copies what hosts say. */
    static boolean isCopy(final long cookie) {
        return (cookie & MARK_MASK) == MARK && (cookie >>> 24 & 0xff) == Kind.COPY.ordinal();
    }

    /** Tells which dual bridge a cookie belongs to, -1 for none. */
    static int idOf(final long cookie) {
        return (cookie & MARK_MASK) == MARK ? (int) (cookie >>> 32) & 0xff_ffff : -1;
    }

    long node() {
        return node;
    }

    boolean isConnected() {
        return connected;
    }

    private long cookie(final Kind kind) {
        final var kindBits = (long) kind.ordinal() << 24;
        return kind == Kind.BASE ? MARK | kindBits : MARK | (long) id << 32 | kindBits | generation;
    }

    /**
     * The switch came: everything is to be sent anew, as if nothing were there; with {@link #writeHosts} leftovers are
     * removed.
     */
    void connect() {
        forget();
        connected = true;
        generation = ThreadLocalRandom.current().nextInt(1 << GENERATION_BITS);
        mustSweep = true;
    }

    private void sweep() {
        mustSweep = false;
        for (int bit = 0; bit < GENERATION_BITS; bit++) {
            final var mask = 1L << bit;
            queue.add(() -> track(rpcs.removeAll(node, MARK | (long) id << 32 | ~generation & mask,
                MARK_MASK | 0xff_ffffL << 32 | mask), "removal of old flows"));
        }
    }

    void disconnect() {
        forget();
        connected = false;
    }

    private void forget() {
        queue.clear();
        watch.clear();
        role.clear();
        refused.clear();
        hosts = Set.of();
        nextHop = null;
        groupRefused = false;
        metered = false;
    }

    /** Adds what keeps frames out. First half of a takeover. */
    boolean fence(final RoleTable target) {
        told.clear();
        final var added = target.flows().stream()
            .filter(flow -> flow.kind() == Kind.FENCE && (!role.contains(flow) || refused.contains(flow)))
            .toList();
        role.addAll(added);
        added.forEach(refused::remove);
        added.forEach(flow -> tell(rpcs.add(node, flow, cookie(flow.kind()), 0), "fence", () -> refused.add(flow)));
        return !added.isEmpty();
    }

    /** Points the group, and removes what keeps frames out. Second half of a takeover. */
    boolean redirect(final RoleTable target) {
        var sent = false;
        final var port = target.nextHop();
        if (port == null && nextHop != null) {
            track(rpcs.deleteGroup(node, group), "removal of the group");
            hosts = hosts.stream().filter(flow -> flow.kind() != Kind.HOST).collect(ImmutableSet.toImmutableSet());
            sent = true;
        } else if (port != null && (!port.equals(nextHop) || groupRefused)) {
            groupRefused = false;
            if (nextHop == null) {
                // It may be there from before a restart: then this is refused, and the next message is what counts.
                rpcs.createGroup(node, group, port);
            }
            tell(rpcs.pointGroup(node, group, port), "group", () -> groupRefused = true);
            sent = true;
        }
        nextHop = port;
        for (final var flow : Sets.difference(target.flows(), role)) {
            add(flow);
            sent = true;
        }
        for (final var flow : Sets.difference(role, target.flows())) {
            remove(flow);
            sent = true;
        }
        role.clear();
        role.addAll(target.flows());
        return sent;
    }

    void writeWatch(final Collection<FlowEntry> target) {
        final var wanted = Set.copyOf(target);
        Sets.difference(watch, wanted).forEach(this::remove);
        Sets.difference(wanted, watch).forEach(this::add);
        watch.clear();
        watch.addAll(wanted);
    }

    /** Tells what depends on hosts, as it was sent or is on its way. */
    Set<FlowEntry> hosts() {
        return hosts;
    }

    void writeHosts(final ImmutableSet<FlowEntry> target) {
        apply(HostChange.of(hosts, target));
        if (mustSweep) {
            sweep();
        }
        pump();
    }

    /** Hosts were learned; a switch that was not told of any yet will be told of all. */
    void updateHosts(final HostChange change) {
        if (connected && !mustSweep) {
            apply(change.before == hosts ? change : HostChange.of(hosts, change.after));
            pump();
        }
    }

    private void apply(final HostChange change) {
        change.removed.forEach(flow -> queue.add(() -> remove(flow)));
        change.added.forEach(flow -> queue.add(() -> add(flow)));
        hosts = change.after;
    }

    /**
     * What becomes of the flows that depend on hosts. There may be many, so this may be found out on another thread.
     *
     * @param before as they are
     * @param after as they are to be
     * @param removed what goes; the switch's ordinary forwarding stays, whoever put it there: others may rely on it
     * @param added what comes
     */
    record HostChange(Set<FlowEntry> before, ImmutableSet<FlowEntry> after, List<FlowEntry> removed,
            List<FlowEntry> added) {
        static HostChange of(final Set<FlowEntry> before, final ImmutableSet<FlowEntry> after) {
            return before == after ? new HostChange(before, after, List.of(), List.of())
                : new HostChange(before, after,
                    Sets.difference(before, after).stream().filter(flow -> flow.kind() != Kind.BASE).toList(),
                    List.copyOf(Sets.difference(after, before)));
        }
    }

    /** Opens the window in which the switch learns outside stations; the switch closes it, if nobody else does. */
    void relearn() {
        track(rpcs.add(node, TablePlan.relearn(), cookie(Kind.RELEARN), 1), "flow");
    }

    void endRelearn() {
        remove(TablePlan.relearn());
    }

    /** Makes a switch with a flow cache look at its tables again, by sending a flow that it has. */
    void poke() {
        hosts.stream().filter(flow -> flow.kind() == Kind.BASE).findFirst().ifPresent(this::add);
    }

    /** The dual bridge is gone. Bridges that are switches keep their role: two that forward would be a loop. */
    void abandon(final boolean isFabric) {
        queue.clear();
        if (connected && isFabric) {
            track(rpcs.removeAll(node, MARK | (long) id << 32, MARK_MASK | 0xff_ffffL << 32), "removal of flows");
            if (nextHop != null) {
                track(rpcs.deleteGroup(node, group), "removal of the group");
            }
            barrier();
        }
        forget();
    }

    ListenableFuture<Outcome> barrier() {
        return rpcs.barrier(node);
    }

    /** Asks the switch for its word that the last fence is up, and the group points where it was pointed since. */
    ListenableFuture<Outcome> confirmation() {
        final var all = new ArrayList<>(told);
        all.add(barrier());
        told.clear();
        return Futures.transform(Futures.allAsList(all), outcomes -> outcomes.stream()
            .filter(outcome -> !outcome.isDone()).findFirst().orElseGet(outcomes::getLast),
            MoreExecutors.directExecutor());
    }

    private void tell(final ListenableFuture<Outcome> future, final String what, final Runnable undo) {
        told.add(future);
        track(future, what);
        Futures.addCallback(future, new FutureCallback<Outcome>() {
            @Override
            public void onSuccess(final Outcome outcome) {
                if (!outcome.isDone()) {
                    loop.execute(undo);
                }
            }

            @Override
            public void onFailure(final Throwable cause) {
                loop.execute(undo);
            }
        }, MoreExecutors.directExecutor());
    }

    private void add(final FlowEntry flow) {
        if (flow.kind() == Kind.COPY && !metered) {
            metered = true;
            // It may be there, of another dual bridge or from before a restart: then this is refused.
            rpcs.createMeter(node, Metered.COPIES, Metered.RATE);
        }
        track(rpcs.add(node, flow, cookie(flow.kind()), 0), flow.kind() + " flow");
    }

    private void remove(final FlowEntry flow) {
        // Not one that another dual bridge has put in its place: a host may be there now.
        track(rpcs.remove(node, flow, MARK | (long) id << 32, MARK_MASK | 0xff_ffffL << 32),
            "removal of " + flow.kind() + " flow");
    }

    private void track(final ListenableFuture<Outcome> future, final String what) {
        outstanding++;
        Futures.addCallback(future, new FutureCallback<Outcome>() {
            @Override
            public void onSuccess(final Outcome outcome) {
                loop.execute(() -> done(outcome, what));
            }

            @Override
            public void onFailure(final Throwable cause) {
                loop.execute(() -> done(new Outcome(Outcome.Kind.UNREACHABLE, cause.toString()), what));
            }
        }, MoreExecutors.directExecutor());
    }

    private void done(final Outcome outcome, final String what) {
        outstanding--;
        if (connected && !outcome.isDone()) {
            onRefusal.accept(PortRef.node(node) + ": " + what + ": " + outcome.detail());
        }
        if (!queue.isEmpty()) {
            pump();
        }
    }

    private void pump() {
        if (pumping || queue.isEmpty() || !connected) {
            return;
        }
        pumping = true;
        loop.execute(() -> {
            pumping = false;
            for (int sent = 0; sent < PORTION && outstanding < MAX_OUTSTANDING && !queue.isEmpty(); sent++) {
                queue.remove().run();
            }
            // Futures complete with a barrier only.
            if (outstanding >= MAX_OUTSTANDING || queue.isEmpty()) {
                barrier();
            } else {
                pump();
            }
        });
    }
}
