/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Place;
import org.eclipse.jdt.annotation.Nullable;

/**
 * The failover machine of one dual bridge.
 *
 * <pre>
 *               recover-count answers,            better one gone, or
 *               another one is better             it is the better one
 *  INITIALIZE ------------------------&gt; STANDBY ----------------------&gt; ACTIVE
 *       |                                | ^ ^                          |  |
 *       | miss-count misses,             | | |    failback, switchover  |  |
 *       | link down            misses or | | +--------------------------+  |
 *       |                      link down | | recover-count answers         |
 *       +------------------------------&gt; FAULT &lt;---------------------------+
 *                                                  misses or link down
 * </pre>
 *
 * <p>Where all bridges are at fault, nothing moves: the last active one stays the one that frames are sent to, and the
 * first that recovers takes over, unless the active one recovers together with it. Where a switch cannot be heard, its
 * attachments keep their last judgement, and cannot be elected. Times are nanoseconds of any clock that only grows.
 *
 * <p>Where all attachments of a bridge have to work, a bridge fails with the first one that is dead, as long as there
 * is another bridge of which all do. Where there is none, one attachment is enough: the last bridge is never left.
 *
 * <p>The machine knows what is healthy; which bridge is active is decided by an {@link Election}, its own or that of
 * its sync group.
 */
public final class DualBridgeMachine {
    /** What triggers a move to where the rest of the group is. */
    static final String NEW_MEMBER = "new member";

    private final RoleBook roles = new RoleBook();
    private final BridgeHealth health;
    /** What is to be done and was not told yet. */
    private final List<Action> pending = new ArrayList<>();

    private DualBridge config;
    private Map<PortRef, Place> places = Map.of();
    /** All attachments of a bridge have to work, and some bridge has several. */
    private boolean allPaths;
    private Election election;
    private Intent intent;
    private final Takeover takeover;
    private @Nullable Move lastMove;
    /** The one before, which a move that is taken back leaves as the last one. */
    private @Nullable Move moveBefore;
    /** Planned, and counts when it is done. */
    private boolean isUncounted;
    private @Nullable Condition lastCondition;
    private boolean seenAlive;
    private long changedAt;
    private long failovers;
    private long switchovers;
    private long flipFlops;

    /** A move as far as later decisions need it. */
    private record Move(@Nullable PortRef from, PortRef to, boolean flips) {
    }

    /**
     * Starts the machine.
     *
     * @param config configuration
     * @param remembered what was active before a restart; epoch 0 and no attachment where nothing is known
     * @param now current time
     */
    public DualBridgeMachine(final DualBridge config, final Intent remembered, final long now) {
        this(config, remembered, new BridgeHealth(), now);
    }

    private DualBridgeMachine(final DualBridge config, final Intent remembered, final BridgeHealth health,
            final long now) {
        this.config = config;
        this.health = health;
        intent = remembered;
        health.machines().add(this);
        election = new Election(List.of(this), now);
        takeover = new Takeover(config, health.connected(), health.downLinks(), now);
        adopt(config, now);
        final var active = health.at(remembered.active());
        if (active != null) {
            active.assumeAlive(now);
            roles.restore(config.bridgeAt(remembered.active()).orElseThrow().name());
        }
    }

    /**
     * Starts the machine of another part of the same dual bridge. What happens is told to any one of them.
     *
     * @param part configuration of the part
     * @param remembered what was active before a restart
     * @param now current time
     * @return the machine
     */
    public DualBridgeMachine share(final DualBridge part, final Intent remembered, final long now) {
        return new DualBridgeMachine(part, remembered, health, now);
    }

    /**
     * Tells what a part of a dual bridge begins with that takes over from other parts. Whatever they had active, one
     * bridge is to be it from the beginning: before its first election a part fences nobody.
     *
     * @param part the part
     * @param remembered what it had active itself, as far as that is known
     * @param former the parts that were there before; none at the start of the controller
     * @return where its frames go first; an attachment that is no longer there only if no other one is known to work
     */
    public static Intent succeed(final DualBridge part, final Intent remembered,
            final List<DualBridgeMachine> former) {
        final var epoch = former.stream().mapToLong(machine -> machine.intent.epoch()).max().orElse(0);
        final var own = remembered.active() != null || former.isEmpty() ? remembered.active()
            : former.getFirst().intent.active();
        final var known = Stream.concat(Stream.ofNullable(own),
            former.stream().flatMap(machine -> Stream.ofNullable(machine.intent.active()))).toList();
        final var active = known.stream().filter(port -> part.bridgeAt(port).isPresent())
            // Else another cable of the same bridge, else any other bridge that works.
            .findFirst().or(() -> former.stream().flatMap(machine -> machine.config.bridgeAt(machine.intent.active())
                    .stream().flatMap(bridge -> machine.working(part, bridge.name())))
                .findFirst())
            .or(() -> former.stream().flatMap(machine -> machine.working(part, null)).findFirst())
            .orElse(own);
        return new Intent(Math.max(remembered.epoch(), epoch), active);
    }

    private Stream<PortRef> working(final DualBridge part, final @Nullable String bridge) {
        return part.bridges().stream()
            .filter(other -> other.haMode() != HaMode.DISABLED && (bridge == null || other.name().equals(bridge)))
            .flatMap(other -> other.attachments().stream()).map(Attachment::port)
            .filter(port -> Optional.ofNullable(health.at(port)).filter(monitor -> monitor.health() == Health.ALIVE)
                .isPresent());
    }

    /**
     * Takes over from another one, of the same bridges: what other systems reported goes on to count.
     *
     * @param former the other one
     * @param now current time
     */
    public void inherit(final DualBridgeMachine former, final long now) {
        health.inherit(former.health, config, now);
    }

    private boolean isFirst() {
        return health.machines().getFirst() == this;
    }

    /**
     * Lets dual bridges change role together from now on.
     *
     * @param members the members of a sync group, all with bridges of the same names; or one, to be on its own again
     * @param now current time
     */
    public static void group(final List<DualBridgeMachine> members, final long now) {
        if (!members.equals(members.getFirst().election.members())) {
            final var election = new Election(members, now);
            members.forEach(member -> member.election = election);
        }
    }

    /**
     * Tells the machine what happened, or that time passed.
     *
     * @param event what happened
     * @param now current time
     * @return what is to be done, in this order; there may be more to do for {@link #peers}
     */
    public List<Action> handle(final Event event, final long now) {
        election.look();
        var calledOff = takeover.advance(intent, pending, now);
        var tellsNews = !isRoutine(event);
        var isHopeful = !(event instanceof Event.SwitchoverRequested);
        switch (event) {
            case Event.TimePassed() -> {
                if (isFirst()) {
                    health.advance(now, pending);
                }
            }
            case Event.ProbeAnswered(var port, var round, var mask) -> health.monitor(port).ifPresent(monitor -> {
                final var discard = monitor.answer(round, mask, now);
                if (discard != null) {
                    pending.add(new Action.CountDiscard(discard));
                }
            });
            case Event.Heard(var port, var advertisement) -> {
                final var discard = health.heard(config, port, advertisement, now);
                if (discard != null) {
                    pending.add(new Action.CountDiscard(discard));
                }
            }
            case Event.ProbeFailed(var port) -> health.monitor(port).ifPresent(monitor -> monitor.sendFailed(now));
            case Event.LinkChanged(var port, var up) -> {
                tellsNews = health.linkChanged(port, up, now);
                // The others share what the first one was told before.
                if (config.isLink(port) && (tellsNews || !isFirst())) {
                    takeover.rerouted(intent, pending, now);
                }
            }
            case Event.SwitchConnected(var node) -> {
                health.connectionChanged(node, true, now);
                if (config.nodes().contains(node)) {
                    takeover.connected(node, intent, pending);
                }
            }
            case Event.SwitchDisconnected(var node) -> {
                health.connectionChanged(node, false, now);
                calledOff |= takeover.disconnected(node, pending, now);
            }
            case Event.ChannelConfirmed(var port, var round, var askedAt) ->
                health.monitor(port).ifPresent(monitor -> monitor.confirmed(round, askedAt, now));
            case Event.Reconfigured(var newConfig) -> {
                isHopeful = decidesOtherwise(newConfig);
                adopt(newConfig, now);
                calledOff |= takeover.adopt(newConfig, intent, pending, now);
            }
            case Event.HealthReported(var bridge, var tracker, var healthy, var until) ->
                tellsNews = health.reported(config, bridge, tracker, healthy, until, now);
            case Event.Announced() -> takeover.announced(now);
            case Event.SwitchoverRequested(var name) -> election.switchover(name, now);
            case Event.Confirmed confirmed -> calledOff |= takeover.confirmed(confirmed, intent, pending, now);
        }
        if (calledOff) {
            election.goBack(this, now);
        }
        if (isCurrent()) {
            final var judged = health.hasChanged(now);
            final var isNews = calledOff || tellsNews;
            final var changed = (judged || isNews) && health.note(config, now) || judged;
            for (final var machine : health.machines()) {
                if (machine.isCurrent()) {
                    // A link is told to every part, and is news to the first only, since they share it.
                    machine.reconsider(changed || isNews && (machine == this || event instanceof Event.LinkChanged),
                        isHopeful && !calledOff,
                        changed || event instanceof Event.Reconfigured, now);
                }
            }
        }
        return takePending();
    }

    /** Hosts, heartbeats and announcements make no switch confirm what it did not confirm before. */
    private boolean decidesOtherwise(final DualBridge newConfig) {
        return !(config.bridges().equals(newConfig.bridges()) && config.policy().equals(newConfig.policy())
            && config.forwarding().equals(newConfig.forwarding()) && config.nodes().equals(newConfig.nodes()));
    }

    /** Another part may know new bridges already, that this one has still to be told of: it cannot decide till then. */
    private boolean isCurrent() {
        return health.judges(config.bridges());
    }

    /**
     * Decides anew where there is a reason to.
     *
     * @param isNews whether something changed
     * @param isHopeful whether that could make a move succeed that was called off
     * @param mustPublish whether the state is to be told anyway
     */
    private void reconsider(final boolean isNews, final boolean isHopeful, final boolean mustPublish, final long now) {
        if (isNews) {
            leaveDead(now);
            changedAt = now;
            if (isHopeful) {
                election.news();
            }
        }
        if (isNews || now >= election.wakeAt()) {
            election.decide(now);
            election.members().forEach(member -> {
                member.leaveDead(now);
                member.finish(member == this && mustPublish, now);
            });
        }
    }

    /** A planned move from a bridge that is dead goes on without it, and its group with it. */
    private void leaveDead(final long now) {
        final var left = lastMove == null ? null : health.at(lastMove.from);
        if (left != null && left.health() == Health.DEAD) {
            takeover.oldLost(left.failure(), pending, now);
        }
        if (takeover.hasLostOld()) {
            election.members().forEach(member -> member.takeover.stay());
        }
    }

    /** Events that come with every heartbeat, or tell nothing new, and rarely change anything. */
    private static boolean isRoutine(final Event event) {
        return event instanceof Event.TimePassed || event instanceof Event.ProbeAnswered
            || event instanceof Event.ProbeFailed || event instanceof Event.Heard
            || event instanceof Event.ChannelConfirmed || event instanceof Event.Confirmed
            || event instanceof Event.Announced;
    }

    /** A move was ordered that nobody was told of yet. */
    boolean isMoving() {
        return pending.stream().anyMatch(action -> action instanceof Action.Fence || action instanceof Action.Divert);
    }

    private void finish(final boolean mustPublish, final long now) {
        // What is told of a move waits till the switches have done it.
        if ((updateRoles(now) || mustPublish) && !isMoving()
                && pending.stream().noneMatch(Action.Publish.class::isInstance)) {
            pending.add(new Action.Publish());
        }
    }

    /**
     * Tells whether another member of the sync group left something to do here.
     *
     * @return true if {@link #takePending} has any
     */
    public boolean hasPending() {
        return !pending.isEmpty();
    }

    /**
     * Takes what is to be done because of what another member of the sync group was told.
     *
     * @return what is to be done, in this order
     */
    public List<Action> takePending() {
        if (pending.isEmpty()) {
            return List.of();
        }
        final var taken = List.copyOf(pending);
        pending.clear();
        for (final var action : taken) {
            if (action instanceof Action.Announce(var move, var confirmed)) {
                count(move.planned());
                if (move.reason() != Reason.RESTORED) {
                    election.moved();
                }
            }
        }
        return taken;
    }

    /**
     * Lists the other members of the sync group, and parts of the dual bridge, for which there is something to do.
     *
     * @return their names
     */
    public List<String> peers() {
        if (election.members().size() == 1 && health.machines().size() == 1) {
            return List.of();
        }
        final var names = new LinkedHashSet<String>();
        election.addPending(names);
        for (final var machine : health.machines()) {
            machine.election.addPending(names);
        }
        return names.isEmpty() ? List.of() : List.copyOf(names);
    }

    /**
     * Tells when the machine next wants {@link Event.TimePassed}.
     *
     * @return a time, {@link Long#MAX_VALUE} for never
     */
    public long wakeAt() {
        final var at = Math.min(election.wakeAt(), takeover.wakeAt());
        return isFirst() ? Math.min(at, health.wakeAt()) : at;
    }

    /**
     * Tells what a switchover would be refused for.
     *
     * @param bridge name of the bridge that is to be active
     * @return the reason, empty if it would be done
     */
    public Optional<String> switchoverRefusal(final String bridge) {
        return election.refusal(bridge);
    }

    /**
     * Tells what maintenance of a bridge would be refused for.
     *
     * @param bridge its name
     * @param now current time
     * @return the reason, empty if another one is there to be active
     */
    public Optional<String> evacuationRefusal(final String bridge, final long now) {
        return election.evacuationRefusal(bridge, now);
    }

    /**
     * Tells what is meant to be active.
     *
     * @return the intent as it is now
     */
    public Intent intent() {
        return intent;
    }

    /**
     * Tells what the machine knows.
     *
     * @return the facts as they are now
     */
    public Snapshot snapshot() {
        return new Snapshot(intent, condition(), config.bridges().stream()
            .map(bridge -> {
                final var role = roles.of(bridge.name());
                final var rank = rank(bridge.name());
                return new Snapshot.BridgeView(bridge.name(), role.role(), role.reason(), role.since(),
                    role.timesActive(), role.timesStandby(), rank.priority() + rank.added(),
                    heldOutUntil(bridge.name()), bridge.attachments().stream()
                        .map(attachment -> {
                            final var monitor = health.at(attachment.port());
                            return new AttachmentStatus(attachment.port().toString(), monitor.health(),
                                monitor.judged(), monitor.late(), monitor.lateHeartbeats(), Set.of());
                        })
                        .collect(ImmutableList.toImmutableList()), health.failingTrackers(bridge),
                    maintenance(bridge));
            })
            .collect(ImmutableList.toImmutableList()), failovers, switchovers, flipFlops);
    }

    private Maintenance maintenance(final Bridge bridge) {
        if (!bridge.maintenance()) {
            return Maintenance.NONE;
        }
        return takeover.isUnderWay() || activeSide().equals(Optional.of(bridge.name())) ? Maintenance.DRAINING
            : Maintenance.EVACUATED;
    }

    private void adopt(final DualBridge newConfig, final long now) {
        if (isFirst()) {
            health.adopt(config, newConfig, intent.active(), now);
        }
        config = newConfig;
        places = newConfig.places();
        allPaths = newConfig.heartbeat().paths() == Paths.ALL
            && newConfig.bridges().stream().anyMatch(bridge -> bridge.attachments().size() > 1);
        roles.keep(newConfig.bridges().stream().map(Bridge::name).toList(), now);
    }

    /**
     * The part is gone.
     *
     * @return what is to be undone
     */
    public List<Action> close() {
        health.machines().remove(this);
        takeover.close(pending);
        return takePending();
    }

    // ---- what the election asks ----

    String name() {
        return config.name();
    }

    Failback failback() {
        return config.policy().failback();
    }

    long initialDeadNanos() {
        return follows() ? 0 : config.policy().hold().initialDeadNanos();
    }

    /** The bridges elect the active one among themselves, so there is nothing to wait for. */
    boolean follows() {
        return config.heartbeat().method().follows();
    }

    /** How long a better bridge has its chance before a worse one is elected. */
    long electionNanos() {
        if (follows()) {
            return 0;
        }
        if (!isSilenceTold()) {
            return Election.MIN_ELECTION_NANOS;
        }
        final var heartbeat = config.heartbeat();
        return Math.max(Election.MIN_ELECTION_NANOS,
            heartbeat.intervalNanos() * (heartbeat.missCount() + heartbeat.recoverCount() + 1));
    }

    Stream<String> sides() {
        return config.bridges().stream().map(Bridge::name);
    }

    boolean has(final String side) {
        return sides().anyMatch(side::equals);
    }

    Optional<String> activeSide() {
        return config.bridgeAt(intent.active()).map(Bridge::name);
    }

    /** What was active is no longer configured. */
    boolean isOrphaned() {
        return intent.active() != null && !places.containsKey(intent.active());
    }

    Rank rank(final String side) {
        for (int position = 0; position < config.bridges().size(); position++) {
            final var bridge = config.bridges().get(position);
            if (bridge.name().equals(side)) {
                final var held = bridge.trackers().stream().mapToInt(tracker -> Math.min(0, tracker.weight())).sum();
                final var added = bridge.trackers().stream().filter(tracker -> health.fails(bridge, tracker))
                    .mapToInt(tracker -> Math.abs(tracker.weight())).sum();
                return new Rank(bridge.maintenance(), keptOut(bridge), bridge.haMode(),
                    side.equals(config.policy().preferred()), bridge.priority() + held, added, position);
            }
        }
        throw new IllegalArgumentException(config.name() + " has no bridge " + side);
    }

    private boolean keptOut(final Bridge bridge) {
        for (final var tracker : bridge.trackers()) {
            if (tracker.weight() == 0 && health.fails(bridge, tracker)) {
                return true;
            }
        }
        return false;
    }

    long heldOutUntil(final String side) {
        return health.heldOutUntil(side, config.policy());
    }

    boolean electable(final String side) {
        return electablePlace(side).isPresent();
    }

    /** Since when a side can be elected, and has its rank. */
    long electableSince(final String side) {
        final var since = aliveSince(side);
        return since == Long.MAX_VALUE ? since : Math.max(since, health.trackedSince(side));
    }

    private long aliveSince(final String side) {
        return electablePlace(side)
            .map(place -> (needsAll() ? onSide(side) : Stream.of(place)).map(this::monitorOf)
                .mapToLong(Monitor::aliveSince).max().orElseThrow())
            .orElse(Long.MAX_VALUE);
    }

    /** Whether a planned move to a side would succeed: everything concerned is healthy and can be told. */
    boolean isReady(final String side) {
        final var active = health.at(intent.active());
        return electable(side) && (active == null || active.judged()) && missingFor(side).isEmpty();
    }

    /** What has to work on a side works, however many others do not. */
    boolean isWhole(final String side) {
        return allPaths ? onSide(side).allMatch(this::isElectable)
            : onSide(side).anyMatch(this::isElectable);
    }

    /** A bridge is of no use with one attachment dead: there is another one of which all work. */
    private boolean needsAll() {
        return allPaths && election.hasWhole();
    }

    /** What frames are sent to on a side, or would be, is dead, and nothing of that side could take its place. */
    boolean failed(final String side) {
        if (electable(side)) {
            return false;
        }
        if (needsAll()) {
            return onSide(side).anyMatch(place -> monitorOf(place).health() == Health.DEAD);
        }
        return onSide(side).anyMatch(place -> place.attachment().port().equals(intent.active()))
            ? health.at(intent.active()).failed()
            : onSide(side).allMatch(place -> monitorOf(place).failed());
    }

    /** What its group is on failed, or what it is on itself, where it has no such side. */
    boolean hasFailed(final String side) {
        return has(side) ? failed(side) : activeSide().filter(this::failed).isPresent();
    }

    /** Until when nobody is missed: a bridge that nobody has heard yet gets its time after the start. */
    long missedFrom(final long startedAt) {
        return seenAlive ? startedAt : startedAt + initialDeadNanos();
    }

    /**
     * Where everything was silent, the cause may be common, and what comes back first is chance: the active one is
     * waited for as long as it takes to tell that it is dead. A link that is down will not come back by itself.
     */
    long mayHaveDiedTogetherUntil(final String side) {
        final var heartbeat = config.heartbeat();
        final var active = health.at(intent.active());
        final var since = aliveSince(side);
        return active != null && active.linkUp() && isSilenceTold() && !follows() && since != Long.MAX_VALUE
            && since > active.deadSince() ? since + heartbeat.missCount() * heartbeat.intervalNanos() : 0;
    }

    private boolean isSilenceTold() {
        return config.heartbeat().method().probes() || config.heartbeat().method().listens();
    }

    /** When something last changed. */
    long changedAt() {
        return changedAt;
    }

    /** As long as it takes to tell that a bridge is dead. */
    long settleNanos() {
        final var heartbeat = config.heartbeat();
        return isSilenceTold() ? (heartbeat.missCount() + 1) * heartbeat.intervalNanos() : 0;
    }

    /** What a switchover would be refused for, apart from what its group has to say. */
    Optional<String> refusal(final String side) {
        if (follows()) {
            return Optional.of(naming(side) + " cannot be made active, since with heartbeat/method vrrp the bridges "
                + "elect their master themselves");
        }
        if (rank(side).maintenance()) {
            return Optional.of(naming(side) + " is in maintenance");
        }
        if (rank(side).keptOut()) {
            return Optional.of(naming(side) + " is kept out by a tracker without weight");
        }
        if (!electable(side)) {
            return Optional.of(naming(side) + (needsAll() ? " has an attachment that is not healthy"
                : " has no attachment that is healthy and can be programmed"));
        }
        return refusalToTell(side);
    }

    /** The switches that would have to be told of a move, and cannot be. */
    Optional<String> refusalToTell(final String side) {
        final var missing = missingFor(side);
        return missing.isEmpty() ? Optional.empty()
            : Optional.of(naming(side) + " needs switches to be told that are not connected: "
                + String.join(", ", missing.stream().map(PortRef::node).toList()));
    }

    /** The leaf, its value, and in a sync group the member that is meant. */
    private String naming(final String side) {
        return "bridge: '" + side + (election.members().size() > 1 ? "' of '" + name() + "'" : "'");
    }

    private Bridge bridgeOf(final Place place) {
        return config.bridges().get(place.bridge());
    }

    private Monitor monitorOf(final Place place) {
        return health.at(place.attachment().port());
    }

    private Stream<Place> onSide(final String side) {
        return places.values().stream().filter(place -> bridgeOf(place).name().equals(side));
    }

    private boolean isElectable(final Place place) {
        final var bridge = bridgeOf(place);
        return monitorOf(place).usable() && (bridge.node() == null || health.connected().contains(bridge.node()))
            && !keptOut(bridge);
    }

    private Optional<Place> electablePlace(final String side) {
        for (final var place : places.values()) {
            if (bridgeOf(place).name().equals(side) && isElectable(place)) {
                return needsAll() && !isWhole(side) ? Optional.empty() : Optional.of(place);
            }
        }
        return Optional.empty();
    }

    /** The switches that a planned move needs and that are not connected. */
    private Set<Long> missingFor(final String side) {
        final var needed = new TreeSet<>(config.switches());
        config.bridges().stream()
            .filter(bridge -> bridge.name().equals(side) || bridge.name().equals(activeSide().orElse(null)))
            .flatMap(bridge -> Optional.ofNullable(bridge.node()).stream())
            .forEach(needed::add);
        needed.removeAll(health.connected());
        return needed;
    }

    // ---- what the election orders ----

    /** Moves to a side; stays where it is if that is there. */
    void moveTo(final String side, final boolean planned, final Reason reason, final String trigger, final long now) {
        final var active = health.at(intent.active());
        final var to = electablePlace(side).or(() -> onSide(side).findFirst()).orElseThrow();
        if (!activeSide().equals(Optional.of(side))) {
            // Where nothing was active, or what is gone, there is nothing to go back to.
            final var canGoBack = planned && activeSide().isPresent();
            move(to, canGoBack, reason == Reason.SYNC_GROUP && active != null ? cause(active, canGoBack) : reason,
                trigger, now);
        }
    }

    /** Follows its group at once where nothing of its own is active that works. */
    void join(final String side, final long now) {
        if (activeSide().map(own -> !own.equals(side) && failed(own)).orElse(true) && electable(side)) {
            moveTo(side, false, Reason.SYNC_GROUP, NEW_MEMBER, now);
        }
    }

    /** Why this member moves, which its group or it alone has a reason for. */
    private Reason cause(final Monitor active, final boolean planned) {
        if (active.failed()) {
            return active.failure();
        }
        return !planned && activeSide().filter(this::failed).isPresent() ? Reason.PATH_FAILED : Reason.SYNC_GROUP;
    }

    /** Moves to another attachment of the active bridge, where the active one is dead. */
    void repair(final long now) {
        final var active = health.at(intent.active());
        if (active != null && active.failed()) {
            activeSide().ifPresent(side -> onSide(side).filter(this::isElectable).findFirst()
                .ifPresent(place -> move(place, false, active.failure(), failing(side), now)));
        }
    }

    /**
     * Moves back to a better attachment of the active bridge.
     *
     * @return when that is due, empty if it is done or there is none
     */
    Optional<Long> failBackWithin(final String side, final long movedAt, final long now) {
        final var best = electablePlace(side);
        if (best.isEmpty() || !failback().automatic() || !isReady(side)
                || best.orElseThrow().attachment().port().equals(intent.active())
                || best.orElseThrow().position() > places.get(intent.active()).position()) {
            return Optional.empty();
        }
        final var at = Math.max(movedAt, monitorOf(best.orElseThrow()).aliveSince()) + failback().delayNanos();
        if (now < at) {
            return Optional.of(at);
        }
        final var better = best.orElseThrow().attachment().port().toString();
        move(best.orElseThrow(), true, Reason.PRIORITY, "failback to " + better, now);
        return Optional.empty();
    }

    /** Undoes the last move. */
    void goBack(final long now) {
        final var last = lastMove;
        final var from = last == null ? null : places.get(last.from);
        if (from != null && last.to.equals(intent.active())) {
            move(from, false, Reason.RESTORED, Election.NOT_CONFIRMED, now);
        }
    }

    /** Names the attachments of a side that failed, of a group's member with its name. */
    String failing(final String side) {
        final var ports = onSide(side).filter(place -> monitorOf(place).failed())
            .map(place -> place.attachment().port().toString()).collect(Collectors.joining(", "));
        return (election.members().size() > 1 ? name() + ": " : "") + (ports.isEmpty() ? side : ports);
    }

    /** Names the trackers of a side that fail. */
    Stream<String> failingTrackers(final String side) {
        return config.bridges().stream().filter(bridge -> bridge.name().equals(side))
            .flatMap(bridge -> health.failingTrackers(bridge).stream());
    }

    private void move(final Place to, final boolean planned, final Reason reason, final String trigger,
            final long now) {
        final var port = to.attachment().port();
        final var before = intent;
        final var oldBridge = config.bridgeAt(before.active()).map(Bridge::name).orElse(null);
        final var newBridge = bridgeOf(to).name();
        final var oldMonitor = health.at(before.active());
        final var oldAlive = planned || reason != Reason.RESTORED && oldMonitor != null
            && (oldMonitor.health() == Health.ALIVE || oldMonitor.health() == Health.BACKUP);
        final var isOther = before.active() != null && !newBridge.equals(oldBridge);
        if (reason == Reason.RESTORED) {
            // Nothing failed, and nothing was done, where a move is taken back.
            lastMove = moveBefore;
            isUncounted = false;
        } else {
            moveBefore = lastMove;
            lastMove = new Move(before.active(), port,
                isOther && lastMove != null && port.equals(lastMove.from));
            isUncounted = isOther;
            if (!planned) {
                count(false);
            }
        }
        intent = new Intent(before.epoch() + 1, port);
        final var move = new Action.Move(before, intent, planned, oldAlive, reason, trigger, oldBridge, newBridge,
            oldAlive || oldMonitor == null ? now : oldMonitor.lastSign(), now);
        takeover.begin(move, pending, now);
        roles.become(newBridge, Role.ACTIVE, activeReason(before, reason), now);
        final var oldWorks = oldAlive || reason == Reason.RESTORED && oldMonitor != null && !oldMonitor.failed();
        if (oldBridge != null && !oldBridge.equals(newBridge) && oldWorks && reason != Reason.PATH_FAILED) {
            roles.become(oldBridge, Role.STANDBY, switch (reason) {
                case OPERATOR, MAINTENANCE, SYNC_GROUP, TRACKER, RESTORED -> reason;
                default -> Reason.PREEMPTED;
            }, now);
        }
    }

    private void count(final boolean planned) {
        if (isUncounted) {
            isUncounted = false;
            failovers += planned ? 0 : 1;
            switchovers += planned ? 1 : 0;
            flipFlops += lastMove != null && lastMove.flips ? 1 : 0;
        }
    }

    private static Reason activeReason(final Intent before, final Reason trigger) {
        return switch (trigger) {
            case NO_RESPONSE, LINK_DOWN, PATH_FAILED, RESIGNED, SESSION_DOWN ->
                before.active() == null ? Reason.STARTUP : Reason.PEER_FAILED;
            default -> trigger;
        };
    }

    private boolean updateRoles(final long now) {
        var changed = false;
        final var paths = config.heartbeat().paths();
        for (final var bridge : config.bridges()) {
            final var own = bridge.attachments().stream().map(a -> health.at(a.port())).toList();
            final var isActive = bridge.attachments().stream().anyMatch(a -> a.port().equals(intent.active()));
            final Role role;
            if (isActive) {
                role = switch (health.at(intent.active()).health()) {
                    case DEAD -> Role.FAULT;
                    case BACKUP -> Role.STANDBY;
                    case ALIVE, UNKNOWN -> Role.ACTIVE;
                };
                seenAlive |= health.at(intent.active()).usable();
            } else if (health.isAlive(bridge, paths) || own.stream().anyMatch(m -> m.health() == Health.BACKUP)) {
                role = Role.STANDBY;
            } else if (health.isDead(bridge, paths)) {
                role = Role.FAULT;
            } else {
                role = Role.INITIALIZE;
            }
            final var reason = switch (role) {
                case FAULT -> own.stream().filter(Monitor::linkUp).map(Monitor::failure).findFirst()
                    .filter(failure -> paths == Paths.ANY || own.stream().allMatch(Monitor::linkUp))
                    .orElse(Reason.LINK_DOWN);
                case ACTIVE -> Reason.RECOVERED;
                case STANDBY -> roles.of(bridge.name()).role() == Role.FAULT ? Reason.RECOVERED : Reason.STARTUP;
                case INITIALIZE -> Reason.STARTUP;
            };
            changed |= roles.become(bridge.name(), role, reason, now);
        }
        final var condition = condition();
        changed |= condition != lastCondition;
        lastCondition = condition;
        return changed;
    }

    private boolean hasBackup(final String side) {
        return onSide(side).map(this::monitorOf)
            .anyMatch(monitor -> monitor.health() == Health.BACKUP && monitor.judged());
    }

    private Condition condition() {
        final var active = places.get(intent.active());
        if (active == null) {
            return Condition.INITIALIZING;
        }
        final var monitor = health.at(active.attachment().port());
        if (monitor.failed()) {
            return Condition.DOWN;
        }
        if (!monitor.judged()) {
            return Condition.BLIND;
        }
        final var own = bridgeOf(active).name();
        return election.couldLeave(own) || sides().anyMatch(side -> !side.equals(own) && hasBackup(side)
            && rank(side).mayLead()) ? Condition.PROTECTED : Condition.UNPROTECTED;
    }
}
