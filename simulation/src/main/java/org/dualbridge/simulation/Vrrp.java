/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.dualbridge.frame.VrrpAdvertisement;

/** Routers that elect their master among themselves, the first one if they can (RFC 9568, section 6.4, preempting). */
final class Vrrp {
    private static final int MISSES = 3;
    private static final int FIRST = 200;

    private final Clock clock;
    /** Whether a router whose link is down gives up at once; otherwise it may be master of nobody. */
    private final boolean tracksLink;
    private final List<Router> routers = new ArrayList<>();

    Vrrp(final Clock clock, final boolean tracksLink) {
        this.clock = clock;
        this.tracksLink = tracksLink;
    }

    /**
     * Adds a router; it begins as a backup.
     *
     * @param interval time from one advertisement to the next
     * @param first time until its first turn
     * @param works whether it does anything at the moment
     * @param linkUp whether its link is up
     * @param arrives whether a frame to it is not lost; asked for each
     * @param out takes what it advertises
     */
    Router add(final long interval, final long first, final BooleanSupplier works, final BooleanSupplier linkUp,
            final BooleanSupplier arrives, final Consumer<VrrpAdvertisement> out) {
        final var rank = routers.size();
        final var router = new Router(new VrrpAdvertisement(FIRST - rank, rank, interval), works, linkUp, arrives,
            out);
        routers.add(router);
        clock.after(first, router::turn);
        return router;
    }

    /** One of them. */
    final class Router {
        private final VrrpAdvertisement own;
        private final BooleanSupplier works;
        private final BooleanSupplier linkUp;
        private final BooleanSupplier arrives;
        private final Consumer<VrrpAdvertisement> out;
        private boolean master;
        private boolean stopped;
        private long deadAt;

        Router(final VrrpAdvertisement own, final BooleanSupplier works, final BooleanSupplier linkUp,
                final BooleanSupplier arrives, final Consumer<VrrpAdvertisement> out) {
            this.own = own;
            this.works = works;
            this.linkUp = linkUp;
            this.arrives = arrives;
            this.out = out;
            waitFor(own);
        }

        boolean isMaster() {
            return master;
        }

        boolean serves() {
            return !stopped;
        }

        /** Resigns, if it is master. */
        void stop() {
            if (master && works.getAsBoolean()) {
                out.accept(new VrrpAdvertisement(0, own.sender(), own.intervalNanos()));
                heardBy().forEach(other -> other.deadAt = clock.now() + other.own.skewNanos());
            }
            stopped = true;
            master = false;
        }

        void start() {
            stopped = false;
            waitFor(own);
        }

        /** Is a backup until a master has been silent for long. */
        private void waitFor(final VrrpAdvertisement from) {
            master = false;
            deadAt = clock.now() + MISSES * from.intervalNanos() + own.skewNanos();
        }

        private void turn() {
            if (tracksLink && !linkUp.getAsBoolean()) {
                waitFor(own);
            } else if (works.getAsBoolean() && !stopped) {
                master |= clock.now() >= deadAt;
                if (master) {
                    advertise();
                }
            }
            clock.after(own.intervalNanos(), this::turn);
        }

        private void advertise() {
            out.accept(own);
            heardBy().stream().filter(other -> !other.own.outranks(own)).forEach(other -> other.waitFor(own));
        }

        private List<Router> heardBy() {
            return routers.stream().filter(other -> other != this && other.works.getAsBoolean()
                && linkUp.getAsBoolean() && other.linkUp.getAsBoolean() && other.arrives.getAsBoolean()).toList();
        }
    }
}
