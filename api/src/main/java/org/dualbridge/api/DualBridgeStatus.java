/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jdt.annotation.Nullable;

/**
 * State of one dual bridge at one instant; the same facts as {@code dualbridge:dual-bridges/dual-bridge/state} and
 * {@code bridge/state} in the datastore.
 *
 * @param name name of the dual bridge
 * @param condition what an operator should know first
 * @param epoch grows with every change of the active attachment
 * @param activeAttachment the node-connector that frames to the hosts are sent to, {@code null} before the first one
 * @param syncGroup the sync group that it changes role with, {@code null} where it is on its own
 * @param bridges the bridges, in configured order
 * @param links cables between the switches of the fabric
 * @param counters what happened since the plugin started
 * @param lastTakeover the last change of the active attachment, {@code null} when there was none yet
 * @param log what happened since the plugin started, the newest entries of it, the oldest first
 */
public record DualBridgeStatus(String name, Condition condition, long epoch, @Nullable String activeAttachment,
        @Nullable String syncGroup, List<BridgeStatus> bridges, List<LinkStatus> links, Counters counters,
        @Nullable Takeover lastTakeover, List<LogEntry> log) {

    /** What an operator should know first. */
    public enum Condition {
        /** No bridge was active yet. */
        INITIALIZING,
        /** One bridge is active and another could take over. */
        PROTECTED,
        /** One bridge is active, and no other could take over. */
        UNPROTECTED,
        /** The active bridge cannot be judged, since a switch does not hear the controller. */
        BLIND,
        /** The active bridge is at fault and no other can take over. */
        DOWN
    }

    /** What a bridge is to its dual bridge. */
    public enum Role {
        /** Not judged yet. */
        INITIALIZE,
        /** Healthy, fenced, ready to take over. */
        STANDBY,
        /** The bridge that the switches send the hosts' frames to. */
        ACTIVE,
        /** Missing heartbeats, or no attachment with its link up. */
        FAULT
    }

    /** How far a bridge is taken out of service for maintenance. */
    public enum Maintenance {
        /** It is in service. */
        NONE,
        /** It is to be evacuated, and is active still: no other bridge can take over yet, or is about to. */
        DRAINING,
        /** It is not active, and will not be: it may be taken down. */
        EVACUATED
    }

    /** Why a bridge has its role, or what triggered a takeover. */
    public enum Reason {
        /** First judgement after start or configuration. */
        STARTUP,
        /** The role held before a restart of the controller, or before a planned change that was called off. */
        RESTORED,
        /** Heartbeats were not answered. */
        NO_RESPONSE,
        /** The switch reported the attachment's link as down. */
        LINK_DOWN,
        /** It said by VRRP that it is master no longer, or by BFD that an operator holds its session down. */
        RESIGNED,
        /** It said by BFD that its session is down. */
        SESSION_DOWN,
        /** An attachment is dead, not the one that frames are sent to, and all of a bridge have to work. */
        PATH_FAILED,
        /** The bridge that was active before is at fault. */
        PEER_FAILED,
        /** Heartbeats are answered again. */
        RECOVERED,
        /** A bridge of better rank returned. */
        PREEMPTED,
        /** Its rank is the best one. */
        PRIORITY,
        /** An operator asked for it. */
        OPERATOR,
        /** An operator works on a bridge. */
        MAINTENANCE,
        /** A tracker changed its rank. */
        TRACKER,
        /** Its sync group moved. */
        SYNC_GROUP
    }

    /** Why a frame from the network was not used. */
    public enum Discard {
        /** Too short, or a field has a value that its format forbids. */
        MALFORMED,
        /** No answer to a probe of this controller at this attachment; or of a host, but not for itself or not here. */
        FOREIGN,
        /** Answers a probe that was already judged. */
        LATE,
        /** Answers a probe that was already answered. */
        REPLAYED,
        /** Not signed with one of the configured keys. */
        UNAUTHENTIC,
        /** More copies of hosts' frames, or questions for their addresses, than are looked at. */
        EXCESS,
        /**
         * From the address of a host that is configured elsewhere, of one that is frozen, or of one by an outsider; or
         * with an IP address that is configured for another host.
         */
        SPOOFED,
        /** From a host that is not learned, since there are as many as there may be. */
        HOST_LIMIT
    }

    /** By what frame a host is announced. */
    public enum AnnouncementProtocol {
        /** Reverse ARP request. */
        RARP,
        /** Gratuitous ARP request. */
        GARP_REQUEST,
        /** Gratuitous ARP reply. */
        GARP_REPLY,
        /** Unsolicited neighbour advertisement. */
        UNSOLICITED_NA
    }

    /** What keeps frames from passing an attachment. */
    public enum Fence {
        /** The switch drops what comes from the bridge. */
        INGRESS,
        /** The bridge, an OpenFlow switch, drops what comes from the switch, or everything. */
        BRIDGE,
        /** The switch sends nothing to the bridge, which froze, and has not confirmed yet that it is fenced. */
        ISOLATE
    }

    /** Health of an attachment. */
    public enum Health {
        /** Not judged yet. */
        UNKNOWN,
        /** Answers heartbeats. */
        ALIVE,
        /** Another bridge is the VRRP master; its link is up, and no more is known, since backups are silent. */
        BACKUP,
        /** Does not answer, is not heard, or its link is down. */
        DEAD
    }

    /**
     * State of one bridge.
     *
     * @param name its name
     * @param role its role
     * @param reason why it has this role
     * @param since when it got this role
     * @param timesActive how often it became active
     * @param timesStandby how often it became standby
     * @param priority trunk priority with what trackers add
     * @param heldOutUntil until when it stays out unless no other is left, {@code null} where it does not
     * @param attachments its attachments, in configured order
     * @param failingTrackers names of its trackers whose conditions fail
     * @param maintenance whether an operator works on it
     */
    public record BridgeStatus(String name, Role role, Reason reason, Instant since, long timesActive,
            long timesStandby, int priority, @Nullable Instant heldOutUntil, List<AttachmentStatus> attachments,
            List<String> failingTrackers, Maintenance maintenance) {
    }

    /**
     * State of one attachment.
     *
     * @param nodeConnector the switch port
     * @param health the last judgement
     * @param judged whether it can be judged at the moment
     * @param late whether there was no sign of life for longer than is worth a warning
     * @param lateHeartbeats how often that was so
     * @param fences what keeps frames from passing it, as the switches confirmed it
     */
    public record AttachmentStatus(String nodeConnector, Health health, boolean judged, boolean late,
            long lateHeartbeats, Set<Fence> fences) {
        /**
         * Copies it with other fences.
         *
         * @param inForce the fences
         * @return the copy
         */
        public AttachmentStatus fencedBy(final Set<Fence> inForce) {
            return new AttachmentStatus(nodeConnector, health, judged, late, lateHeartbeats, inForce);
        }
    }

    /**
     * State of one cable between two switches.
     *
     * @param endA the switch port at one end
     * @param endB the switch port at the other end
     * @param discovered whether it was discovered, or configured
     * @param up whether no end is known to be down
     */
    public record LinkStatus(String endA, String endB, boolean discovered, boolean up) {
    }

    /**
     * Counts since the plugin started.
     *
     * @param failovers unplanned changes of the active bridge
     * @param switchovers planned changes of the active bridge
     * @param flipFlops changes that undid the one before
     * @param announced announcements, by protocol
     * @param tables what became of flows and groups
     * @param discarded frames not used, by reason
     * @param answered questions for addresses of hosts that were answered for them
     */
    public record Counters(long failovers, long switchovers, long flipFlops,
            Map<AnnouncementProtocol, Announced> announced, Tables tables, Map<Discard, Long> discarded,
            long answered) {
    }

    /**
     * What became of flows and groups.
     *
     * @param refused how many a switch refused
     * @param refusedNow how many it still refuses
     * @param repaired how many were not as intended, and were repaired
     * @param lastVerified when a switch was last compared with what is intended, {@code null} for never
     */
    public record Tables(long refused, int refusedNow, long repaired, @Nullable Instant lastVerified) {
    }

    /**
     * What became of announcements.
     *
     * @param sent how many were handed to a switch
     * @param failed how many could not be
     */
    public record Announced(long sent, long failed) {
    }

    /**
     * Timeline of one change of the active attachment. Instants are microseconds since the last sign of life of the
     * bridge that was active before, or since the decision where the change was planned; {@code null} is not reached.
     *
     * @param epoch the epoch that began with it
     * @param reason why
     * @param trigger what a reader looks at next: attachments, trackers, members, or what was asked for
     * @param from name of the bridge active before, {@code null} for the first one
     * @param to name of the bridge active since
     * @param at when it was decided
     * @param decided detected and decided
     * @param fenced fence of the old attachment confirmed by the switches
     * @param tablesMoved new tables confirmed by the switches
     * @param firstAnnouncement first announcement handed to a switch
     * @param lastAnnouncement last announcement of the first round handed to a switch
     * @param hosts hosts when the tables had moved
     * @param confirmed how many of them were seen behind the new attachment since, at least; {@code null} where hosts
     *     are not learned
     * @param lastConfirmed the last of these was seen
     */
    public record Takeover(long epoch, Reason reason, String trigger, @Nullable String from, String to, Instant at,
            long decided, @Nullable Long fenced, @Nullable Long tablesMoved, @Nullable Long firstAnnouncement,
            @Nullable Long lastAnnouncement, @Nullable Integer hosts, @Nullable Integer confirmed,
            @Nullable Long lastConfirmed) {
    }
}
