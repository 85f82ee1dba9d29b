/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;

/**
 * Configurations for tests: bridge "left" at openflow:1:1 is the better one, "right" is at openflow:2:1; a cable leads
 * from openflow:1:10 to openflow:2:10.
 */
public final class Samples {
    public static final long MILLIS = 1_000_000;
    public static final long SECONDS = 1000 * MILLIS;
    public static final PortRef LEFT = new PortRef(1, 1);
    public static final PortRef RIGHT = new PortRef(2, 1);
    public static final Mac FIRST_HOST = Mac.parse("52:54:00:00:01:00");
    public static final Announcement ANNOUNCEMENT = new Announcement(
        ImmutableSortedSet.of(AnnouncementProtocol.RARP), new Pace(1000, 10), ImmutableSortedSet.of(0L), 0);

    public static final Mac LEFT_MAC = Mac.parse("52:54:00:00:00:0a");
    public static final Mac RIGHT_MAC = Mac.parse("52:54:00:00:00:0b");
    public static final int HOST_IP = 0x0a00_0001;
    public static final Ipv6 HOST_IPV6 = new Ipv6(0x2001_0db8_0000_0000L, 1);

    private Samples() {
        // makes samples only
    }

    public static DualBridge plain() {
        return with(Method.ARP, bridge("left", 50, null, new Attachment(LEFT, null)),
            bridge("right", 100, null, new Attachment(RIGHT, null)));
    }

    /** Both bridges are OpenFlow switches: "left" is openflow:11, "right" is openflow:12, their port 1 is cabled. */
    public static DualBridge openFlow(final Method method) {
        return with(method, bridge("left", 50, 11L, new Attachment(LEFT, new PortRef(11, 1))),
            bridge("right", 100, 12L, new Attachment(RIGHT, new PortRef(12, 1))));
    }

    /** The same, with planned moves that divert frames first. */
    public static DualBridge diverting() {
        return withForwarding(openFlow(Method.REFLECT), new Forwarding(Mode.FLOW, Granularity.HOST, false, Fence.BRIDGE,
            true, 0, 0, 0, Placement.DEFAULT));
    }

    /** The same, and the switches in front take the other bridge by themselves. */
    public static DualBridge repairing() {
        return withForwarding(openFlow(Method.REFLECT), new Forwarding(Mode.FLOW, Granularity.HOST, true, Fence.BRIDGE,
            true, 0, 0, 0, Placement.DEFAULT));
    }

    /** Both bridges are routers: stations outside know the one host, in VLAN 0, by the active one's MAC address. */
    public static DualBridge proxy() {
        return withBridges(withFabric(plain(), Mode.FLOW, ImmutableList.of(
            new Host(FIRST_HOST, 0, ImmutableList.of(HOST_IP), ImmutableList.of(HOST_IPV6), false)),
            link(1, 10, 2, 10)), bridge -> new Bridge(bridge.name(), bridge.haMode(), bridge.priority(), bridge.node(),
                bridge.attachments(), bridge.target(), bridge.trackers(), bridge.vlans(), false,
                bridge.name().equals("left") ? LEFT_MAC : RIGHT_MAC));
    }

    public static DualBridge with(final Method method, final Bridge... bridges) {
        return new DualBridge("db", forwarding(Mode.FLOW), ImmutableList.copyOf(bridges),
            new HeartbeatSettings(method, 100 * MILLIS, 3, 0, 3, 5 * MILLIS, 0),
            new Policy(null, new Failback(true, 10 * SECONDS), new Hold(0, 0, SECONDS), new Damping(0, 0, 0)),
            ANNOUNCEMENT, hosts(5, 0), ImmutableList.of(link(1, 10, 2, 10)));
    }

    public static Bridge bridge(final String name, final int priority, final Long node,
            final Attachment... attachments) {
        return new Bridge(name, HaMode.AUTO, priority, node, ImmutableList.copyOf(attachments),
            new Target(0x0a00_00fe, new Ipv6(0x2001_0db8_0000_0000L, 0xfe), Mac.parse("52:54:00:00:00:fe"), 0,
                new Prober(0x0a00_0001, 7, Keyring.EMPTY, 51)), ImmutableList.of());
    }

    public static ImmutableList<Host> hosts(final int count, final int vlan) {
        return IntStream.range(0, count)
            .mapToObj(i -> new Host(new Mac(FIRST_HOST.bits() + i), vlan))
            .collect(ImmutableList.toImmutableList());
    }

    public static Link link(final long nodeA, final long portA, final long nodeB, final long portB) {
        return new Link(new PortRef(nodeA, portA), new PortRef(nodeB, portB));
    }

    public static DualBridge named(final DualBridge from, final String name) {
        return new DualBridge(name, from.forwarding(), from.bridges(), from.heartbeat(),
            from.policy(), from.announcement(), from.hosts(), from.links());
    }

    public static DualBridge withHeartbeat(final DualBridge from, final int missCount) {
        final var old = from.heartbeat();
        return withHeartbeat(from, new HeartbeatSettings(old.method(), old.intervalNanos(), missCount, old.window(),
            old.recoverCount(), old.timeoutNanos(), old.warnNanos(), old.paths()));
    }

    public static DualBridge withHeartbeat(final DualBridge from, final HeartbeatSettings heartbeat) {
        return new DualBridge(from.name(), from.forwarding(), from.bridges(), heartbeat,
            from.policy(), from.announcement(), from.hosts(), from.links());
    }

    public static DualBridge withPolicy(final DualBridge from, final Policy policy) {
        return new DualBridge(from.name(), from.forwarding(), from.bridges(), from.heartbeat(),
            policy, from.announcement(), from.hosts(), from.links());
    }

    public static DualBridge withFailback(final DualBridge from, final boolean automatic, final long delayNanos) {
        final var old = from.policy();
        return withPolicy(from, new Policy(old.preferred(), new Failback(automatic, delayNanos), old.hold(),
            old.damping()));
    }

    public static DualBridge withHold(final DualBridge from, final Hold hold) {
        final var old = from.policy();
        return withPolicy(from, new Policy(old.preferred(), old.failback(), hold, old.damping()));
    }

    public static DualBridge withDamping(final DualBridge from, final Damping damping) {
        final var old = from.policy();
        return withPolicy(from, new Policy(old.preferred(), old.failback(), old.hold(), damping));
    }

    public static DualBridge withPreferred(final DualBridge from, final String preferred) {
        final var old = from.policy();
        return withPolicy(from, new Policy(preferred, old.failback(), old.hold(), old.damping()));
    }

    public static DualBridge withBridges(final DualBridge from, final UnaryOperator<Bridge> change) {
        return new DualBridge(from.name(), from.forwarding(),
            from.bridges().stream().map(change).collect(ImmutableList.toImmutableList()), from.heartbeat(),
            from.policy(), from.announcement(), from.hosts(), from.links());
    }

    public static DualBridge withHaMode(final DualBridge from, final String name, final HaMode mode) {
        return withBridges(from, bridge -> bridge.name().equals(name) ? new Bridge(name, mode, bridge.priority(),
            bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers()) : bridge);
    }

    public static DualBridge withMaintenance(final DualBridge from, final String name) {
        return withBridges(from, bridge -> bridge.name().equals(name) ? new Bridge(name, bridge.haMode(),
            bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(), bridge.trackers(), bridge.vlans(),
            true) : bridge);
    }

    public static DualBridge withTracker(final DualBridge from, final String name, final Tracker tracker) {
        return withBridges(from, bridge -> bridge.name().equals(name) ? new Bridge(name, bridge.haMode(),
            bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(), ImmutableList.of(tracker))
            : bridge);
    }

    public static Forwarding forwarding(final Mode mode) {
        return new Forwarding(mode, Granularity.HOST, false, Fence.BRIDGE, false, 0, 0, 0, Placement.DEFAULT);
    }

    public static DualBridge withForwarding(final DualBridge from, final Forwarding forwarding) {
        return new DualBridge(from.name(), forwarding, from.bridges(), from.heartbeat(), from.policy(),
            from.announcement(), from.hosts(), from.links());
    }

    public static DualBridge withHosts(final DualBridge from, final ImmutableList<Host> hosts) {
        return new DualBridge(from.name(), from.forwarding(), from.bridges(), from.heartbeat(), from.policy(),
            from.announcement(), hosts, from.links());
    }

    public static DualBridge withLinks(final DualBridge from, final Link... links) {
        return new DualBridge(from.name(), from.forwarding(), from.bridges(), from.heartbeat(), from.policy(),
            from.announcement(), from.hosts(), ImmutableList.copyOf(links));
    }

    public static DualBridge withFabric(final DualBridge from, final Mode mode,
            final ImmutableList<Host> hosts, final Link... links) {
        return new DualBridge(from.name(), forwarding(mode), from.bridges(), from.heartbeat(),
            from.policy(), from.announcement(), hosts, ImmutableList.copyOf(links));
    }
}
