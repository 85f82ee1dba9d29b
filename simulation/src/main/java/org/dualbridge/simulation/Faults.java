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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge;
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
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.DualBridge.Mode;
import org.dualbridge.core.DualBridge.Paths;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridge.Tracker;
import org.dualbridge.core.DualBridge.VlanSet;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.dualbridge.simulation.ModelSwitch.Manners;
import org.eclipse.jdt.annotation.Nullable;

/** What is configured, and what goes wrong and when, all of it from a seed. */
final class Faults {
    static final long BEGIN = 8 * Clock.SECONDS;
    static final long END = 60 * Clock.SECONDS;
    /** By then everything is mended. */
    static final long MENDED = 70 * Clock.SECONDS;
    /** By then nothing changes any more. */
    static final long REST = 105 * Clock.SECONDS;
    static final long QUIET = 115 * Clock.SECONDS;
    /** Name of the only tracker that a bridge has. */
    static final String TRACKER = "t";

    private final RandomGenerator random;
    private final Map<String, Long> busyUntil = new HashMap<>();
    private int count;
    private double lossSeconds;

    Faults(final RandomGenerator random) {
        this.random = random;
    }

    int count() {
        return count;
    }

    /** For how long frames were lost at random, which may look like any number of faults. */
    double lossSeconds() {
        return lossSeconds;
    }

    // ---- configuration ----

    /**
     * Draws what is configured; two attachments per bridge, whether both are needed, whether VLANs are shared, and more
     * than three bridges come from another source.
     */
    List<DualBridge> configs(final RandomGenerator more) {
        final var attachments = more.nextInt(3) == 1 ? 2 : 1;
        final var paths = more.nextBoolean() ? Paths.ALL : Paths.ANY;
        final var shares = more.nextInt(4) == 0;
        final var members = random.nextInt(10) < 6 ? 1 : random.nextInt(2, 4);
        final var most = more.nextInt(3) == 0 ? more.nextInt(4, 9) : 3;
        final var bridges = random.nextInt(10) < 7 ? 2 : most;
        final var openFlow = random.nextBoolean();
        final var interval = choose(100, 250, 500) * Clock.MILLIS;
        final var missCount = random.nextInt(1, 5);
        final var window = random.nextInt(4) == 0 ? missCount + random.nextInt(2, 5) : 0;
        // No draw of its own, so that all other seeds stay what they were.
        final var plain = missCount == 4 && window == 0 ? Method.RESPONDER : Method.ARP;
        final var method = openFlow ? Method.REFLECT : plain;
        // A bridge that asks once per interval is silent that long every time.
        final var warn = (method == Method.RESPONDER ? 2 : 1) * interval;
        final var heartbeat = new HeartbeatSettings(method, interval, missCount, window, random.nextInt(1, 5),
            Math.min(50 * Clock.MILLIS, interval * missCount), random.nextBoolean() ? warn : 0).with(paths);
        final var policy = new Policy(random.nextInt(4) == 0 ? "B" : null,
            new Failback(random.nextInt(10) < 7, random.nextInt(9) * Clock.SECONDS),
            new Hold(choose(0, 0, 1) * Clock.SECONDS, choose(0, 0, 5) * Clock.SECONDS,
                choose(0, 1, 5) * Clock.SECONDS),
            random.nextInt(3) == 0 ? new Damping(3, 30 * Clock.SECONDS, 10 * Clock.SECONDS) : new Damping(0, 0, 0));
        return IntStream.range(0, members)
            .mapToObj(member -> new DualBridge("db" + member, new Forwarding(Mode.FLOW, Granularity.HOST, false,
                Fence.BRIDGE, true, 10 * Clock.MILLIS, 0, 0, Placement.DEFAULT),
                IntStream.range(0, bridges)
                    .mapToObj(number -> bridge(member, number, attachments, openFlow))
                    .collect(ImmutableList.toImmutableList()),
                heartbeat, policy, Announcement.NONE, ImmutableList.of(),
                ImmutableList.of(new Link(new PortRef(1, 99), new PortRef(2, 99)))))
            .map(config -> shares && members == 1 ? sharing(config) : config)
            .toList();
    }

    private Bridge bridge(final int member, final int number, final int attachments, final boolean openFlow) {
        final var node = 100L + 10L * member + number;
        return new Bridge(String.valueOf((char) ('A' + number)), HaMode.AUTO, random.nextInt(3) == 0 ? 1 : number + 1,
            openFlow ? node : null,
            IntStream.range(0, attachments)
                .mapToObj(i -> new Attachment(new PortRef(1 + (number + i) % 2, 10L * member + 4L * i + number + 1),
                    openFlow ? new PortRef(node, i + 1) : null))
                .collect(ImmutableList.toImmutableList()),
            new Target(1, null, new Mac(0x5254_0000_00feL), 0, new Prober(0, 0, Keyring.EMPTY)), ImmutableList.of());
    }

    /** Two VLAN sets, that of the better bridge and that of the next one. */
    private static DualBridge sharing(final DualBridge alone) {
        final var sets = ImmutableList.of(new VlanSet("red", ImmutableSortedSet.of(10), "A"),
            new VlanSet("blue", ImmutableSortedSet.of(20), "B"));
        var config = new DualBridge(alone.name(), alone.forwarding(), alone.bridges(), alone.heartbeat(),
            alone.policy(), alone.announcement(), alone.hosts(), alone.links(), sets, null);
        for (final var bridge : alone.bridges()) {
            config = withHaMode(config, bridge.name(), HaMode.SHARING);
        }
        return config;
    }

    private int choose(final int... from) {
        return choose(random, from);
    }

    private static int choose(final RandomGenerator random, final int... from) {
        return from[random.nextInt(from.length)];
    }

    /**
     * Has some bridges elect their master themselves, tracked, or taken by switches on their own, from a source of its
     * own, so that everything else stays what it was.
     *
     * @param configs what is configured
     * @param care the source
     * @return the same, with trackers
     */
    static List<DualBridge> adjust(final List<DualBridge> configs, final RandomGenerator care) {
        final var first = configs.getFirst();
        if (configs.size() == 1 && first.vlanSets().isEmpty() && first.bridges().stream().allMatch(bridge ->
                bridge.node() == null && bridge.attachments().size() == 1) && care.nextBoolean()) {
            return List.of(following(first));
        }
        final var repairs = care.nextInt(4) == 0;
        final var tracked = care.nextInt(3) == 0;
        final var forwarding = first.forwarding();
        final var repairing = new Forwarding(forwarding.mode(), forwarding.granularity(), true, forwarding.fence(),
            forwarding.diverts(), forwarding.settleNanos(), 0, 0, forwarding.placement());
        final var forwarded = !repairs ? configs : configs.stream().map(config -> new DualBridge(config.name(),
            repairing, config.bridges(), config.heartbeat(), config.policy(), config.announcement(), config.hosts(),
            config.links(), config.vlanSets(), config.share())).toList();
        return !tracked ? forwarded : forwarded.stream()
            .map(config -> withBridges(config, config.bridges().stream().map(bridge ->
                care.nextBoolean() ? bridge : tracked(bridge, choose(care, 0, 0, 2, -2)))))
            .toList();
    }

    private static Bridge tracked(final Bridge bridge, final int weight) {
        return new Bridge(bridge.name(), bridge.haMode(), bridge.priority(), bridge.node(), bridge.attachments(),
            bridge.target(), ImmutableList.of(new Tracker(TRACKER, null, weight)));
    }

    /** Elected by VRRP, in the order of the bridges. */
    private static DualBridge following(final DualBridge config) {
        final var heartbeat = config.heartbeat();
        final var policy = config.policy();
        return new DualBridge(config.name(), config.forwarding(), config.bridges(),
            new HeartbeatSettings(Method.VRRP, heartbeat.intervalNanos(), heartbeat.missCount(), 0,
                heartbeat.recoverCount(), heartbeat.timeoutNanos(), heartbeat.warnNanos()),
            new Policy(null, policy.failback(), policy.hold(), policy.damping()), config.announcement(),
            config.hosts(), config.links());
    }

    // ---- faults ----

    /**
     * Schedules what operators and other systems do.
     *
     * @param world where it happens
     * @param configs what is configured
     * @param care decides what happens, and when
     */
    void scheduleCare(final World world, final List<DualBridge> configs, final RandomGenerator care) {
        for (int i = care.nextInt(4); i > 0; i--) {
            final var config = configs.get(care.nextInt(configs.size()));
            final var bridge = config.bridges().get(care.nextInt(config.bridges().size()));
            final var what = config.name() + ' ' + bridge.name();
            final var at = care.nextLong(BEGIN, END);
            final var until = Math.min(MENDED, at + care.nextLong(Clock.SECONDS, 20 * Clock.SECONDS));
            if (config.heartbeat().method() == Method.VRRP) {
                between(world, "config", what + " resigns", at, until,
                    () -> world.serve(config.name(), bridge.name(), false),
                    () -> world.serve(config.name(), bridge.name(), true));
            } else if (bridge.trackers().isEmpty() || care.nextBoolean()) {
                configure(world, config, withMaintenance(config, bridge.name()), what + " in maintenance", at, until);
            } else {
                between(world, "tracker/" + config.name() + bridge.name(), "tracker of " + what + " fails", at, until,
                    () -> world.track(config.name(), bridge.name(), false),
                    () -> world.track(config.name(), bridge.name(), true));
            }
        }
    }

    /**
     * Schedules what happens to switches and cables of the fabric, and to answers on their way, from a source of its
     * own.
     *
     * @param world where it happens
     * @param configs what is configured
     * @param more decides what happens, and when
     */
    void scheduleFabric(final World world, final List<DualBridge> configs, final RandomGenerator more) {
        for (int i = more.nextInt(3); i > 0; i--) {
            final var config = configs.get(more.nextInt(configs.size()));
            final var nodes = config.nodes().stream().sorted().toList();
            final var node = nodes.get(more.nextInt(nodes.size()));
            final var cable = config.links().getFirst().endA();
            final var at = more.nextLong(BEGIN, END);
            final var until = Math.min(MENDED, at + more.nextLong(50 * Clock.MILLIS, 15 * Clock.SECONDS));
            switch (more.nextInt(5)) {
                case 0, 1 -> between(world, "node", node + " without power", at, until,
                    () -> world.power(node, false), () -> world.power(node, true));
                case 2 -> between(world, cable.toString(), cable + " cut", at, until,
                    () -> world.link(cable, false), () -> world.link(cable, true));
                case 3 -> {
                    final var share = more.nextDouble(0.05, 0.6);
                    final var end = Math.min(until, at + 3 * Clock.SECONDS);
                    lossSeconds += (end - at) / 1e9;
                    between(world, "net", "late answers", at, end, () -> world.delay(share), () -> world.delay(0));
                }
                default -> {
                    final var manners = more.nextBoolean() ? Manners.REFUSING : Manners.MUTE;
                    between(world, "node", node + " " + manners, at, until, () -> world.at(node).behave(manners),
                        () -> {
                            world.at(node).behave(Manners.GOOD);
                            world.disconnect(node);
                            world.connect(node);
                        });
                }
            }
        }
    }

    void schedule(final World world, final List<DualBridge> configs) {
        final var number = random.nextInt(1, 9);
        for (int i = 0; i < number; i++) {
            final var at = random.nextLong(BEGIN, END);
            final var mendedAt = Math.min(MENDED, at + switch (random.nextInt(4)) {
                case 0 -> random.nextLong(Clock.MILLIS, 200 * Clock.MILLIS);
                case 1 -> random.nextLong(Clock.SECONDS, 4 * Clock.SECONDS);
                default -> random.nextLong(2 * Clock.SECONDS, 15 * Clock.SECONDS);
            });
            schedule(world, configs, configs.get(random.nextInt(configs.size())), at, mendedAt);
        }
    }

    private void schedule(final World world, final List<DualBridge> configs, final DualBridge config, final long at,
            final long mendedAt) {
        final var name = config.name();
        final var bridge = config.bridges().get(random.nextInt(config.bridges().size()));
        final var attachments = bridge.attachments();
        final var port = attachments.get(attachments.size() == 1 ? 0 : random.nextInt(attachments.size())).port();
        // No draw of its own, so that all other faults stay what they were.
        final var node = bridge.node() != null && at % 2 == 0 ? bridge.node() : port.datapath();
        final var what = name + ' ' + bridge.name();
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> between(world, what, what + " freezes", at, mendedAt,
                () -> world.freeze(name, bridge.name()), () -> world.thaw(name, bridge.name()));
            case 3, 4 -> between(world, port.toString(), port + " down", at, mendedAt,
                () -> world.link(port, false), () -> world.link(port, true));
            case 5 -> between(world, "node", node + " disconnected", at, mendedAt,
                () -> world.disconnect(node), () -> world.connect(node));
            case 6 -> between(world, "node", port.datapath() + " stuck", at, mendedAt,
                () -> world.at(port.datapath()).freeze(), () -> world.at(port.datapath()).thaw());
            case 7 -> between(world, "node", port.datapath() + " reboots", at, mendedAt,
                () -> {
                    world.disconnect(port.datapath());
                    world.at(port.datapath()).loseTables();
                }, () -> world.connect(port.datapath()));
            case 8 -> {
                final var share = random.nextDouble(0.05, 0.6);
                final var end = Math.min(mendedAt, at + 3 * Clock.SECONDS);
                lossSeconds += (end - at) / 1e9;
                between(world, "net", "loss", at, end, () -> {
                    world.lose(share);
                    world.duplicate(share);
                }, () -> {
                    world.lose(0);
                    world.duplicate(0);
                });
            }
            case 9 -> between(world, "controller", "controller stops", at, Math.min(mendedAt, at + 5 * Clock.SECONDS),
                world::stopController, world::resumeController);
            case 10 -> once(world, "controller", "controller restarts", at, world::restartController);
            case 11 -> once(world, "-", "switchover of " + what, at, () -> world.switchover(name, bridge.name()));
            default -> {
                final var change = random.nextInt(7);
                if (change <= HaMode.DISABLED.ordinal()) {
                    final var mode = HaMode.values()[change];
                    configure(world, config, withHaMode(config, bridge.name(), mode), what + " " + mode, at, mendedAt);
                } else if (config.bridges().size() == 2 || change < 6 && !world.isGrouped()) {
                    configure(world, config, withPriority(config, bridge.name(), 0), what + " first", at, mendedAt);
                } else if (world.isGrouped()) {
                    between(world, "config", bridge.name() + " removed from all", at, mendedAt,
                        () -> reconfigureAll(world, configs, bridge.name(), at),
                        () -> reconfigureAll(world, configs, null, at));
                } else {
                    configure(world, config, without(config, bridge.name()), what + " removed", at, mendedAt);
                }
            }
        }
    }

    /** Has something else configured for a while. */
    void configure(final World world, final DualBridge config, final DualBridge other, final String what,
            final long at, final long until) {
        // Where bridges elect their master themselves, nobody else may choose.
        final var then = config.heartbeat().method() == Method.VRRP ? warned(config) : accepted(other);
        between(world, "config", what, at, until, () -> world.reconfigure(then), () -> world.reconfigure(config));
    }

    /** An isolated bridge is so for all VLANs, so whoever has bridges share them has to have another fence. */
    private static DualBridge accepted(final DualBridge config) {
        return config.forwarding().fence() == Fence.ISOLATE && config.bridges().stream()
            .anyMatch(bridge -> bridge.haMode() == HaMode.SHARING) ? Kinds.fenced(config, Fence.INGRESS) : config;
    }

    /** Configures a bridge out of all members of a sync group, or in again, one after the other. */
    private static void reconfigureAll(final World world, final List<DualBridge> configs,
            final @Nullable String without, final long chance) {
        for (int member = 0; member < configs.size(); member++) {
            final var config = configs.get(member);
            final var then = without == null ? config : without(config, without);
            world.clock().after(member * (chance % 7 == 0 ? 700 * Clock.MILLIS : chance % (3 * Clock.MILLIS)),
                () -> {
                    world.disturb(then.name() + " has " + then.bridges().size() + " bridges");
                    world.reconfigure(then);
                });
        }
    }

    /** The same but for when a late heartbeat is told of. */
    private static DualBridge warned(final DualBridge config) {
        final var heartbeat = config.heartbeat();
        return new DualBridge(config.name(), config.forwarding(), config.bridges(),
            new HeartbeatSettings(heartbeat.method(), heartbeat.intervalNanos(), heartbeat.missCount(), 0,
                heartbeat.recoverCount(), heartbeat.timeoutNanos(), 2 * heartbeat.intervalNanos()), config.policy(),
            config.announcement(), config.hosts(), config.links());
    }

    static DualBridge withHaMode(final DualBridge config, final String name, final HaMode mode) {
        return withBridges(config, config.bridges().stream().map(bridge -> bridge.name().equals(name)
            ? new Bridge(name, mode, bridge.priority(), bridge.node(), bridge.attachments(), bridge.target(),
                bridge.trackers(), bridge.vlans(), bridge.maintenance())
            : bridge));
    }

    static DualBridge withPriority(final DualBridge config, final String name, final int priority) {
        return withBridges(config, config.bridges().stream().map(bridge -> bridge.name().equals(name)
            ? new Bridge(name, bridge.haMode(), priority, bridge.node(), bridge.attachments(), bridge.target(),
                bridge.trackers(), bridge.vlans(), bridge.maintenance())
            : bridge));
    }

    private static DualBridge withMaintenance(final DualBridge config, final String name) {
        return withBridges(config, config.bridges().stream().map(bridge -> bridge.name().equals(name)
            ? new Bridge(name, bridge.haMode(), bridge.priority(), bridge.node(), bridge.attachments(),
                bridge.target(), bridge.trackers(), bridge.vlans(), true)
            : bridge));
    }

    private static DualBridge without(final DualBridge config, final String name) {
        return withBridges(config, config.bridges().stream().filter(bridge -> !bridge.name().equals(name)));
    }

    private static DualBridge withBridges(final DualBridge config, final Stream<Bridge> bridges) {
        return new DualBridge(config.name(), config.forwarding(), bridges.collect(ImmutableList.toImmutableList()),
            config.heartbeat(), config.policy(), config.announcement(), config.hosts(), config.links(),
            config.vlanSets(), config.share());
    }

    /** One fault at a time for one thing; {@code "node"} stands for everything that concerns control channels. */
    private boolean isFree(final String target, final long at, final long until) {
        if (busyUntil.getOrDefault(target, 0L) > at || target.equals("node") != busyUntil.containsKey("node")
                && target.contains(" ")) {
            return false;
        }
        busyUntil.put(target, until);
        return true;
    }

    /** Has something begin and end, unless something else happens to the same target meanwhile. */
    void between(final World world, final String target, final String what, final long at, final long until,
            final Runnable begin, final Runnable end) {
        final var start = world.clock().now();
        if (isFree(target, at, until)) {
            count += 2;
            world.clock().at(start + at, () -> {
                world.disturb(what);
                begin.run();
            });
            world.clock().at(start + until, () -> {
                world.disturb("end of: " + what);
                end.run();
            });
        }
    }

    private void once(final World world, final String target, final String what, final long at, final Runnable task) {
        final var start = world.clock().now();
        if (isFree(target, at, at)) {
            count++;
            world.clock().at(start + at, () -> {
                world.disturb(what);
                task.run();
            });
        }
    }
}
