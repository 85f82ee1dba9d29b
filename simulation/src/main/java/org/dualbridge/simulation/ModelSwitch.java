/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.dualbridge.core.PortRef;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.NextHop;

/**
 * An OpenFlow switch: messages reach it in order, after some time; it can be cut off, stuck, or lose its tables. What
 * is sent to a stuck switch waits there.
 */
final class ModelSwitch {
    private static final long FASTEST = 100_000;
    private static final long SLOWEST = 2_000_000;

    private final Clock clock;
    private final RandomGenerator random;
    private final long node;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Map<String, Tables> tables = new HashMap<>();
    private final Set<Long> downPorts = new HashSet<>();
    /** Ports that nothing leaves by. */
    private final Set<Long> silentPorts = new HashSet<>();
    /** When the link of a port changed, as far as that could be seen: not while the switch was stuck. */
    private final Map<Long, Long> changedAt = new HashMap<>();
    private final Set<Long> changedWhileStuck = new HashSet<>();
    private boolean connected = true;
    private boolean stuck;
    private Manners manners = Manners.GOOD;
    private long lastIn;
    private long lastOut;
    /** Grows with every connection; messages of an earlier one are lost. */
    private int connection;
    private long outOfReachUntil;

    /** What the switch says of what it was told, and has done. */
    enum Manners {
        /** That it has done it. */
        GOOD,
        /** That it has not. */
        REFUSING,
        /** Nothing. */
        MUTE
    }

    /** What a dual bridge has on the switch. */
    static final class Tables {
        final Set<FlowEntry> role = new HashSet<>();
        NextHop nextHop = NextHop.NOWHERE;
        /** Frames to hosts pass so long, though the bridge that the switch is may be fenced. */
        long wayUntil = Long.MIN_VALUE;
    }

    ModelSwitch(final Clock clock, final RandomGenerator random, final long node) {
        this.clock = clock;
        this.random = random;
        this.node = node;
    }

    long node() {
        return node;
    }

    Tables tables(final String dualBridge) {
        return tables.computeIfAbsent(dualBridge, name -> new Tables());
    }

    boolean connected() {
        return connected;
    }

    /** Tells whether the switch hears and answers, and did so for the last moments. */
    boolean inReach() {
        return connected && !stuck && manners == Manners.GOOD && clock.now() >= outOfReachUntil;
    }

    Manners manners() {
        return manners;
    }

    void behave(final Manners like) {
        manners = like;
    }

    boolean linkUp(final PortRef port) {
        return !downPorts.contains(port.number());
    }

    long linkChangedAt(final PortRef port) {
        return changedAt.getOrDefault(port.number(), 0L);
    }

    void link(final PortRef port, final boolean up) {
        changedAt.put(port.number(), clock.now());
        if (stuck) {
            changedWhileStuck.add(port.number());
        }
        if (up) {
            downPorts.remove(port.number());
        } else {
            downPorts.add(port.number());
        }
    }

    boolean isSilent(final PortRef port) {
        return silentPorts.contains(port.number());
    }

    void silence(final PortRef port, final boolean silent) {
        if (silent) {
            silentPorts.add(port.number());
        } else {
            silentPorts.remove(port.number());
        }
    }

    private long latency() {
        return random.nextLong(FASTEST, SLOWEST);
    }

    /**
     * Sends the switch a message.
     *
     * @param then what it does with it
     * @return false if it is not connected
     */
    boolean send(final Runnable then) {
        if (!connected) {
            return false;
        }
        lastIn = Math.max(lastIn, clock.now() + latency());
        final var during = connection;
        clock.at(lastIn, () -> {
            if (during == connection) {
                if (stuck) {
                    waiting.add(then);
                } else {
                    then.run();
                }
            }
        });
        return true;
    }

    /** Has the switch tell the controller something. */
    void tell(final Runnable then) {
        lastOut = Math.max(lastOut, clock.now() + latency());
        final var during = connection;
        clock.at(lastOut, () -> {
            if (during == connection && connected) {
                then.run();
            }
        });
    }

    /** Has the switch tell the controller something that happened to it, when it is stuck no more. */
    void report(final Runnable then) {
        if (stuck) {
            waiting.add(() -> tell(then));
        } else {
            tell(then);
        }
    }

    /** A frame comes in, and is lost where the switch is stuck. */
    void receive(final Runnable then) {
        if (!stuck) {
            tell(then);
        }
    }

    void disconnect() {
        connected = false;
        connection++;
        waiting.clear();
    }

    void connect() {
        connected = true;
        outOfReachUntil = clock.now() + 100 * Clock.MILLIS;
    }

    void loseTables() {
        tables.clear();
        silentPorts.clear();
    }

    void freeze() {
        stuck = true;
    }

    void thaw() {
        stuck = false;
        changedWhileStuck.forEach(port -> changedAt.put(port, clock.now()));
        changedWhileStuck.clear();
        outOfReachUntil = clock.now() + 100 * Clock.MILLIS;
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
