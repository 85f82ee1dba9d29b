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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Share;
import org.dualbridge.core.DualBridge.VlanSet;

/**
 * Splits a dual bridge whose bridges share the VLANs into one part per VLAN set, each with its own active bridge (S.
 * Annie Christilla, section 3; Shared Ethernet Adapter, ha_mode sharing).
 *
 * @param parts the parts; only the dual bridge itself where the VLANs are not shared
 * @param refusal why they are not, where a bridge was to share; else empty
 */
public record Sharing(ImmutableList<DualBridge> parts, Optional<String> refusal) {
    /**
     * Splits a dual bridge.
     *
     * @param config the dual bridge
     * @return its parts
     */
    public static Sharing of(final DualBridge config) {
        final var bridges = config.bridges().stream().filter(bridge -> bridge.haMode() != HaMode.DISABLED).toList();
        if (bridges.stream().noneMatch(bridge -> bridge.haMode() == HaMode.SHARING)) {
            return alone(config, Optional.empty());
        }
        final var refusal = disagreement(bridges);
        final var sets = config.vlanSets().isEmpty() ? evenSplit(config, bridges) : config.vlanSets();
        if (refusal.isPresent() || sets.size() < 2) {
            return alone(config, refusal.or(() -> Optional.of("there are no two VLAN sets")));
        }
        return new Sharing(sets.stream().map(set -> part(config, set, set == sets.getFirst()))
            .collect(ImmutableList.toImmutableList()), Optional.empty());
    }

    private static Sharing alone(final DualBridge config, final Optional<String> refusal) {
        return new Sharing(ImmutableList.of(config), refusal);
    }

    /** What one bridge has and another has not: then none of them can carry all. */
    private static Optional<String> disagreement(final List<Bridge> bridges) {
        final var first = bridges.getFirst();
        return bridges.stream()
            .flatMap(bridge -> {
                if (bridge.haMode() != HaMode.SHARING) {
                    return Optional.of("ha-mode of bridge '" + bridge.name() + "' is not sharing").stream();
                }
                return bridge.vlans().equals(first.vlans()) ? Optional.<String>empty().stream()
                    : Optional.of("bridge '" + bridge.name() + "' carries VLANs " + bridge.vlans() + ", but '"
                        + first.name() + "' carries " + first.vlans()).stream();
            })
            .findFirst();
    }

    /** One set per bridge; a VLAN's number decides, so that a new VLAN moves no other. */
    private static List<VlanSet> evenSplit(final DualBridge config, final List<Bridge> bridges) {
        final var vlans = new TreeSet<Integer>();
        bridges.forEach(bridge -> vlans.addAll(bridge.vlans()));
        config.hosts().forEach(host -> vlans.add(host.vlan()));
        final var ranked = bridges.stream().sorted(Comparator.comparingInt(Bridge::priority)).toList();
        return ranked.stream()
            .map(bridge -> new VlanSet(bridge.name(), vlans.stream()
                .filter(vlan -> vlan % ranked.size() == ranked.indexOf(bridge))
                .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder())), bridge.name()))
            .toList();
    }

    /**
     * Names the part that a VLAN set is.
     *
     * @param dualBridge name of the dual bridge
     * @param set name of the VLAN set
     * @return its name
     */
    public static String name(final String dualBridge, final String set) {
        return dualBridge + '.' + set;
    }

    private static DualBridge part(final DualBridge config, final VlanSet set, final boolean first) {
        final var policy = config.policy();
        return new DualBridge(name(config.name(), set.name()), config.forwarding(),
            config.bridges(), config.heartbeat(), new Policy(set.preferred() == null ? policy.preferred()
                : set.preferred(), policy.failback(), policy.hold(), policy.damping()), config.announcement(),
            config.hosts().stream().filter(host -> set.vlans().contains(host.vlan()))
                .collect(ImmutableList.toImmutableList()), config.links(), ImmutableList.of(),
            new Share(set.vlans(), first), config.learning(), config.discovery());
    }
}
