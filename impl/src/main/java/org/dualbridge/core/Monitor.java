/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import java.util.List;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.frame.Sign;
import org.eclipse.jdt.annotation.Nullable;

/** What is known of one attachment, however it is judged. */
abstract sealed class Monitor permits AttachmentMonitor, PassiveMonitor {
    static final long NEVER = Long.MIN_VALUE;
    /** A confirmation older than this many nanoseconds, or than one interval, says that the channel was stuck. */
    static final long FRESH_NANOS = 50_000_000;
    /** Who looks at the time so much too late did not see what came meanwhile. */
    static final long LATE_NANOS = 5_000_000;

    private final PortRef port;
    private final HeartbeatSettings settings;
    private final long linkNanos;

    private Health health = Health.UNKNOWN;
    private boolean linkUp = true;
    /** When the link will have been up long enough, or was. */
    private long linkReadyAt = NEVER;
    private boolean connected;
    private boolean judged;
    private long lastSign;
    private long aliveSince;
    private long deadSince;
    private boolean late;
    private long lateHeartbeats;
    private @Nullable Facts known;

    private record Facts(Health health, boolean judged, boolean linkUp, boolean late) {
    }

    Monitor(final PortRef port, final HeartbeatSettings settings, final long linkNanos, final long now) {
        this.port = port;
        this.settings = settings;
        this.linkNanos = linkNanos;
        lastSign = now;
    }

    /**
     * Makes what judges an attachment by a method; nothing is known yet.
     *
     * @param port the attachment's switch port
     * @param settings how it is judged
     * @param linkNanos how long its link must be up before it counts
     * @param phaseNanos when probes leave, from the beginning of an interval
     * @param firstRound numbers go on from here, so that nothing from before a change can be replayed
     * @param now current time
     */
    static Monitor of(final PortRef port, final HeartbeatSettings settings, final long linkNanos,
            final long phaseNanos, final long firstRound, final long now) {
        return switch (settings.method()) {
            case VRRP -> new VrrpMonitor(port, settings, firstRound, now);
            case RESPONDER -> new InquiryMonitor(port, settings, linkNanos, firstRound, now);
            case BFD_PASSIVE -> new BfdMonitor(port, settings, linkNanos, firstRound, now);
            case ARP, ND, ICMP_ECHO, UDP, REFLECT, PORT, EXTERNAL ->
                new AttachmentMonitor(port, settings, linkNanos, phaseNanos, firstRound, now);
        };
    }

    final PortRef port() {
        return port;
    }

    final HeartbeatSettings settings() {
        return settings;
    }

    final Health health() {
        return health;
    }

    /** Tells whether the attachment can be judged at the moment. */
    final boolean judged() {
        return judged && connected;
    }

    final boolean usable() {
        return health == Health.ALIVE && judged();
    }

    /** Tells whether it is not what frames should be sent to. */
    final boolean failed() {
        return health == Health.DEAD || health == Health.BACKUP;
    }

    final boolean linkUp() {
        return linkUp;
    }

    final boolean linkReady(final long now) {
        return linkUp && now >= linkReadyAt;
    }

    final long linkReadyAt() {
        return linkReadyAt;
    }

    /** Goes on to wait for the link of one that was not alive yet, by another time perhaps. */
    final void keepLink(final Monitor from) {
        if (from.health != Health.ALIVE && from.linkReadyAt != NEVER) {
            linkReadyAt = from.linkReadyAt - from.linkNanos + linkNanos;
        }
    }

    final boolean connected() {
        return connected;
    }

    final long lastSign() {
        return lastSign;
    }

    final long aliveSince() {
        return aliveSince;
    }

    final long deadSince() {
        return deadSince;
    }

    /** Tells whether there was no sign of life for longer than is worth a warning. */
    final boolean late() {
        return late;
    }

    final long lateHeartbeats() {
        return lateHeartbeats;
    }

    /** Tells whether anything has changed that decisions or reports depend on, since it was asked last. */
    final boolean hasChanged() {
        final var last = known;
        if (last != null && last.health == health && last.judged == judged() && last.linkUp == linkUp
                && last.late == late) {
            return false;
        }
        known = new Facts(health, judged(), linkUp, late);
        return true;
    }

    /** Why frames should not be sent to it. */
    Reason failure() {
        return linkUp ? Reason.NO_RESPONSE : Reason.LINK_DOWN;
    }

    /** The newest number that was used. */
    abstract long round();

    abstract long wakeAt();

    abstract void advance(long now, List<Action> actions);

    /** The switch answered {@link Action.ConfirmChannel}. */
    abstract void confirmed(long atRound, long askedAt, long now);

    /** A probe could not be sent, or the switch could not be asked. */
    abstract void sendFailed(long now);

    /** A probe was answered. */
    @Nullable Discard answer(final long lowBits, final long mask, final long now) {
        return Discard.FOREIGN;
    }

    /** The bridge spoke unasked. */
    @Nullable Discard heard(final @Nullable Sign sign, final long now) {
        return Discard.FOREIGN;
    }

    /** Another system tells whether the bridge is healthy; tells whether that is news. */
    boolean reported(final boolean healthy, final long until, final long now) {
        // Nobody asked it.
        return false;
    }

    /** Takes over what another system reported, or the bridge advertised. */
    void keepReport(final Monitor from, final long now) {
        // Nobody asked it.
    }

    /** Assumes health without having seen it, as after a restart of the controller. */
    final void assumeAlive(final long now) {
        assume(Health.ALIVE, now);
    }

    /** Assumes to be as it was judged by other rules. */
    final void assume(final Health judgement, final long now) {
        health = judgement;
        aliveSince = now;
        deadSince = now;
    }

    final void live(final long now) {
        if (health != Health.ALIVE) {
            health = Health.ALIVE;
            aliveSince = now;
        }
        judged = true;
    }

    final void die(final long now) {
        if (health != Health.DEAD) {
            deadSince = now;
        }
        health = Health.DEAD;
        judged = true;
    }

    /** Judges it in another way than as alive or dead. */
    final void become(final Health other, final boolean isJudged) {
        health = other;
        judged = isJudged;
    }

    final void setJudged(final boolean isJudged) {
        judged = isJudged;
    }

    final void sign(final long now) {
        lastSign = now;
        late = false;
    }

    /** Notes silence that is worth a warning. */
    final void warn(final long now) {
        if (!late && settings.warnNanos() > 0 && now - lastSign > settings.warnNanos()) {
            late = true;
            lateHeartbeats++;
        }
    }

    void linkChanged(final boolean up, final long now) {
        linkUp = up;
        if (up) {
            linkReadyAt = now + linkNanos;
        } else {
            die(now);
        }
    }

    void connectionChanged(final boolean isConnected, final long now) {
        connected = isConnected;
        if (!isConnected) {
            judged = false;
        }
    }
}
