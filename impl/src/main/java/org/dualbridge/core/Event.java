/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import org.dualbridge.frame.Sign;
import org.eclipse.jdt.annotation.Nullable;

/** What the machine is told: facts, in the past tense. */
public sealed interface Event {
    /** The time given by {@link DualBridgeMachine#wakeAt()} has come, or passed. */
    record TimePassed() implements Event {
    }

    /**
     * A frame that answers a probe came in at an attachment.
     *
     * @param attachment where it came in
     * @param round low bits of the number of the probe
     * @param mask which bits those are
     */
    record ProbeAnswered(PortRef attachment, long round, long mask) implements Event {
    }

    /**
     * A bridge spoke unasked at an attachment.
     *
     * @param attachment where it came in
     * @param sign what it tells of itself, {@code null} where it only asked us
     */
    record Heard(PortRef attachment, @Nullable Sign sign) implements Event {
    }

    /**
     * A probe could not be sent.
     *
     * @param attachment where it should have left
     */
    record ProbeFailed(PortRef attachment) implements Event {
    }

    /**
     * A switch told the state of a port's link, or a bridge that is one that of its own end of an attachment.
     *
     * @param port the port
     * @param up whether the link is up
     */
    record LinkChanged(PortRef port, boolean up) implements Event {
    }

    /**
     * The controller is master of a switch.
     *
     * @param node its datapath id
     */
    record SwitchConnected(long node) implements Event {
    }

    /**
     * The control channel of a switch is gone. Its frames may still flow.
     *
     * @param node its datapath id
     */
    record SwitchDisconnected(long node) implements Event {
    }

    /**
     * A switch answered {@link Action.ConfirmChannel}.
     *
     * @param attachment the attachment for which it was asked
     * @param round the round for which it was asked
     * @param askedAt when it was asked, nanoseconds
     */
    record ChannelConfirmed(PortRef attachment, long round, long askedAt) implements Event {
    }

    /**
     * The configuration changed.
     *
     * @param config the new one
     */
    record Reconfigured(DualBridge config) implements Event {
    }

    /**
     * Another system tells how a bridge is.
     *
     * @param bridge name of the bridge
     * @param tracker name of the tracker whose condition it is, {@code null} where it is the bridge's health
     * @param healthy whether it is healthy, or the condition holds
     * @param until until when that is valid, nanoseconds
     */
    record HealthReported(String bridge, @Nullable String tracker, boolean healthy, long until) implements Event {
    }

    /**
     * An operator asks for a switchover.
     *
     * @param bridge name of the bridge that is to be active
     */
    record SwitchoverRequested(String bridge) implements Event {
    }

    /** All hosts were announced on a switch whose way to the active bridge is another one than before. */
    record Announced() implements Event {
    }

    /** What a switch confirms. */
    enum Step {
        /** {@link Action.Divert}. */
        DIVERT,
        /** {@link Action.Fence}. */
        FENCE,
        /** {@link Action.Redirect}. */
        REDIRECT,
        /** {@link Action.WriteTables}. */
        TABLES
    }

    /**
     * A switch has done what an action told it, or is known not to do it.
     *
     * @param epoch the epoch that was current when it was told
     * @param step what it was told
     * @param node its datapath id
     * @param done whether it has done it
     */
    record Confirmed(long epoch, Step step, long node, boolean done) implements Event {
    }
}
