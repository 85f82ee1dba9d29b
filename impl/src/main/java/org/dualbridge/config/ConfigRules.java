/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dualbridge.core.DualBridge.Fence;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Sharing;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.SyncGroup;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Attachment;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Target;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Tracker;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.Authentication;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.heartbeat.authentication.KeyKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Rarp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vlan;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;

/**
 * The rules of the model that go beyond one leaf: what its {@code must} statements and leafrefs say, and what the
 * switches' identifiers demand. The datastore itself checks types and ranges.
 */
public final class ConfigRules {
    private static final int MAX_ENTRIES = 8;
    private static final String ELECTED =
        "is of no use with heartbeat/method vrrp: the bridges elect their master themselves";
    private static final int MAX_NAME = 64;
    private static final long LOCALLY_RESERVED = 0x02db_0000_0000L;
    private static final long RESERVED_MASK = 0xffff_0000_0000L;

    /** What each port is used for so far, over all dual bridges. */
    private final Map<PortRef, String> claims = new HashMap<>();
    private final Map<Integer, String> ids = new HashMap<>();
    private final Set<Long> nodes = new HashSet<>();
    /** Dual bridge by switch that has flows of it. */
    private final Map<Long, DualBridge> programmed = new HashMap<>();
    /** Sync group by dual bridge. */
    private final Map<String, String> grouped = new HashMap<>();
    /** Dual bridge by host, as MAC address and VLAN. */
    private final Map<String, String> hosts = new HashMap<>();
    /** Dual bridge by address of a host that it answers for, as address and VLAN. */
    private final Map<String, String> proxied = new HashMap<>();
    /** Dual bridges by VLAN, and whether they have it for themselves. */
    private final Map<Integer, Map<String, Boolean>> vlanUsers = new HashMap<>();

    /** A broken rule; its message begins with the path of the leaf. */
    private static final class BrokenRuleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenRuleException(final String path, final String rule) {
            this(path, rule, null);
        }

        BrokenRuleException(final String path, final @Nullable String rule, final @Nullable Throwable cause) {
            super(path + ": " + rule, cause, false, false);
        }
    }

    private ConfigRules() {
        // one instance checks once
    }

    /**
     * Checks a configuration.
     *
     * @param config all dual bridges, {@code null} for none
     * @return the first broken rule, as path and reason; empty if there is none
     */
    public static Optional<String> firstBroken(final @Nullable DualBridges config) {
        if (config != null) {
            final var rules = new ConfigRules();
            try {
                final var all = config.nonnullDualBridge().values();
                all.forEach(rules::check);
                checkIsolatedTargets(all);
                if (all.stream().map(ConfigReader::placement).distinct().count() > 1) {
                    final var sorted = all.stream()
                        .sorted(Comparator.comparing(one -> one.requireName().getValue()))
                        .toList();
                    sorted.forEach(rules::checkPlacement);
                    sorted.stream().filter(one -> Boolean.TRUE.equals(one.getDiscoverLinks()))
                        .forEach(one -> sorted.forEach(other ->
                            checkPlacement(other, one, "whose discover-links may find any switch")));
                }
                config.nonnullSyncGroup().values().forEach(group -> rules.checkGroup(group, config));
            } catch (BrokenRuleException e) {
                return Optional.of(e.getMessage());
            }
        }
        return Optional.empty();
    }

    private void check(final DualBridge config) {
        final var name = config.requireName().getValue();
        final var path = "dual-bridge[name='" + name + "']";
        final var other = ids.putIfAbsent(TablePlan.id(name), name);
        if (other != null) {
            throw new BrokenRuleException(path + "/name", "has the same group id as '" + other + "', choose another");
        }
        final var bridges = config.nonnullBridge();
        if (bridges.size() < 2 || bridges.size() > MAX_ENTRIES) {
            throw new BrokenRuleException(path + "/bridge", "a dual bridge has two to eight bridges, this one has "
                + bridges.size());
        }
        final var preferred = config.getPreferredBridge();
        if (preferred != null && bridges.stream().noneMatch(bridge -> bridge.requireName().equals(preferred))) {
            throw new BrokenRuleException(path + "/preferred-bridge", "there is no bridge '" + preferred.getValue()
                + "'");
        }
        checkForwarding(path, config);
        checkHeartbeat(path + "/heartbeat", config);
        bridges.forEach(bridge -> checkBridge(path + "/bridge[name='" + bridge.requireName().getValue() + "']",
            config, bridge));
        config.nonnullLink().values().forEach(link -> {
            final var linkPath = path + "/link[end-a='" + link.requireEndA().getValue() + "'][end-b='"
                + link.requireEndB().getValue() + "']";
            final var endA = parse(linkPath + "/end-a", link.requireEndA().getValue(), PortRef::parse);
            final var endB = parse(linkPath + "/end-b", link.requireEndB().getValue(), PortRef::parse);
            if (endA.datapath() == endB.datapath()) {
                throw new BrokenRuleException(linkPath + "/end-b", "is on the same switch as end-a");
            }
            claimLink(linkPath + "/end-a", endA, endB);
            claimLink(linkPath + "/end-b", endB, endA);
        });
        final var sharedVlans = checkVlanSets(path, config);
        config.nonnullHost().values().forEach(host -> {
            final var mac = host.requireMac().getValue();
            final var vlan = host.requireVlan().getValue();
            final var hostPath = path + "/host[mac='" + mac + "'][vlan='" + vlan + "']/mac";
            checkMac(hostPath, mac);
            Objects.requireNonNullElse(host.getIpAddress(), Set.<IpAddressNoZone>of()).forEach(address ->
                checkStation(path + "/host[mac='" + mac + "'][vlan='" + vlan + "']/ip-address",
                    address.stringValue()));
            if (!sharedVlans.isEmpty() && !sharedVlans.containsKey(host.requireVlan())) {
                throw new BrokenRuleException(path + "/host[mac='" + mac + "'][vlan='" + vlan + "']/vlan",
                    "VLAN " + vlan + " is in no vlan-set");
            }
            final var elsewhere = hosts.putIfAbsent(mac.toLowerCase(Locale.ROOT) + ' ' + vlan, name);
            if (elsewhere != null) {
                throw new BrokenRuleException(hostPath, mac + " in VLAN " + vlan + " is a host of '" + elsewhere
                    + "' already");
            }
        });
        if (ConfigReader.proxies(config)) {
            checkProxy(path, config);
        }
    }

    /** Stations can be told of the active bridge only where each has an address of its own, and hosts have some. */
    private void checkProxy(final String path, final DualBridge config) {
        final var macs = new HashMap<String, String>();
        final var targets = new HashMap<InetAddress, String>();
        config.nonnullBridge().forEach(bridge -> {
            final var name = bridge.requireName().getValue();
            final var macPath = path + "/bridge[name='" + name + "']/mac-address";
            if (bridge.getMacAddress() == null) {
                throw new BrokenRuleException(macPath, "is required by proxy-arp");
            }
            final var mac = bridge.getMacAddress().getValue();
            final var other = macs.putIfAbsent(mac.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                throw new BrokenRuleException(macPath, mac + " is also that of '" + other + "'");
            }
            if (bridge.getTarget() != null && bridge.getTarget().getIpAddress() != null) {
                targets.put(InetAddresses.forString(bridge.getTarget().getIpAddress().stringValue()), name);
            }
        });
        if (config.getGranularity() == DualBridge.Granularity.Vlan) {
            throw new BrokenRuleException(path + "/granularity", "vlan is of no use with proxy-arp, which has flows "
                + "per address of a host");
        }
        final var protocols = config.nonnullAnnouncement().getProtocol();
        if (protocols != null && protocols.contains(Rarp.VALUE)) {
            throw new BrokenRuleException(path + "/announcement/protocol", "rarp is of no use with proxy-arp, since "
                + "stations have to learn another MAC address");
        }
        config.nonnullHost().values().forEach(host -> {
            final var vlan = host.requireVlan().getValue();
            final var hostPath = path + "/host[mac='" + host.requireMac().getValue() + "'][vlan='" + vlan
                + "']/ip-address";
            final var addresses = Objects.requireNonNullElse(host.getIpAddress(), Set.<IpAddressNoZone>of());
            if (addresses.isEmpty()) {
                throw new BrokenRuleException(hostPath, "is required by proxy-arp");
            }
            addresses.forEach(text -> {
                final var address = InetAddresses.forString(text.stringValue());
                final var bridge = targets.get(address);
                if (bridge != null) {
                    throw new BrokenRuleException(hostPath, text.stringValue() + " is the target of '" + bridge
                        + "', which answers for itself");
                }
                final var name = config.requireName().getValue();
                final var other = proxied.putIfAbsent(address.getHostAddress() + ' ' + vlan, name);
                if (other != null && !other.equals(name)) {
                    throw new BrokenRuleException(hostPath, text.stringValue() + " in VLAN " + vlan
                        + " is answered for by '" + other + "' already");
                }
            });
        });
    }

    /** A flow of one dual bridge that comes before all flows of another would hide its fences. */
    private void checkPlacement(final DualBridge config) {
        for (final var node : ConfigReader.read(config).nodes()) {
            final var other = programmed.putIfAbsent(node, config);
            if (other != null) {
                checkPlacement(config, other, "which has " + PortRef.node(node) + ", too");
            }
        }
    }

    private static void checkPlacement(final DualBridge config, final DualBridge other, final String why) {
        final var placement = ConfigReader.placement(config);
        if (!ConfigReader.placement(other).equals(placement)) {
            final var isTable = ConfigReader.placement(other).table() != placement.table();
            throw new BrokenRuleException("dual-bridge[name='" + config.requireName().getValue() + "']/"
                + (isTable ? "table" : "base-priority"), "is not that of '"
                + other.requireName().getValue() + "', " + why);
        }
    }

    /** Tells whether there is ever a fence on the bridge: all of it, or an attachment beside the active one. */
    private static boolean isFencedOnItself(final Bridge bridge, final Fence fence) {
        return bridge.getNode() != null
            && (fence == Fence.BRIDGE || fence != Fence.NONE && bridge.nonnullAttachment().size() > 1);
    }

    private void checkForwarding(final String path, final DualBridge config) {
        final var isVlan = config.getGranularity() == DualBridge.Granularity.Vlan;
        final var repairs = Boolean.TRUE.equals(config.getLocalRepair());
        if (ConfigReader.mode(config) == Mode.LEARNING && (isVlan || repairs)) {
            throw new BrokenRuleException(path + (isVlan ? "/granularity" : "/local-repair"),
                "is of no use, since forwarding is learning");
        }
        final var fence = ConfigReader.fence(config);
        if (repairs && (isVlan || Boolean.TRUE.equals(config.getProxyArp()))
                && config.nonnullBridge().stream().anyMatch(bridge -> isFencedOnItself(bridge, fence))) {
            throw new BrokenRuleException(path + "/local-repair", "needs bridges that accept frames to hosts at once; "
                + "one that has a node and is fenced on itself knows them by MAC address only, so no fence "
                + fence.name().toLowerCase(Locale.ROOT) + " with " + (isVlan ? "granularity vlan" : "proxy-arp"));
        }
        if (fence == Fence.ISOLATE) {
            checkIsolation(path, config);
        }
        final var name = config.requireName().getValue();
        final var vlans = new TreeSet<Integer>();
        config.nonnullHost().values().forEach(host -> vlans.add(host.requireVlan().getValue().toJava()));
        if (isVlan) {
            config.nonnullBridge().forEach(bridge -> Objects.requireNonNullElse(bridge.getVlan(), Set.<Vlan>of())
                .forEach(vlan -> vlans.add(vlan.getValue().toJava())));
        }
        if (isVlan && ConfigReader.method(config.nonnullHeartbeat()) == Method.BFD_PASSIVE) {
            checkSessions(path, config, vlans);
        }
        for (final int vlan : vlans) {
            final var users = vlanUsers.computeIfAbsent(vlan, key -> new TreeMap<>());
            users.put(name, isVlan);
            if (users.size() > 1 && users.containsValue(Boolean.TRUE)) {
                throw new BrokenRuleException(path + "/granularity", "VLAN " + vlan + " is used by "
                    + String.join(" and ", users.keySet()) + ", and one has it for itself");
            }
        }
    }

    /** What a neighbour sends to a bridge has to reach that one, active or not. */
    private static void checkSessions(final String path, final DualBridge config, final Set<Integer> vlans) {
        config.nonnullBridge().forEach(bridge -> {
            final var vlan = Optional.ofNullable(bridge.getTarget()).map(Target::getVlan)
                .map(number -> number.getValue().toJava()).orElse(0);
            if (vlans.contains(vlan)) {
                throw new BrokenRuleException(path + "/granularity", "vlan sends all of VLAN " + vlan
                    + " to the active bridge, and so what heartbeat/method bfd-passive needs to reach bridge '"
                    + bridge.requireName().getValue() + "'; its target/vlan has to be another one");
            }
        });
    }

    /** Nothing reaches a bridge that is isolated. */
    private static void checkIsolation(final String path, final DualBridge config) {
        final var method = ConfigReader.method(config.nonnullHeartbeat());
        if (method != Method.PORT && method != Method.EXTERNAL) {
            throw new BrokenRuleException(path + "/fence", "isolate needs heartbeat/method openflow-port or external, "
                + "since nothing of " + text(method) + " reaches a bridge that is isolated");
        }
        if (Boolean.TRUE.equals(config.getLocalRepair())) {
            throw new BrokenRuleException(path + "/local-repair", "needs bridges that accept frames to hosts at once, "
                + "so no fence isolate");
        }
        config.nonnullBridge().stream().filter(bridge -> bridge.getHaMode() == Bridge.HaMode.Sharing).findFirst()
            .ifPresent(bridge -> {
                throw new BrokenRuleException(path + "/bridge[name='" + bridge.requireName().getValue() + "']/ha-mode",
                    "is not sharing with fence isolate, which is for all VLANs of a port");
            });
    }

    /** No tracker asks through a port by which, at times, nothing is sent. */
    private static void checkIsolatedTargets(final Collection<DualBridge> all) {
        final var ports = new HashMap<String, String>();
        all.stream().filter(config -> ConfigReader.fence(config) == Fence.ISOLATE).forEach(config ->
            config.nonnullBridge().forEach(bridge -> bridge.nonnullAttachment().forEach(attachment ->
                ports.put(attachment.requireNodeConnector().getValue(), config.requireName().getValue()))));
        all.forEach(config -> config.nonnullBridge().forEach(bridge -> bridge.nonnullTracker().values().forEach(
            tracker -> Optional.ofNullable(tracker.getTarget()).map(target -> target.getNodeConnector())
                .map(port -> ports.get(port.getValue())).ifPresent(owner -> {
                    throw new BrokenRuleException("dual-bridge[name='" + config.requireName().getValue()
                        + "']/bridge[name='" + bridge.requireName().getValue() + "']/tracker[name='"
                        + tracker.requireName().getValue() + "']/target/node-connector",
                        "is an attachment of '" + owner + "', which isolates those that are not active");
                }))));
    }

    /** Checks VLAN sets; tells the path of the set by VLAN. */
    private Map<Vlan, String> checkVlanSets(final String path, final DualBridge config) {
        final var sets = new HashMap<Vlan, String>();
        config.nonnullVlanSet().values().forEach(set -> {
            final var setPath = path + "/vlan-set[name='" + set.requireName().getValue() + "']";
            checkPartName(setPath + "/name", Sharing.name(config.requireName().getValue(),
                set.requireName().getValue()));
            Objects.requireNonNullElse(set.getVlan(), Set.<Vlan>of()).forEach(vlan -> {
                final var other = sets.putIfAbsent(vlan, setPath);
                if (other != null) {
                    throw new BrokenRuleException(setPath + "/vlan", vlan.getValue() + " is in two sets, also in "
                        + other);
                }
            });
            final var preferred = set.getPreferredBridge();
            if (preferred != null && config.nonnullBridge().stream()
                    .noneMatch(bridge -> bridge.requireName().equals(preferred))) {
                throw new BrokenRuleException(setPath + "/preferred-bridge", "there is no bridge '"
                    + preferred.getValue() + "'");
            }
        });
        config.nonnullBridge().stream()
            .filter(bridge -> bridge.getHaMode() == Bridge.HaMode.Sharing && sets.isEmpty())
            .forEach(bridge -> checkPartName(path + "/bridge[name='" + bridge.requireName().getValue() + "']/name",
                Sharing.name(config.requireName().getValue(), bridge.requireName().getValue())));
        return sets;
    }

    /** A VLAN set is a dual bridge of its own in the state, and on the switches. */
    private void checkPartName(final String path, final String name) {
        if (name.length() > MAX_NAME) {
            throw new BrokenRuleException(path, "'" + name + "' is longer than " + MAX_NAME + " characters");
        }
        final var other = ids.putIfAbsent(TablePlan.id(name), name);
        if (other != null) {
            throw new BrokenRuleException(path, "'" + name + "' has the same group id as '" + other
                + "', choose another");
        }
    }

    private void checkGroup(final SyncGroup group, final DualBridges config) {
        final var path = "sync-group[name='" + group.requireName().getValue() + "']/member";
        DualBridge first = null;
        for (final var member : Objects.requireNonNullElse(group.getMember(), List.<Name>of())) {
            final var name = member.getValue();
            final var other = grouped.putIfAbsent(name, path);
            if (other != null) {
                throw new BrokenRuleException(path, "'" + name + "' is a member already, of " + other);
            }
            final var dualBridge = config.nonnullDualBridge().get(new DualBridgeKey(member));
            if (dualBridge == null) {
                throw new BrokenRuleException(path, "there is no dual-bridge '" + name + "'");
            }
            if (dualBridge.nonnullBridge().stream()
                    .anyMatch(bridge -> bridge.getHaMode() == Bridge.HaMode.Sharing)) {
                throw new BrokenRuleException(path, "'" + name + "' has a bridge of ha-mode sharing");
            }
            if (ConfigReader.method(dualBridge.nonnullHeartbeat()) == Method.VRRP) {
                throw new BrokenRuleException(path, "'" + name + "' has heartbeat/method vrrp, so that its bridges "
                    + "elect their master themselves");
            }
            if (first == null) {
                first = dualBridge;
            } else if (!bridgeNames(first).equals(bridgeNames(dualBridge))) {
                throw new BrokenRuleException(path, "'" + name + "' has bridges " + bridgeNames(dualBridge)
                    + ", but '" + first.requireName().getValue() + "' has " + bridgeNames(first));
            }
        }
    }

    private static Set<String> bridgeNames(final DualBridge config) {
        return config.nonnullBridge().stream().map(bridge -> bridge.requireName().getValue())
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void checkHeartbeat(final String path, final DualBridge config) {
        final var heartbeat = config.nonnullHeartbeat();
        final var interval = ConfigReader.value(heartbeat.getInterval(), 100);
        final var missCount = ConfigReader.value(heartbeat.getMissCount(), 3);
        final var timeout = ConfigReader.value(heartbeat.getTimeout(), 3);
        final var window = ConfigReader.value(heartbeat.getWindow(), 0);
        if (window != 0 && window < missCount) {
            throw new BrokenRuleException(path + "/window", window + " is smaller than miss-count " + missCount);
        }
        final var method = ConfigReader.method(heartbeat);
        if (window != 0 && method.listens()) {
            throw new BrokenRuleException(path + "/window", "is of no use with heartbeat/method " + text(method)
                + ", which sends no probes");
        }
        if (method == Method.VRRP && heartbeat.getVrrpId() == null) {
            throw new BrokenRuleException(path + "/vrrp-id", requiredBy(method));
        }
        if (timeout > interval * missCount) {
            throw new BrokenRuleException(path + "/timeout", timeout + " ms is longer than the dead interval of "
                + interval * missCount + " ms (interval " + interval + " ms x miss-count " + missCount + ")");
        }
        final var authentication = heartbeat.getAuthentication();
        if (authentication != null) {
            checkKeys(path + "/authentication", method, authentication);
        }
        if (method == Method.ICMP_ECHO || method == Method.UDP || method == Method.RESPONDER) {
            checkSource(path + "/source-address", method, config);
        }
    }

    private static void checkKeys(final String path, final Method method, final Authentication authentication) {
        final var keys = authentication.nonnullKey();
        final var active = authentication.getActiveKey();
        if (active == null && !keys.isEmpty()) {
            throw new BrokenRuleException(path + "/active-key", "is required, since there are keys");
        }
        if (active != null && !keys.containsKey(new KeyKey(active))) {
            throw new BrokenRuleException(path + "/active-key", "there is no key " + active);
        }
        if (!keys.isEmpty() && (method == Method.ARP || method == Method.ND || !method.probes())) {
            throw new BrokenRuleException(path + "/key", "is of no use with heartbeat/method " + text(method));
        }
    }

    /** Every attachment of a bridge has an address of its own to be probed from. */
    private static void checkSource(final String path, final Method method, final DualBridge config) {
        final var source = config.nonnullHeartbeat().getSourceAddress();
        if (source == null) {
            throw new BrokenRuleException(path, requiredBy(method));
        }
        final var first = InetAddresses.coerceToInteger(InetAddresses.forString(source.getValue()));
        final var targets = config.nonnullBridge().stream().map(Bridge::getTarget).filter(Objects::nonNull)
            .map(Target::getIpAddress).filter(Objects::nonNull).map(IpAddressNoZone::stringValue).toList();
        final var count = config.nonnullBridge().stream().mapToInt(bridge -> bridge.nonnullAttachment().size()).max();
        for (int i = 0; i < count.orElse(0); i++) {
            final var address = InetAddresses.fromInteger(first + i);
            checkStation(path, address.getHostAddress());
            if (targets.contains(address.getHostAddress())) {
                throw new BrokenRuleException(path, address.getHostAddress() + ", for attachment " + (i + 1)
                    + " of each bridge, is also a target's");
            }
        }
    }

    private void checkBridge(final String path, final DualBridge config, final Bridge bridge) {
        final var node = bridge.getNode();
        final var nodeId = node == null ? null : parse(path + "/node", node.getValue(), PortRef::parseNode);
        if (nodeId != null && !nodes.add(nodeId)) {
            throw new BrokenRuleException(path + "/node", node.getValue() + " is the node of another bridge");
        }
        final var method = ConfigReader.method(config.nonnullHeartbeat());
        if (method == Method.REFLECT && nodeId == null) {
            throw new BrokenRuleException(path + "/node", requiredBy(method));
        }
        if (method == Method.VRRP) {
            checkFollower(path, bridge);
        }
        if (method != Method.REFLECT && method.probes() || method == Method.RESPONDER
                || method == Method.BFD_PASSIVE) {
            checkTarget(path + "/target", method, bridge.getTarget());
        }
        final var target = bridge.getTarget();
        if (target != null && target.getMacAddress() != null) {
            checkMac(path + "/target/mac-address", target.getMacAddress().getValue());
        }
        if (bridge.getMacAddress() != null) {
            checkMac(path + "/mac-address", bridge.getMacAddress().getValue());
        }
        final var attachments = bridge.nonnullAttachment().size();
        if (attachments < 1 || attachments > MAX_ENTRIES) {
            throw new BrokenRuleException(path + "/attachment", "a bridge has one to eight attachments, this one has "
                + attachments);
        }
        bridge.nonnullTracker().values().forEach(tracker ->
            checkTracker(path + "/tracker[name='" + tracker.requireName().getValue() + "']", tracker));
        bridge.nonnullAttachment().forEach(attachment -> checkAttachment(path + "/attachment[node-connector='"
            + attachment.requireNodeConnector().getValue() + "']", nodeId, attachment));
    }

    /** Nothing but the bridges themselves decides which of them is active. */
    private static void checkFollower(final String path, final Bridge bridge) {
        if (bridge.getHaMode() != null && bridge.getHaMode() != Bridge.HaMode.Auto) {
            throw new BrokenRuleException(path + "/ha-mode", ELECTED);
        }
        if (Boolean.TRUE.equals(bridge.getMaintenance())) {
            throw new BrokenRuleException(path + "/maintenance", ELECTED);
        }
        if (!bridge.nonnullTracker().isEmpty()) {
            throw new BrokenRuleException(path + "/tracker", ELECTED);
        }
        final var target = bridge.getTarget();
        if (target != null && target.getIpAddress() != null) {
            checkStation(path + "/target/ip-address", target.getIpAddress().stringValue());
        }
    }

    private static void checkTracker(final String path, final Tracker tracker) {
        final var port = tracker.getNodeConnector();
        if (port != null) {
            parse(path + "/node-connector", port.getValue(), PortRef::parse);
        }
        final var target = tracker.getTarget();
        if (target == null) {
            return;
        }
        if (port != null) {
            throw new BrokenRuleException(path + "/target", "a tracker has node-connector or target, not both");
        }
        if (target.getNodeConnector() == null) {
            throw new BrokenRuleException(path + "/target/node-connector", "is required, to ask the target through");
        }
        parse(path + "/target/node-connector", target.getNodeConnector().getValue(), PortRef::parse);
        if (target.getIpAddress() == null) {
            throw new BrokenRuleException(path + "/target/ip-address", "is required, to ask for");
        }
        checkStation(path + "/target/ip-address", target.getIpAddress().getValue());
        if (target.getMacAddress() != null) {
            checkMac(path + "/target/mac-address", target.getMacAddress().getValue());
        }
    }

    private static void checkTarget(final String path, final Method method, final @Nullable Target target) {
        final var address = target == null ? null : target.getIpAddress();
        if (address == null) {
            throw new BrokenRuleException(path + "/ip-address", requiredBy(method));
        }
        final var isIpv6 = address.getIpv6AddressNoZone() != null;
        if (isIpv6 != (method == Method.ND) && method != Method.BFD_PASSIVE) {
            throw new BrokenRuleException(path + "/ip-address", "has to be an IPv" + (isIpv6 ? 4 : 6)
                + " address for heartbeat/method " + text(method));
        }
        checkStation(path + "/ip-address", address.stringValue());
        if (target.getMacAddress() == null) {
            throw new BrokenRuleException(path + "/mac-address", requiredBy(method));
        }
    }

    private static void checkStation(final String path, final String text) {
        final var address = InetAddresses.forString(text);
        if (address.isMulticastAddress() || address.isAnyLocalAddress() || address.isLoopbackAddress()) {
            throw new BrokenRuleException(path, text + " is no station's address");
        }
        if (text.indexOf(':') >= 0 && address instanceof Inet4Address) {
            throw new BrokenRuleException(path, text + " is no station's address, but " + address.getHostAddress()
                + " mapped to IPv6");
        }
    }

    private static String requiredBy(final Method method) {
        return "is required by heartbeat/method " + text(method);
    }

    private static String text(final Method method) {
        return method == Method.PORT ? "openflow-port" : method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void checkAttachment(final String path, final @Nullable Long node, final Attachment attachment) {
        final var port = parse(path + "/node-connector", attachment.requireNodeConnector().getValue(),
            PortRef::parse);
        claim(path + "/node-connector", port);
        final var peer = attachment.getPeer();
        if (node == null) {
            if (peer != null) {
                throw new BrokenRuleException(path + "/peer", "needs the bridge's node");
            }
            return;
        }
        if (peer == null) {
            throw new BrokenRuleException(path + "/peer", "is required, since the bridge has a node");
        }
        final var peerPort = parse(path + "/peer", peer.getValue(), PortRef::parse);
        if (peerPort.datapath() != node) {
            throw new BrokenRuleException(path + "/peer", "is no port of the bridge's node " + PortRef.node(node));
        }
        if (port.datapath() == node) {
            throw new BrokenRuleException(path + "/node-connector", "is a port of the bridge itself");
        }
        claim(path + "/peer", peerPort);
    }

    private static <T> T parse(final String path, final String text, final Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new BrokenRuleException(path, e.getMessage(), e);
        }
    }

    private void claim(final String path, final PortRef port) {
        final var other = claims.putIfAbsent(port, path);
        if (other != null) {
            throw new BrokenRuleException(path, port + " is claimed twice, also by " + other);
        }
    }

    /** Several dual bridges may share a cable of the fabric, but not say that it leads elsewhere. */
    private void claimLink(final String path, final PortRef port, final PortRef far) {
        final var use = "the link to " + far;
        final var other = claims.putIfAbsent(port, use);
        if (other != null && !other.equals(use)) {
            throw new BrokenRuleException(path, port + " is claimed twice, also by " + other);
        }
    }

    private static void checkMac(final String path, final String text) {
        final var mac = Mac.parse(text);
        if (mac.isGroup()) {
            throw new BrokenRuleException(path, mac + " is a multicast address, not one station's");
        }
        if (mac.bits() == 0) {
            throw new BrokenRuleException(path, mac + " is no station's address");
        }
        if ((mac.bits() & RESERVED_MASK) == LOCALLY_RESERVED) {
            throw new BrokenRuleException(path, mac + " is one of the addresses that heartbeats use (02:db:...)");
        }
    }
}
