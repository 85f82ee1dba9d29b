/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.net.InetAddresses;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.Damping;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Failback;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Forwarding;
import org.dualbridge.core.DualBridge.Granularity;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Hold;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.DualBridge.TrackerTarget;
import org.dualbridge.core.DualBridge.VlanSet;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Heartbeat;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.Authentication;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.authentication.Key;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.BfdPassive;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.External;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpReply;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpRequest;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.IcmpEcho;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Nd;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.OpenflowPort;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Reflect;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Responder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Udp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnsolicitedNa;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vlan;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vrrp;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6AddressNoZone;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

/** Reads one dual bridge that {@link ConfigRules} found valid, and fills the model's defaults in. */
public final class ConfigReader {
    private static final ImmutableSortedSet<Long> DEFAULT_SCHEDULE = LongStream.of(0, 100, 1100, 2200, 4400)
        .mapToObj(TimeUnit.MILLISECONDS::toNanos)
        .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));

    /** What stations change their neighbours by. */
    private static final ImmutableSortedSet<AnnouncementProtocol> READDRESSING = ImmutableSortedSet.of(
        AnnouncementProtocol.GARP_REQUEST, AnnouncementProtocol.GARP_REPLY, AnnouncementProtocol.UNSOLICITED_NA);

    private ConfigReader() {
        // reads only
    }

    /**
     * Reads a dual bridge.
     *
     * @param from the datastore's
     * @return the core's
     */
    public static DualBridge read(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var prober = prober(from.nonnullHeartbeat());
        return new DualBridge(from.requireName().getValue(), forwarding(from),
            from.nonnullBridge().stream()
                .map(bridge -> bridge(from.requireName().getValue(), bridge, prober, proxies(from)))
                .collect(ImmutableList.toImmutableList()),
            heartbeat(from), policy(from), announcement(from),
            from.nonnullHost().values().stream()
                .map(ConfigReader::host)
                .sorted(Comparator.comparing(Host::mac).thenComparingInt(Host::vlan))
                .collect(ImmutableList.toImmutableList()),
            from.nonnullLink().values().stream()
                .map(link -> new Link(PortRef.parse(link.requireEndA().getValue()),
                    PortRef.parse(link.requireEndB().getValue())))
                .collect(ImmutableList.toImmutableList()),
            from.nonnullVlanSet().values().stream()
                .map(set -> new VlanSet(set.requireName().getValue(), vlans(set.getVlan()),
                    set.getPreferredBridge() == null ? null : set.getPreferredBridge().getValue()))
                .sorted(Comparator.comparing(VlanSet::name))
                .collect(ImmutableList.toImmutableList()), null, learning(from),
            Boolean.TRUE.equals(from.getDiscoverLinks()) ? Discovery.NOTHING_YET : Discovery.NONE);
    }

    private static Learning learning(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var learning = from.nonnullLearning();
        final var guards = Boolean.TRUE.equals(learning.getClaimGuard());
        return Boolean.TRUE.equals(learning.getEnabled()) ? new Learning(true, value(learning.getLimit(), 10_000),
            TimeUnit.SECONDS.toNanos(value(learning.getAgeingTime(), 3600)),
            Boolean.TRUE.equals(learning.getIpFrames()), guards) : new Learning(false, 0, 0, false, guards);
    }

    private static Forwarding forwarding(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        return new Forwarding(mode(from),
            from.getGranularity() == org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge
                .Granularity.Vlan ? Granularity.VLAN : Granularity.HOST,
            Boolean.TRUE.equals(from.getLocalRepair()), fence(from),
            Boolean.TRUE.equals(from.getDiversion()), TimeUnit.MILLISECONDS.toNanos(value(from.getSettleTime(), 10)),
            TimeUnit.SECONDS.toNanos(value(from.getRelearnInterval(), 60)),
            TimeUnit.SECONDS.toNanos(value(from.getVerifyInterval(), 60)), placement(from));
    }

    static boolean proxies(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        return Boolean.TRUE.equals(from.getProxyArp());
    }

    static Placement placement(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        return new Placement(value(from.getTable(), Placement.DEFAULT.table()),
            value(from.getBasePriority(), Placement.DEFAULT.basePriority()));
    }

    static Mode mode(final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        return from.getForwarding() == org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge
            .Forwarding.Learning ? Mode.LEARNING : Mode.FLOW;
    }

    static Fence fence(final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        return switch (from.getFence()) {
            case None -> Fence.NONE;
            case Ingress -> Fence.INGRESS;
            case Isolate -> Fence.ISOLATE;
            case null, default -> Fence.BRIDGE;
        };
    }

    private static Bridge bridge(final String dualBridge,
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge from,
            final Prober prober, final boolean proxies) {
        final var priority = from.getTrunkPriority();
        final var node = from.getNode();
        final var mac = from.getMacAddress();
        return new Bridge(from.requireName().getValue(), haMode(from.getHaMode()),
            priority == null ? 100 : priority.getValue().toJava(),
            node == null ? null : PortRef.parseNode(node.getValue()),
            from.nonnullAttachment().stream()
                .map(attachment -> new Attachment(PortRef.parse(attachment.requireNodeConnector().getValue()),
                    attachment.getPeer() == null ? null : PortRef.parse(attachment.getPeer().getValue())))
                .collect(ImmutableList.toImmutableList()),
            target(from, prober),
            from.nonnullTracker().values().stream()
                .sorted(Comparator.comparing(tracker -> tracker.requireName().getValue()))
                .map(tracker -> new Tracker(tracker.requireName().getValue(),
                    tracker.getNodeConnector() == null ? null : PortRef.parse(tracker.getNodeConnector().getValue()),
                    tracker.getWeight() == null ? 0 : tracker.getWeight(),
                    tracker.getTarget() == null ? null : trackerTarget(dualBridge, tracker.getTarget())))
                .collect(ImmutableList.toImmutableList()), vlans(from.getVlan()),
            Boolean.TRUE.equals(from.getMaintenance()),
            !proxies || mac == null ? null : Mac.parse(mac.getValue()));
    }

    /** Its number differs between all that are asked through a port, also by other dual bridges. */
    private static TrackerTarget trackerTarget(final String dualBridge,
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.tracker
                .Target from) {
        final var address = from.requireIpAddress();
        final var mac = from.getMacAddress() == null ? null : Mac.parse(from.getMacAddress().getValue());
        final var vlan = from.getVlan() == null ? 0 : from.getVlan().getValue().toJava();
        final var port = PortRef.parse(from.requireNodeConnector().getValue());
        final var text = String.join(" ", dualBridge, port.toString(), address.getValue(), String.valueOf(mac),
            String.valueOf(vlan));
        return new TrackerTarget(port.behind(Math.max(1, TablePlan.id(text))), ipv4(address), mac, vlan);
    }

    private static ImmutableSortedSet<Integer> vlans(final @Nullable Set<Vlan> from) {
        return from == null ? ImmutableSortedSet.of() : from.stream().map(vlan -> vlan.getValue().toJava())
            .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
    }

    private static HaMode haMode(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge
                .@Nullable HaMode from) {
        return switch (from) {
            case null -> HaMode.AUTO;
            case Auto -> HaMode.AUTO;
            case Sharing -> HaMode.SHARING;
            case Standby -> HaMode.STANDBY;
            case Disabled -> HaMode.DISABLED;
        };
    }

    private static Target target(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge from,
            final Prober prober) {
        final var target = from.getTarget();
        if (target == null) {
            return new Target(0, null, null, 0, prober);
        }
        final var address = target.getIpAddress();
        final var ipv6 = address == null ? null : address.getIpv6AddressNoZone();
        final var mac = target.getMacAddress();
        final var vlan = target.getVlan();
        return new Target(address == null ? 0 : ipv4(address.getIpv4AddressNoZone()),
            ipv6 == null ? null : ipv6(ipv6),
            mac == null ? null : Mac.parse(mac.getValue()), vlan == null ? 0 : vlan.getValue().toJava(), prober);
    }

    private static HeartbeatSettings heartbeat(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var heartbeat = from.nonnullHeartbeat();
        return new HeartbeatSettings(method(heartbeat),
            TimeUnit.MILLISECONDS.toNanos(value(heartbeat.getInterval(), 100)), value(heartbeat.getMissCount(), 3),
            value(heartbeat.getWindow(), 0), value(heartbeat.getRecoverCount(), 3),
            TimeUnit.MILLISECONDS.toNanos(value(heartbeat.getTimeout(), 3)),
            TimeUnit.MILLISECONDS.toNanos(value(heartbeat.getWarnAfter(), 0)),
            heartbeat.getPaths() == Heartbeat.Paths.All ? Paths.ALL : Paths.ANY);
    }

    private static Policy policy(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var hold = from.nonnullHold();
        final var damping = from.nonnullDamping();
        return new Policy(from.getPreferredBridge() == null ? null : from.getPreferredBridge().getValue(),
            failback(from), new Hold(TimeUnit.MILLISECONDS.toNanos(value(hold.getLinkTime(), 0)),
                TimeUnit.SECONDS.toNanos(value(hold.getHealthTime(), 0)),
                TimeUnit.MILLISECONDS.toNanos(value(hold.getInitialDeadTime(), 1000))),
            new Damping(value(damping.getChanges(), 0), TimeUnit.SECONDS.toNanos(value(damping.getWindow(), 180)),
                TimeUnit.SECONDS.toNanos(value(damping.getHold(), 600))));
    }

    static Method method(final Heartbeat heartbeat) {
        return switch (heartbeat.getMethod()) {
            case Reflect reflect -> Method.REFLECT;
            case Nd nd -> Method.ND;
            case IcmpEcho echo -> Method.ICMP_ECHO;
            case Udp udp -> Method.UDP;
            case Vrrp vrrp -> Method.VRRP;
            case Responder responder -> Method.RESPONDER;
            case BfdPassive bfd -> Method.BFD_PASSIVE;
            case OpenflowPort port -> Method.PORT;
            case External external -> Method.EXTERNAL;
            case null, default -> Method.ARP;
        };
    }

    private static Prober prober(final Heartbeat heartbeat) {
        final var port = heartbeat.getUdpPort();
        return new Prober(ipv4(heartbeat.getSourceAddress()), port == null ? 7 : port.getValue().toJava(),
            keys(heartbeat.getAuthentication()), value(heartbeat.getVrrpId(), 0));
    }

    private static Keyring keys(final @Nullable Authentication from) {
        return from == null || from.nonnullKey().isEmpty() ? Keyring.EMPTY
            : new Keyring(from.nonnullKey().values().stream().collect(ImmutableMap.toImmutableMap(
                key -> key.requireKeyId().intValue(), Key::requireSecret)), from.requireActiveKey().intValue());
    }

    private static Failback failback(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var failback = from.nonnullFailback();
        return new Failback(
            failback.getMode() != org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge
                .Failback.Mode.Manual, TimeUnit.MILLISECONDS.toNanos(value(failback.getDelay(), 10_000)));
    }

    private static Announcement announcement(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge from) {
        final var announcement = from.nonnullAnnouncement();
        final var rate = value(announcement.getRate(), 1000);
        final var protocols = announcement.getProtocol();
        final var schedule = announcement.getSchedule();
        return new Announcement(
            protocols == null || protocols.isEmpty() ? proxies(from) ? READDRESSING
                : ImmutableSortedSet.of(AnnouncementProtocol.RARP)
                : protocols.stream().map(ConfigReader::protocol).collect(ImmutableSortedSet.toImmutableSortedSet(
                    Comparator.naturalOrder())),
            new Pace(rate, value(announcement.getBurst(), Math.max(1, rate / 100))),
            schedule == null || schedule.isEmpty() ? DEFAULT_SCHEDULE : schedule.stream()
                .map(at -> TimeUnit.MILLISECONDS.toNanos(at.longValue()))
                .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder())),
            TimeUnit.SECONDS.toNanos(value(announcement.getRefreshInterval(), 120)));
    }

    private static AnnouncementProtocol protocol(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.AnnouncementProtocol from) {
        return switch (from) {
            case GarpRequest request -> AnnouncementProtocol.GARP_REQUEST;
            case GarpReply reply -> AnnouncementProtocol.GARP_REPLY;
            case UnsolicitedNa advertisement -> AnnouncementProtocol.UNSOLICITED_NA;
            default -> AnnouncementProtocol.RARP;
        };
    }

    private static Host host(
            final org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Host from) {
        final var addresses = Objects.requireNonNullElse(from.getIpAddress(), Set.<IpAddressNoZone>of());
        return new Host(Mac.parse(from.requireMac().getValue()), from.requireVlan().getValue().toJava(),
            addresses.stream().map(IpAddressNoZone::getIpv4AddressNoZone).filter(Objects::nonNull)
                .map(ConfigReader::ipv4).collect(ImmutableList.toImmutableList()),
            addresses.stream().map(IpAddressNoZone::getIpv6AddressNoZone).filter(Objects::nonNull)
                .map(ConfigReader::ipv6).collect(ImmutableList.toImmutableList()),
            Boolean.TRUE.equals(from.getRouter()));
    }

    private static Ipv6 ipv6(final Ipv6AddressNoZone address) {
        return Ipv6.parse(address.getValue());
    }

    private static int ipv4(final @Nullable Ipv4AddressNoZone address) {
        return address == null ? 0
            : InetAddresses.coerceToInteger(InetAddresses.forString(address.getValue()));
    }

    static int value(final @Nullable Uint8 value, final int otherwise) {
        return value == null ? otherwise : value.toJava();
    }

    static int value(final @Nullable Uint16 value, final int otherwise) {
        return value == null ? otherwise : value.toJava();
    }

    private static int value(final @Nullable Uint32 value, final int otherwise) {
        return value == null ? otherwise : value.intValue();
    }
}
