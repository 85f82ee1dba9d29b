/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Configuration of a dual bridge, complete and valid; {@code dualbridge:dual-bridges/dual-bridge} with its defaults
 * filled in.
 *
 * @param name its name
 * @param forwarding how the fabric finds the active bridge, and keeps the others out
 * @param bridges at least two
 * @param heartbeat how health is judged
 * @param policy how it is decided which bridge is active
 * @param announcement how hosts are announced
 * @param hosts end stations behind the bridges
 * @param links cables between the switches of the fabric, configured or discovered
 * @param vlanSets how the VLANs are shared between the bridges, where they are
 * @param share which VLANs this is for; {@code null} for all
 * @param learning how hosts are learned
 * @param discovery what is discovered of the fabric
 */
public record DualBridge(String name, Forwarding forwarding, ImmutableList<Bridge> bridges,
        HeartbeatSettings heartbeat, Policy policy, Announcement announcement, ImmutableList<Host> hosts,
        ImmutableList<Link> links, ImmutableList<VlanSet> vlanSets, @Nullable Share share,
        Learning learning, Discovery discovery) {

    /**
     * Configures one that learns no hosts, and discovers no links.
     *
     * @param name its name
     * @param forwarding how the fabric finds the active bridge, and keeps the others out
     * @param bridges at least two
     * @param heartbeat how health is judged
     * @param policy how it is decided which bridge is active
     * @param announcement how hosts are announced
     * @param hosts end stations behind the bridges
     * @param links cables between the switches of the fabric
     * @param vlanSets how the VLANs are shared between the bridges, where they are
     * @param share which VLANs this is for; {@code null} for all
     */
    public DualBridge(final String name, final Forwarding forwarding, final ImmutableList<Bridge> bridges,
            final HeartbeatSettings heartbeat, final Policy policy, final Announcement announcement,
            final ImmutableList<Host> hosts, final ImmutableList<Link> links, final ImmutableList<VlanSet> vlanSets,
            final @Nullable Share share) {
        this(name, forwarding, bridges, heartbeat, policy, announcement, hosts, links, vlanSets, share,
            Learning.NONE, Discovery.NONE);
    }

    /**
     * Configures one that does not share its VLANs.
     *
     * @param name its name
     * @param forwarding how the fabric finds the active bridge, and keeps the others out
     * @param bridges at least two
     * @param heartbeat how health is judged
     * @param policy how it is decided which bridge is active
     * @param announcement how hosts are announced
     * @param hosts end stations behind the bridges
     * @param links cables between the switches of the fabric
     */
    public DualBridge(final String name, final Forwarding forwarding, final ImmutableList<Bridge> bridges,
            final HeartbeatSettings heartbeat, final Policy policy, final Announcement announcement,
            final ImmutableList<Host> hosts, final ImmutableList<Link> links) {
        this(name, forwarding, bridges, heartbeat, policy, announcement, hosts, links,
            ImmutableList.of(), null);
    }

    /**
     * Adds hosts that were learned.
     *
     * @param learned the hosts; those of VLANs that are not {@linkplain #hostVlans its own} are left out
     * @return the same but for the hosts, those that were learned first
     */
    public DualBridge withLearned(final List<Host> learned) {
        final var all = ImmutableList.<Host>builder();
        final var isOwn = hostVlans();
        learned.stream().filter(host -> isOwn.test(host.vlan())).forEach(all::add);
        return new DualBridge(name, forwarding, bridges, heartbeat, policy, announcement, all.addAll(hosts).build(),
            links, vlanSets, share, learning, discovery);
    }

    /**
     * Chooses how hosts are learned.
     *
     * @param how how
     * @return the same but for that
     */
    public DualBridge with(final Learning how) {
        return new DualBridge(name, forwarding, bridges, heartbeat, policy, announcement, hosts, links, vlanSets,
            share, how, discovery);
    }

    /**
     * Adds what was discovered of the fabric.
     *
     * @param what what; it replaces what was discovered before
     * @return the same but for that
     */
    public DualBridge with(final Discovery what) {
        return new DualBridge(name, forwarding, bridges, heartbeat, policy, announcement, hosts,
            Stream.concat(links.stream().filter(link -> !discovery.links().contains(link)), what.links().stream())
                .collect(ImmutableList.toImmutableList()), vlanSets, share, learning, what);
    }

    /**
     * What is discovered of the fabric.
     *
     * @param enabled whether anything is
     * @param links cables that nobody configured
     * @param neighbours datapath ids of switches that were heard, and that no cable is known to: they are to hand up
     *     what they hear, too
     */
    public record Discovery(boolean enabled, ImmutableSet<Link> links, ImmutableSortedSet<Long> neighbours) {
        /** Not at all. */
        public static final Discovery NONE = new Discovery(false, ImmutableSet.of(), ImmutableSortedSet.of());
        /** To be discovered. */
        public static final Discovery NOTHING_YET = new Discovery(true, ImmutableSet.of(), ImmutableSortedSet.of());
    }

    /**
     * How hosts are learned.
     *
     * @param enabled whether they are
     * @param limit how many at most
     * @param ageingNanos how long a host may be silent, 0 for ever
     * @param ipFrames whether also from IP frames of unknown stations
     * @param guards whether claims to be a host are refused elsewhere
     */
    public record Learning(boolean enabled, int limit, long ageingNanos, boolean ipFrames, boolean guards) {
        /** Not at all. */
        public static final Learning NONE = new Learning(false, 0, 0);

        /**
         * Learns from what hosts say of themselves only.
         *
         * @param enabled whether they are learned
         * @param limit how many at most
         * @param ageingNanos how long a host may be silent, 0 for ever
         */
        public Learning(final boolean enabled, final int limit, final long ageingNanos) {
            this(enabled, limit, ageingNanos, false, false);
        }
    }

    /**
     * VLANs that one bridge is to be active for.
     *
     * @param name its name
     * @param vlans VLAN identifiers, 0 for untagged
     * @param preferred name of the bridge that wins before any priority, {@code null} for none
     */
    public record VlanSet(String name, ImmutableSortedSet<Integer> vlans, @Nullable String preferred) {
    }

    /**
     * The part of a dual bridge that one VLAN set is. All parts of it have the same bridges; the first part asks them
     * for signs of life, for all of them.
     *
     * @param vlans VLAN identifiers, 0 for untagged
     * @param first whether it is the first part
     */
    public record Share(ImmutableSortedSet<Integer> vlans, boolean first) {
    }

    /**
     * How the fabric finds the active bridge, and keeps the others out.
     *
     * @param mode what frames follow
     * @param granularity what there is a flow for
     * @param localRepair whether switches by themselves take the next attachment where the link of the active one fails
     * @param fence where frames are kept from passing a bridge that is not active
     * @param diverts whether planned moves send frames to hosts to the new bridge before the old one is fenced
     * @param settleNanos time from the confirmed fence of a planned takeover until the new bridge is opened
     * @param relearnNanos time from one relearning of outside stations to the next, 0 for never
     * @param verifyNanos time from one verification of the switches' tables to the next, 0 for never
     * @param placement where flows are put
     */
    public record Forwarding(Mode mode, Granularity granularity, boolean localRepair, Fence fence, boolean diverts,
            long settleNanos, long relearnNanos, long verifyNanos, Placement placement) {
        /**
         * Tells whether frames follow flows of ours.
         *
         * @return false where they follow the switches' MAC tables
         */
        public boolean isFlow() {
            return mode == Mode.FLOW;
        }

        boolean isolates() {
            return fence == Fence.ISOLATE;
        }
    }

    /**
     * Where flows are put, beside those of others.
     *
     * @param table the table
     * @param basePriority the lowest priority, but for ordinary forwarding, whose priority is 1
     */
    public record Placement(int table, int basePriority) {
        /** In the first table. */
        public static final Placement DEFAULT = new Placement(0, 2200);
    }

    /** What frames to hosts follow. */
    public enum Mode {
        /** Flows of ours, which point to one indirect group per switch. */
        FLOW,
        /** The switches' own MAC learning, kept right by announcements. */
        LEARNING
    }

    /** What there is a flow for. */
    public enum Granularity {
        /** Each host, or block of hosts. */
        HOST,
        /** Each VLAN: all that does not come from the active bridge goes to it. */
        VLAN
    }

    /** Where frames are kept from passing a bridge that is not active. */
    public enum Fence {
        /** Nowhere: the bridges see to that. */
        NONE,
        /** At its attachments, where they come in from it. */
        INGRESS,
        /** There, and nothing is sent to them either. */
        ISOLATE,
        /** At its attachments, where they come in from it, and on the bridge itself where it is an OpenFlow switch. */
        BRIDGE
    }

    /** What part a bridge takes, as on the Shared Ethernet Adapter; an earlier one ranks before a later one. */
    public enum HaMode {
        /** Takes part. */
        AUTO,
        /** Takes part, and is active for some of the VLANs, if all others share, too. */
        SHARING,
        /** Is active only where no other can be. */
        STANDBY,
        /** Is never elected. */
        DISABLED;

        /** The lower one wins; those that share rank as those that take part alone. */
        int order() {
            return this == SHARING ? AUTO.ordinal() : ordinal();
        }
    }

    /**
     * One bridge.
     *
     * @param name its name
     * @param haMode what part it takes
     * @param priority the lower number wins
     * @param node datapath id where it is itself an OpenFlow switch
     * @param attachments where it meets the fabric, the preferred one first
     * @param target what answers heartbeats
     * @param trackers what else counts for its rank
     * @param vlans VLANs that it carries, none where that is not told
     * @param maintenance whether it is never to be active, since an operator works on it
     * @param mac its MAC address, where stations outside know the hosts by that; {@code null} where they know the
     *     hosts' own
     */
    public record Bridge(String name, HaMode haMode, int priority, @Nullable Long node,
            ImmutableList<Attachment> attachments, Target target, ImmutableList<Tracker> trackers,
            ImmutableSortedSet<Integer> vlans, boolean maintenance, @Nullable Mac mac) {

        /**
         * Configures a bridge that passes frames on as they are.
         *
         * @param name its name
         * @param haMode what part it takes
         * @param priority the lower number wins
         * @param node datapath id where it is itself an OpenFlow switch
         * @param attachments where it meets the fabric, the preferred one first
         * @param target what answers heartbeats
         * @param trackers what else counts for its rank
         * @param vlans VLANs that it carries, none where that is not told
         * @param maintenance whether it is never to be active, since an operator works on it
         */
        public Bridge(final String name, final HaMode haMode, final int priority, final @Nullable Long node,
                final ImmutableList<Attachment> attachments, final Target target,
                final ImmutableList<Tracker> trackers, final ImmutableSortedSet<Integer> vlans,
                final boolean maintenance) {
            this(name, haMode, priority, node, attachments, target, trackers, vlans, maintenance, null);
        }

        /**
         * Configures a bridge that nobody works on.
         *
         * @param name its name
         * @param haMode what part it takes
         * @param priority the lower number wins
         * @param node datapath id where it is itself an OpenFlow switch
         * @param attachments where it meets the fabric, the preferred one first
         * @param target what answers heartbeats
         * @param trackers what else counts for its rank
         * @param vlans VLANs that it carries, none where that is not told
         */
        public Bridge(final String name, final HaMode haMode, final int priority, final @Nullable Long node,
                final ImmutableList<Attachment> attachments, final Target target,
                final ImmutableList<Tracker> trackers, final ImmutableSortedSet<Integer> vlans) {
            this(name, haMode, priority, node, attachments, target, trackers, vlans, false);
        }

        /**
         * Configures a bridge whose VLANs are not told.
         *
         * @param name its name
         * @param haMode what part it takes
         * @param priority the lower number wins
         * @param node datapath id where it is itself an OpenFlow switch
         * @param attachments where it meets the fabric, the preferred one first
         * @param target what answers heartbeats
         * @param trackers what else counts for its rank
         */
        public Bridge(final String name, final HaMode haMode, final int priority, final @Nullable Long node,
                final ImmutableList<Attachment> attachments, final Target target,
                final ImmutableList<Tracker> trackers) {
            this(name, haMode, priority, node, attachments, target, trackers, ImmutableSortedSet.of());
        }

        /**
         * Tells whether it may be active at all.
         *
         * @return false if it is disabled, or in maintenance
         */
        public boolean mayLead() {
            return haMode != HaMode.DISABLED && !maintenance;
        }

        /**
         * Tells from which IPv4 address an attachment is probed. Each attachment of a bridge has its own, so that the
         * bridge's IP stack answers to where it was asked.
         *
         * @param port the attachment's switch port
         * @return the address as a number: the prober's at the first attachment, the next one at the second
         */
        public int proberIpv4(final PortRef port) {
            return target.prober().ipv4() + attachments.stream().map(Attachment::port).toList().indexOf(port);
        }
    }

    /**
     * A condition that changes a bridge's rank.
     *
     * @param name its name
     * @param port the port whose link has to be up; {@code null} where another system reports the condition, or a
     *     target is asked
     * @param weight if positive, added to the priority while the condition fails; if negative, while it holds; 0 lets a
     *     bridge not be elected while it fails
     * @param target what has to answer, {@code null} for nobody
     */
    public record Tracker(String name, @Nullable PortRef port, int weight, @Nullable TrackerTarget target) {

        /**
         * Configures a condition that nobody is asked for.
         *
         * @param name its name
         * @param port the port whose link has to be up; {@code null} where another system reports the condition
         * @param weight what is added to the priority, and when
         */
        public Tracker(final String name, final @Nullable PortRef port, final int weight) {
            this(name, port, weight, null);
        }

        /**
         * Tells whether another system reports the condition.
         *
         * @return true if it does
         */
        public boolean isReported() {
            return port == null && target == null;
        }
    }

    /**
     * What has to answer ARP requests for a tracker's condition to hold.
     *
     * @param key the port that it is asked through, and its number there
     * @param ipv4 IPv4 address as a number
     * @param mac MAC address, {@code null} where everybody at that port is asked for it
     * @param vlan VLAN of the probes
     */
    public record TrackerTarget(PortRef key, int ipv4, @Nullable Mac mac, int vlan) {
    }

    /**
     * Where a bridge meets the fabric.
     *
     * @param port the switch's port
     * @param peer the bridge's port, where it is an OpenFlow switch
     */
    public record Attachment(PortRef port, @Nullable PortRef peer) {
    }

    /**
     * What answers heartbeats.
     *
     * @param ipv4 IPv4 address as a number, 0 where there is none
     * @param ipv6 IPv6 address
     * @param mac MAC address
     * @param vlan VLAN of the probes
     * @param prober who asks it
     */
    public record Target(int ipv4, @Nullable Ipv6 ipv6, @Nullable Mac mac, int vlan, Prober prober) {
    }

    /**
     * Who asks a target.
     *
     * @param ipv4 IPv4 address at the first attachment of a bridge, as a number, 0 where there is none
     * @param udpPort port of the target's service, or of ours
     * @param keys keys to authenticate probes with
     * @param vrrpId virtual router that the target is one of, 0 where it is of none
     */
    public record Prober(int ipv4, int udpPort, Keyring keys, int vrrpId) {
        /**
         * Asks a target that is of no virtual router.
         *
         * @param ipv4 IPv4 address at the first attachment of a bridge, as a number, 0 where there is none
         * @param udpPort port of the target's service
         * @param keys keys to authenticate probes with
         */
        public Prober(final int ipv4, final int udpPort, final Keyring keys) {
            this(ipv4, udpPort, keys, 0);
        }
    }

    /** How a bridge is asked for a sign of life. */
    public enum Method {
        /** ARP request to its IP stack. */
        ARP,
        /** Neighbour solicitation to its IPv6 stack. */
        ND,
        /** ICMP echo to its IP stack. */
        ICMP_ECHO,
        /** Datagram to a service that sends it back. */
        UDP,
        /** A flow on the bridge sends the probe back. */
        REFLECT,
        /** Not at all: bridges elect a VRRP master, and it advertises itself. */
        VRRP,
        /** Not at all: it asks by datagrams, and gets them back. */
        RESPONDER,
        /** Not at all: its own BFD sessions are listened to. */
        BFD_PASSIVE,
        /** Not at all: its links are watched. */
        PORT,
        /** Not at all: another system reports its health. */
        EXTERNAL;

        /**
         * Tells whether probes are sent.
         *
         * @return true if they are
         */
        public boolean probes() {
            return switch (this) {
                case ARP, ND, ICMP_ECHO, UDP, REFLECT -> true;
                case VRRP, RESPONDER, BFD_PASSIVE, PORT, EXTERNAL -> false;
            };
        }

        /**
         * Tells whether bridges speak unasked.
         *
         * @return true if they do
         */
        public boolean listens() {
            return this == VRRP || this == RESPONDER || this == BFD_PASSIVE;
        }

        /**
         * Tells whether what bridges say is meant for others, so that it has to reach them, too.
         *
         * @return true if it is
         */
        public boolean overhears() {
            return this == VRRP || this == BFD_PASSIVE;
        }

        /**
         * Tells whether the bridges elect the active one among themselves.
         *
         * @return true if they do
         */
        public boolean follows() {
            return this == VRRP;
        }
    }

    /** How many attachments of a bridge have to work. */
    public enum Paths {
        /** One is enough. */
        ANY,
        /** All of them, as long as there is a bridge with that. */
        ALL
    }

    /**
     * How health is judged.
     *
     * @param method how a bridge is asked
     * @param intervalNanos time from one probe to the next
     * @param missCount so many misses: dead
     * @param window of so many probes; 0 where the misses have to be in a row
     * @param recoverCount so many answers in a row: alive
     * @param timeoutNanos how long the last of the missed probes is waited for
     * @param warnNanos silence that is worth a warning, 0 for none
     * @param paths how many attachments of a bridge have to work
     */
    public record HeartbeatSettings(Method method, long intervalNanos, int missCount, int window, int recoverCount,
            long timeoutNanos, long warnNanos, Paths paths) {

        /**
         * Judges bridges that one attachment is enough for.
         *
         * @param method how a bridge is asked
         * @param intervalNanos time from one probe to the next
         * @param missCount so many misses: dead
         * @param window of so many probes; 0 where the misses have to be in a row
         * @param recoverCount so many answers in a row: alive
         * @param timeoutNanos how long the last of the missed probes is waited for
         * @param warnNanos silence that is worth a warning, 0 for none
         */
        public HeartbeatSettings(final Method method, final long intervalNanos, final int missCount, final int window,
                final int recoverCount, final long timeoutNanos, final long warnNanos) {
            this(method, intervalNanos, missCount, window, recoverCount, timeoutNanos, warnNanos, Paths.ANY);
        }

        /**
         * Chooses how many attachments of a bridge have to work.
         *
         * @param which how many
         * @return the same settings but for that
         */
        public HeartbeatSettings with(final Paths which) {
            return new HeartbeatSettings(method, intervalNanos, missCount, window, recoverCount, timeoutNanos,
                warnNanos, which);
        }

        /** As targets of trackers are judged: asked by ARP whatever the bridges are, and never worth a warning. */
        HeartbeatSettings ofTargets() {
            return new HeartbeatSettings(Method.ARP, intervalNanos, missCount, window, recoverCount, timeoutNanos, 0,
                Paths.ANY);
        }
    }

    /**
     * How it is decided which bridge is active.
     *
     * @param preferred name of the bridge that wins before any priority, {@code null} for none
     * @param failback return to a better bridge
     * @param hold what has to pass before a bridge counts
     * @param damping what keeps a bridge out that fails again and again
     */
    public record Policy(@Nullable String preferred, Failback failback, Hold hold, Damping damping) {
    }

    /**
     * Return to a better bridge.
     *
     * @param automatic whether it happens without being asked for
     * @param delayNanos how long the better bridge must be healthy
     */
    public record Failback(boolean automatic, long delayNanos) {
    }

    /**
     * What has to pass before a bridge counts.
     *
     * @param linkNanos how long a link must be up before answers count
     * @param healthNanos how long a bridge that failed stays out, unless no other is left
     * @param initialDeadNanos how long after the start nobody is missed, and worse bridges are not elected
     */
    public record Hold(long linkNanos, long healthNanos, long initialDeadNanos) {
    }

    /**
     * What keeps a bridge out that fails again and again, unless no other is left.
     *
     * @param changes so many failures, 0 for never
     * @param windowNanos within this time
     * @param holdNanos keep it out so long
     */
    public record Damping(int changes, long windowNanos, long holdNanos) {
    }

    /**
     * How hosts are announced.
     *
     * @param protocols by what frames
     * @param pace how fast
     * @param rounds when, nanoseconds after the tables moved
     * @param refreshNanos time from one announcement to the next while nothing happens, 0 for never
     */
    public record Announcement(ImmutableSortedSet<AnnouncementProtocol> protocols, Pace pace,
            ImmutableSortedSet<Long> rounds, long refreshNanos) {
        /** Not at all. */
        public static final Announcement NONE = new Announcement(ImmutableSortedSet.of(), new Pace(1, 1),
            ImmutableSortedSet.of(), 0);
    }

    /**
     * How fast something is given what it is given, such as a port frames.
     *
     * @param rate so many per second
     * @param burst so many at once
     */
    public record Pace(int rate, int burst) {
    }

    /**
     * An end station behind the bridges.
     *
     * @param mac its MAC address
     * @param vlan its VLAN, 0 for untagged
     * @param ipv4 its IPv4 addresses as numbers
     * @param ipv6 its IPv6 addresses
     * @param isRouter whether it is an IPv6 router
     */
    public record Host(Mac mac, int vlan, ImmutableList<Integer> ipv4, ImmutableList<Ipv6> ipv6, boolean isRouter) {
        /**
         * Configures a host that is known by its MAC address only.
         *
         * @param mac its MAC address
         * @param vlan its VLAN, 0 for untagged
         */
        public Host(final Mac mac, final int vlan) {
            this(mac, vlan, ImmutableList.of(), ImmutableList.of(), false);
        }

        /**
         * Lists its addresses.
         *
         * @return those of both families
         */
        public List<Address> addresses() {
            return Stream.<Address>concat(ipv4.stream().map(V4::new), ipv6.stream().map(V6::new)).toList();
        }

        /**
         * Tells it from others by another MAC address.
         *
         * @param other the MAC address
         * @return the same host but for that
         */
        public Host at(final Mac other) {
            return new Host(other, vlan, ipv4, ipv6, isRouter);
        }
    }

    /**
     * A cable between two switches.
     *
     * @param endA one end
     * @param endB the other end
     */
    public record Link(PortRef endA, PortRef endB) {
        /**
         * Names a cable alike from both ends.
         *
         * @param one one end
         * @param other the other end
         * @return the cable, the lower end first
         */
        public static Link between(final PortRef one, final PortRef other) {
            return one.compareTo(other) < 0 ? new Link(one, other) : new Link(other, one);
        }

        @Override
        public String toString() {
            return endA + " - " + endB;
        }
    }

    /**
     * Where an attachment belongs.
     *
     * @param bridge position of its bridge
     * @param position position among the bridge's attachments
     * @param attachment the attachment
     */
    record Place(int bridge, int position, Attachment attachment) {
    }

    /**
     * Lists all attachments.
     *
     * @return where each belongs, by its switch port, in configured order
     */
    Map<PortRef, Place> places() {
        final var places = new LinkedHashMap<PortRef, Place>();
        for (int b = 0; b < bridges.size(); b++) {
            final var attachments = bridges.get(b).attachments();
            for (int a = 0; a < attachments.size(); a++) {
                places.put(attachments.get(a).port(), new Place(b, a, attachments.get(a)));
            }
        }
        return places;
    }

    /**
     * Lists the switches of the fabric: those with an attachment or a link.
     *
     * @return their datapath ids, ascending
     */
    public Set<Long> switches() {
        final var nodes = new TreeSet<Long>();
        bridges.forEach(bridge -> bridge.attachments().forEach(a -> nodes.add(a.port().datapath())));
        links.forEach(link -> {
            nodes.add(link.endA().datapath());
            nodes.add(link.endB().datapath());
        });
        return nodes;
    }

    /**
     * Lists all switches that the plugin programs: the fabric's, the bridges that are OpenFlow switches, those that a
     * tracker's target is asked through, and those that may turn out to be of the fabric.
     *
     * @return their datapath ids, ascending
     */
    public Set<Long> nodes() {
        final var nodes = new TreeSet<>(switches());
        bridges.forEach(bridge -> Optional.ofNullable(bridge.node()).ifPresent(nodes::add));
        targets().keySet().forEach(target -> nodes.add(target.datapath()));
        nodes.addAll(discovery.neighbours());
        return nodes;
    }

    /**
     * Lists what trackers ask. Several trackers may ask one target; it is asked once.
     *
     * @return the targets, in configured order
     */
    public Map<PortRef, TrackerTarget> targets() {
        final var targets = new LinkedHashMap<PortRef, TrackerTarget>();
        bridges.forEach(bridge -> bridge.trackers().forEach(tracker ->
            Optional.ofNullable(tracker.target()).ifPresent(target -> targets.put(target.key(), target))));
        return targets;
    }

    /**
     * Lists the VLANs of the hosts, and those that the bridges carry.
     *
     * @return VLAN identifiers, 0 for untagged, of this part where there are several
     */
    public Set<Integer> ownVlans() {
        final var vlans = new TreeSet<Integer>();
        hosts.forEach(host -> vlans.add(host.vlan()));
        bridges.forEach(bridge -> vlans.addAll(bridge.vlans()));
        if (share != null) {
            vlans.retainAll(share.vlans());
        }
        return vlans;
    }

    /**
     * Lists the ports that hosts' frames may come in at: attachments, and ends of links.
     *
     * @return the ports
     */
    public Set<PortRef> innerPorts() {
        return Stream.concat(
                attachmentPorts(),
                links.stream().flatMap(link -> Stream.of(link.endA(), link.endB())))
            .collect(Collectors.toSet());
    }

    /**
     * Tells whether it is told which VLANs are its own; else any may be.
     *
     * @return true if {@link #ownVlans} are all of them
     */
    public boolean knowsItsVlans() {
        return forwarding.granularity() == Granularity.VLAN
            || bridges.stream().anyMatch(bridge -> !bridge.vlans().isEmpty());
    }

    /**
     * Tells which VLANs hosts are learned in, as configured, that is before {@link #withLearned}.
     *
     * @return true for a VLAN that is its own, or if it is not told which ones are
     */
    public IntPredicate hostVlans() {
        final var own = knowsItsVlans() ? ownVlans() : null;
        return vlan -> (own == null || own.contains(vlan)) && (share == null || share.vlans().contains(vlan))
            && (vlanSets.isEmpty() || vlanSets.stream().anyMatch(set -> set.vlans().contains(vlan)));
    }

    /**
     * Tells whether a port is an end of a cable between two switches.
     *
     * @param port the port
     * @return true if it is
     */
    public boolean isLink(final PortRef port) {
        return links.stream().anyMatch(link -> link.endA().equals(port) || link.endB().equals(port));
    }

    /**
     * Lists the ports whose links count: both ends of attachments, cables of the fabric, and what
     * trackers watch or ask through.
     *
     * @return the ports
     */
    public Set<PortRef> watchedPorts() {
        final var ports = new TreeSet<PortRef>();
        bridges.forEach(bridge -> {
            bridge.attachments().forEach(attachment -> {
                ports.add(attachment.port());
                Optional.ofNullable(attachment.peer()).ifPresent(ports::add);
            });
            bridge.trackers().forEach(tracker -> Optional.ofNullable(tracker.port()).ifPresent(ports::add));
        });
        targets().keySet().forEach(target -> ports.add(target.port()));
        links.forEach(link -> {
            ports.add(link.endA());
            ports.add(link.endB());
        });
        return ports;
    }

    /**
     * Tells whether stations outside know the hosts by the active bridge's MAC address.
     *
     * @return false if they know the hosts' own
     */
    public boolean proxies() {
        return bridges.stream().anyMatch(bridge -> bridge.mac() != null);
    }

    /**
     * Tells which MAC address stations outside know the hosts by.
     *
     * @param active the active attachment, {@code null} where there is none
     * @return that of its bridge; empty where they know the hosts' own, or no bridge is active
     */
    public Optional<Mac> proxyMac(final @Nullable PortRef active) {
        return bridgeAt(active).map(Bridge::mac);
    }

    /**
     * Tells when within an interval something is due that every dual bridge does once per interval. That of many is to
     * be spread over it; multiples of the golden ratio leave no wide gap, however many there are (Knuth, TAOCP 6.4).
     *
     * @param intervalNanos the interval
     * @return nanoseconds from its beginning
     */
    public long phaseNanos(final long intervalNanos) {
        final var port = bridges.getFirst().attachments().getFirst().port();
        final var fraction = (port.datapath() * 31 + port.number()) * 0x9e37_79b9L >>> 16 & 0xffff;
        return fraction * intervalNanos >>> 16;
    }

    /**
     * Lists the attachments of all bridges.
     *
     * @return their switch ports
     */
    public Stream<PortRef> attachmentPorts() {
        return bridges.stream().flatMap(bridge -> bridge.attachments().stream()).map(Attachment::port);
    }

    /**
     * Finds the bridge that an attachment belongs to.
     *
     * @param attachment an attachment's switch port
     * @return the bridge, or empty if the port is no attachment
     */
    public Optional<Bridge> bridgeAt(final @Nullable PortRef attachment) {
        for (final var bridge : bridges) {
            for (final var own : bridge.attachments()) {
                if (own.port().equals(attachment)) {
                    return Optional.of(bridge);
                }
            }
        }
        return Optional.empty();
    }
}
