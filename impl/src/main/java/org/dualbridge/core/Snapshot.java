/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;

/**
 * What the machine knows, at one instant.
 *
 * @param intent where frames to the hosts are meant to go
 * @param condition what an operator should know first
 * @param bridges the bridges, in configured order
 * @param failovers unplanned changes of the active bridge
 * @param switchovers planned changes of the active bridge
 * @param flipFlops changes that undid the one before
 */
public record Snapshot(Intent intent, Condition condition, ImmutableList<BridgeView> bridges, long failovers,
        long switchovers, long flipFlops) {
    /**
     * One bridge.
     *
     * @param name its name
     * @param role its role
     * @param reason why it has this role
     * @param since when it got this role, nanoseconds
     * @param timesActive how often it became active
     * @param timesStandby how often it became standby
     * @param priority trunk priority with what trackers add
     * @param heldOutUntil until when it stays out unless no other is left, nanoseconds; 0 where it does not
     * @param attachments its attachments
     * @param failingTrackers names of its trackers whose conditions fail
     * @param maintenance whether an operator works on it
     */
    public record BridgeView(String name, Role role, Reason reason, long since, long timesActive,
            long timesStandby, int priority, long heldOutUntil, ImmutableList<AttachmentStatus> attachments,
            List<String> failingTrackers, Maintenance maintenance) {
    }
}
