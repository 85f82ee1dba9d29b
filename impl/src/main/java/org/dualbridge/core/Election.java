/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Decides which side is active: for one dual bridge, or for all members of a sync group at once. A side is the bridges
 * of one name; it is whole when each of them could be active.
 *
 * <p>Members of a group always move together, so there is nobody to pull them back and forth: what the LVS paper calls
 * a synchronization circuit needs two that decide (A. Cassen, LVS High Availability using VRRPv2, section 4.3).
 * <ol>
 * <li>Where a member's active bridge failed: to the best whole side; where none is whole, to the side on which the most
 * members work, if that is more than now and nothing has changed for as long as it takes to tell that a bridge is dead;
 * else nothing is done. Where no side is whole, one attachment of a bridge is enough, even where all of them are to
 * work ({@link DualBridge.Paths}). A side that is held out (health-time, damping) comes after all others, but is not
 * shut out.
 * <li>Else, where a better side is whole, and not held out, or the active one is not to lead: at once, if an operator
 * ranked the active one down (ha-mode) or its own trackers did; after the failback delay, if failback is automatic.
 * </ol>
 */
final class Election {
    /** A first election waits this long for a better side. */
    static final long MIN_ELECTION_NANOS = 1_000_000_000;

    /** What triggers a move back. */
    static final String NOT_CONFIRMED = "planned move that was not confirmed";

    /** What an operator asked for is not undone before, however short the failback delay is. */
    private static final long MIN_STAY_NANOS = 1_000_000_000;

    /**
     * News lets a planned move that was called off be tried again, for each costs up to a second in which hosts are
     * dark: after this, then after twice the time, up to the longest. Without news it is so many times as long.
     */
    private static final long PAUSE_NANOS = 1_000_000_000;
    private static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;
    private static final int PAUSES_WITHOUT_NEWS = 10;

    /** So long may it take until all members are told of a new configuration. */
    private static final long CONFIGURE_NANOS = 1_000_000_000;

    /** News puts off that part of a group takes the rest along so many times. */
    private static final int MOST_PUT_OFF = 3;

    private final ImmutableList<DualBridgeMachine> members;
    private final long startedAt;

    /** The sides on which all works, and that may lead; {@code null} where that is to be looked at anew. */
    private @Nullable List<String> wholes;

    /** When a side could first have been elected, but a better one was still being judged. */
    private long electableSince = Long.MAX_VALUE;
    private long movedAt;
    private long reconsiderAt;
    /** Since when members have different bridges, and since when it is wanted that only some of them work. */
    private long differsSince = Long.MAX_VALUE;
    private long partialSince = Long.MAX_VALUE;
    /** After a planned move was called off: when, by news, and without any, another one is tried. */
    private long pausedUntil;
    private long retryAt;
    private long pauseNanos = PAUSE_NANOS;
    /** An operator asked for the last move. */
    private boolean askedFor;

    Election(final List<DualBridgeMachine> members, final long now) {
        this.members = ImmutableList.copyOf(members);
        startedAt = now;
        reconsiderAt = now;
        movedAt = now;
    }

    ImmutableList<DualBridgeMachine> members() {
        return members;
    }

    long wakeAt() {
        return reconsiderAt;
    }

    /** Adds the names of members that have something to do. */
    void addPending(final Set<String> names) {
        for (final var member : members) {
            if (member.hasPending()) {
                names.add(member.name());
            }
        }
    }

    void decide(final long now) {
        look();
        final var isCurrent = isCurrent();
        differsSince = isCurrent ? Long.MAX_VALUE : Math.min(differsSince, now);
        if (!isCurrent && now < differsSince + CONFIGURE_NANOS) {
            // The last of them to be told decides.
            reconsiderAt = differsSince + CONFIGURE_NANOS;
            return;
        }
        if (members.stream().anyMatch(DualBridgeMachine::isMoving)) {
            // One move at a time: this one was ordered a moment ago.
            reconsiderAt = now;
            return;
        }
        reconsiderAt = Long.MAX_VALUE;
        final var active = activeSide().orElse(null);
        if (active == null) {
            first(now);
            return;
        }
        electableSince = Long.MAX_VALUE;
        if (members.stream().anyMatch(member -> member.hasFailed(active))) {
            failOver(active, now);
            return;
        }
        partialSince = Long.MAX_VALUE;
        members.forEach(member -> member.repair(now));
        members.forEach(member -> member.join(active, now));
        // Nothing is planned for members that may be told of other bridges in a moment, or were not for long.
        if (isCurrent && members.stream().noneMatch(DualBridgeMachine::isMoving)) {
            preempt(active, now);
        }
    }

    /** Some members may have a new bridge already, or one less, that others have still to be told of. */
    private boolean isCurrent() {
        return members.stream().map(member -> member.sides().collect(Collectors.toSet())).distinct().count() == 1;
    }

    private Optional<String> differs() {
        return isCurrent() ? Optional.empty() : Optional.of("bridge: the members of the sync group of '"
            + members.getFirst().name() + "' have different bridges, since their configuration is changing");
    }

    private Optional<String> activeSide() {
        return members.stream().flatMap(member -> member.activeSide().stream()).findFirst();
    }

    /** Those that all members have. */
    private Stream<String> sides() {
        return members.getFirst().sides().filter(side -> members.stream().allMatch(member -> member.has(side)));
    }

    private boolean whole(final String side) {
        return members.stream().allMatch(member -> member.isWhole(side));
    }

    /** Tells whether there is a side on which all works that has to. */
    boolean hasWhole() {
        return !wholes().isEmpty();
    }

    /** Tells whether all members could leave a side for another one. */
    boolean couldLeave(final String side) {
        return wholes().stream().anyMatch(other -> !other.equals(side));
    }

    private List<String> wholes() {
        final var known = wholes;
        if (known != null) {
            return known;
        }
        final var found = sides().filter(side -> whole(side) && rank(side).mayLead()).toList();
        wholes = found;
        return found;
    }

    /** Something may have changed. */
    void look() {
        wholes = null;
    }

    private long electable(final String side) {
        return members.stream().filter(member -> member.electable(side)).count();
    }

    private boolean heldOut(final String side, final long now) {
        return members.stream().anyMatch(member -> member.heldOutUntil(side) > now);
    }

    /** The rank of its worst member. */
    private Rank rank(final String side) {
        return members.stream().map(member -> member.rank(side)).max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Nobody works on it, or disabled it, and no tracker keeps it out. */
    private boolean isWanted(final String side) {
        return rank(side).mayLead() && !rank(side).keptOut();
    }

    private void first(final long now) {
        final var working = sides().filter(side -> electable(side) > 0 && rank(side).mayLead()).toList();
        if (working.isEmpty()) {
            electableSince = Long.MAX_VALUE;
            return;
        }
        electableSince = Math.min(electableSince, now);
        final var top = sides().min(Comparator.comparing(this::rank)).orElseThrow();
        final var at = Math.max(startedAt
            + members.stream().mapToLong(DualBridgeMachine::initialDeadNanos).max().orElseThrow(), electableSince
            + members.stream().mapToLong(DualBridgeMachine::electionNanos).max().orElseThrow());
        if (members.stream().anyMatch(DualBridgeMachine::isOrphaned)) {
            elect(mostWorking(working, now), Reason.PRIORITY, now);
        } else if (whole(top) && rank(top).mayLead()) {
            elect(top, Reason.STARTUP, now);
        } else if (now >= at) {
            elect(mostWorking(working, now), Reason.STARTUP, now);
        } else {
            reconsiderAt = at;
        }
    }

    private @Nullable String mostWorking(final List<String> among, final long now) {
        return among.stream()
            .filter(side -> rank(side).mayLead())
            .min(Comparator.<String>comparingLong(side -> -electable(side))
                .thenComparing(side -> heldOut(side, now))
                .thenComparing(this::rank))
            .orElse(null);
    }

    private void elect(final @Nullable String side, final Reason reason, final long now) {
        if (side != null) {
            moveAll(side, false, reason, "election", now);
        }
    }

    private void failOver(final String active, final long now) {
        final var others = sides().filter(side -> !side.equals(active)).toList();
        final var whole = mostWorking(others.stream().filter(side -> electable(side) == members.size()).toList(), now);
        final var to = whole != null ? whole : mostWorking(others.stream()
            .filter(side -> electable(side) > working(active)).toList(), now);
        final var at = to == null ? Long.MAX_VALUE : Math.max(missedUntil(active, to),
            whole != null ? now : settledAt(now));
        if (to == null || whole != null) {
            partialSince = Long.MAX_VALUE;
        }
        if (now < at) {
            reconsiderAt = at;
            members.forEach(member -> member.repair(now));
            return;
        }
        moveAll(to, false, Reason.SYNC_GROUP, members.stream().filter(member -> member.hasFailed(active))
            .map(member -> member.failing(active)).collect(Collectors.joining(", ")), now);
    }

    private long working(final String active) {
        return members.stream().filter(member -> !member.hasFailed(active)).count();
    }

    /** Until when a side may be back, or come back together with the one that could take over. */
    private long missedUntil(final String active, final String to) {
        return members.stream().filter(member -> member.hasFailed(active))
            .mapToLong(member -> Math.max(member.missedFrom(startedAt), member.mayHaveDiedTogetherUntil(to)))
            .min().orElseThrow();
    }

    /** What fails together is noticed one by one; half of it is no reason to move, unless it is half for long. */
    private long settledAt(final long now) {
        partialSince = Math.min(partialSince, now);
        return members.stream().mapToLong(member -> member.settleNanos()
            + Math.min(member.changedAt(), partialSince + MOST_PUT_OFF * member.settleNanos())).max().orElseThrow();
    }

    /** Something happened that is worth another try. */
    void news() {
        retryAt = Math.min(retryAt, pausedUntil);
    }

    /** A move was done, so the next one that is called off is the first one again. */
    void moved() {
        pauseNanos = PAUSE_NANOS;
    }

    private void preempt(final String active, final long now) {
        if (now < retryAt) {
            reconsider(retryAt);
            return;
        }
        // One that is held out is no better than the active one, unless that is not to be active at all.
        final var best = sides()
            .filter(side -> side.equals(active) || whole(side) && rank(side).mayLead()
                && (!heldOut(side, now) || !isWanted(active)))
            .min(Comparator.<String, Boolean>comparing(side -> !isWanted(side))
                .thenComparing(side -> heldOut(side, now) && !isWanted(active))
                .thenComparing(this::rank)).orElseThrow();
        sides().filter(side -> !side.equals(active) && heldOut(side, now)).forEach(side -> reconsider(
            members.stream().mapToLong(member -> member.heldOutUntil(side)).max().orElseThrow()));
        final var apart = members.stream().filter(member -> !member.activeSide().equals(Optional.of(active))).toList();
        if (!apart.isEmpty()) {
            // Those that joined the group, or whose configuration is new.
            if (apart.stream().allMatch(member -> member.isReady(active))) {
                moveAll(active, true, Reason.SYNC_GROUP, DualBridgeMachine.NEW_MEMBER, now);
            }
            return;
        }
        if (best.equals(active)) {
            members.forEach(member -> member.failBackWithin(active, movedAt, now).ifPresent(this::reconsider));
            return;
        }
        if (members.stream().anyMatch(member -> !member.isReady(best))) {
            return;
        }
        final var reason = rank(active).demotedBy(rank(best));
        if (reason.isPresent()) {
            moveAll(best, true, reason.orElseThrow(), switch (reason.orElseThrow()) {
                case MAINTENANCE -> "maintenance of " + active;
                case OPERATOR -> "ha-mode of " + active;
                default -> trackers(active).map(names -> "tracker " + names).orElse("trackers of " + best);
            }, now);
            return;
        }
        final var policy = members.getFirst().failback();
        if (policy.automatic()) {
            final var at = Math.max(movedAt + Math.max(policy.delayNanos(), askedFor ? MIN_STAY_NANOS : 0),
                policy.delayNanos() + members.stream()
                    .mapToLong(member -> member.electableSince(best)).max().orElseThrow());
            if (now >= at) {
                moveAll(best, true, Reason.PRIORITY, "failback to " + best, now);
            } else {
                reconsider(at);
            }
        }
    }

    private Optional<String> trackers(final String side) {
        final var names = members.stream().flatMap(member -> member.failingTrackers(side)).distinct()
            .collect(Collectors.joining(", "));
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private void reconsider(final long at) {
        reconsiderAt = Math.min(reconsiderAt, at);
    }

    private void moveAll(final String side, final boolean planned, final Reason reason, final String trigger,
            final long now) {
        members.forEach(member -> member.moveTo(side, planned, reason, trigger, now));
        movedAt = now;
        askedFor = reason == Reason.OPERATOR;
    }

    /** Tells what a switchover would be refused for. */
    Optional<String> refusal(final String side) {
        final var differs = differs();
        if (differs.isPresent()) {
            return differs;
        }
        if (sides().noneMatch(side::equals)) {
            return Optional.of("bridge: '" + side + "' is no bridge of '" + members.getFirst().name() + "'");
        }
        if (activeSide().filter(side::equals).isPresent()) {
            return Optional.of("bridge: '" + side + "' is active already");
        }
        return members.stream().flatMap(member -> member.refusal(side).stream()).findFirst()
            .or(() -> activeSide().flatMap(active -> rank(side).demotedBy(rank(active)))
                .map(reason -> "bridge: '" + side + "' is ranked down by its ha-mode or its trackers"));
    }

    /** Tells what maintenance of a side would be refused for: nobody else could be active. */
    Optional<String> evacuationRefusal(final String side, final long now) {
        final var differs = differs();
        if (differs.isPresent()) {
            return differs;
        }
        final var name = members.getFirst().name();
        if (members.stream().anyMatch(DualBridgeMachine::follows)) {
            return Optional.of("bridge: the bridges of '" + name + "' elect their master themselves, since "
                + "heartbeat/method is vrrp");
        }
        final var others = sides()
            .filter(other -> !other.equals(side) && whole(other) && electable(other) == members.size()
                && rank(other).mayLead() && !heldOut(other, now))
            .toList();
        if (others.isEmpty()) {
            return Optional.of("bridge: no other bridge of '" + name + "' could take over from '" + side
                + "': none is healthy, not held out, and can be programmed");
        }
        return activeSide().filter(side::equals).isEmpty() ? Optional.empty()
            : others.stream().min(Comparator.comparing(this::rank)).flatMap(best -> members.stream()
                .flatMap(member -> member.refusalToTell(best).stream()).findFirst());
    }

    void switchover(final String side, final long now) {
        if (refusal(side).isEmpty()) {
            // Where nothing was active there is nothing to go back to.
            moveAll(side, activeSide().isPresent(), Reason.OPERATOR, "switchover", now);
        }
    }

    /** A planned move of a member was not confirmed by the bridge that was active: it goes back, all to its side. */
    void goBack(final DualBridgeMachine refused, final long now) {
        refused.goBack(now);
        refused.activeSide().ifPresent(side -> members.stream()
            .filter(member -> member.has(side))
            .forEach(member -> member.moveTo(side, false, Reason.RESTORED, NOT_CONFIRMED, now)));
        movedAt = now;
        pausedUntil = now + pauseNanos;
        retryAt = now + PAUSES_WITHOUT_NEWS * pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }
}
