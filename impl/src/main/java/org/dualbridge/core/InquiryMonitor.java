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
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.frame.Sign;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Judges one attachment by the inquiries of its bridge: alive by {@code recover-count} in a row, dead where none came
 * for {@code miss-count} intervals and a timeout.
 */
final class InquiryMonitor extends PassiveMonitor {
    private int successes;

    InquiryMonitor(final PortRef port, final HeartbeatSettings settings, final long linkNanos,
            final long firstQuestion, final long now) {
        super(port, settings, linkNanos, firstQuestion, now);
    }

    @Override
    long intervalNanos() {
        return settings().intervalNanos();
    }

    @Override
    long deadNanos() {
        return settings().missCount() * settings().intervalNanos() + settings().timeoutNanos();
    }

    @Override
    boolean isExpected() {
        return health() != Health.DEAD || !judged();
    }

    @Override
    @Nullable Discard heard(final @Nullable Sign sign, final long now) {
        // One that is missing in between is noticed when the next but one is due.
        final var inARow = now - lastSign() < 2 * intervalNanos() + settings().timeoutNanos();
        successes = inARow ? successes + 1 : 1;
        spoke(now);
        if (linkReady(now)) {
            setJudged(true);
            if (successes >= settings().recoverCount()) {
                live(now);
            }
        }
        return null;
    }

    @Override
    void linkChanged(final boolean up, final long now) {
        super.linkChanged(up, now);
        successes = 0;
    }
}
