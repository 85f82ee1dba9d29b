/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.HashMap;
import java.util.Map;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.frame.BfdControl;
import org.dualbridge.frame.BfdControl.State;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.Sign;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Judges one attachment by the BFD control packets of its bridge: alive by {@code recover-count} of a session that is
 * up, dead where the bridge tells that none is up any more, or tells nothing for its detection time. That is the
 * longest that its sessions announce (RFC 5880, section 6.8.4), and {@code miss-count} intervals at least.
 */
final class BfdMonitor extends PassiveMonitor {
    /** A bridge whose session is not up sends one packet per second at most (RFC 5880, section 6.8.3). */
    private static final long SLOW_NANOS = 1_000_000_000;
    /** More neighbours than a bridge has; others are none of its sessions. */
    private static final int MAX_SESSIONS = 64;

    /** The sessions that are up, as they were told last, by neighbour. */
    private final Map<Address, BfdControl> up = new HashMap<>();
    private int successes;
    /** Why the bridge says that none is up; {@code null} where it does not. */
    private @Nullable Reason told;

    BfdMonitor(final PortRef port, final HeartbeatSettings settings, final long linkNanos, final long firstQuestion,
            final long now) {
        super(port, settings, linkNanos, firstQuestion, now);
    }

    @Override
    long intervalNanos() {
        return Math.max(settings().intervalNanos(),
            up.values().stream().mapToLong(BfdControl::intervalNanos).max().orElse(SLOW_NANOS));
    }

    @Override
    long deadNanos() {
        final var least = settings().missCount() * settings().intervalNanos();
        return settings().timeoutNanos() + Math.max(least, up.values().stream().mapToLong(BfdControl::detectionNanos)
            .max().orElse(settings().missCount() * SLOW_NANOS));
    }

    @Override
    boolean isExpected() {
        return health() != Health.DEAD || !judged();
    }

    @Override
    void keepReport(final Monitor from, final long now) {
        if (from instanceof BfdMonitor other) {
            up.putAll(other.up);
            told = other.told;
        }
    }

    @Override
    Reason failure() {
        final var why = told;
        return linkUp() && why != null ? why : super.failure();
    }

    @Override
    @Nullable Discard heard(final @Nullable Sign sign, final long now) {
        if (!(sign instanceof BfdControl control)) {
            return Discard.FOREIGN;
        }
        if (!linkUp()) {
            return Discard.LATE;
        }
        final var isStale = now - lastSign() > deadNanos();
        final var last = up.remove(control.neighbour());
        if (isStale) {
            forget();
        }
        if (last != null && last.discriminator() != control.discriminator()) {
            // The session was begun anew, and nobody told that it had ended.
            successes = 0;
        }
        if (control.state() != State.UP) {
            down(control.state(), last != null, now);
        } else if (up.size() < MAX_SESSIONS) {
            up.put(control.neighbour(), control);
            up(now);
        } else {
            return Discard.FOREIGN;
        }
        return null;
    }

    private void up(final long now) {
        told = null;
        successes++;
        spoke(now);
        if (linkReady(now)) {
            setJudged(true);
            if (successes >= settings().recoverCount()) {
                live(now);
            }
        }
    }

    /** One session is not up. */
    private void down(final State state, final boolean wasUp, final long now) {
        if (!up.isEmpty()) {
            return;
        }
        told = state == State.ADMIN_DOWN ? Reason.RESIGNED : Reason.SESSION_DOWN;
        successes = 0;
        // After a restart of the controller it may have another one that is up, and gets its time to tell.
        if (wasUp || health() != Health.ALIVE) {
            spoke(now);
            die(now);
        }
    }

    private void forget() {
        up.clear();
        successes = 0;
    }

    @Override
    void linkChanged(final boolean isUp, final long now) {
        super.linkChanged(isUp, now);
        told = null;
        forget();
    }
}
