/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import com.google.common.collect.ImmutableList;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Match;
import org.eclipse.jdt.annotation.Nullable;

/**
 * A flow that a switch holds, as it told.
 *
 * @param table the table
 * @param cookie its cookie
 * @param priority its priority
 * @param match which frames
 * @param actions what is done with them, {@code null} where it is nothing that this plugin ever does
 */
public record HeldFlow(int table, long cookie, int priority, Match match,
        @Nullable ImmutableList<FlowAction> actions) {
}
