/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.dualbridge.core.Samples.link;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkLearnerTest implements LinkStore, LinkLearner.Listener {
    private static final DualBridge OFF = Samples.openFlow(Method.ARP);
    private static final DualBridge CONFIG = OFF.with(Discovery.NOTHING_YET);

    private final Loop loop = new Loop("test", Thread.NORM_PRIORITY);
    private final LinkLearner learner = new LinkLearner(this, loop, this);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    private final BlockingQueue<Set<Link>> kept = new LinkedBlockingQueue<>();
    private volatile Set<Link> memory = Set.of();
    private volatile @Nullable SettableFuture<Void> broken;
    private volatile boolean moving;
    /** How often the memory cannot be read. */
    private final AtomicInteger unreadable = new AtomicInteger();

    @Override
    public ListenableFuture<?> keepLinks(final Set<Link> links) {
        final var fails = broken;
        broken = null;
        kept.add(links);
        return fails == null ? Futures.immediateVoidFuture() : fails;
    }

    @Override
    public ListenableFuture<Set<Link>> recallLinks() {
        return unreadable.getAndUpdate(left -> Math.max(0, left - 1)) > 0
            ? Futures.immediateFailedFuture(new IllegalStateException("no datastore"))
            : Futures.immediateFuture(memory);
    }

    @Override
    public boolean isMoving(final String dualBridge) {
        return moving;
    }

    @Override
    public void relinked(final String dualBridge, final @Nullable String text) {
        learner.linked(CONFIG);
        told.add(String.valueOf(text));
    }

    @Override
    public void linkRefused(final String dualBridge, final String text) {
        refused.add(text);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private DualBridge configure(final DualBridge config) throws Exception {
        Futures.submitAsync(() -> learner.configured(config), loop).get(5, TimeUnit.SECONDS);
        return Futures.submit(() -> learner.linked(config), loop).get(5, TimeUnit.SECONDS);
    }

    private void hear(final Link link) {
        learner.linkHeard(link.endA(), link.endB());
        learner.linkHeard(link.endB(), link.endA());
    }

    private static <T> @Nullable T next(final BlockingQueue<T> queue) throws Exception {
        return queue.poll(5, TimeUnit.SECONDS);
    }

    private static <T> void assertNoMore(final BlockingQueue<T> queue) throws Exception {
        assertNull(queue.poll(700, TimeUnit.MILLISECONDS));
    }

    @Test
    void whatIsHeardWithinAMomentIsToldAtOnceAndKept() throws Exception {
        configure(CONFIG);
        for (int node = 20; node < 70; node++) {
            hear(link(1, node, node, 1));
        }

        assertEquals("discovered: openflow:1:20 - openflow:20:1, openflow:1:21 - openflow:21:1, "
            + "openflow:1:22 - openflow:22:1, openflow:1:23 - openflow:23:1 and 46 more", next(told));
        assertEquals(50, next(kept).size());
        assertNoMore(told);
        assertNoMore(kept);
    }

    @Test
    void nothingBeginsBeforeTheMemoryIsRead() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));
        unreadable.set(2);

        assertEquals(ImmutableList.of(link(1, 10, 2, 10), link(1, 11, 3, 10)), configure(CONFIG).links());
        assertEquals(0, unreadable.get());
    }

    @Test
    void linksAreThereFromTheStart() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));

        assertEquals(ImmutableList.of(link(1, 10, 2, 10), link(1, 11, 3, 10)), configure(CONFIG).links());
        assertEquals(Set.of(new PortRef(1, 11), new PortRef(3, 10)), learner.ends());
        assertNoMore(told);
        assertNoMore(kept);
    }

    @Test
    void whatGoesSilentStays() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));
        configure(CONFIG);
        hear(link(1, 11, 3, 10));
        learner.linkSilent(link(1, 11, 3, 10).endA(), link(1, 11, 3, 10).endB());

        assertNoMore(told);
        assertEquals(ImmutableSet.of(link(1, 11, 3, 10)), configure(CONFIG).discovery().links());
    }

    @Test
    void cableThatWasMovedIsTold() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));
        configure(CONFIG);
        hear(link(1, 12, 3, 10));

        assertEquals("discovered: openflow:1:12 - openflow:3:10; forgotten: openflow:1:11 - openflow:3:10",
            next(told));
        assertEquals(Set.of(link(1, 12, 3, 10)), next(kept));
    }

    @Test
    void nothingChangesWhileATakeoverIsUnderWay() throws Exception {
        configure(CONFIG);
        moving = true;
        hear(link(1, 11, 3, 10));
        assertNoMore(told);

        moving = false;
        assertEquals("discovered: openflow:1:11 - openflow:3:10", next(told));
    }

    @Test
    void allIsForgottenWhenNobodyWantsToKnow() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));
        configure(CONFIG);
        assertEquals(ImmutableList.of(link(1, 10, 2, 10)), configure(OFF).links());
        assertEquals(Set.of(), next(kept));

        memory = Set.of();
        assertEquals(ImmutableSet.of(), configure(CONFIG).discovery().links());
    }

    @Test
    void anotherThatWantsToKnowKeepsThem() throws Exception {
        memory = Set.of(link(1, 11, 3, 10));
        configure(CONFIG);
        configure(Samples.named(OFF, "other").with(Discovery.NOTHING_YET));
        configure(OFF);

        assertNoMore(kept);
        assertEquals(ImmutableSet.of(link(1, 11, 3, 10)), configure(CONFIG).discovery().links());
    }

    @Test
    void contradictionIsToldOnce() throws Exception {
        configure(CONFIG);
        hear(link(1, 10, 3, 10));
        assertEquals("link openflow:1:10 - openflow:3:10 is not used, since openflow:1:10 - openflow:2:10 is "
            + "configured", next(refused));

        hear(link(1, 12, 4, 10));
        next(told);
        assertNoMore(refused);
    }

    @Test
    void whatWasNotWrittenIsWrittenAgain() throws Exception {
        configure(CONFIG);
        broken = SettableFuture.create();
        broken.setException(new IllegalStateException("no datastore"));
        hear(link(1, 11, 3, 10));

        assertEquals(Set.of(link(1, 11, 3, 10)), next(kept));
        assertEquals(Set.of(link(1, 11, 3, 10)), next(kept));
    }
}
