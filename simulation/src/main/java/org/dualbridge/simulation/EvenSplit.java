/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.DualBridge.HaMode;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.frame.Mac;

/**
 * Bridges that share VLANs which nobody put into sets, so that these are dealt out; what operators change about that,
 * and what must be so as long as the bridges agree, and when they do not.
 */
final class EvenSplit {
    private static final long MAC = 0x5254_0000_0100L;

    private EvenSplit() {
        // functions only
    }

    // ---- configuration ----

    /**
     * Has all bridges share VLANs: those that they carry, those of hosts, or both.
     *
     * @param config the dual bridge
     * @param random decides which VLANs
     * @return it, without sets
     */
    static DualBridge of(final DualBridge config, final RandomGenerator random) {
        final var bridges = config.bridges().size();
        final var count = random.nextInt(6) == 0 ? bridges - 1 : bridges + random.nextInt(4);
        final var carried = random.nextInt(3) == 0 ? 0 : random.nextInt(1, count + 1);
        final var vlans = IntStream.rangeClosed(1, count).mapToObj(i -> 10 * i).toList();
        return with(config, config.bridges().stream()
            .map(bridge -> with(bridge, HaMode.SHARING, vlans.subList(0, carried))).toList(),
            vlans.subList(carried, count));
    }

    private static DualBridge with(final DualBridge config, final List<Bridge> bridges, final List<Integer> vlans) {
        return new DualBridge(config.name(), config.forwarding(), ImmutableList.copyOf(bridges), config.heartbeat(),
            config.policy(), config.announcement(), vlans.stream().map(vlan -> new Host(new Mac(MAC + vlan), vlan))
                .collect(ImmutableList.toImmutableList()), config.links());
    }

    private static Bridge with(final Bridge bridge, final HaMode mode, final List<Integer> vlans) {
        return new Bridge(bridge.name(), mode, bridge.priority(), bridge.node(), bridge.attachments(),
            bridge.target(), bridge.trackers(),
            ImmutableSortedSet.copyOf(Comparator.naturalOrder(), vlans), bridge.maintenance());
    }

    private static Bridge without(final Bridge bridge, final Attachment gone) {
        return new Bridge(bridge.name(), bridge.haMode(), bridge.priority(), bridge.node(),
            bridge.attachments().stream().filter(attachment -> !attachment.equals(gone))
                .collect(ImmutableList.toImmutableList()), bridge.target(),
            bridge.trackers(), bridge.vlans(), bridge.maintenance());
    }

    // ---- changes ----

    /**
     * Schedules a change of configuration, and its end.
     *
     * @param world where it happens
     * @param config what is configured otherwise
     * @param faults has one change happen at a time
     * @param random decides which, and when
     */
    static void schedule(final World world, final DualBridge config, final Faults faults,
            final RandomGenerator random) {
        final var chosen = random.nextInt(config.bridges().size());
        final var bridge = config.bridges().get(chosen);
        final var at = random.nextLong(Faults.BEGIN, Faults.END);
        final var until = at + random.nextLong(Clock.SECONDS, 10 * Clock.SECONDS);
        final var change = random.nextInt(5);
        final var what = config.name() + ' ' + bridge.name();
        switch (change) {
            case 0 -> faults.configure(world, config, changed(config, chosen, with(bridge, bridge.haMode(),
                plus(bridge.vlans(), 5))), what + " carries VLAN 5, too", at, until);
            case 1 -> faults.configure(world, config, with(config, config.bridges().stream()
                    .map(one -> with(one, one.haMode(), plus(one.vlans(), 5))).toList(), hostVlans(config)),
                config.name() + " carries VLAN 5, too", at, until);
            case 2 -> faults.configure(world, config, with(config, config.bridges(), plus(hostVlans(config), 5)),
                config.name() + " has a host in VLAN 5", at, until);
            // Where a bridge is active, it is by its first attachment.
            case 3 -> faults.configure(world, config, bridge.attachments().size() > 1
                    ? changed(config, chosen, without(bridge, bridge.attachments().get((int) (at % 2))))
                    : changed(config, chosen, with(bridge, HaMode.AUTO, bridge.vlans().asList())),
                what + " is not as the others", at, until);
            default -> faults.configure(world, config, Faults.withPriority(config, bridge.name(), 0),
                what + " first", at, until);
        }
    }

    private static DualBridge changed(final DualBridge config, final int chosen, final Bridge other) {
        final var bridges = new ArrayList<>(config.bridges());
        bridges.set(chosen, other);
        return with(config, bridges, hostVlans(config));
    }

    private static List<Integer> hostVlans(final DualBridge config) {
        return config.hosts().stream().map(Host::vlan).toList();
    }

    private static List<Integer> plus(final Iterable<Integer> vlans, final int more) {
        return ImmutableList.<Integer>builder().add(more).addAll(vlans).build();
    }

    // ---- what must be so ----

    /**
     * Tells what is wrong with how VLANs are dealt out: to each bridge as many as to any other, or one more or less, if
     * all bridges agree that they share, what they carry and how they are attached; else not at all.
     *
     * @param config what is configured
     * @param parts what it was split into
     * @return what is wrong, empty if nothing is, or sets are configured
     */
    static Optional<String> violation(final DualBridge config, final List<DualBridge> parts) {
        if (!config.vlanSets().isEmpty() || parts.size() == 1 && parts.getFirst().share() == null
                && config.bridges().stream().noneMatch(bridge -> bridge.haMode() == HaMode.SHARING)) {
            return Optional.empty();
        }
        final var sharing = config.bridges().stream().filter(bridge -> bridge.haMode() != HaMode.DISABLED).toList();
        final var vlans = vlans(config);
        final var agree = sharing.size() > 1 && vlans.size() >= sharing.size()
            && sharing.stream().allMatch(bridge -> bridge.haMode() == HaMode.SHARING)
            && sharing.stream().map(Bridge::vlans).distinct().count() == 1
            && sharing.stream().map(bridge -> bridge.attachments().size()).distinct().count() == 1;
        if (!agree) {
            return parts.size() == 1 && parts.getFirst().share() == null ? Optional.empty()
                : Optional.of("VLANs are shared, though the bridges do not agree");
        }
        if (parts.size() != sharing.size()) {
            return Optional.of("VLANs are not shared, though the bridges agree");
        }
        final var dealt = parts.stream().map(part -> part.share().vlans()).toList();
        final var most = dealt.stream().mapToInt(Set::size).max().orElseThrow();
        final var all = dealt.stream().flatMap(Set::stream).sorted().toList();
        final var preferred = parts.stream().map(DualBridge::policy).map(Policy::preferred).collect(Collectors.toSet());
        return all.equals(List.copyOf(vlans)) && dealt.stream().allMatch(set -> set.size() >= most - 1)
            && preferred.equals(sharing.stream().map(Bridge::name).collect(Collectors.toSet())) ? Optional.empty()
            : Optional.of("VLANs are dealt out as " + dealt + ", to " + preferred);
    }

    /**
     * Lists the VLANs that are to be shared, if any are.
     *
     * @param config what is configured
     * @return VLAN identifiers, ascending
     */
    static Set<Integer> vlans(final DualBridge config) {
        final var vlans = new TreeSet<>(hostVlans(config));
        config.vlanSets().forEach(set -> vlans.addAll(set.vlans()));
        for (final var bridge : config.bridges()) {
            if (bridge.haMode() != HaMode.DISABLED) {
                vlans.addAll(bridge.vlans());
            }
        }
        return vlans;
    }
}
