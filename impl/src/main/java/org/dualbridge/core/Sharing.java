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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Host;
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
        final var sets = config.vlanSets().isEmpty() ? evenSplit(config, bridges) : config.vlanSets();
        final var refusal = disagreement(bridges).or(() -> gap(bridges, sets, config.vlanSets().isEmpty()));
        if (refusal.isPresent()) {
            return alone(config, refusal);
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
                if (!bridge.vlans().equals(first.vlans())) {
                    return Optional.of("bridge '" + bridge.name() + "' carries VLANs " + bridge.vlans() + ", but '"
                        + first.name() + "' carries " + first.vlans()).stream();
                }
                return bridge.attachments().size() == first.attachments().size() ? Optional.<String>empty().stream()
                    : Optional.of("the number of attachments of bridge '" + bridge.name() + "' is "
                        + bridge.attachments().size() + ", but that of '" + first.name() + "' is "
                        + first.attachments().size()).stream();
            })
            .findFirst();
    }

    /** What the sets leave over would pass all bridges, or none. */
    private static Optional<String> gap(final List<Bridge> bridges, final List<VlanSet> sets, final boolean dealt) {
        if (sets.size() < 2) {
            return Optional.of("there are no two VLAN sets");
        }
        final var empty = sets.stream().filter(set -> set.vlans().isEmpty()).findFirst();
        if (empty.isPresent()) {
            return Optional.of(dealt ? "there are fewer VLANs than bridges"
                : "VLAN set '" + empty.orElseThrow().name() + "' is empty");
        }
        return bridges.getFirst().vlans().stream()
            .filter(vlan -> sets.stream().noneMatch(set -> set.vlans().contains(vlan)))
            .findFirst().map(vlan -> "VLAN " + vlan + " is in no VLAN set");
    }

    /** One set per bridge: VLANs are dealt out in their order, first those that the bridges tell, then the hosts'. */
    private static List<VlanSet> evenSplit(final DualBridge config, final List<Bridge> bridges) {
        final var vlans = new LinkedHashSet<Integer>();
        bridges.stream().flatMap(bridge -> bridge.vlans().stream()).sorted().forEach(vlans::add);
        config.hosts().stream().map(Host::vlan).sorted().forEach(vlans::add);
        final var dealt = List.copyOf(vlans);
        final var ranked = bridges.stream().sorted(Comparator.comparingInt(Bridge::priority)).toList();
        return IntStream.range(0, ranked.size())
            .mapToObj(turn -> new VlanSet(ranked.get(turn).name(), IntStream.range(0, dealt.size())
                .filter(index -> index % ranked.size() == turn).mapToObj(dealt::get)
                .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder())), ranked.get(turn).name()))
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
