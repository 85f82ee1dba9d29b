/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.core.Action;
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
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.DualBridge.Placement;
import org.dualbridge.core.DualBridge.Policy;
import org.dualbridge.core.DualBridge.Prober;
import org.dualbridge.core.DualBridge.Target;
import org.dualbridge.core.DualBridgeMachine;
import org.dualbridge.core.Event;
import org.dualbridge.core.Event.Step;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Keyring;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.TablePlan;

/**
 * Plays usual takeovers on a dual bridge that does not exist. A virtual machine loads and links code when it
 * first runs; that takes ten milliseconds and more, and the first failover, perhaps after months, is the one that
 * counts. What {@link Rehearsal} does for the messages, this does for the decisions.
 */
final class DryRun {
    private static final int TIMES = 10;
    private static final long MILLIS = 1_000_000;
    private static final long INTERVAL = 100 * MILLIS;
    private static final PortRef LEFT = new PortRef(1, 1);
    private static final PortRef RIGHT = new PortRef(2, 1);

    private final DualBridge config = new DualBridge("dry-run",
        new Forwarding(Mode.FLOW, Granularity.HOST, false, Fence.BRIDGE, true, MILLIS, 0, 0, Placement.DEFAULT),
        ImmutableList.of(bridge("left", 1, LEFT, 11), bridge("right", 2, RIGHT, 12)),
        new HeartbeatSettings(Method.REFLECT, INTERVAL, 3, 0, 3, 5 * MILLIS, 0),
        new Policy(null, new Failback(true, INTERVAL), new Hold(0, 0, INTERVAL), new Damping(0, 0, 0)),
        new Announcement(ImmutableSortedSet.of(AnnouncementProtocol.RARP), new Pace(1, 1), ImmutableSortedSet.of(0L),
            0),
        ImmutableList.of(), ImmutableList.of(new Link(new PortRef(1, 2), new PortRef(2, 2))));
    private final TablePlan plan = new TablePlan(config);
    private final Set<PortRef> alive = new HashSet<>(Set.of(LEFT, RIGHT));
    private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    private final Deque<Event> events = new ArrayDeque<>();
    private final DualBridgeMachine machine = new DualBridgeMachine(config, new Intent(0, null), 0);
    private long now;

    /**
     * Plays them some times over; takes a fraction of a second.
     *
     * @return why there were takeovers
     */
    static Set<Reason> play() {
        final var run = new DryRun();
        run.config.nodes().forEach(node -> run.tell(new Event.SwitchConnected(node)));
        for (int time = 0; time < TIMES; time++) {
            run.takeovers();
        }
        return run.reasons;
    }

    private static Bridge bridge(final String name, final int priority, final PortRef port, final long node) {
        return new Bridge(name, HaMode.AUTO, priority, node,
            ImmutableList.of(new Attachment(port, new PortRef(node, 1))),
            new Target(0, new Ipv6(0, 0), new Mac(0), 0, new Prober(0, 0, Keyring.EMPTY, 1)), ImmutableList.of());
    }

    private void takeovers() {
        pass(20);
        alive.remove(LEFT);
        pass(5);
        alive.add(LEFT);
        pass(20);
        tell(new Event.LinkChanged(LEFT, false));
        pass(5);
        tell(new Event.LinkChanged(LEFT, true));
        pass(20);
        tell(new Event.SwitchoverRequested("right"));
        pass(5);
        tell(new Event.SwitchoverRequested("left"));
    }

    private void pass(final int intervals) {
        final var end = now + intervals * INTERVAL;
        while (machine.wakeAt() <= end) {
            now = Math.max(now, machine.wakeAt());
            tell(new Event.TimePassed());
        }
        now = end;
    }

    private void tell(final Event event) {
        events.add(event);
        while (!events.isEmpty()) {
            machine.handle(events.remove(), now).forEach(this::execute);
        }
    }

    private void execute(final Action action) {
        switch (action) {
            case Action.SendProbe(var port, var round) -> {
                if (alive.contains(port)) {
                    events.add(new Event.ProbeAnswered(port, round, -1));
                }
            }
            case Action.ConfirmChannel(var port, var round) ->
                events.add(new Event.ChannelConfirmed(port, round, now));
            case Action.Divert(var move, var asked) -> {
                asked.forEach(node -> plan.wayDown(node, move.after()));
                confirm(asked, move.after(), Step.DIVERT);
            }
            case Action.Fence(var move, var asked, var diverted) -> {
                reasons.add(move.reason());
                confirm(asked, move.after(), Step.FENCE);
            }
            case Action.Redirect(var move, var asked, var fenced) -> confirm(asked, move.after(), Step.REDIRECT);
            case Action.Publish publish -> machine.snapshot();
            default -> {
                // Concerns switches, or whoever reads the state.
            }
        }
    }

    private void confirm(final Set<Long> asked, final Intent intent, final Step step) {
        asked.forEach(node -> {
            plan.role(node, intent);
            events.add(new Event.Confirmed(intent.epoch(), step, node, true));
        });
    }
}
