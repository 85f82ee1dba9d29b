/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.frame.Sign;
import org.dualbridge.frame.VrrpAdvertisement;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Judges one attachment by the advertisements of a VRRP master. Alive is who advertises: one is enough, since the
 * bridges have elected it. Its silence for {@code miss-count} of its intervals and its skew time is a failure (RFC
 * 9568, section 6.1), and so is priority 0. All others are backups, and silent; one that was master and failed is dead
 * until it advertises again, or its link comes up again.
 */
final class VrrpMonitor extends PassiveMonitor {
    /** Whoever was not heard yet may advertise as rarely as there is room for (RFC 9568, section 5.2.7). */
    private static final long LONGEST_INTERVAL = 40_950_000_000L;

    private @Nullable VrrpAdvertisement last;
    private boolean resigned;
    /** Since when, and when last, a lower one was heard to be master while this one could not be heard. */
    private long contestedSince = NEVER;
    private long contestedAt = NEVER;

    VrrpMonitor(final PortRef port, final HeartbeatSettings settings, final long firstQuestion, final long now) {
        super(port, settings, 0, firstQuestion, now);
    }

    @Override
    long intervalNanos() {
        final var advertised = last;
        return advertised == null ? LONGEST_INTERVAL : advertised.intervalNanos();
    }

    @Override
    long deadNanos() {
        final var advertised = last;
        return settings().missCount() * intervalNanos()
            + (advertised == null ? LONGEST_INTERVAL : advertised.skewNanos());
    }

    @Override
    boolean isExpected() {
        return health() == Health.ALIVE;
    }

    @Override
    void keepReport(final Monitor from, final long now) {
        if (from instanceof VrrpMonitor other) {
            last = other.last;
            resigned = other.resigned;
        }
    }

    @Override
    Reason failure() {
        return health() == Health.BACKUP ? Reason.PRIORITY : linkUp() && resigned ? Reason.RESIGNED : super.failure();
    }

    @Override
    @Nullable Discard heard(final @Nullable Sign sign, final long now) {
        if (!(sign instanceof VrrpAdvertisement advertisement)) {
            return Discard.FOREIGN;
        }
        if (!linkUp()) {
            return Discard.LATE;
        }
        if (advertisement.priority() > 0) {
            spoke(now);
            last = advertisement;
            resigned = false;
            live(now);
        } else if (health() == Health.ALIVE) {
            spoke(now);
            resigned = true;
            die(now);
        }
        return null;
    }

    /**
     * Tells whether this master stands against another one that advertises. It does where it has the higher rank and
     * was heard of late; the other one has not heard it yet, and is to step down. So it will where nobody can hear this
     * one, since its switch has no channel or is stuck; unless it goes on for as long as it needs to hear this one, or
     * begins when one would that misses it.
     */
    boolean standsAgainst(final VrrpAdvertisement other, final long now) {
        final var advertised = last;
        if (health() != Health.ALIVE || advertised == null || other.outranks(advertised)) {
            return false;
        }
        final var silence = now - lastSign();
        if (listens() || silence <= 2 * intervalNanos()) {
            return silence <= 2 * intervalNanos();
        }
        if (contestedAt == NEVER || now - contestedAt > 2 * Math.max(intervalNanos(), other.intervalNanos())) {
            contestedSince = now;
        }
        contestedAt = now;
        // By the next advertisement, which may come a little early.
        return silence > deadNanos() + intervalNanos()
            && now - contestedSince < intervalNanos() - Math.min(intervalNanos(), other.intervalNanos()) / 2;
    }

    /** Another bridge is master. */
    void stepDown(final VrrpAdvertisement master, final long now) {
        final var advertised = last;
        if (health() == Health.ALIVE && advertised != null && !master.outranks(advertised)) {
            // A lower one is master only where it does not hear this one either.
            die(now);
        } else if (health() == Health.ALIVE) {
            become(Health.BACKUP, true);
        }
    }

    /** Some bridge is master. */
    void rest() {
        if (health() == Health.UNKNOWN && linkUp() && connected()) {
            become(Health.BACKUP, true);
        }
    }

    @Override
    void linkChanged(final boolean up, final long now) {
        super.linkChanged(up, now);
        resigned = false;
        if (up) {
            become(Health.UNKNOWN, false);
        }
    }

    @Override
    void connectionChanged(final boolean isConnected, final long now) {
        super.connectionChanged(isConnected, now);
        if (isConnected && failed()) {
            // No more will be known of it.
            setJudged(true);
        }
    }
}
