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
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge.Placement;
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
 * small portions. Entries of an earlier life are removed last: every entry carries a generation in its {@link Cookie},
 * and what has another one goes. What the switch refuses is tried again until it takes it.
 */
final class TableWriter {
    private static final int PORTION = 50;
    private static final int MAX_OUTSTANDING = 1000;
    /** Longer than a takeover takes that is not called off. */
    private static final int WAY_SECONDS = 30;
    /** Longer than switches take to look at all that they cached again. */
    private static final int DRAIN_SECONDS = 1;

    private final long node;
    private final int id;
    private final Placement placement;
    private final long group;
    private final SwitchRpcs rpcs;
    private final Loop loop;
    private final Listener listener;

    private final Deque<Runnable> queue = new ArrayDeque<>();
    private final Set<FlowEntry> watch = new HashSet<>();
    private final Set<FlowEntry> role = new LinkedHashSet<>();
    /** Fences that the switch has confirmed. */
    private final Set<FlowEntry> fences = new HashSet<>();
    /** What lets frames to hosts pass the bridge that the switch is, for a moment. */
    private final Set<FlowEntry> ways = new HashSet<>();
    private Set<FlowEntry> hosts = Set.of();
    /** Meters that the switch was told to have. */
    private final Set<Metered> meters = new HashSet<>();
    /** What the switch refused. It still counts as sent, so that it is removed in any case. */
    private final Refusals refusals;
    /** What came of the messages of the last step of a takeover; a barrier alone does not say that. */
    private final List<ListenableFuture<Outcome>> told = new ArrayList<>();
    /** Where the group was pointed, {@code null} while there is none. */
    private @Nullable NextHop nextHop;
    private ListenableFuture<?> repair = Futures.immediateVoidFuture();
    private boolean connected;
    private boolean mustSweep;
    private boolean pumping;
    private int outstanding;
    private Cookie cookie;
    /** Counts changes of what the switch is meant to hold. */
    private int version;
    /** Counts connections: an outcome of an earlier one is no news. */
    private int life;

    /** Who is told what becomes of entries. */
    interface Listener {
        /** The switch refused an entry, for the first time. */
        void refused(String what);

        /** The switch has taken all that it had refused. */
        default void taken(final long node) {
            // Who counts refusals only does not care.
        }

        /** The switch has taken a fence that it had refused, and refuses no other one. */
        default void fenceTaken(final long node) {
            // The same.
        }

        /** The writer ended while the switch was away, so what it may hold is there still. */
        default void left(final long node) {
            // The same.
        }
    }

    TableWriter(final long node, final TablePlan plan, final int id, final SwitchRpcs rpcs, final Loop loop,
            final Listener listener) {
        this.node = node;
        this.id = id;
        placement = plan.placement();
        group = plan.group();
        this.rpcs = rpcs;
        this.loop = loop;
        this.listener = listener;
        cookie = new Cookie(id, 0, placement);
        refusals = new Refusals(loop, this::tryAgain);
    }

    long node() {
        return node;
    }

    boolean isConnected() {
        return connected;
    }

    /**
     * Tells whether the switch has confirmed that it drops what comes in at a port, in some VLAN at least, but for
     * frames to hosts with local repair.
     */
    boolean fences(final long port) {
        return fences.stream().map(flow -> flow.match().inPort()).anyMatch(in -> in == null || in == port);
    }

    /** Tells how many entries the switch should have and refuses. */
    int refusedNow() {
        return refusals.count();
    }

    /**
     * The switch came: everything is to be sent anew, as if nothing were there; with {@link #writeHosts} leftovers are
     * removed.
     */
    void connect() {
        forget();
        connected = true;
        outstanding = 0;
        life++;
        cookie = new Cookie(id, ThreadLocalRandom.current().nextInt(1 << Cookie.GENERATION_BITS), placement);
        mustSweep = true;
    }

    private void sweep() {
        mustSweep = false;
        for (int bit = 0; bit < Cookie.GENERATION_BITS; bit++) {
            final var mask = 1L << bit;
            queue.add(() -> track(rpcs.removeAll(node, cookie.own() | ~cookie.generation() & mask,
                Cookie.OWN_MASK | mask),
                "removal of old flows"));
        }
    }

    void disconnect() {
        forget();
        connected = false;
    }

    private void forget() {
        queue.clear();
        meters.clear();
        watch.clear();
        role.clear();
        fences.clear();
        ways.clear();
        hosts = Set.of();
        refusals.clear();
        nextHop = null;
        version++;
        repair.cancel(false);
    }

    /**
     * Sends frames to hosts to another bridge, before the old one is fenced.
     *
     * @param target where the group is to lead
     * @param way what lets them pass the bridge that the switch is
     */
    boolean divert(final RoleTable target, final List<FlowEntry> way) {
        told.clear();
        // One that passes everything would pass less; it was about to be fenced by a move that this one overtakes.
        final var isFenced = role.stream().anyMatch(flow -> flow.kind() == Kind.FENCE
            && flow.match().inPort() == null);
        final var missing = role.stream().filter(flow -> flow.kind() == Kind.PASS && refusals.contains(flow)).toList();
        if (isFenced) {
            told.addAll(open(way, WAY_SECONDS));
            missing.forEach(flow -> told.add(add(flow)));
        }
        return lead(target.nextHop()) || isFenced && !(way.isEmpty() && missing.isEmpty());
    }

    /** Lets frames to hosts that are under way pass the bridge that the switch is, when it is fenced next. */
    void drain(final List<FlowEntry> way) {
        open(way, DRAIN_SECONDS);
    }

    /** Lets only those pass that the role says: the move that it was for is called off. */
    void callOff() {
        ways.stream().filter(way -> role.stream().noneMatch(flow -> flow.priority() == way.priority()
            && flow.match().equals(way.match()))).forEach(this::remove);
        ways.clear();
    }

    /** Lets nobody pass a fence any more: it stays, and nobody will know who is a host. */
    void closeAll() {
        if (connected) {
            callOff();
            role.stream().filter(flow -> flow.kind() == Kind.PASS).forEach(flow -> tellRefused(rpcs.remove(node,
                flow.table(placement), flow, cookie.whole(flow), Cookie.OWN_MASK),
                "removal of " + flow.kind() + " flow"));
            barrier();
        }
    }

    /** Opens a way; the switch closes it, if nobody else does. */
    private List<ListenableFuture<Outcome>> open(final List<FlowEntry> flows, final int seconds) {
        ways.addAll(flows);
        return flows.stream().map(flow -> track(rpcs.add(node, flow.table(placement), flow, cookie.of(flow), seconds),
            "way of frames to hosts")).toList();
    }

    /** Adds what keeps frames out. First half of a takeover. */
    boolean fence(final RoleTable target) {
        told.clear();
        final var added = target.flows().stream()
            .filter(flow -> flow.kind() == Kind.FENCE || flow.kind() == Kind.PASS)
            .filter(flow -> !role.contains(flow) || refusals.contains(flow))
            .toList();
        role.addAll(added);
        version++;
        added.forEach(flow -> {
            final var outcome = add(flow);
            if (flow.kind() == Kind.FENCE) {
                told.add(outcome);
            }
        });
        final var closed = role.stream().filter(flow -> flow.kind() == Kind.FORWARD && !target.flows().contains(flow))
            .toList();
        if (target.flows().stream().noneMatch(flow -> flow.kind() == Kind.FENCE && flow.match().inPort() == null)) {
            // No fence on the bridge itself covers it.
            closed.forEach(flow -> {
                role.remove(flow);
                told.add(remove(flow));
            });
        }
        // One that an earlier takeover has put up may not be confirmed yet.
        return !told.isEmpty() || !added.isEmpty() || target.flows().stream().anyMatch(flow -> flow.kind() == Kind.FENCE
            && !fences.contains(flow));
    }

    /** Points the group, and removes what keeps frames out. Second half of a takeover. */
    boolean redirect(final RoleTable target) {
        var sent = lead(target.nextHop());
        for (final var flow : Sets.difference(target.flows(), role)) {
            add(flow);
            sent = true;
        }
        // What keeps out before what lets in all the same.
        for (final var flow : List.copyOf(Sets.difference(role, target.flows())).reversed()) {
            remove(flow);
            sent = true;
        }
        role.clear();
        role.addAll(target.flows());
        if (target.flows().stream().anyMatch(flow -> flow.kind() == Kind.FORWARD)) {
            // All pass now.
            callOff();
        }
        return sent;
    }

    /** Points the group; tells whether it led elsewhere. */
    private boolean lead(final @Nullable NextHop port) {
        var sent = false;
        final var before = nextHop;
        nextHop = port;
        version++;
        if (port == null && before != null) {
            track(rpcs.deleteGroup(node, group), "removal of the group");
            refusals.removeGroup();
            // With a group go the flows that lead to it (OpenFlow 1.3.5, section 6.5).
            hosts.stream().filter(flow -> flow.kind() == Kind.HOST).forEach(refusals::remove);
            hosts = hosts.stream().filter(flow -> flow.kind() != Kind.HOST).collect(ImmutableSet.toImmutableSet());
            sent = true;
        } else if (port != null && (!port.equals(before) || refusals.hasGroup())) {
            told.add(point(port, before == null || refusals.hasGroup()));
            sent = true;
        }
        return sent;
    }

    void writeWatch(final Collection<FlowEntry> target) {
        final var wanted = Set.copyOf(target);
        version++;
        Sets.difference(watch, wanted).stream().filter(flow -> flow.kind() != Kind.BASE).forEach(this::remove);
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

    /** Writes ordinary forwarding of what depends on hosts, at once; the rest has to wait. */
    void writeForwarding(final ImmutableSet<FlowEntry> target) {
        final var added = target.stream().filter(flow -> flow.kind() == Kind.BASE && !hosts.contains(flow)).toList();
        if (!added.isEmpty()) {
            added.forEach(this::add);
            hosts = ImmutableSet.<FlowEntry>builder().addAll(hosts).addAll(added).build();
            version++;
        }
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
        version++;
    }

    /**
     * What becomes of the flows that depend on hosts. There may be many, so this may be found out on another thread.
     *
     * @param before as they are
     * @param after as they are to be
     * @param removed what goes, what was added last first: it may rest on what was added before; the switch's ordinary
     *     forwarding stays, whoever put it there: others may rely on it
     * @param added what comes
     */
    record HostChange(Set<FlowEntry> before, ImmutableSet<FlowEntry> after, List<FlowEntry> removed,
            List<FlowEntry> added) {
        static HostChange of(final Set<FlowEntry> before, final ImmutableSet<FlowEntry> after) {
            return before == after ? new HostChange(before, after, List.of(), List.of())
                : new HostChange(before, after,
                    Sets.difference(before, after).stream().filter(flow -> flow.kind() != Kind.BASE).toList()
                        .reversed(),
                    List.copyOf(Sets.difference(after, before)));
        }
    }

    /** Opens the window in which the switch learns outside stations; the switch closes it, if nobody else does. */
    void relearn(final FlowEntry flow) {
        track(rpcs.add(node, flow.table(placement), flow, cookie.of(flow), 1), "flow");
    }

    void endRelearn(final FlowEntry flow) {
        remove(flow);
    }

    /** Makes a switch with a flow cache look at its tables again, by sending a flow that it has. */
    void poke() {
        hosts.stream().filter(flow -> flow.kind() == Kind.BASE).findFirst().ifPresent(this::add);
    }

    /**
     * Ends. Whoever keeps the tables of the switch from now on does it with entries of its own, so nothing is meant to
     * be there any more, and nothing is verified.
     *
     * @param removes whether what was sent is removed
     */
    void end(final boolean removes) {
        if (connected) {
            callOff();
        } else if (removes) {
            listener.left(node);
        }
        if (connected && removes) {
            tellRefused(rpcs.removeAll(node, cookie.own(), Cookie.OWN_MASK), "removal of flows");
            if (nextHop != null) {
                tellRefused(rpcs.deleteGroup(node, group), "removal of the group");
            }
            barrier();
        }
        disconnect();
    }

    /**
     * Flows are to be elsewhere from now on. Ordinary forwarding that is not wanted there goes at once: it might come
     * before what another writer puts up. The rest goes when that one has written everything, and sweeps.
     *
     * @param wanted what there is to be in the new place
     * @param next the new place
     */
    void leave(final Collection<FlowEntry> wanted, final Placement next) {
        if (connected) {
            Stream.concat(List.copyOf(hosts).stream(), List.copyOf(watch).stream())
                .filter(flow -> flow.kind() == Kind.BASE)
                .filter(flow -> next.table() != placement.table() || !wanted.contains(flow))
                .forEach(flow -> tellRefused(rpcs.remove(node, placement.table(), flow, cookie.of(flow), -1),
                    "removal of " + flow.kind() + " flow"));
        }
        disconnect();
    }

    /** What is not tracked any more, since this writer ends, is still to be told where it was refused. */
    private void tellRefused(final ListenableFuture<Outcome> removal, final String what) {
        Outcome.then(removal, outcome -> {
            if (!outcome.isDone()) {
                refused(what, outcome);
            }
        }, loop);
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

    // ---- verification ----

    /** Tells what the switch is meant to hold; empty while it is being told. */
    Optional<Intended> intended() {
        return connected && !mustSweep && queue.isEmpty() && outstanding == 0
            ? Optional.of(new Intended(node, cookie, version,
                List.of(Set.copyOf(watch), Set.copyOf(role), hosts), Set.copyOf(refusals.flows()), group,
                refusals.hasGroup() ? null : nextHop))
            : Optional.empty();
    }

    /** Tells whether the switch is still meant to hold that. */
    boolean isCurrent(final Intended then) {
        return connected && version == then.version();
    }

    /**
     * Sends what the switch does not hold as intended, and removes what it should not hold. The group is pointed anew
     * in any case, since nobody tells where it leads. What is not sent yet when something else is intended is left to
     * the next verification.
     *
     * @param then what is intended; still current
     * @param drift how the switch differs from it
     * @return how many entries were repaired
     */
    ListenableFuture<Integer> repair(final Intended then, final Drift drift) {
        // They may be gone, as flows were; with a meter go the flows that it bounds.
        meters.clear();
        final var port = then.nextHop();
        final var pointed = port == null ? barrier() : pointNow(port, drift.groupMissing());
        final var all = new ArrayList<ListenableFuture<Outcome>>();
        drift.unexpected().forEach(flow -> all.add(later(then, () ->
            track(rpcs.remove(node, flow), "removal of an unexpected flow"))));
        drift.missing().forEach(flow -> all.add(later(then, () -> add(flow))));
        pump();
        final var repaired = Futures.transform(Futures.allAsList(all),
            outcomes -> (int) outcomes.stream().filter(Outcome::isDone).count(), MoreExecutors.directExecutor());
        repair = repaired;
        return Futures.transformAsync(pointed, outcome -> Futures.transform(repaired,
            count -> count + (drift.groupMissing() && outcome.isDone() ? 1 : 0), MoreExecutors.directExecutor()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<Outcome> later(final Intended then, final Supplier<ListenableFuture<Outcome>> send) {
        final var future = SettableFuture.<Outcome>create();
        queue.add(() -> future.setFuture(isCurrent(then) ? send.get()
            : Futures.immediateFuture(new Outcome(Outcome.Kind.REFUSED, "something else is intended now"))));
        return future;
    }

    // ---- refusals ----

    private void tryAgain() {
        final var port = nextHop;
        if (port != null && refusals.hasGroup()) {
            pointNow(port, true);
        }
        refusals.flows().forEach(flow -> queue.add(() -> {
            if (refusals.contains(flow)) {
                add(flow);
            }
        }));
        pump();
    }

    private void refused(final String what, final Outcome outcome) {
        listener.refused(PortRef.node(node) + ": " + what + ": " + outcome.detail());
    }

    boolean refusesFence() {
        return refusals.flows().stream().anyMatch(flow -> flow.kind() == Kind.FENCE);
    }

    private void taken() {
        if (refusals.count() == 0) {
            listener.taken(node);
        }
    }

    // ---- messages ----

    private ListenableFuture<Outcome> add(final FlowEntry flow) {
        // It may be there, of another dual bridge or from before a restart: then this is refused.
        flow.actions().stream().filter(Metered.class::isInstance).map(Metered.class::cast).filter(meters::add)
            .forEach(meter -> rpcs.createMeter(node, meter));
        return track(rpcs.add(node, flow.table(placement), flow, cookie.of(flow), 0), outcome -> {
            if (outcome.isDone()) {
                if (flow.kind() == Kind.FENCE && role.contains(flow)) {
                    fences.add(flow);
                }
                if (refusals.remove(flow)) {
                    taken();
                    if (flow.kind() == Kind.FENCE && !refusesFence()) {
                        listener.fenceTaken(node);
                    }
                }
                return;
            }
            // With a meter go the flows that it bounds (OpenFlow 1.3.5, section 6.6).
            meters.clear();
            if (isIntended(flow) && refusals.add(flow)) {
                refused(flow.kind() == Kind.FENCE ? "fence" : flow.kind() + " flow", outcome);
            }
        });
    }

    private boolean isIntended(final FlowEntry flow) {
        return watch.contains(flow) || role.contains(flow) || hosts.contains(flow);
    }

    private ListenableFuture<Outcome> point(final NextHop port, final boolean create) {
        if (create) {
            // It may be there from before a restart: then this is refused, and the next message is what counts.
            rpcs.createGroup(node, group, port);
        }
        return track(rpcs.pointGroup(node, group, port), outcome -> {
            if (outcome.isDone()) {
                if (refusals.removeGroup()) {
                    taken();
                }
            } else if (nextHop != null && refusals.addGroup()) {
                refused("group", outcome);
            }
        });
    }

    private ListenableFuture<Outcome> pointNow(final NextHop port, final boolean create) {
        final var outcome = point(port, create);
        // Futures complete with a barrier only.
        barrier();
        return outcome;
    }

    private ListenableFuture<Outcome> remove(final FlowEntry flow) {
        refusals.remove(flow);
        fences.remove(flow);
        // Not one that another dual bridge has put in its place: a host may be there now.
        return track(rpcs.remove(node, flow.table(placement), flow, cookie.whole(flow), Cookie.OWN_MASK),
            "removal of " + flow.kind() + " flow");
    }

    private ListenableFuture<Outcome> track(final ListenableFuture<Outcome> future, final String what) {
        return track(future, outcome -> {
            if (!outcome.isDone()) {
                refused(what, outcome);
            }
        });
    }

    private ListenableFuture<Outcome> track(final ListenableFuture<Outcome> future, final Consumer<Outcome> then) {
        final var sentIn = life;
        outstanding++;
        Outcome.then(future, outcome -> {
            if (sentIn == life) {
                outstanding--;
                if (connected) {
                    then.accept(outcome);
                }
            }
            if (!queue.isEmpty()) {
                pump();
            }
        }, loop);
        return future;
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
