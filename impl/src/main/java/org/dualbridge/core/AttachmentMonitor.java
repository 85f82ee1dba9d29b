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
import org.eclipse.jdt.annotation.Nullable;

/**
 * Judges one attachment by the answers to numbered probes.
 *
 * <p>A probe is judged {@code timeout} after it left. The attachment is dead when at that moment none of the last
 * {@code miss-count} probes was answered <em>and</em> two witnesses came back from its switch meanwhile, at least half
 * a timeout apart; without them nothing is concluded. Time that the controller itself lost makes probes leave late,
 * never count double: there is no catching up.
 */
final class AttachmentMonitor {
    /** A confirmation older than this many nanoseconds, or than one interval, says that the channel was stuck. */
    private static final long FRESH_NANOS = 50_000_000;
    /** A judgement later than this many nanoseconds is put off once: the controller was late, not the bridge. */
    private static final long LATE_NANOS = 5_000_000;
    private static final long NEVER = Long.MIN_VALUE;
    /** Rounds whose times and answers are kept; more than the largest miss-count. */
    private static final int RING = 128;

    private final PortRef port;
    private final HeartbeatSettings settings;
    private final long[] sentAt = new long[RING];
    private final boolean[] answered = new boolean[RING];

    private Health health = Health.UNKNOWN;
    private boolean linkUp = true;
    private boolean connected;
    private boolean judged;
    private boolean putOff;
    private long nextProbeAt;
    private long round;
    private long judgedRound;
    /** The newest round that was answered or is forgiven: misses count from here. */
    private long goodRound;
    private long confirmedRound = -1;
    private long askedRound = -1;
    /** When the first witness since the last answer came back, and with it the certainty that probes had left. */
    private long witnessedAt = NEVER;
    private int successes;
    private long lastSign;
    private long aliveSince;
    private long deadSince;

    AttachmentMonitor(final PortRef port, final HeartbeatSettings settings, final long now) {
        this.port = port;
        this.settings = settings;
        nextProbeAt = now;
        lastSign = now;
    }

    Health health() {
        return health;
    }

    /** Tells whether the attachment can be judged at the moment. */
    boolean judged() {
        return judged && connected;
    }

    boolean usable() {
        return health == Health.ALIVE && judged();
    }

    boolean linkUp() {
        return linkUp;
    }

    boolean connected() {
        return connected;
    }

    long lastSign() {
        return lastSign;
    }

    long aliveSince() {
        return aliveSince;
    }

    long deadSince() {
        return deadSince;
    }

    private void die(final long now) {
        if (health != Health.DEAD) {
            deadSince = now;
        }
        health = Health.DEAD;
        judged = true;
    }

    /** Assumes health without having seen it, as after a restart of the controller. */
    void assumeAlive(final long now) {
        health = Health.ALIVE;
        aliveSince = now;
    }

    long wakeAt() {
        if (!connected) {
            return Long.MAX_VALUE;
        }
        return judgedRound < round ? Math.min(nextProbeAt, judgeAt()) : nextProbeAt;
    }

    private long judgeAt() {
        return sentAt[slot(judgedRound + 1)] + settings.timeoutNanos();
    }

    private static int slot(final long round) {
        return (int) (round % RING);
    }

    void advance(final long now, final List<Action> actions) {
        while (connected && judgedRound < round && now >= judgeAt()) {
            if (!putOff && now - judgeAt() > LATE_NANOS) {
                putOff = true;
                sentAt[slot(judgedRound + 1)] = now;
                return;
            }
            putOff = false;
            judgedRound++;
            judge(now, actions);
        }
        if (connected && now >= nextProbeAt) {
            round++;
            sentAt[slot(round)] = now;
            answered[slot(round)] = false;
            nextProbeAt += settings.intervalNanos();
            if (nextProbeAt <= now) {
                nextProbeAt = now + settings.intervalNanos();
            }
            actions.add(new Action.SendProbe(port, round));
        }
    }

    private void judge(final long now, final List<Action> actions) {
        final var misses = judgedRound - goodRound;
        if (misses <= 0) {
            return;
        }
        successes = 0;
        // A witness that was lost is asked again.
        final var waiting = askedRound >= 0 && judgedRound - askedRound < settings.missCount();
        if (!waiting && (health != Health.DEAD || !judged)) {
            askedRound = judgedRound;
            actions.add(new Action.ConfirmChannel(port, judgedRound));
        }
        conclude(now);
    }

    private void conclude(final long now) {
        if (judgedRound - goodRound < settings.missCount()) {
            return;
        }
        // The witness must have spoken after the probe before the last one had left.
        if (confirmedRound > goodRound && confirmedRound >= judgedRound - 1) {
            die(now);
        } else if (health != Health.DEAD) {
            judged = false;
        }
    }

    void confirmed(final long atRound, final long askedAt, final long now) {
        if (atRound != askedRound) {
            return;
        }
        askedRound = -1;
        if (now - askedAt > Math.max(settings.intervalNanos(), FRESH_NANOS)) {
            // The channel or the switch was stuck, and with it the probes: they prove nothing.
            forgive();
            return;
        }
        if (witnessedAt == NEVER) {
            witnessedAt = now;
        }
        // The probes before the first witness may have left the controller just before it did. The bridge had time to
        // answer them if a second one was asked later, and that one came in behind the answers.
        if (settings.missCount() == 1 || askedAt - witnessedAt >= settings.timeoutNanos() / 2) {
            confirmedRound = atRound;
            conclude(now);
        }
    }

    /** Begins to count misses anew. */
    void forgive() {
        goodRound = round;
        witnessedAt = NEVER;
        successes = 0;
    }

    @Nullable Discard answer(final long lowBits, final long mask, final long now) {
        // The newest round that has these low bits.
        final var number = mask == -1L ? lowBits : round - (round - lowBits & mask);
        if (number < 1 || number > round) {
            return Discard.FOREIGN;
        }
        if (round - number < RING && answered[slot(number)]) {
            return Discard.REPLAYED;
        }
        if (number <= goodRound || round - number >= settings.missCount()
                || health == Health.DEAD && number <= judgedRound) {
            return Discard.LATE;
        }
        answered[slot(number)] = true;
        successes = number == goodRound + 1 ? successes + 1 : 1;
        goodRound = number;
        witnessedAt = NEVER;
        lastSign = now;
        if (linkUp) {
            judged = true;
            if (health != Health.ALIVE && successes >= settings.recoverCount()) {
                health = Health.ALIVE;
                aliveSince = now;
            }
        }
        return null;
    }

    void linkChanged(final boolean up, final long now) {
        linkUp = up;
        successes = 0;
        if (!up) {
            die(now);
        }
    }

    void connectionChanged(final boolean isConnected, final long now) {
        connected = isConnected;
        askedRound = -1;
        judgedRound = round;
        forgive();
        if (isConnected) {
            nextProbeAt = now;
        } else {
            judged = false;
        }
    }
}
