/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.api;

import java.time.Instant;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What happened to a dual bridge; the same facts as {@code dualbridge:dual-bridges/dual-bridge/state/event}.
 *
 * @param number grows by one with every entry
 * @param time when it was noticed
 * @param epoch the epoch then
 * @param kind what it is about
 * @param bridge name of the bridge concerned, {@code null} where that is none, or not one
 * @param before role before, {@code null} where no role changed, or there was none
 * @param after role since, {@code null} where no role changed
 * @param reason why, {@code null} where there is none to tell
 * @param text all of it in one line
 */
public record LogEntry(long number, Instant time, long epoch, Kind kind, @Nullable String bridge,
        @Nullable Role before, @Nullable Role after, @Nullable Reason reason, String text) {

    /** What an entry is about. */
    public enum Kind {
        /** A bridge has another role. */
        ROLE,
        /** The active attachment changed, and the switches were told. */
        TAKEOVER,
        /** Something was refused, or not confirmed. */
        REFUSAL,
        /** An attachment is alive, dead or late. */
        ATTACHMENT,
        /** The condition of a tracker fails, or holds again. */
        TRACKER,
        /** A switch connected or disconnected. */
        SWITCH,
        /** A switch did not hold what was intended, or took what it had refused. */
        TABLES,
        /** It was configured, or its configuration changed. */
        CONFIGURATION,
        /** A learned host is frozen or released, or no more hosts are learned. */
        HOST,
        /** Links of the fabric were discovered, forgotten, cut or mended, one is not used, or a switch has no way. */
        LINK
    }
}
