/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.SetMultimap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.Outcome;
import org.dualbridge.openflow.SwitchRpcs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has switches send nothing to bridges that froze, or are not active, and lets them again. A port is silent as long
 * as anybody wants that: parts of a dual bridge share its attachments. What a switch refused, or could not be told
 * while it was away or its port was not known, stays open, also when who wanted it is gone: it is told again after a
 * second, then two, up to a minute, when the port is known, and when the switch has connected or was verified. On the
 * loop's thread.
 */
final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final SwitchRpcs rpcs;
    private final PortTable ports;
    private final Loop loop;
    private final LongPredicate isConnected;
    /** By port, who wants it to be silent. */
    private final SetMultimap<PortRef, Consumer<String>> wanted = HashMultimap.create();
    /** What was not confirmed yet. */
    private final Map<PortRef, Order> open = new HashMap<>();
    /** Ports whose switches have confirmed that they send nothing there. */
    private final Set<PortRef> inForce = new HashSet<>();

    /** What a switch is told of a port. */
    private static final class Order {
        private final PortRef port;
        private Consumer<String> refusals;
        private final boolean silent;
        /** Whether the port may be silent by what was told before. If not, one that is not known yet is no news. */
        private final boolean ends;
        private boolean underWay;
        private boolean isUnknown;
        private boolean isRefused;
        private boolean waits;
        private long waitNanos = FIRST_NANOS;

        Order(final PortRef port, final Consumer<String> refusals, final boolean silent, final boolean ends) {
            this.port = port;
            this.refusals = refusals;
            this.silent = silent;
            this.ends = ends;
        }
    }

    Isolation(final SwitchRpcs rpcs, final PortTable ports, final Loop loop, final LongPredicate isConnected) {
        this.rpcs = rpcs;
        this.ports = ports;
        this.loop = loop;
        this.isConnected = isConnected;
    }

    /** Tells whether nothing is sent to a port, as its switch has confirmed since it connected. */
    boolean isInForce(final PortRef port) {
        return inForce.contains(port);
    }

    /**
     * Lets nothing more leave by a port, or lets it again where nobody else minds.
     *
     * @param port the port
     * @param wants whether it is to be silent
     * @param who who wants that, and is told what is refused
     */
    void set(final PortRef port, final boolean wants, final Consumer<String> who) {
        if (wants) {
            wanted.put(port, who);
        } else {
            wanted.remove(port, who);
        }
        final var before = open.get(port);
        final var order = new Order(port, who, wanted.containsKey(port),
            inForce.contains(port) || before != null && (before.silent || before.ends));
        open.put(port, order);
        tell(order);
    }

    /** Somebody wants nothing any more; what is still to be done for him is nobody's. */
    void leave(final Consumer<String> who) {
        open.values().stream().filter(order -> order.refusals == who)
            .forEach(order -> order.refusals = what -> LOG.warn("refused: {}", what));
    }

    /**
     * A port is known now, if it was not.
     *
     * @param isNew whether it may be another one, which its switch has made anew and lets everything out by
     */
    void portKnown(final PortRef port, final boolean isNew) {
        final var order = open.get(port);
        if (order != null && order.isUnknown) {
            tell(order);
        } else if (isNew && order == null && wanted.containsKey(port)) {
            inForce.remove(port);
            set(port, true, wanted.get(port).iterator().next());
        }
    }

    /** A switch has a port no more. */
    void portRemoved(final PortRef port) {
        inForce.remove(port);
    }

    /** A switch has connected, or was verified. */
    void tryAgain(final long node) {
        List.copyOf(open.values()).stream().filter(order -> order.port.datapath() == node).forEach(this::tell);
    }

    void disconnected(final long node) {
        inForce.removeIf(port -> port.datapath() == node);
        open.values().stream().filter(order -> order.port.datapath() == node).forEach(order -> order.underWay = false);
    }

    private void tell(final Order order) {
        final var port = order.port;
        if (order.underWay || !isConnected.test(port.datapath())) {
            return;
        }
        final var address = ports.address(port);
        order.isUnknown = address.isEmpty();
        if (address.isPresent()) {
            order.underWay = true;
            Outcome.then(rpcs.silence(port, address.orElseThrow(), order.silent),
                outcome -> answered(order, outcome), loop);
            // Futures complete with a barrier only; not before what a takeover, which silences, has to say.
            loop.execute(() -> rpcs.barrier(port.datapath()));
        } else if (order.silent || order.ends) {
            refused(order, "its hardware address is not known");
        }
    }

    private void answered(final Order order, final Outcome outcome) {
        final var port = order.port;
        if (outcome.isDone() && isConnected.test(port.datapath())) {
            if (order.silent) {
                inForce.add(port);
            } else {
                inForce.remove(port);
            }
        }
        if (open.get(port) != order) {
            return;
        }
        order.underWay = false;
        if (outcome.isDone()) {
            open.remove(port);
        } else {
            refused(order, outcome.detail());
        }
    }

    private void refused(final Order order, final String why) {
        if (!order.isUnknown && !order.waits) {
            order.waits = true;
            final var waitNanos = order.waitNanos;
            order.waitNanos = Math.min(2 * waitNanos, LAST_NANOS);
            loop.at(loop.now() + waitNanos, () -> {
                order.waits = false;
                if (open.get(order.port) == order) {
                    tell(order);
                }
            });
        }
        if (!order.isRefused) {
            order.isRefused = true;
            order.refusals.accept(order.port + ": " + (order.silent ? "isolation" : "end of isolation") + ": " + why);
        }
    }
}
