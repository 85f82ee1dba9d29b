/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
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
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;

/**
 * What is configured and what happens when, written down. Times are seconds. There is no chance: messages to and from
 * switches take 0.1 ms, a bridge answers in 0.05 ms.
 *
 * <pre>
 *  # comment
 *  dual-bridge NAME BRIDGE...            the better one first
 *  sync-group                            they change role together
 *  interval 1                            miss-count, window, recover-count: of the heartbeat
 *  failback 10                           or manual
 *  health-time 0                         link-time, initial-dead-time
 *  show-misses
 *  at 10 freeze DUAL-BRIDGE BRIDGE       thaw, down, up, switchover; "all" stands for any
 *  at 10 stop                            continue, restart: the controller
 *  at 10 ha-mode DUAL-BRIDGE BRIDGE MODE
 *  end 60
 * </pre>
 */
final class Script {
    private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
    private static final double SECONDS = Clock.SECONDS;

    private final Map<String, List<String>> dualBridges = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<List<String>> happenings = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>(Map.of("interval", "1", "miss-count", "3",
        "window", "0", "recover-count", "3", "failback", "10", "health-time", "0", "link-time", "0",
        "initial-dead-time", "0", "end", "60"));
    private boolean grouped;
    private boolean showsMisses;

    Script(final List<String> lines) {
        lines.stream().filter(line -> !line.isBlank() && !line.startsWith("#")).map(WORDS::splitToList)
            .forEach(words -> {
                switch (words.getFirst()) {
                    case "dual-bridge" -> {
                        names.add(words.get(1));
                        dualBridges.put(words.get(1), words.subList(2, words.size()));
                    }
                    case "sync-group" -> grouped = true;
                    case "show-misses" -> showsMisses = true;
                    case "at" -> happenings.add(words.subList(1, words.size()));
                    default -> {
                        if (settings.put(words.getFirst(), words.get(1)) == null) {
                            throw new IllegalArgumentException("unknown: " + words);
                        }
                    }
                }
            });
    }

    private long nanos(final String setting) {
        return seconds(settings.get(setting));
    }

    private static long seconds(final String text) {
        return Math.round(Double.parseDouble(text) * SECONDS);
    }

    private int number(final String setting) {
        return Integer.parseInt(settings.get(setting));
    }

    private DualBridge config(final String name) {
        final var bridges = new ArrayList<Bridge>();
        for (final var bridge : dualBridges.get(name)) {
            final var position = bridges.size();
            final var port = new PortRef(1 + position % 2, 10 * names.indexOf(name) + position + 1);
            bridges.add(new Bridge(bridge, HaMode.AUTO, 1, null, ImmutableList.of(new Attachment(port, null)),
                new Target(1, null, new Mac(0x5254_0000_00feL), 0, new Prober(0, 0, Keyring.EMPTY)),
                ImmutableList.of()));
        }
        final var isManual = settings.get("failback").equals("manual");
        return new DualBridge(name, new Forwarding(Mode.FLOW, Granularity.HOST, false,
                Fence.BRIDGE, false, 0, 0, 0, Placement.DEFAULT), ImmutableList.copyOf(bridges),
            new HeartbeatSettings(Method.ARP, nanos("interval"), number("miss-count"), number("window"),
                number("recover-count"), 50 * Clock.MILLIS, 0),
            new Policy(null, new Failback(!isManual, isManual ? 0 : nanos("failback")),
                new Hold(nanos("link-time"), nanos("health-time"), nanos("initial-dead-time")), new Damping(0, 0, 0)),
            Announcement.NONE, ImmutableList.of(),
            ImmutableList.of(new Link(new PortRef(1, 99), new PortRef(2, 99))));
    }

    /** Runs it, and tells the trace. */
    String run() {
        final var trace = new Trace(true);
        final var world = new World(names.stream().map(this::config).toList(), grouped, () -> 0L, trace);
        if (showsMisses) {
            world.showMisses();
        }
        final var start = world.clock().now();
        happenings.forEach(words -> {
            final var what = words.subList(1, words.size());
            world.clock().at(start + seconds(words.getFirst()), () -> {
                world.disturb(what.stream().collect(Collectors.joining(" ")));
                happen(world, what);
            });
        });
        while (world.clock().step(start + nanos("end"))) {
            // on to the next
        }
        return trace.text();
    }

    private void happen(final World world, final List<String> what) {
        switch (what.getFirst()) {
            case "stop" -> world.stopController();
            case "continue" -> world.resumeController();
            case "restart" -> world.restartController();
            default -> names.stream().filter(name -> matches(what.get(1), name)).forEach(name ->
                dualBridges.get(name).stream().filter(bridge -> matches(what.get(2), bridge)).forEach(bridge ->
                    happenTo(world, name, bridge, what)));
        }
    }

    private static boolean matches(final String pattern, final String name) {
        return pattern.equals("all") || pattern.equals(name);
    }

    private static void happenTo(final World world, final String name, final String bridge, final List<String> what) {
        final var config = world.driver(name).config();
        final var port = world.driver(name).bridge(bridge).orElseThrow().attachments().getFirst().port();
        switch (what.getFirst()) {
            case "freeze" -> world.freeze(name, bridge);
            case "thaw" -> world.thaw(name, bridge);
            case "down" -> world.link(port, false);
            case "up" -> world.link(port, true);
            case "switchover" -> world.switchover(name, bridge);
            case "ha-mode" -> world.reconfigure(Faults.withHaMode(config, bridge,
                HaMode.valueOf(what.get(3).toUpperCase(Locale.ROOT))));
            default -> throw new IllegalArgumentException("unknown: " + what);
        }
    }
}
