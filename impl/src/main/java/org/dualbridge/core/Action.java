/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What is to be done, in the imperative. A takeover is always {@link Fence}, {@link Redirect}, {@link Announce},
 * {@link Remember}, {@link Publish}, in this order; a planned one may begin with some of {@link Divert}, each when the
 * one before is confirmed. Redirect comes when the switches confirmed the fence, at once where a link is down; Announce
 * comes when they confirmed their tables; the last two do not wait for the announcements.
 */
public sealed interface Action {
    /**
     * Send a probe.
     *
     * @param attachment where it leaves
     * @param round its number
     */
    record SendProbe(PortRef attachment, long round) implements Action {
    }

    /**
     * Ask a switch for a sign, as a witness that it hears the controller and that its earlier answers have come in.
     *
     * @param attachment an attachment of that switch
     * @param round the round that went unanswered
     */
    record ConfirmChannel(PortRef attachment, long round) implements Action {
    }

    /**
     * Count a frame that was not used.
     *
     * @param reason why not
     */
    record CountDiscard(Discard reason) implements Action {
    }

    /**
     * Send frames to the hosts to the new bridge, while those from them still pass the old one: switches are pointed to
     * the new bridge, and it, fenced, lets frames to the hosts pass.
     *
     * @param move the takeover it belongs to
     * @param asked the switches that are told now, and have to confirm, {@link Event.Confirmed}
     */
    record Divert(Move move, Set<Long> asked) implements Action {
    }

    /**
     * Keep the bridge that is no longer active from passing frames.
     *
     * @param move the takeover it belongs to
     * @param asked switches that have to confirm, {@link Event.Confirmed}
     * @param diverted whether frames to the hosts take the new bridge already; those still under way pass the old one
     *     for a moment
     */
    record Fence(Move move, Set<Long> asked, boolean diverted) implements Action {
    }

    /**
     * Let the new bridge pass frames and point the switches to it.
     *
     * @param move the takeover it belongs to
     * @param asked switches that have to confirm, {@link Event.Confirmed}
     * @param fenced whether all that were waited for confirmed the fence
     */
    record Redirect(Move move, Set<Long> asked, boolean fenced) implements Action {
    }

    /**
     * Announce the hosts at the new attachment.
     *
     * @param move the takeover it belongs to
     * @param moved whether all switches confirmed their tables
     */
    record Announce(Move move, boolean moved) implements Action {
    }

    /**
     * Bring the tables of a switch to what is meant, and announce the hosts there.
     *
     * @param node its datapath id, for one that has just connected; {@code null} for all, where the configuration
     *     changed
     * @param intent what is meant
     * @param opens whether that includes what lets frames pass; else only what keeps them out
     * @param asked whether the switch has to confirm, {@link Event.Confirmed}
     */
    record WriteTables(@Nullable Long node, Intent intent, boolean opens, boolean asked) implements Action {
        WriteTables closed() {
            return new WriteTables(node, intent, false, asked);
        }
    }

    /**
     * Find the ways through the fabric anew, and announce the hosts on switches whose way is another one.
     *
     * @param intent what is meant
     * @param opens whether switches are redirected now; else a takeover will do that
     */
    record Reroute(Intent intent, boolean opens) implements Action {
        Reroute closed() {
            return new Reroute(intent, false);
        }
    }

    /**
     * Let nothing more leave by a port, or let it again.
     *
     * @param port the port
     * @param silent whether nothing may leave
     */
    record Silence(PortRef port, boolean silent) implements Action {
    }

    /**
     * Let frames to the hosts take the switches' MAC tables for a moment, so that these learn outside stations.
     *
     * @param open whether that begins or ends
     */
    record Relearn(boolean open) implements Action {
    }

    /**
     * Keep in mind over a restart what is active.
     *
     * @param intent what is to be remembered
     */
    record Remember(Intent intent) implements Action {
    }

    /** Tell the state to whoever reads it. */
    record Publish() implements Action {
    }

    /**
     * A change of the active attachment.
     *
     * @param before what was meant before
     * @param after what is meant now
     * @param planned whether it can be called off, where the old bridge does not confirm its fence
     * @param oldAlive whether the old bridge is healthy, so that its fence is waited for
     * @param reason why; where that is a link that went down, nothing can pass the old attachment any
     *     more, and its fence need not be confirmed before the new bridge lets frames pass
     * @param trigger what a reader looks at next: attachments, trackers, members, or what was asked for
     * @param from name of the bridge active before
     * @param to name of the bridge active now
     * @param lastSign last sign of life of the old attachment, or the decision where planned; nanoseconds
     * @param decidedAt when it was decided, nanoseconds
     */
    record Move(Intent before, Intent after, boolean planned, boolean oldAlive, Reason reason, String trigger,
            @Nullable String from, String to, long lastSign, long decidedAt) {
        /** The same without the old bridge, which was lost meanwhile. */
        Move failover(final Reason failure) {
            return new Move(before, after, false, false, failure, trigger, from, to, lastSign, decidedAt);
        }

        /** The same, which cannot be called off any more. */
        Move unplanned() {
            return new Move(before, after, false, oldAlive, reason, trigger, from, to, lastSign, decidedAt);
        }
    }
}
