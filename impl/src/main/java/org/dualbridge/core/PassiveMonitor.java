/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.List;
import org.dualbridge.core.DualBridge.HeartbeatSettings;

/**
 * Judges one attachment by what its bridge says unasked.
 *
 * <p>Silence for as long as {@link #deadNanos} is a failure, if the switch was heard meanwhile: it is asked for a sign
 * when one interval is over, and again when the time is. What it heard from the bridge before, it would have handed up
 * before that sign. The two are half a timeout apart at least, so that a switch that wakes from a standstill has time
 * for what waited at its ports. A sign that is not there soon proves nothing, and the time counts anew.
 */
abstract sealed class PassiveMonitor extends Monitor permits BfdMonitor, InquiryMonitor, VrrpMonitor {
    private long question;
    private long askedAt = NEVER;
    /** When the first sign of the switch since the last of the bridge came back. */
    private long witnessedAt = NEVER;
    /** A question was not answered in time: whatever came meanwhile may be lost. */
    private boolean stuck;
    /** Silence counts from here. */
    private long silentSince;
    /** Silence is not warned of before, since the controller was late itself; {@code NEVER} if it was not. */
    private long putOffUntil = NEVER;

    PassiveMonitor(final PortRef port, final HeartbeatSettings settings, final long linkNanos, final long firstQuestion,
            final long now) {
        super(port, settings, linkNanos, now);
        question = firstQuestion;
        silentSince = now;
    }

    /** Time from one sign to the next. */
    abstract long intervalNanos();

    /** Silence that is a failure. */
    abstract long deadNanos();

    /** Tells whether silence means anything. */
    abstract boolean isExpected();

    @Override
    final long round() {
        return question;
    }

    /** Tells whether the bridge would have been heard since it was heard last. */
    final boolean listens() {
        return connected() && !stuck && lastSign() >= silentSince;
    }

    private long deadAt() {
        return silentSince + deadNanos();
    }

    private long freshNanos() {
        return Math.max(intervalNanos(), FRESH_NANOS);
    }

    private long askAt() {
        if (askedAt != NEVER) {
            return askedAt + freshNanos();
        }
        return witnessedAt == NEVER
            ? Math.min(deadAt(), silentSince + intervalNanos() + settings().timeoutNanos())
            : Math.max(deadAt(), witnessedAt + settings().timeoutNanos() / 2);
    }

    private boolean isWarned() {
        return late() || settings().warnNanos() == 0;
    }

    @Override
    final long wakeAt() {
        if (!connected() || !isExpected()) {
            return Long.MAX_VALUE;
        }
        return isWarned() ? askAt() : Math.min(askAt(), warnAt());
    }

    private long warnAt() {
        return Math.max(lastSign() + settings().warnNanos() + 1, putOffUntil);
    }

    /** Who looks too late may have signs of life still to be told of, and waits for them, once. */
    private void warnInTime(final long now) {
        if (!isWarned() && putOffUntil == NEVER && now - warnAt() > LATE_NANOS) {
            putOffUntil = now + settings().timeoutNanos();
        } else if (now >= putOffUntil) {
            warn(now);
        }
    }

    @Override
    final void advance(final long now, final List<Action> actions) {
        if (!connected() || !isExpected()) {
            return;
        }
        warnInTime(now);
        if (now >= askAt()) {
            if (askedAt != NEVER) {
                stuck = true;
                if (now >= deadAt()) {
                    setJudged(false);
                }
            }
            question++;
            askedAt = now;
            actions.add(new Action.ConfirmChannel(port(), question));
        }
    }

    @Override
    final void confirmed(final long atRound, final long wasAskedAt, final long now) {
        if (atRound != question || askedAt == NEVER) {
            return;
        }
        askedAt = NEVER;
        if (stuck || now - wasAskedAt > freshNanos()) {
            countAnew(now);
        } else if (witnessedAt == NEVER) {
            witnessedAt = now;
        } else if (isExpected() && wasAskedAt >= deadAt()
                && wasAskedAt - witnessedAt >= settings().timeoutNanos() / 2) {
            die(now);
        }
    }

    @Override
    final void sendFailed(final long now) {
        countAnew(now);
    }

    private void countAnew(final long now) {
        silentSince = now;
        witnessedAt = NEVER;
        askedAt = NEVER;
        stuck = false;
    }

    /** The bridge was heard. */
    final void spoke(final long now) {
        sign(now);
        putOffUntil = NEVER;
        countAnew(now);
    }

    @Override
    void connectionChanged(final boolean isConnected, final long now) {
        super.connectionChanged(isConnected, now);
        countAnew(now);
    }
}
