/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.LinkTable;
import org.dualbridge.core.LinkTable.Bars;
import org.dualbridge.core.PortRef;
import org.dualbridge.openflow.LinkEvents;
import org.eclipse.jdt.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns the links between switches from what is discovered, for the dual bridges that want it, and keeps them in mind
 * over a restart. What changes within a moment is told together. All but {@link LinkEvents.Receiver} is called on the
 * loop's thread.
 */
final class LinkLearner implements LinkEvents.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(LinkLearner.class);
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RECALL_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** More links than these are only counted in a message. */
    private static final int NAMED = 4;

    private final LinkStore store;
    private final Loop loop;
    private final Listener listener;
    private final LinkTable table = new LinkTable();
    /** As configured. */
    private final Map<String, DualBridge> configs = new TreeMap<>();
    private final Map<String, Discovery> told = new HashMap<>();
    private final Map<String, Set<Link>> conflicts = new HashMap<>();
    /** Done when it is known what was kept in mind before; {@code null} while nobody wanted to know. */
    private @Nullable SettableFuture<Void> recalled;
    /** What is kept in mind. */
    private Set<Link> kept = Set.of();
    private boolean wanted;
    private boolean writing;
    private boolean batching;

    /** Who is told. */
    interface Listener {
        /** Tells whether a dual bridge has something more urgent to do. */
        boolean isMoving(String dualBridge);

        /**
         * The fabric of a dual bridge is another one.
         *
         * @param dualBridge its name
         * @param text what has changed of its links, {@code null} where only switches were heard
         */
        void relinked(String dualBridge, @Nullable String text);

        /**
         * Something happened that an operator should know.
         *
         * @param dualBridge name of the dual bridge
         * @param text what
         */
        void linkRefused(String dualBridge, String text);
    }

    LinkLearner(final LinkStore store, final Loop loop, final Listener listener) {
        this.store = store;
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * A dual bridge was configured, or its configuration changed.
     *
     * @param config its configuration
     * @return done when the links that were known before a restart are, too
     */
    ListenableFuture<Void> configured(final DualBridge config) {
        configs.put(config.name(), config);
        final var known = changed();
        return config.discovery().enabled() ? known : Futures.immediateVoidFuture();
    }

    /** A dual bridge is no longer configured. */
    void removed(final String name) {
        configs.remove(name);
        told.remove(name);
        conflicts.remove(name);
        changed();
    }

    /** Done when the links are known, if anybody wants to know. */
    private ListenableFuture<Void> changed() {
        final var was = wanted;
        wanted = configs.values().stream().anyMatch(config -> config.discovery().enabled());
        if (was != wanted) {
            table.clear();
        }
        if (!was && wanted) {
            table.resume();
        }
        later();
        final var known = recalled;
        if (!wanted) {
            return Futures.immediateVoidFuture();
        }
        return known == null ? recall() : known;
    }

    private ListenableFuture<Void> recall() {
        final var done = SettableFuture.<Void>create();
        recalled = done;
        recall(done);
        return done;
    }

    private void recall(final SettableFuture<Void> done) {
        Futures.addCallback(store.recallLinks(), new FutureCallback<Set<Link>>() {
            @Override
            public void onSuccess(final Set<Link> links) {
                kept = links;
                if (wanted) {
                    table.restore(links);
                }
                later();
                done.set(null);
            }

            @Override
            public void onFailure(final Throwable cause) {
                // Without them, switches would be told that there is no way.
                LOG.warn("links discovered before are not known, asked again: {}", cause.toString());
                loop.at(loop.now() + RECALL_NANOS, () -> recall(done));
            }
        }, loop);
    }

    /**
     * Adds the links that were discovered.
     *
     * @param config a dual bridge, as configured
     * @return the same with its links
     */
    DualBridge linked(final DualBridge config) {
        if (!config.discovery().enabled()) {
            told.remove(config.name());
            return config;
        }
        final var found = table.find(config, Bars.of(configs.values())).discovery();
        told.put(config.name(), found);
        return config.with(found);
    }

    /** Lists where the links end that any dual bridge was told of. */
    Set<PortRef> ends() {
        return told.values().stream().flatMap(discovery -> discovery.links().stream())
            .flatMap(link -> Stream.of(link.endA(), link.endB())).collect(Collectors.toSet());
    }

    @Override
    public void linkHeard(final PortRef from, final PortRef to) {
        loop.execute(() -> {
            table.heard(from, to);
            later();
        });
    }

    @Override
    public void linkSilent(final PortRef from, final PortRef to) {
        loop.execute(() -> {
            table.silent(from, to);
            later();
        });
    }

    private void later() {
        if (!batching && (wanted || !kept.isEmpty())) {
            batching = true;
            loop.at(loop.now() + BATCH_NANOS, () -> {
                batching = false;
                deliver();
            });
        }
    }

    private void deliver() {
        final var bars = Bars.of(configs.values());
        for (final var config : List.copyOf(configs.values())) {
            final var name = config.name();
            final var before = told.get(name);
            // One that is just starting is told when it starts.
            if (!config.discovery().enabled() || before == null) {
                continue;
            }
            final var found = table.find(config, bars);
            if (!found.discovery().equals(before)) {
                if (listener.isMoving(name)) {
                    later();
                    continue;
                }
                listener.relinked(name, difference(before.links(), found.discovery().links()));
            }
            final var known = conflicts.put(name, found.conflicts().keySet());
            found.conflicts().forEach((link, other) -> {
                if (known == null || !known.contains(link)) {
                    listener.linkRefused(name, "link " + link + " is not used, since " + other + " is configured");
                }
            });
        }
        keep();
    }

    private static @Nullable String difference(final Set<Link> before, final Set<Link> after) {
        final var texts = new ArrayList<String>();
        name(before, after, "discovered", texts);
        name(after, before, "forgotten", texts);
        return texts.isEmpty() ? null : String.join("; ", texts);
    }

    private static void name(final Set<Link> before, final Set<Link> after, final String what,
            final List<String> texts) {
        final var links = after.stream().filter(link -> !before.contains(link)).toList();
        if (!links.isEmpty()) {
            texts.add(what + ": " + links.stream().limit(NAMED).map(Link::toString).collect(Collectors.joining(", "))
                + (links.size() > NAMED ? " and " + (links.size() - NAMED) + " more" : ""));
        }
    }

    private void keep() {
        final var links = wanted ? table.links() : ImmutableSet.<Link>of();
        if (writing || recalled == null || !recalled.isDone() || links.equals(kept)) {
            return;
        }
        writing = true;
        Futures.addCallback(store.keepLinks(links), new FutureCallback<Object>() {
            @Override
            public void onSuccess(final Object result) {
                writing = false;
                kept = links;
                keep();
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("discovered links not written, tried again: {}", cause.toString());
                writing = false;
                later();
            }
        }, loop);
    }
}
