/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

/**
 * What a VRRP master tells of itself (RFC 3768, section 5.3; RFC 9568, section 5.2).
 *
 * @param priority 1..255, the higher wins; 0 where it is master no longer
 * @param sender the sender's IPv4 address, or the last 64 bits of its link-local IPv6 address
 * @param intervalNanos time from one advertisement to the next
 */
public record VrrpAdvertisement(int priority, long sender, long intervalNanos) implements Sign {
    /**
     * Tells whether a master that hears this steps down (RFC 9568, section 6.4.3).
     *
     * @param other what that master advertises
     * @return true if this has the higher priority, or the same and the higher address
     */
    public boolean outranks(final VrrpAdvertisement other) {
        return priority != other.priority ? priority > other.priority
            : Long.compareUnsigned(sender, other.sender) >= 0;
    }

    /**
     * Tells for how much longer than some intervals a backup waits (RFC 9568, section 6.1, Skew_Time).
     *
     * @return a time, nanoseconds
     */
    public long skewNanos() {
        return (256 - priority) * intervalNanos / 256;
    }
}
