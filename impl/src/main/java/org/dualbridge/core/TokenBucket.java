/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.Collection;
import org.dualbridge.core.DualBridge.Pace;

/**
 * How much something may be given, as a token bucket that all who give take from. It knows only when it will be full
 * again (the generic cell rate algorithm, ITU-T I.371), so that each may take at a rate of its own. What is taken is
 * taken at once, also where it may be used only later: whoever asks first is served first.
 */
public final class TokenBucket {
    private static final double NANOS = 1e9;

    private long fullAt = Long.MIN_VALUE;

    /**
     * Takes tokens.
     *
     * @param now the time, nanoseconds
     * @param tokens how many; more than fit in are there when the bucket is full
     * @param pace how fast it fills up, and how many fit in
     * @return when they are there, now or later
     */
    public long take(final long now, final int tokens, final Pace pace) {
        final var at = when(now, tokens, pace);
        fullAt = Math.max(fullAt, now) + Math.round(tokens * NANOS / pace.rate());
        return at;
    }

    /**
     * Takes tokens from each of several, to use them together.
     *
     * @param all the buckets
     * @param now the time, nanoseconds
     * @param tokens how many of each
     * @param pace how fast each fills up, and how many fit in
     * @return when they are there in the last of them; all give them then
     */
    public static long take(final Collection<TokenBucket> all, final long now, final int tokens, final Pace pace) {
        var at = now;
        for (final var bucket : all) {
            at = Math.max(at, bucket.when(now, tokens, pace));
        }
        for (final var bucket : all) {
            bucket.take(at, tokens, pace);
        }
        return at;
    }

    /**
     * Takes a token if it is there now.
     *
     * @param now the time, nanoseconds
     * @param pace how fast it fills up, and how many fit in
     * @return false if it is not; nothing is taken then
     */
    public boolean takeNow(final long now, final Pace pace) {
        final var before = fullAt;
        if (take(now, 1, pace) <= now) {
            return true;
        }
        fullAt = before;
        return false;
    }

    private long when(final long now, final int tokens, final Pace pace) {
        final var missing = Math.max(0, pace.burst() - tokens);
        return Math.max(now, Math.max(fullAt, now) - Math.round(missing * NANOS / pace.rate()));
    }
}
