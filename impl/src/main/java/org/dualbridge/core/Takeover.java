/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.Action.Move;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.Event.Confirmed;
import org.dualbridge.core.Event.Step;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What follows from a move, step by step, and what else is written to switches.
 *
 * <pre>
 *  Divert, where {@link Diversion} says so, turn by turn
 *    |
 *    v      confirmed, and settled where               confirmed, or
 *  Fence -- planned, or a second and not -&gt; Redirect -- a second ---&gt; Announce, Remember, Publish
 *    |      planned
 *    |
 *    +----- planned, not confirmed, as in Divert -&gt; called off: the old bridge is active again
 * </pre>
 *
 * <p>A planned move whose old bridge is lost on the way is one no more: it goes on without that bridge.
 *
 * <p>While a fence is not confirmed, nothing is opened for any other reason either. A move that is overtaken by a newer
 * one ends where it is; the newer one counts from what was really sent.
 */
final class Takeover {
    private static final long CONFIRM_NANOS = 1_000_000_000;
    /** Who looks at the time so much too late did not hear what was confirmed meanwhile, and waits on, once. */
    private static final long LATE_NANOS = 5_000_000;
    private static final long GRACE_NANOS = 50_000_000;
    private static final long RELEARN_WINDOW_NANOS = 200_000_000;
    /** Till hosts are announced a second time, by the default schedule: a switch may still forget the first time. */
    private static final long REROUTED_NANOS = 150_000_000;

    private final Set<Long> connected;
    private final Set<PortRef> down;
    /** Ports that lead to a bridge that may never have heard of its fence; nothing reaches it till it confirms that. */
    private final Map<PortRef, Silenced> silenced = new HashMap<>();
    /** Of these, the ones whose bridge has confirmed, and in which epoch. */
    private final Map<PortRef, Long> heard = new HashMap<>();
    /** Bridges that were active before a move that another one overtook, and that have not confirmed a fence since. */
    private final Set<Long> unfenced = new HashSet<>();
    /** Switches that are still to be diverted, turn by turn. */
    private Deque<Set<Long>> turns = new ArrayDeque<>();
    /** Switches whose confirmation the step waits for. */
    private final Set<Long> open = new HashSet<>();

    /**
     * Why nothing is sent to a port.
     *
     * @param epoch since when
     * @param frozen whether its bridge did not answer, and may deliver late what has reached it
     */
    private record Silenced(long epoch, boolean frozen) {
    }

    private DualBridge config;
    private @Nullable Move move;
    /** What is waited for, {@code null} for nothing. */
    private @Nullable Step step;
    private boolean unconfirmed;
    private long confirmUntil = Long.MAX_VALUE;
    private boolean putOff;
    private boolean noWayBack;
    /** While the fence of a planned move is confirmed, and frames may still be under way. */
    private long settleUntil = Long.MAX_VALUE;
    /** When nothing is cached any more by bridges that confirmed. */
    private long heardAt = Long.MAX_VALUE;
    private long relearnAt;
    private long relearnUntil = Long.MAX_VALUE;
    /** When switches learn anew who is behind a cable that was cut or mended, at the latest. */
    private long reroutedAt = Long.MAX_VALUE;

    /**
     * Starts with nothing under way.
     *
     * @param config the configuration
     * @param connected the switches that are connected; changes with them
     * @param down ports whose links are down; changes with them
     * @param now current time
     */
    Takeover(final DualBridge config, final Set<Long> connected, final Set<PortRef> down, final long now) {
        this.config = config;
        this.connected = connected;
        this.down = down;
        scheduleRelearn(now);
    }

    long wakeAt() {
        return Math.min(Math.min(Math.min(heardAt, reroutedAt), Math.min(confirmUntil, settleUntil)),
            Math.min(relearnAt, relearnUntil));
    }

    /** Tells whether switches are being told of a move. */
    boolean isUnderWay() {
        return step != null;
    }

    // ---- a move ----

    /** Begins a move. */
    void begin(final Move newMove, final List<Action> actions, final long now) {
        final var overtaken = move;
        if (overtaken != null && (step == Step.DIVERT || step == Step.FENCE)) {
            nodeAt(overtaken.before()).filter(node -> !hasFenced(node)).ifPresent(unfenced::add);
        }
        nodeAt(newMove.after()).ifPresent(unfenced::remove);
        move = newMove;
        noWayBack = false;
        // What was to be opened a moment ago is not; the move does that.
        actions.replaceAll(action -> switch (action) {
            case Action.WriteTables write -> write.closed();
            case Action.Reroute reroute -> reroute.closed();
            default -> action;
        });
        endRelearn(actions);
        turns = Diversion.of(config, newMove, connected, down);
        if (turns.isEmpty()) {
            fence(newMove, false, actions, now);
        } else {
            divert(newMove, actions, now);
        }
        proceed(actions, now);
    }

    private void divert(final Move current, final List<Action> actions, final long now) {
        await(Step.DIVERT, turns.remove().stream().filter(config.nodes()::contains), now);
        actions.add(new Action.Divert(current, ImmutableSortedSet.copyOf(open)));
    }

    private void fence(final Move newMove, final boolean diverted, final List<Action> actions, final long now) {
        isolate(newMove, actions);
        silenceOld(newMove, actions);
        await(Step.FENCE, awaited(newMove).stream(), now);
        final var asked = new TreeSet<>(open);
        askedToBeHeard(config.bridgeAt(newMove.before().active()).orElse(null)).ifPresent(asked::add);
        actions.add(new Action.Fence(newMove, ImmutableSortedSet.copyOf(asked), diverted));
    }

    /** Nothing is sent any more to the old attachment, and nothing to the others before. */
    private void isolate(final Move current, final List<Action> actions) {
        if (config.forwarding().isolates()) {
            config.attachmentPorts().filter(port -> port.equals(current.before().active()))
                .forEach(port -> actions.add(new Action.Silence(port, true)));
        }
    }

    private void silenceOld(final Move current, final List<Action> actions) {
        final var isFrozen = current.reason() == Reason.NO_RESPONSE;
        if ((isFrozen || current.reason() == Reason.LINK_DOWN) && !current.to().equals(current.from())) {
            silence(config.bridgeAt(current.before().active()).orElse(null),
                new Silenced(current.after().epoch(), isFrozen), actions);
        }
    }

    /** Whose fence is waited for. A bridge that does not answer heartbeats is told, but not waited for. */
    private Set<Long> awaited(final Move current) {
        return current.reason() == Reason.LINK_DOWN ? Set.of()
            : current.oldAlive() ? concerned(current) : config.switches();
    }

    /** The fabric, and of the bridges those that change role; others are fenced before and after. */
    private Set<Long> concerned(final Move current) {
        final var nodes = new TreeSet<>(config.switches());
        Stream.of(current.before(), current.after()).forEach(intent -> nodeAt(intent).ifPresent(nodes::add));
        nodes.addAll(unfenced);
        return nodes;
    }

    private Optional<Long> nodeAt(final Intent intent) {
        return config.bridgeAt(intent.active()).map(Bridge::node);
    }

    private void await(final Step next, final Stream<Long> nodes, final long now) {
        step = next;
        unconfirmed = false;
        putOff = false;
        confirmUntil = now + CONFIRM_NANOS;
        settleUntil = Long.MAX_VALUE;
        open.clear();
        nodes.filter(connected::contains).forEach(open::add);
    }

    /**
     * A switch has done what it was told, or could not be asked.
     *
     * @return whether the move is to be called off
     */
    boolean confirmed(final Confirmed event, final Intent intent, final List<Action> actions, final long now) {
        if (event.done()) {
            if (event.step() == Step.FENCE) {
                unfenced.remove(event.node());
            }
            hear(event, intent, actions, now);
        }
        final var current = move;
        if (current == null || event.step() != step || event.epoch() != current.after().epoch()
                || !open.remove(event.node())) {
            return false;
        }
        unconfirmed |= !event.done();
        return proceed(actions, now);
    }

    /** Time passed; tells whether the move is to be called off. */
    boolean advance(final Intent intent, final List<Action> actions, final long now) {
        if (now >= heardAt) {
            endSilence(intent, actions, now);
        }
        if (now >= relearnUntil) {
            endRelearn(actions);
        }
        if (now >= relearnAt) {
            openRelearn(intent, actions, now);
            scheduleRelearn(now);
        }
        if (now >= reroutedAt) {
            reroutedAt = isUnderWay() ? now + REROUTED_NANOS : Long.MAX_VALUE;
            if (!isUnderWay()) {
                openRelearn(intent, actions, now);
            }
        }
        if (now - LATE_NANOS > confirmUntil && !putOff) {
            putOff = true;
            confirmUntil = now + GRACE_NANOS;
        }
        if (now >= confirmUntil) {
            unconfirmed = true;
            open.clear();
            return proceed(actions, now);
        }
        return now >= settleUntil && proceed(actions, now);
    }

    /** Goes on as far as nothing is waited for; tells whether the move is to be called off. */
    private boolean proceed(final List<Action> actions, final long now) {
        final var current = move;
        while (current != null && step != null && open.isEmpty()) {
            if (unconfirmed && current.planned() && step != Step.REDIRECT) {
                end();
                return true;
            }
            if (step == Step.DIVERT) {
                if (turns.isEmpty()) {
                    fence(current, true, actions, now);
                } else {
                    divert(current, actions, now);
                }
            } else if (step == Step.FENCE) {
                if (isSettling(current, now)) {
                    return false;
                }
                redirect(current, actions, now);
            } else {
                actions.add(new Action.Announce(current, !unconfirmed));
                actions.add(new Action.Remember(current.after()));
                actions.add(new Action.Publish());
                scheduleRelearn(now);
                end();
            }
        }
        return false;
    }

    private void redirect(final Move current, final List<Action> actions, final long now) {
        final var fenced = !unconfirmed;
        final var fabric = config.switches();
        final var opened = config.bridgeAt(current.after().active()).map(Bridge::node).orElse(null);
        await(Step.REDIRECT, config.nodes().stream()
            .filter(node -> fabric.contains(node) || node.equals(opened)), now);
        if (config.forwarding().isolates()) {
            config.attachmentPorts().filter(port -> port.equals(current.after().active()))
                .forEach(port -> actions.add(new Action.Silence(port, isSilent(port, current.after()))));
        }
        actions.add(new Action.Redirect(current, ImmutableSortedSet.copyOf(open), fenced));
    }

    /**
     * Tells whether frames may still pass a healthy bridge that confirmed its fence: some are under way, and a switch
     * that caches what it does with frames confirms before it has looked at them all again. They would come twice.
     */
    private boolean isSettling(final Move current, final long now) {
        if (settleUntil == Long.MAX_VALUE) {
            confirmUntil = Long.MAX_VALUE;
            settleUntil = now + (current.planned() ? config.forwarding().settleNanos() : 0);
        }
        return now < settleUntil;
    }

    private void end() {
        step = null;
        confirmUntil = Long.MAX_VALUE;
        settleUntil = Long.MAX_VALUE;
    }

    // ---- switches and configurations ----

    /** A switch is connected: it is told everything anew. */
    void connected(final long node, final Intent intent, final List<Action> actions) {
        final var own = config.bridges().stream().filter(bridge -> Long.valueOf(node).equals(bridge.node()))
            .flatMap(bridge -> askedToBeHeard(bridge).stream()).findFirst();
        actions.add(new Action.WriteTables(node, inForce(intent), opens(), own.isPresent()));
        config.attachmentPorts().filter(port -> port.datapath() == node)
            // It may be silent since before a restart of the controller, or no longer since one of the switch.
            .forEach(port -> actions.add(new Action.Silence(port, isSilent(port, inForce(intent)))));
    }

    /** A switch is gone, and its confirmation with it; tells whether the move is to be called off. */
    boolean disconnected(final long node, final List<Action> actions, final long now) {
        final var current = move;
        if (current != null && canBeCalledOff() && concerned(current).contains(node)) {
            if (isLeft(node)) {
                oldLost(Reason.NO_RESPONSE, actions, now);
                return false;
            }
            // The rest would leave it behind, and it may be the one that is to be opened.
            open.clear();
        } else if (!open.remove(node)) {
            return false;
        }
        unconfirmed = true;
        return proceed(actions, now);
    }

    private boolean canBeCalledOff() {
        return move != null && move.planned() && (step == Step.DIVERT || step == Step.FENCE);
    }

    /**
     * Tells whether a switch that is gone is the old bridge, and better left: it may be fenced, and could not be opened
     * again. Not where it may pass frames and is active for other VLANs, since then its port cannot be silenced.
     */
    private boolean isLeft(final long node) {
        final var current = move;
        return current != null && !current.to().equals(current.from())
            && Long.valueOf(node).equals(config.bridgeAt(current.before().active()).map(Bridge::node).orElse(null))
            && (config.share() == null || hasFenced(node));
    }

    private boolean hasFenced(final long node) {
        return step == Step.FENCE && !open.contains(node);
    }

    /**
     * The bridge that a planned move leaves is dead, or cannot be told anything any more. Going back to it would be
     * worse than going on, so what is left is done as in a failover.
     *
     * @param failure what it fails of
     */
    void oldLost(final Reason failure, final List<Action> actions, final long now) {
        final var current = move;
        if (current != null && canBeCalledOff()) {
            leaveOld(current.failover(failure), actions, now);
            proceed(actions, now);
        }
    }

    /** From now on the move is one that cannot be called off. */
    private void leaveOld(final Move failover, final List<Action> actions, final long now) {
        move = failover;
        noWayBack = true;
        if (step == Step.DIVERT) {
            turns.clear();
            fence(failover, true, actions, now);
        } else {
            final var node = config.bridgeAt(failover.before().active()).map(Bridge::node).orElse(null);
            if (node != null && !hasFenced(node)) {
                // It has still to confirm, or will when it connects, and is heard then.
                silenceOld(failover, actions);
            }
            open.retainAll(awaited(failover));
            settleUntil = Long.MAX_VALUE;
        }
    }

    /** Tells whether the move that is under way was a planned one that lost its old bridge. */
    boolean hasLostOld() {
        return noWayBack && isUnderWay();
    }

    /** A move that belongs to this one lost its old bridge, so neither can be called off. */
    void stay() {
        final var current = move;
        if (current != null && canBeCalledOff()) {
            move = current.unplanned();
        }
    }

    /** The configuration changed: everything is brought to it; tells whether the move is to be called off. */
    boolean adopt(final DualBridge newConfig, final Intent intent, final List<Action> actions, final long now) {
        final var before = config;
        config = newConfig;
        unfenced.retainAll(newConfig.nodes());
        // Who is no longer configured will confirm nothing.
        open.retainAll(newConfig.nodes());
        silenced.keySet().removeIf(port -> {
            // One that is no OpenFlow switch any more could never confirm its fence.
            final var gone = newConfig.bridgeAt(port).filter(bridge -> bridge.node() != null).isEmpty();
            if (gone) {
                actions.add(new Action.Silence(port, isIsolated(port, inForce(intent))));
            }
            return gone;
        });
        final var isolates = newConfig.forwarding().isolates();
        if (before.forwarding().isolates() != isolates || isolates && !before.bridges().equals(newConfig.bridges())) {
            Stream.concat(before.attachmentPorts(), newConfig.attachmentPorts()).distinct()
                .map(port -> new Action.Silence(port, isSilent(port, inForce(intent))))
                .sorted(Comparator.comparing(silence -> !silence.silent()))
                .forEach(actions::add);
        }
        final var current = move;
        if (current != null && canBeCalledOff() && newConfig.bridgeAt(current.before().active()).isEmpty()) {
            // There is nothing to go back to.
            leaveOld(current.unplanned(), actions, now);
        }
        actions.add(new Action.WriteTables(null, inForce(intent), opens(), false));
        scheduleRelearn(now);
        if (!newConfig.links().equals(before.links())) {
            announced(now);
        }
        return newConfig.bridgeAt(intent.active()).isPresent() && proceed(actions, now);
    }

    /**
     * A cable of the fabric was cut or mended. Stations outside are behind other ports now, also of switches whose own
     * way to the active bridge is the same, and what the hosts send them goes astray until they are learned there.
     */
    void rerouted(final Intent intent, final List<Action> actions, final long now) {
        actions.add(new Action.Reroute(inForce(intent), opens()));
        announced(now);
    }

    /** Hosts were announced where the way to the active bridge is another one, so the MAC tables lead there, too. */
    void announced(final long now) {
        if (config.forwarding().isFlow()) {
            reroutedAt = now + REROUTED_NANOS;
        }
    }

    private boolean opens() {
        return step != Step.FENCE;
    }

    /** What tables are brought to: the old bridge is open until it is fenced. */
    private Intent inForce(final Intent intent) {
        final var current = move;
        return step == Step.DIVERT && current != null ? current.before() : intent;
    }

    /** Everything ends: what must not stay is undone. */
    void close(final List<Action> actions) {
        Stream.concat(silenced.keySet().stream(), config.forwarding().isolates() ? config.attachmentPorts()
            : Stream.empty()).distinct().forEach(port -> actions.add(new Action.Silence(port, false)));
        silenced.clear();
        heard.clear();
        heardAt = Long.MAX_VALUE;
    }

    private boolean isSilent(final PortRef port, final Intent inForce) {
        return silenced.containsKey(port) || isIsolated(port, inForce);
    }

    /** Tells whether the fence is that nothing is sent to a port. */
    private boolean isIsolated(final PortRef port, final Intent inForce) {
        return config.forwarding().isolates() && config.bridgeAt(port).isPresent()
            && !(opens() && port.equals(inForce.active()));
    }

    // ---- bridges that may not have heard of their fence ----

    /**
     * Lets nothing more reach a bridge that was active and does not answer, or whose cable was cut. Frozen, it would
     * keep what reaches it now, and deliver it a second time when it wakes, before it hears of its fence. Behind a cut
     * cable it may have lost the controller, too, and pass frames when the cable is mended first. A bridge that is no
     * OpenFlow switch could never confirm its fence, so it is left alone.
     */
    private void silence(final @Nullable Bridge bridge, final Silenced why, final List<Action> actions) {
        if (bridge != null && bridge.node() != null) {
            bridge.attachments().stream().map(Attachment::port)
                .filter(port -> connected.contains(port.datapath()))
                .forEach(port -> {
                    silenced.put(port, why);
                    actions.add(new Action.Silence(port, true));
                });
        }
    }

    /** The switch that a bridge is, where something waits for its confirmation and it can be asked. */
    private Optional<Long> askedToBeHeard(final @Nullable Bridge bridge) {
        return Optional.ofNullable(bridge).map(Bridge::node).filter(connected::contains)
            .filter(node -> bridge.attachments().stream().map(Attachment::port).anyMatch(silenced::containsKey));
    }

    /**
     * Lets a bridge be reached again that confirmed what it was told since it was silenced, when that has settled: a
     * switch that caches what it does with frames passes some until it has looked at them all again.
     */
    private void hear(final Confirmed event, final Intent intent, final List<Action> actions, final long now) {
        config.bridges().stream()
            .filter(bridge -> Long.valueOf(event.node()).equals(bridge.node()))
            .flatMap(bridge -> bridge.attachments().stream())
            .map(Attachment::port)
            .filter(port -> isSilencedBy(port, event.epoch()))
            .forEach(port -> {
                if (heard.put(port, event.epoch()) == null) {
                    heardAt = now + config.forwarding().settleNanos();
                }
            });
        if (now >= heardAt) {
            endSilence(intent, actions, now);
        }
    }

    private void endSilence(final Intent intent, final List<Action> actions, final long now) {
        var delivered = false;
        for (final var entry : heard.entrySet()) {
            final var port = entry.getKey();
            // It may have frozen again.
            if (isSilencedBy(port, entry.getValue())) {
                delivered |= silenced.remove(port).frozen();
                actions.add(new Action.Silence(port, isSilent(port, inForce(intent))));
            }
        }
        heard.clear();
        heardAt = Long.MAX_VALUE;
        if (delivered) {
            // What they delivered late may have taught the switches wrong places of outside stations.
            openRelearn(intent, actions, now);
        }
    }

    private boolean isSilencedBy(final PortRef port, final long epoch) {
        final var why = silenced.get(port);
        return why != null && why.epoch() <= epoch;
    }

    // ---- outside stations ----

    /** Not soon after a takeover, and not together with all other dual bridges that started with this one. */
    private void scheduleRelearn(final long now) {
        final var interval = config.forwarding().relearnNanos();
        final var soonest = now + interval / 4;
        relearnAt = config.forwarding().isFlow() && interval > 0
            ? soonest + Math.floorMod(config.phaseNanos(interval) - soonest, interval) : Long.MAX_VALUE;
    }

    private void openRelearn(final Intent intent, final List<Action> actions, final long now) {
        if (config.forwarding().isFlow() && intent.active() != null) {
            relearnUntil = now + RELEARN_WINDOW_NANOS;
            actions.add(new Action.Relearn(true));
        }
    }

    private void endRelearn(final List<Action> actions) {
        if (relearnUntil != Long.MAX_VALUE) {
            relearnUntil = Long.MAX_VALUE;
            actions.add(new Action.Relearn(false));
        }
    }
}
