/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.dualbridge.core.Samples.MILLIS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSortedSet;
import com.google.common.util.concurrent.SettableFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.dualbridge.api.DualBridgeStatus.Announced;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.core.TokenBucket;
import org.dualbridge.frame.Rarp;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.Announcer.Progress;
import org.dualbridge.run.Announcer.Subject;
import org.dualbridge.run.Announcer.Way;
import org.dualbridge.run.FakeSwitches.Sent;
import org.dualbridge.table.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierOutput;
import org.opendaylight.yangtools.yang.common.RpcResult;

/** On a real thread; times are lower bounds only. */
class AnnouncerTest {
    private static final int FAST = 1_000_000;

    private final FakeSwitches switches = new FakeSwitches();
    private final Loop thread = new Loop("test-announcer", Thread.NORM_PRIORITY);
    private final Map<PortRef, TokenBucket> buckets = new HashMap<>();
    private final Announcer announcer = new Announcer(new SwitchRpcs(switches), thread, buckets);
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicBoolean current = new AtomicBoolean(true);
    private final Set<Key> left = ConcurrentHashMap.newKeySet();
    private final Progress progress = new Progress() {
        @Override
        public void someSent() {
            // of no interest
        }

        @Override
        public void roundDone(final long first, final long last) {
            ends.incrementAndGet();
            end.complete(last - first);
        }
    };

    @AfterEach
    void close() {
        thread.close();
    }

    private static Way way(final long node, final long... outPorts) {
        return new Way(new PortRef(node, 1), LongStream.of(outPorts)
            .mapToObj(port -> new PortRef(node, port)).toList());
    }

    private static List<Subject> subjects(final int hosts) {
        return Samples.hosts(hosts, 7).stream().map(host -> new Subject(Key.of(host), host)).toList();
    }

    private void announce(final int hosts, final int rate, final int burst, final Way... ways) {
        announcer.announce(subjects(hosts), List.of(ways), new Announcement(
            ImmutableSortedSet.of(AnnouncementProtocol.RARP), new Pace(rate, burst), ImmutableSortedSet.of(0L), 0),
            current::get, host -> !left.contains(host), progress);
    }

    private long whenDone() throws Exception {
        return end.get(10, TimeUnit.SECONDS);
    }

    private List<Sent> on(final long node) {
        return switches.sent.stream().filter(sent -> sent.inPort().datapath() == node).toList();
    }

    @Test
    void everySwitchIsToldOfEveryHostInTheirOrderAndPassesCopiesOn() throws Exception {
        announce(3, FAST, 100, way(1, 8, 9), way(2));
        whenDone();

        final var expected = Samples.hosts(3, 7).stream().map(host -> Rarp.announce(host.mac(), 7, 0))
            .toArray(byte[][]::new);
        assertArrayEquals(expected, on(1).stream().map(Sent::frame).toArray(byte[][]::new));
        assertArrayEquals(expected, on(2).stream().map(Sent::frame).toArray(byte[][]::new));
        on(1).forEach(sent -> assertEquals(List.of("8", "9", "NORMAL"), sent.outPorts()));
        on(2).forEach(sent -> assertEquals(List.of("NORMAL"), sent.outPorts()));
        assertEquals(Map.of(AnnouncementProtocol.RARP, new Announced(6, 0)), announcer.counts());
    }

    @Test
    void switchKnowsAtThatPortWhereTheFrameThatTeachesItGoes() throws Exception {
        announce(5, FAST, 2, way(1, 8), way(2));
        whenDone();

        for (final long node : List.of(1L, 2L)) {
            final var sink = TablePlan.proberMac(new PortRef(node, 1));
            final var own = switches.own.stream().filter(one -> one.inPort().datapath() == node).toList();
            assertEquals(3, own.size(), "one per batch");
            assertTrue(own.getFirst().at() <= on(node).getFirst().at());
            own.forEach(one -> assertArrayEquals(Rarp.announce(sink, 7, 0), one.frame()));
            own.forEach(one -> assertEquals(List.of("NORMAL"), one.outPorts()));
            own.forEach(one -> assertEquals(sink.toString(), one.sink()));
            on(node).forEach(one -> assertEquals(sink.toString(), one.sink()));
        }
    }

    @Test
    void everyPortGetsFramesAtTheRateHoweverManyPortsThereAre() throws Exception {
        announce(500, 1000, 10, way(1, LongStream.rangeClosed(2, 49).toArray()), way(2));

        final var span = whenDone();
        assertTrue(span >= 489 * MILLIS, span / MILLIS + " ms");
        assertTrue(span < 5000 * MILLIS, "24 s if they were added up, but " + span / MILLIS + " ms");
    }

    @Test
    void dualBridgesOfASwitchShareThePortsThatTheyHaveInCommon() throws Exception {
        announce(50, 1000, 10, way(1, 8, 9));
        announce(50, 1000, 10, way(1, 9, 10));

        assertPacedTogether();
    }

    @Test
    void dualBridgesShareASwitchThatHasNoPortsToTell() throws Exception {
        announce(50, 1000, 10, new Way(new PortRef(1, 1), List.of()));
        announce(50, 1000, 10, new Way(new PortRef(1, 2), List.of()));

        assertPacedTogether();
    }

    private void assertPacedTogether() {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            while (on(1).size() < 100) {
                Thread.sleep(1);
            }
        });

        final var span = on(1).get(99 - 10).at() - on(1).getFirst().at();
        assertTrue(span >= 75 * MILLIS, span / MILLIS + " ms");
    }

    @Test
    void otherPortsAreNotWaitedFor() throws Exception {
        announce(2, 1, 1, way(1, 8));
        announce(10, FAST, 10, way(1, 9));

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            while (on(1).size() < 11) {
                Thread.sleep(1);
            }
        });
        assertEquals(1, on(1).stream().filter(sent -> sent.outPorts().contains("8")).count());
    }

    private BlockingQueue<SettableFuture<RpcResult<SendBarrierOutput>>> holdBarriers() {
        final var barriers = new ArrayBlockingQueue<SettableFuture<RpcResult<SendBarrierOutput>>>(10);
        switches.barrier = from -> {
            final var future = SettableFuture.<RpcResult<SendBarrierOutput>>create();
            barriers.add(future);
            return future;
        };
        return barriers;
    }

    private void after(final int millis) throws Exception {
        final var passed = new CompletableFuture<Void>();
        thread.at(thread.now() + millis * MILLIS, () -> passed.complete(null));
        passed.get(10, TimeUnit.SECONDS);
    }

    @Test
    void noMoreThanTwoBatchesWaitForTheSwitch() throws Exception {
        final var barriers = holdBarriers();
        announce(7, FAST, 2, way(1));
        after(20);
        for (final var sent : List.of(4, 6, 7, 7)) {
            final var asked = barriers.poll(10, TimeUnit.SECONDS);
            after(20);
            assertEquals(sent, switches.sent.size());
            assertFalse(end.isDone());
            asked.setFuture(FakeSwitches.done(switches));
        }
        whenDone();
        after(20);
        assertEquals(1, ends.get());
    }

    @Test
    void batchIsSmallHoweverMuchMayLeaveAtOnce() throws Exception {
        holdBarriers();
        announce(1000, FAST, 100_000, way(1, 8), way(2, LongStream.rangeClosed(2, 49).toArray()),
            way(3, LongStream.rangeClosed(2, 1500).toArray()));
        after(20);

        assertEquals(2 * 256, on(1).size());
        assertEquals(2 * 5, on(2).size(), "256 / 48 leave by each port");
        assertEquals(2, on(3).size());
    }

    @Test
    void switchThatDoesNotAnswerDoesNotHoldItUpForEver() throws Exception {
        final var barriers = holdBarriers();
        announce(5, FAST, 2, way(1));
        whenDone();
        barriers.forEach(late -> late.setFuture(FakeSwitches.done(switches)));
        after(20);

        assertEquals(5, switches.sent.size());
        assertEquals(1, ends.get());
    }

    @Test
    void roundThatHasEndedTakesNoTurn() throws Exception {
        switches.barrier = from -> {
            current.set(false);
            return FakeSwitches.done(from);
        };
        announce(2, 1, 1, way(1, 8));
        after(20);
        final var next = new CompletableFuture<Boolean>();
        thread.execute(() -> next.complete(buckets.get(new PortRef(1, 8)).take(thread.now(), 1, new Pace(1, 1))
            <= thread.now() + 1000 * MILLIS));

        assertEquals(1, on(1).size());
        assertTrue(next.get(10, TimeUnit.SECONDS));
    }

    @Test
    void nothingMoreLeavesWhenItIsNoLongerCurrent() throws Exception {
        switches.barrier = from -> {
            current.set(false);
            return FakeSwitches.done(from);
        };
        announce(5, FAST, 2, way(1));
        after(20);

        assertEquals(2, switches.sent.size());
        assertFalse(end.isDone());
    }

    @Test
    void hostsThatHaveLeftMeanwhileArePassedOver() throws Exception {
        final var subjects = subjects(5);
        switches.barrier = from -> {
            left.addAll(List.of(subjects.get(2).key(), subjects.get(3).key()));
            return FakeSwitches.done(from);
        };
        announce(5, FAST, 2, way(1));
        whenDone();

        assertArrayEquals(Stream.of(0, 1, 4).map(i -> Rarp.announce(subjects.get(i).host().mac(), 7, 0))
            .toArray(byte[][]::new), on(1).stream().map(Sent::frame).toArray(byte[][]::new));
    }

    @Test
    void hostThatLeavesWhileItsTurnIsAwaitedIsNotToldOf() throws Exception {
        final var last = subjects(2).get(1).key();
        switches.barrier = from -> {
            // The next batch is taken now, and sent in half a second.
            thread.at(thread.now() + 100 * MILLIS, () -> left.add(last));
            return FakeSwitches.done(from);
        };
        announce(2, 2, 1, way(1));
        whenDone();

        assertEquals(1, on(1).size());
    }

    @Test
    void whatASwitchDoesNotTakeIsCountedAsFailed() throws Exception {
        switches.refuses = true;
        announce(3, FAST, 100, way(1));
        whenDone();
        assertEquals(Map.of(AnnouncementProtocol.RARP, new Announced(0, 3)), announcer.counts());
    }

    @Test
    void whatNobodyTakesIsCountedAsFailed() throws Exception {
        switches.gone = true;
        announce(3, FAST, 100, way(1));
        whenDone();

        assertEquals(Map.of(AnnouncementProtocol.RARP, new Announced(0, 3)), announcer.counts());
    }
}
