/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Iterables;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.ArpHeartbeat;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.FlowAction;
import org.dualbridge.table.FlowEntry.Kind;
import org.dualbridge.table.FlowEntry.MaskedMac;
import org.dualbridge.table.FlowEntry.Match;
import org.dualbridge.table.FlowEntry.Metered;
import org.dualbridge.table.FlowEntry.Packet;
import org.dualbridge.table.FlowEntry.Reserved;
import org.dualbridge.table.FlowEntry.ToGroup;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.FlowEntry.ToTable;
import org.dualbridge.table.FlowEntry.Udp;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What every switch must hold for one configuration of a dual bridge, in three layers.
 *
 * <ul>
 * <li>{@link #watch}: what heartbeats and the discovery of links need; there from the start.
 * <li>{@link #role}: fences, and where the group leads; a takeover is the difference of two of these.
 * <li>{@link #hosts}: everything that depends on hosts; never touched by a takeover.
 * </ul>
 *
 * <p>Before the first election only the first layer is there, so that nothing that works is disturbed.
 */
public final class TablePlan {
    // Priorities above the base, on a switch of the fabric and, from LOOP_GUARD up, on a bridge. Spread, so that a
    // block of addresses can be placed above narrower ones: a software switch then caches one entry per block, not one
    // per address.
    private static final int HEARTBEAT = 800;
    private static final int FENCE = 700;
    /** Above all that sends frames on: one that had passed a switch would tell of a link that there is not. */
    private static final int DISCOVERY = 690;
    private static final int LOOP_GUARD = 600;
    /** Of a bridge that is fenced, and the fence of a bridge that fences itself. */
    private static final int WAY_DOWN = 595;
    private static final int BRIDGE_FENCE = 590;
    /** Above what copies, since a host of another dual bridge may ask. */
    private static final int QUESTION = 560;
    private static final int LEARN = 550;
    private static final int GUARD_EXCEPT = 540;
    private static final int GUARD = 501;
    private static final int RELEARN = 500;
    private static final int RESOLUTION = 400;
    private static final int HOST = 300;
    private static final int STRANGER = 250;
    private static final int RETURN = 200;
    private static final int GROUP_ADDRESS = 100;
    private static final int VLAN = 0;
    /** Of ordinary forwarding, whatever the base is; and of the same where copies are made of it. */
    private static final int NORMAL = 1;
    private static final int NORMAL_AND_COPY = 2;

    /** The highest number that a port can have (OpenFlow 1.3.5, section A.2.1, OFPP_MAX less one). */
    private static final long LAST_PORT = 0xffff_feffL;
    /** The switch's own network stack, as a port that frames come in at. */
    private static final long LOCAL = 0xffff_fffeL;
    /** Ethertype of LLDP (IEEE 802.1AB, section 8.3). */
    private static final int LLDP = 0x88cc;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCP_SERVER = 67;
    private static final long GROUPS = 0xdb00_0000L;
    /** Frames to more than one station. */
    private static final MaskedMac GROUP_BIT = new MaskedMac(new Mac(0x0100_0000_0000L), new Mac(0x0100_0000_0000L));

    private final DualBridge config;
    private final Fabric fabric;
    private final ImmutableSet<PortRef> inner;
    private final ImmutableSet<Long> switches;
    private final ImmutableSet<Long> nodes;
    private final ImmutableList<FlowEntry> hostFlows;
    private final Map<Integer, ImmutableList<MaskedMac>> covers;
    private final Map<Long, ImmutableSet<FlowEntry>> hostsByNode;
    /** Hosts by address, where stations outside know them by the active bridge's MAC address. */
    private final Map<Spot, Host> owners;
    /** VLANs whose frames all go to the active bridge, none where hosts have flows of their own. */
    private final ImmutableSortedSet<Integer> vlans;

    /** An address in a VLAN. */
    private record Spot(int vlan, Address address) {
    }

    /** Addresses of hosts in a VLAN, all that agree in their first bits. */
    private record Block(int vlan, Address address, int length) {
        /** Wider ones above narrower ones, as blocks of MAC addresses. */
        int above() {
            return Math.max(0, FlowEntry.IPV4_BITS - length);
        }
    }

    /**
     * The part of a switch's tables that a takeover changes.
     *
     * @param flows fences, and forwarding of bridges
     * @param nextHop where the group leads; {@code null} where the switch needs no group
     */
    public record RoleTable(ImmutableSet<FlowEntry> flows, @Nullable NextHop nextHop) {
        static final RoleTable EMPTY = new RoleTable(ImmutableSet.of(), null);
    }

    /**
     * Plans for a configuration.
     *
     * @param config the configuration
     */
    public TablePlan(final DualBridge config) {
        this(config, Set.of());
    }

    /**
     * Plans for a configuration while some cables are cut.
     *
     * @param config the configuration
     * @param down ports whose links are down
     */
    public TablePlan(final DualBridge config, final Set<PortRef> down) {
        this(config, down, Set.of());
    }

    /**
     * Plans for a configuration beside others.
     *
     * @param config the configuration
     * @param down ports whose links are down
     * @param inner attachments, and ends of links, of all dual bridges
     */
    public TablePlan(final DualBridge config, final Set<PortRef> down, final Set<PortRef> inner) {
        this.config = config;
        this.inner = ImmutableSet.<PortRef>builder().addAll(inner).addAll(config.innerPorts()).build();
        fabric = new Fabric(config, down);
        switches = ImmutableSet.copyOf(config.switches());
        nodes = ImmutableSet.copyOf(config.nodes());
        covers = new TreeMap<>();
        hostsByNode = new TreeMap<>();
        owners = new LinkedHashMap<>();
        final var byVlan = new TreeMap<Integer, List<Mac>>();
        config.hosts().forEach(host ->
            byVlan.computeIfAbsent(host.vlan(), vlan -> new ArrayList<>()).add(host.mac()));
        byVlan.forEach((vlan, macs) -> covers.put(vlan, MacCover.of(macs)));
        if (config.proxies()) {
            // Those that are configured come last, and win.
            config.hosts().forEach(host -> host.addresses().forEach(address ->
                owners.put(new Spot(host.vlan(), address), host)));
        }
        vlans = config.forwarding().isFlow() && config.forwarding().granularity() == Granularity.VLAN
            ? ImmutableSortedSet.copyOf(config.ownVlans()) : ImmutableSortedSet.of();
        hostFlows = planHostFlows();
    }

    private TablePlan(final TablePlan other, final Set<PortRef> down) {
        config = other.config;
        fabric = new Fabric(config, down);
        inner = other.inner;
        switches = other.switches;
        nodes = other.nodes;
        covers = other.covers;
        hostsByNode = other.hostsByNode;
        owners = other.owners;
        vlans = other.vlans;
        hostFlows = other.hostFlows;
    }

    /**
     * Plans the same while other cables are cut. What depends on hosts is shared with this one, since it does not
     * depend on cables; so both have to be asked on one thread.
     *
     * @param down ports whose links are down
     * @return the plan
     */
    public TablePlan withDown(final Set<PortRef> down) {
        return new TablePlan(this, down);
    }

    /**
     * Derives the number that marks groups and flows of a dual bridge.
     *
     * @param name its name
     * @return 24 bits
     */
    public static int id(final String name) {
        return Hashing.sha256().hashString(name, StandardCharsets.UTF_8).asInt() & 0xff_ffff;
    }

    /**
     * Tells the group that frames for the hosts pass.
     *
     * @return its identifier
     */
    public long group() {
        return GROUPS | id(config.name());
    }

    /**
     * Tells where the flows are put.
     *
     * @return table and lowest priority
     */
    public Placement placement() {
        return config.forwarding().placement();
    }

    /**
     * Tells all switches to be programmed.
     *
     * @return datapath ids of the fabric's switches and of the bridges that are OpenFlow switches
     */
    public ImmutableSet<Long> nodes() {
        return nodes;
    }

    /**
     * Tells which ports announcements must not leave by: attachments, whose bridges would learn a host on the wrong
     * side, and links, whose other end gets its own.
     *
     * @param port a port of a switch of the fabric
     * @return true if they must not
     */
    public boolean isInner(final PortRef port) {
        return config.isLink(port) || config.bridgeAt(port).isPresent();
    }

    /**
     * Finds the host that is answered for where stations ask for an address.
     *
     * @param vlan the VLAN, 0 for untagged
     * @param address the address
     * @return the host, empty if none has it, or hosts answer themselves
     */
    public Optional<Host> owner(final int vlan, final Address address) {
        return Optional.ofNullable(owners.get(new Spot(vlan, address)));
    }

    /**
     * Finds the way to an attachment.
     *
     * @param node datapath id of a switch of the fabric
     * @param attachment the attachment
     * @return the port, empty where no way leads there
     */
    public OptionalLong nextHop(final long node, final PortRef attachment) {
        return fabric.nextHop(node, attachment);
    }

    /**
     * Plans what heartbeats need, and the discovery of links.
     *
     * @param node datapath id of the switch
     * @return the flows
     */
    public List<FlowEntry> watch(final long node) {
        final var flows = new ArrayList<FlowEntry>();
        final var method = config.heartbeat().method();
        final var share = config.share();
        if (share != null && !share.first()) {
            return flows;
        }
        final var discovery = config.discovery();
        if (discovery.enabled() && (switches.contains(node) || discovery.neighbours().contains(node))) {
            // All dual bridges of a switch need the same one. Anybody can send such frames, so they are bounded.
            flows.add(flow(Kind.BASE, DISCOVERY, Match.type(LLDP), Metered.COPIES, Reserved.CONTROLLER));
        }
        config.targets().keySet().stream().filter(target -> target.datapath() == node).forEach(target ->
            flows.add(flow(Kind.HEARTBEAT, HEARTBEAT, HeartbeatMatches.arpAnswers(target, target.number()),
                Reserved.CONTROLLER)));
        if (!method.probes() && !method.listens()) {
            return flows;
        }
        for (final var bridge : config.bridges()) {
            for (final var attachment : bridge.attachments()) {
                final var port = attachment.port();
                if (port.datapath() == node) {
                    HeartbeatMatches.answers(method, bridge, port, port.number()).forEach(match ->
                        flows.add(method.overhears()
                            // Others have to hear it, too.
                            ? flow(Kind.HEARTBEAT, HEARTBEAT, match, Reserved.CONTROLLER, Reserved.NORMAL)
                            : flow(Kind.HEARTBEAT, HEARTBEAT, match, Reserved.CONTROLLER)));
                    HeartbeatMatches.resolution(method, bridge, port.number()).forEach(match ->
                        flows.add(flow(Kind.HEARTBEAT, HEARTBEAT, match, Reserved.NORMAL)));
                }
                final var peer = attachment.peer();
                if (peer != null && peer.datapath() == node) {
                    // The bridge itself answers, fenced or not: a flow, or its own IP stack.
                    final var isReflect = method == Method.REFLECT;
                    HeartbeatMatches.probes(method, bridge, peer.number()).forEach(match -> flows.add(
                        flow(Kind.HEARTBEAT, HEARTBEAT, match, isReflect ? Reserved.IN_PORT : Reserved.LOCAL)));
                    if (!isReflect) {
                        Stream.concat(HeartbeatMatches.answers(method, bridge, port, LOCAL).stream(),
                            HeartbeatMatches.resolution(method, bridge, LOCAL).stream()).forEach(match -> flows.add(
                                flow(Kind.HEARTBEAT, HEARTBEAT, match, new ToPort(peer.number()))));
                    }
                }
            }
        }
        return flows;
    }

    /**
     * Derives the MAC address that an attachment is probed from, or a target of a tracker; a method may use its last
     * four bits.
     *
     * @param port the attachment, or the target
     * @return the address
     */
    public static Mac proberMac(final PortRef port) {
        return ArpHeartbeat.source(port.target() == 0 ? id(port.toString()) : port.target());
    }

    /**
     * Plans what depends on which attachment is active.
     *
     * @param node datapath id of the switch
     * @param intent the active attachment
     * @return the flows, and where the group leads
     */
    public RoleTable role(final long node, final Intent intent) {
        final var active = intent.active();
        if (active == null || !nodes.contains(node)) {
            return RoleTable.EMPTY;
        }
        final var flows = ImmutableSet.<FlowEntry>builder();
        for (final var bridge : config.bridges()) {
            final var isActive = bridge.attachments().stream().anyMatch(a -> a.port().equals(active));
            if (config.forwarding().fence() != Fence.NONE) {
                fenceAttachments(node, bridge, active, isActive, flows);
            }
            if (Optional.ofNullable(bridge.node()).filter(id -> id == node).isPresent()) {
                final var fences = !isActive && config.forwarding().fence() == Fence.BRIDGE;
                final var repairs = config.forwarding().localRepair();
                if (fences && repairs) {
                    bridge.attachments().stream().map(Attachment::peer).filter(Objects::nonNull)
                        .forEach(peer -> flows.addAll(wayDown(Kind.PASS, peer)));
                }
                if (fences) {
                    shared(Match.ANY).forEach(match -> flows.add(flow(Kind.FENCE, BRIDGE_FENCE, match)));
                } else if (isActive || repairs) {
                    // What is for many stations would come twice from a bridge that forwards beside the active one.
                    shared(Match.ANY).forEach(match -> flows.add(normal(Kind.FORWARD, match)));
                }
            }
        }
        if (!switches.contains(node) || !config.forwarding().isFlow()) {
            return new RoleTable(flows.build(), null);
        }
        if (!vlans.isEmpty()) {
            returns(node, active).forEach(port -> vlans.forEach(vlan ->
                flows.add(flow(Kind.RETURN, RETURN, Match.port(port).in(vlan), Reserved.NORMAL))));
        }
        final var ways = ways(node, active);
        // To the bridge that a way leads to, whichever one the station meant.
        final var macs = ImmutableMap.<Long, Mac>builder();
        ways.forEach((port, to) -> config.proxyMac(to).ifPresent(mac -> macs.put(port, mac)));
        return new RoleTable(flows.build(),
            new NextHop(ImmutableList.copyOf(ways.keySet()), config.forwarding().localRepair(), macs.build()));
    }

    /** Ports that frames to the hosts leave by, and the attachments that they lead to; the first one is taken first. */
    private Map<Long, PortRef> ways(final long node, final PortRef active) {
        final var ways = new LinkedHashMap<Long, PortRef>();
        fabric.nextHop(node, active).ifPresent(port -> ways.put(port, active));
        if (config.forwarding().localRepair()) {
            repairs(active).forEach(to -> fabric.nextHop(node, to)
                .ifPresent(port -> ways.putIfAbsent(port, to)));
        }
        return ways;
    }

    /**
     * Ports where what comes in is for stations outside: that of the active bridge, the way to it, and cables whose
     * other end is no way of the switch there, so that it sends nothing to the hosts by them. Frames from the hosts may
     * come by any of those, since they follow the MAC tables, and broadcasts teach those the tree that they keep to.
     */
    private Set<Long> returns(final long node, final PortRef active) {
        final var ports = new TreeSet<Long>();
        fabric.nextHop(node, active).ifPresent(ports::add);
        config.links().forEach(link -> Stream.of(link, new Link(link.endB(), link.endA()))
            .filter(cable -> cable.endA().datapath() == node
                && !ways(cable.endB().datapath(), active).containsKey(cable.endB().number()))
            .forEach(cable -> ports.add(cable.endA().number())));
        return ports;
    }

    private void fenceAttachments(final long node, final Bridge bridge, final PortRef active, final boolean isActive,
            final ImmutableSet.Builder<FlowEntry> flows) {
        for (final var attachment : bridge.attachments()) {
            if (attachment.port().equals(active)) {
                continue;
            }
            if (attachment.port().datapath() == node) {
                shared(Match.port(attachment.port().number()))
                    .forEach(match -> flows.add(flow(Kind.FENCE, FENCE, match)));
            }
            final var peer = attachment.peer();
            if (isActive && peer != null && peer.datapath() == node) {
                final var repairs = config.forwarding().localRepair();
                if (repairs) {
                    flows.addAll(wayDown(Kind.PASS, peer));
                }
                shared(Match.port(peer.number())).forEach(match ->
                    flows.add(flow(Kind.FENCE, repairs ? BRIDGE_FENCE : FENCE, match)));
            }
        }
    }

    /**
     * Plans what lets frames to hosts pass a bridge that is fenced, for a moment.
     *
     * @param node datapath id of the switch
     * @param intent the attachment that they come by
     * @return the flows, none where the bridge is not that switch, or they pass it at any time
     */
    public List<FlowEntry> wayDown(final long node, final Intent intent) {
        if (config.forwarding().localRepair()) {
            return List.of();
        }
        return config.bridges().stream().flatMap(bridge -> bridge.attachments().stream())
            .filter(attachment -> attachment.port().equals(intent.active()))
            .map(Attachment::peer)
            .filter(peer -> peer != null && peer.datapath() == node)
            .flatMap(peer -> wayDown(Kind.WAY_DOWN, peer).stream())
            .toList();
    }

    private List<FlowEntry> wayDown(final Kind kind, final PortRef peer) {
        return shared(Match.port(peer.number())).map(match -> flow(kind, WAY_DOWN, match, nextTable())).toList();
    }

    /** The attachments of the active bridge, and those of the other bridges by rank. */
    private Stream<PortRef> repairs(final PortRef active) {
        return config.bridges().stream()
            .filter(Bridge::mayLead)
            .sorted(Comparator.<Bridge, Boolean>comparing(bridge -> bridge.attachments().stream()
                    .noneMatch(attachment -> attachment.port().equals(active)))
                .thenComparing(Bridge::haMode).thenComparing(Bridge::priority))
            .flatMap(bridge -> bridge.attachments().stream())
            .map(Attachment::port);
    }

    /** Keeps to the VLANs of this part, where there are several. */
    private Stream<Match> shared(final Match match) {
        final var share = config.share();
        return share == null ? Stream.of(match) : share.vlans().stream().map(match::in);
    }

    /**
     * Plans what depends on the hosts, and the ordinary forwarding beside it.
     *
     * @param node datapath id of the switch
     * @return the flows, the same set each time
     */
    public ImmutableSet<FlowEntry> hosts(final long node) {
        return hostsByNode.computeIfAbsent(node, this::planHosts);
    }

    private ImmutableSet<FlowEntry> planHosts(final long node) {
        final var flows = ImmutableSet.<FlowEntry>builder();
        if (switches.contains(node)) {
            if (config.forwarding().isFlow()) {
                // Address resolution keeps to the MAC table, so that switches go on learning who is outside.
                resolution().forEach(match -> flows.add(flow(Kind.BASE, RESOLUTION, match, Reserved.NORMAL)));
            }
            final var rest = List.of(normal(Kind.BASE, Match.ANY));
            // With local repair a frame to a host that was flooded would pass several bridges.
            flows.addAll(config.forwarding().localRepair() ? Iterables.concat(hostFlows, rest)
                : Iterables.concat(rest, hostFlows));
            if (config.learning().guards()) {
                flows.addAll(guards(node));
            }
        }
        for (final var bridge : config.bridges()) {
            for (final var attachment : bridge.attachments()) {
                if (config.learning().enabled() && attachment.port().datapath() == node) {
                    flows.addAll(copies(attachment.port().number(), bridge));
                }
                final var peer = attachment.peer();
                if (peer != null && peer.datapath() == node) {
                    covers.forEach((vlan, cover) -> cover.forEach(block -> flows.add(flow(Kind.LOOP_GUARD,
                        above(LOOP_GUARD, block), Match.from(peer.number(), block, vlan)))));
                    flows.addAll(deliveries(peer.number()));
                }
            }
        }
        return flows.build();
    }

    /** What passes a fenced bridge that is a switch: with local repair at any time, in a diversion for a moment. */
    private List<FlowEntry> deliveries(final long peer) {
        final var flows = new ArrayList<FlowEntry>();
        final var repairs = config.forwarding().localRepair();
        if (!repairs && !config.forwarding().diverts()) {
            return flows;
        }
        // The rest, whatever somebody else has there.
        shared(Match.port(peer)).forEach(match -> flows.add(flow(Kind.DELIVERY, VLAN, match)));
        if (repairs) {
            // Those take the fabric's MAC tables, so they may come to several bridges.
            resolution().flatMap(match -> shared(match.at(peer)))
                .forEach(match -> flows.add(flow(Kind.DELIVERY, RESOLUTION, match)));
        }
        covers.forEach((vlan, cover) -> cover.forEach(block -> flows.add(flow(Kind.DELIVERY, above(HOST, block),
            Match.to(block, vlan).at(peer), Reserved.NORMAL))));
        return flows;
    }

    /**
     * Copies of what hosts say of themselves. They are at every attachment, so that a takeover changes none of them:
     * what comes in at the others is fenced off above.
     */
    private List<FlowEntry> copies(final long inPort, final Bridge bridge) {
        final var flows = new ArrayList<FlowEntry>();
        final var isFirst = config.share() == null || config.share().first();
        if (isFirst) {
            words(inPort).forEach(match -> flows.add(flow(Kind.LEARN, LEARN, match, Reserved.NORMAL, nextTable())));
        }
        if (config.learning().ipFrames()) {
            flows.addAll(samples(inPort, bridge, isFirst));
        } else if (isFirst) {
            flows.add(flow(Kind.COPY, LEARN, Match.port(inPort), Metered.COPIES, Reserved.CONTROLLER));
        }
        return flows;
    }

    private ToTable nextTable() {
        return new ToTable(placement().table() + 1);
    }

    private static Stream<Match> words(final long inPort) {
        return Stream.concat(resolution(), Stream.of(Match.inner(null, null, new Udp(DHCP_CLIENT, DHCP_SERVER))))
            .map(match -> match.at(inPort));
    }

    /** Address resolution: ARP, RARP, and neighbour discovery. */
    private static Stream<Match> resolution() {
        return Stream.of(Match.type(0x0806), Match.type(0x8035),
            Match.neighbourDiscovery(HeartbeatMatches.SOLICITATION),
            Match.neighbourDiscovery(HeartbeatMatches.ADVERTISEMENT));
    }

    /**
     * Address resolution from hosts comes in at attachments and links only; what may be theirs goes on there as it
     * would. A host that has moved to another dual bridge is still ours when it speaks there first. All of these match
     * our hosts, so that those of two dual bridges are never the same.
     */
    private List<FlowEntry> guards(final long node) {
        final var flows = new ArrayList<FlowEntry>();
        final var ports = inner.stream().filter(port -> port.datapath() == node).map(PortRef::number).sorted().toList();
        covers.forEach((vlan, cover) -> cover.forEach(block -> resolution().forEach(type -> {
            final var claim = type.by(block, vlan);
            ports.forEach(port -> flows.add(flow(Kind.GUARD, GUARD_EXCEPT, claim.at(port), Reserved.NORMAL)));
            flows.add(flow(Kind.GUARD, above(GUARD, block), claim, Metered.SAMPLES, Reserved.CONTROLLER));
        })));
        return flows;
    }

    /**
     * Copies of IP frames of stations that are no known hosts. They are made where such a frame takes the MAC table,
     * and nowhere else, so that it goes on as if none was made. The next table tells who is known.
     */
    private List<FlowEntry> samples(final long inPort, final Bridge bridge, final boolean isFirst) {
        final var flows = new ArrayList<FlowEntry>();
        final var ip = List.of(Match.type(0x0800).at(inPort), Match.type(0x86dd).at(inPort));
        final var byVlan = !vlans.isEmpty();
        // Without fences, frames from a bridge that is not active go to the active one.
        if (!byVlan || config.forwarding().fence() != Fence.NONE) {
            final var priority = byVlan ? placement().basePriority() + STRANGER : NORMAL_AND_COPY;
            ip.stream().flatMap(this::own).forEach(match -> flows.add(new FlowEntry(Kind.LEARN, priority, match,
                ImmutableList.of(Reserved.NORMAL, nextTable()))));
        }
        covers.forEach((vlan, cover) -> cover.forEach(block -> flows.add(flow(Kind.KNOWN, above(HOST, block),
            Match.from(inPort, block, vlan)))));
        if (isFirst) {
            words(inPort).forEach(match ->
                flows.add(flow(Kind.COPY, LEARN, match, Metered.COPIES, Reserved.CONTROLLER)));
            final var target = bridge.target().mac();
            if (target != null) {
                flows.add(flow(Kind.KNOWN, RESOLUTION, Match.from(inPort, target)));
            }
            ip.forEach(match -> flows.add(flow(Kind.SAMPLE, STRANGER, match, Metered.SAMPLES, Reserved.CONTROLLER)));
        }
        return flows;
    }

    /** Keeps to the VLANs of the dual bridge, where it is told which these are. */
    private Stream<Match> own(final Match match) {
        return config.share() == null && config.knowsItsVlans() ? config.ownVlans().stream().map(match::in)
            : shared(match);
    }

    private ImmutableList<FlowEntry> planHostFlows() {
        final var flows = ImmutableList.<FlowEntry>builder();
        final var action = new ToGroup(group());
        final var blocks = blocks();
        blocks.forEach(block -> {
            final var question = Match.question(block.address, block.length).in(block.vlan);
            flows.add(flow(Kind.ASK, QUESTION + block.above(), question, Reserved.NORMAL, nextTable()));
            flows.add(flow(Kind.QUESTION, QUESTION + block.above(), question, Metered.QUESTIONS,
                Reserved.CONTROLLER));
        });
        if (!config.forwarding().isFlow()) {
            return flows.build();
        }
        if (config.proxies()) {
            blocks.forEach(block -> flows.add(flow(Kind.HOST, HOST + block.above(),
                Match.inner(null, null, new Packet(block.address, block.length)).in(block.vlan), action)));
            return flows.build();
        }
        if (!vlans.isEmpty()) {
            vlans.forEach(vlan -> {
                flows.add(flow(Kind.HOST, GROUP_ADDRESS, Match.to(GROUP_BIT, vlan), Reserved.NORMAL));
                flows.add(flow(Kind.HOST, VLAN, Match.ANY.in(vlan), action));
            });
            return flows.build();
        }
        covers.forEach((vlan, cover) -> cover.forEach(block -> flows.add(flow(Kind.HOST, above(HOST, block),
            Match.to(block, vlan), action))));
        return flows.build();
    }

    /** Covers the addresses that are answered for; IPv6 addresses, which are scattered, one by one. */
    private List<Block> blocks() {
        final var blocks = new ArrayList<Block>();
        final var ipv4 = new TreeMap<Integer, List<Mac>>();
        owners.keySet().forEach(spot -> {
            if (spot.address instanceof V4(var bits)) {
                ipv4.computeIfAbsent(spot.vlan, vlan -> new ArrayList<>()).add(new Mac(Integer.toUnsignedLong(bits)));
            } else {
                blocks.add(new Block(spot.vlan, spot.address, FlowEntry.IPV6_BITS));
            }
        });
        // As numbers of 48 bits, of which the first 16 are 0.
        ipv4.forEach((vlan, numbers) -> MacCover.of(numbers).forEach(block -> blocks.add(new Block(vlan,
            new V4((int) block.value().bits()), Long.bitCount(block.mask().bits()) - 16))));
        return blocks;
    }

    /** Wider blocks above narrower ones, so that the widest match is looked for first; blocks never overlap. */
    private static int above(final int base, final MaskedMac block) {
        return base + 48 - Long.bitCount(block.mask().bits());
    }

    /**
     * Plans the flow that lets frames to hosts take the MAC table for a moment. Those that a station sends to a bridge
     * that is not active any more would get lost there, and are left out.
     *
     * @param intent the active attachment
     * @return the flow
     */
    public FlowEntry relearn(final Intent intent) {
        return flow(Kind.RELEARN, RELEARN, config.proxyMac(intent.active()).map(Match::to).orElse(Match.ANY),
            Reserved.NORMAL);
    }

    /**
     * Plans a flow that no frame matches, to rehearse with.
     *
     * @return the flow
     */
    public static FlowEntry nothing() {
        return new FlowEntry(Kind.FENCE, Placement.DEFAULT.basePriority(), Match.port(LAST_PORT), ImmutableList.of());
    }

    private FlowEntry flow(final Kind kind, final int above, final Match match, final FlowAction... actions) {
        return new FlowEntry(kind, placement().basePriority() + above, match, ImmutableList.copyOf(actions));
    }

    private static FlowEntry normal(final Kind kind, final Match match) {
        return new FlowEntry(kind, NORMAL, match, ImmutableList.of(Reserved.NORMAL));
    }
}
