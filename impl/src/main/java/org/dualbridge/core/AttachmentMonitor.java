/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Judges one attachment, or target of a tracker, by the answers to numbered probes.
 *
 * <p>A probe is judged {@code timeout} after it left. The attachment is dead when at that moment none of the last
 * {@code miss-count} probes was answered <em>and</em> two witnesses came back from its switch meanwhile, at least half
 * a timeout apart; without them nothing is concluded. Time that the controller itself lost makes probes leave late,
 * never count double: there is no catching up.
 *
 * <p>With a window, misses need not be in a row; the answers between them are witnesses, too. Without probes, health is
 * that of the link, or what another system reports.
 */
final class AttachmentMonitor extends Monitor {
    /** Rounds whose times and answers are kept; more than the largest miss-count. */
    private static final int RING = 128;

    private final long phaseNanos;
    private final long[] sentAt = new long[RING];
    private final boolean[] answered = new boolean[RING];

    private boolean putOff;
    private long nextProbeAt;
    private long round;
    private long judgedRound;
    /** The newest round that was answered or is forgiven: misses count from here. */
    private long goodRound;
    /** Rounds up to this one count no more. */
    private long forgivenRound;
    private long confirmedRound = -1;
    private long askedRound = -1;
    private long askedAt;
    /** When the first witness since the last answer came back, and with it the certainty that probes had left. */
    private long witnessedAt = NEVER;
    private int successes;
    /** What another system reported last, and until when that is valid. */
    private boolean reportedHealthy;
    private long reportedUntil = NEVER;

    /**
     * Starts with nothing known.
     *
     * @param port the attachment's switch port
     * @param settings how it is judged
     * @param linkNanos how long its link must be up before it counts
     * @param phaseNanos when probes leave, from the beginning of an interval
     * @param firstRound numbers go on from here, so that no answer from before a change can be replayed
     * @param now current time
     */
    AttachmentMonitor(final PortRef port, final HeartbeatSettings settings, final long linkNanos,
            final long phaseNanos, final long firstRound, final long now) {
        super(port, settings, linkNanos, now);
        this.phaseNanos = phaseNanos;
        round = firstRound;
        judgedRound = firstRound;
        goodRound = firstRound;
        forgivenRound = firstRound;
    }

    @Override
    long round() {
        return round;
    }

    @Override
    void keepReport(final Monitor from, final long now) {
        if (from instanceof AttachmentMonitor other) {
            reportedHealthy = other.reportedHealthy;
            reportedUntil = other.reportedUntil;
            heed(now);
        }
    }

    @Override
    long wakeAt() {
        if (!connected()) {
            return Long.MAX_VALUE;
        }
        if (!settings().method().probes()) {
            return settings().method() == Method.PORT
                ? linkUp() && health() != Health.ALIVE ? linkReadyAt() : Long.MAX_VALUE
                : linkUp() && reportedUntil != NEVER ? heedAt() : Long.MAX_VALUE;
        }
        return judgedRound < round ? Math.min(nextProbeAt, judgeAt()) : nextProbeAt;
    }

    /** When a report begins to count, since the link is up long enough, or is no longer valid. */
    private long heedAt() {
        return reportedHealthy && health() != Health.ALIVE ? Math.min(linkReadyAt(), reportedUntil) : reportedUntil;
    }

    /**
     * When the next round is missed, if not answered. One that is alive has {@code timeout}; others have till the next
     * probe leaves, or answers of a slow bridge would never be in a row.
     */
    private long judgeAt() {
        final var next = judgedRound + 1;
        final var at = sentAt[slot(next)] + settings().timeoutNanos();
        return health() == Health.ALIVE ? at
            : Math.max(at, next < round ? sentAt[slot(next + 1)] : nextProbeAt);
    }

    private static int slot(final long round) {
        return (int) (round % RING);
    }

    @Override
    void advance(final long now, final List<Action> actions) {
        if (!settings().method().probes()) {
            settle(now);
            return;
        }
        while (connected() && judgedRound < round && now >= judgeAt()) {
            if (!putOff && now - judgeAt() > LATE_NANOS) {
                // The controller was late, not the bridge.
                putOff = true;
                sentAt[slot(judgedRound + 1)] = now;
                return;
            }
            putOff = false;
            judgedRound++;
            judge(now, actions);
        }
        if (connected() && now >= nextProbeAt) {
            round++;
            sentAt[slot(round)] = now;
            answered[slot(round)] = false;
            nextProbeAt += settings().intervalNanos();
            if (nextProbeAt <= now) {
                nextProbeAt = inPhase(now + settings().intervalNanos());
            }
            actions.add(new Action.SendProbe(port(), round));
        }
    }

    /** The next time, from a given one on, that probes are to leave. */
    private long inPhase(final long from) {
        return from + Math.floorMod(phaseNanos - from, settings().intervalNanos());
    }

    private void judge(final long now, final List<Action> actions) {
        if (judgedRound <= goodRound) {
            return;
        }
        successes = 0;
        warn(now);
        if (askedRound <= goodRound) {
            // What was asked before the last answer is of no use any more, whether it was lost or not.
            askedRound = -1;
        }
        if (askedRound < 0 && (health() != Health.DEAD || !judged())) {
            askedRound = judgedRound;
            askedAt = now;
            actions.add(new Action.ConfirmChannel(port(), judgedRound));
        }
        conclude(now);
        if (askedRound >= 0 && isStale(askedAt, now)) {
            // It was lost, and with it, perhaps, the answers: a switch that has too much to hand up drops some of all.
            askedRound = -1;
            forgive();
            if (health() != Health.DEAD) {
                setJudged(false);
            }
        }
    }

    private boolean isStale(final long since, final long now) {
        return now - since > Math.max(settings().intervalNanos(), FRESH_NANOS);
    }

    /** What needs no probes: a link that is up long enough, a report that is no longer valid. */
    private void settle(final long now) {
        if (settings().method() == Method.PORT && connected() && linkReady(now)) {
            live(now);
        } else if (settings().method() == Method.EXTERNAL && linkUp() && now >= reportedUntil) {
            setJudged(false);
            reportedUntil = NEVER;
        } else if (health() != Health.ALIVE) {
            heed(now);
        }
    }

    @Override
    boolean reported(final boolean healthy, final long until, final long now) {
        if (settings().method() != Method.EXTERNAL) {
            return false;
        }
        final var isNews = reportedUntil == NEVER || reportedHealthy != healthy;
        reportedHealthy = healthy;
        reportedUntil = until;
        sign(now);
        heed(now);
        return isNews;
    }

    /** Judges by what was reported, if that is still valid. */
    private void heed(final long now) {
        if (settings().method() == Method.EXTERNAL && linkUp() && now < reportedUntil) {
            if (!reportedHealthy) {
                die(now);
            } else if (linkReady(now)) {
                live(now);
            }
        }
    }

    private int misses() {
        if (settings().window() == 0) {
            return (int) (judgedRound - goodRound);
        }
        int misses = 0;
        for (long r = Math.max(forgivenRound, judgedRound - settings().window()) + 1; r <= judgedRound; r++) {
            misses += answered[slot(r)] ? 0 : 1;
        }
        return misses;
    }

    private void conclude(final long now) {
        if (misses() < settings().missCount()) {
            return;
        }
        // The witness must have spoken after the probe before the last one had left; an answer can be that witness for
        // all misses but the last, so not where there is only one.
        if ((confirmedRound > goodRound || settings().window() > 0 && settings().missCount() > 1)
                && confirmedRound >= judgedRound - 1) {
            die(now);
        } else if (health() != Health.DEAD) {
            setJudged(false);
        }
    }

    @Override
    void confirmed(final long atRound, final long wasAskedAt, final long now) {
        final var isAwaited = atRound == askedRound;
        if (isAwaited) {
            askedRound = -1;
        }
        if (isStale(wasAskedAt, now)) {
            // The channel or the switch was stuck, and with it the probes: they prove nothing. That is so, too, where
            // a newer witness comes right behind, which did not wait for as long.
            forgive();
            return;
        }
        if (!isAwaited) {
            return;
        }
        if (witnessedAt == NEVER) {
            witnessedAt = now;
        }
        // The probes before the first witness may have left the controller just before it did. The bridge had time to
        // answer them if a second one was asked later, and that one came in behind the answers.
        if (settings().missCount() == 1 || wasAskedAt - witnessedAt >= settings().timeoutNanos() / 2) {
            confirmedRound = atRound;
            conclude(now);
        }
    }

    @Override
    void sendFailed(final long now) {
        forgive();
    }

    /** Begins to count misses anew. */
    private void forgive() {
        goodRound = round;
        forgivenRound = round;
        witnessedAt = NEVER;
        successes = 0;
    }

    @Override
    @Nullable Discard answer(final long lowBits, final long mask, final long now) {
        // The newest round that has these low bits.
        final var number = mask == -1L ? lowBits : round - (round - lowBits & mask);
        if (number < 1 || number > round) {
            return Discard.FOREIGN;
        }
        if (round - number < RING && answered[slot(number)]) {
            return Discard.REPLAYED;
        }
        if (number <= goodRound || round - number >= settings().missCount()
                || health() == Health.DEAD && number <= judgedRound) {
            return Discard.LATE;
        }
        answered[slot(number)] = true;
        successes = number == goodRound + 1 ? successes + 1 : 1;
        goodRound = number;
        if (judgedRound < number) {
            // There is nothing left to judge in the rounds up to this one, so nobody need wake for it.
            judgedRound = number;
            putOff = false;
        }
        witnessedAt = NEVER;
        sign(now);
        if (settings().window() > 0) {
            confirmedRound = number;
        }
        if (linkReady(now)) {
            setJudged(true);
            if (health() != Health.ALIVE && successes >= settings().recoverCount()) {
                live(now);
                forgivenRound = number;
            }
        }
        return null;
    }

    @Override
    void linkChanged(final boolean up, final long now) {
        if (!up && settings().method() == Method.PORT && health() == Health.ALIVE) {
            // The link was up until now.
            sign(now);
        }
        super.linkChanged(up, now);
        successes = 0;
        if (up) {
            heed(now);
            settle(now);
        }
    }

    @Override
    void connectionChanged(final boolean isConnected, final long now) {
        super.connectionChanged(isConnected, now);
        askedRound = -1;
        judgedRound = round;
        forgive();
        if (isConnected) {
            nextProbeAt = inPhase(now);
            heed(now);
            settle(now);
        }
    }
}
