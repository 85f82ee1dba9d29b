/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.dualbridge.core.Samples.LEFT;
import static org.dualbridge.core.Samples.MILLIS;
import static org.dualbridge.core.Samples.RIGHT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Announcement;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Pace;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Garp;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.UnsolicitedNa;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.FakeSwitches.Sent;
import org.dualbridge.table.TablePlan;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Five hosts of the sample, whose bridges are at openflow:1:1 and openflow:2:1; a link from openflow:1:10 to 2:10. At
 * both switches ports 20 and 21 lead outside; at port 30 of the first one a bridge of another dual bridge is attached.
 */
class AnnouncementsTest {
    private final FakeSwitches switches = new FakeSwitches();
    private final Loop loop = new Loop("test-loop", Thread.NORM_PRIORITY);
    private final Loop thread = new Loop("test-announcer", Thread.NORM_PRIORITY);
    private final PortTable ports = new PortTable();
    private final FakeSource source = new FakeSource();
    private final Announcements announcements = new Announcements(
        new Announcer(new SwitchRpcs(switches), thread, new HashMap<>()), ports, loop, source);

    private static final class FakeSource implements Announcements.Source {
        private volatile DualBridge config = config(0, 0);
        private volatile @Nullable PortRef active = LEFT;
        private volatile long epoch = 1;

        /** The sample, with a schedule in milliseconds. */
        static DualBridge config(final int refresh, final long... schedule) {
            final var from = Samples.plain();
            return config(from.hosts(), new Pace(100_000, 1000), refresh, schedule);
        }

        static DualBridge config(final ImmutableList<Host> hosts, final Pace pace, final int refresh,
                final long... schedule) {
            final var from = Samples.plain();
            return new DualBridge(from.name(), from.forwarding(), from.bridges(),
                from.heartbeat(), from.policy(), new Announcement(ImmutableSortedSet.of(AnnouncementProtocol.RARP),
                    pace, LongStream.of(schedule).mapToObj(at -> at * MILLIS)
                        .collect(ImmutableSortedSet.toImmutableSortedSet(Long::compare)), refresh * MILLIS),
                hosts, from.links());
        }

        @Override
        public DualBridge config() {
            return config;
        }

        @Override
        public TablePlan plan() {
            return new TablePlan(config);
        }

        @Override
        public @Nullable PortRef active() {
            return active;
        }

        @Override
        public boolean isConnected(final long node) {
            return true;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public boolean isCurrent(final long ofEpoch) {
            return epoch == ofEpoch;
        }

        @Override
        public boolean isHost(final Key host) {
            return config.hosts().stream().map(Key::of).anyMatch(host::equals);
        }

        @Override
        public void someSent() {
            // of no interest
        }
    }

    @BeforeEach
    void portsAreUp() {
        for (final long node : List.of(1L, 2L)) {
            for (final long number : List.of(1L, 10L, 20L, 21L)) {
                ports.put(new PortRef(node, number), true, null);
            }
        }
        ports.put(new PortRef(1, 30), true, null);
        ports.put(new PortRef(1, 31), false, null);
        ports.attach(Set.of(LEFT, RIGHT, new PortRef(1, 30)), Set.of());
    }

    @AfterEach
    void close() {
        loop.close();
        thread.close();
    }

    /** Does something on the loop's thread, and waits until so many announcements were sent. */
    private List<Sent> sentAfter(final Runnable work, final int count) throws Exception {
        final var end = new CompletableFuture<List<Sent>>();
        loop.execute(() -> {
            work.run();
            look(end, count);
        });
        return end.get(10, TimeUnit.SECONDS);
    }

    private void look(final CompletableFuture<List<Sent>> end, final int count) {
        if (switches.sent.size() >= count) {
            end.complete(List.copyOf(switches.sent));
        } else {
            loop.at(loop.now() + MILLIS, () -> look(end, count));
        }
    }

    /** Waits for so many milliseconds, and tells how many were sent. */
    private int sentWithin(final int millis) throws Exception {
        final var end = new CompletableFuture<Integer>();
        loop.at(loop.now() + millis * MILLIS, () -> end.complete(switches.sent.size()));
        return end.get(10, TimeUnit.SECONDS);
    }

    private static List<List<String>> outPorts(final List<Sent> sent, final long node) {
        return sent.stream().filter(one -> one.inPort().datapath() == node).map(Sent::outPorts).distinct().toList();
    }

    private void moved() {
        announcements.moved((first, last) -> { });
    }

    @Test
    void copiesLeaveByOuterPortsOnlyAndNowhereWhereABridgeIsAttached() throws Exception {
        final var sent = sentAfter(this::moved, 10);

        assertEquals(List.of(List.of("20", "21", "NORMAL")), outPorts(sent, 1));
        assertEquals(List.of(List.of("20", "21", "NORMAL")), outPorts(sent, 2));
        assertEquals(Set.of(LEFT, new PortRef(2, 10)), Set.copyOf(sent.stream().map(Sent::inPort).toList()));
    }

    @Test
    void hostsOfRoutersAreToldByTheActiveOnesAddress() throws Exception {
        final var proxy = Samples.proxy();
        source.config = new DualBridge(proxy.name(), proxy.forwarding(), proxy.bridges(), proxy.heartbeat(),
            proxy.policy(), new Announcement(ImmutableSortedSet.of(AnnouncementProtocol.GARP_REPLY,
                AnnouncementProtocol.UNSOLICITED_NA), new Pace(100_000, 1000), ImmutableSortedSet.of(0L), 0),
            ImmutableList.of(proxy.hosts().getFirst(), new Host(new Mac(Samples.FIRST_HOST.bits() + 1), 0)),
            proxy.links());
        source.active = RIGHT;

        final var frames = sentAfter(this::moved, 4).stream().map(sent -> HexFormat.of().formatHex(sent.frame()))
            .collect(Collectors.toSet());
        assertEquals(Set.of(HexFormat.of().formatHex(Garp.reply(Samples.RIGHT_MAC, 0, Samples.HOST_IP)),
            HexFormat.of().formatHex(UnsolicitedNa.announce(Samples.RIGHT_MAC, 0, Samples.HOST_IPV6, false))), frames);
    }

    @Test
    void roundsFollowTheSchedule() throws Exception {
        source.config = FakeSource.config(0, 0, 30, 90);
        final var begin = System.nanoTime();
        final var sent = sentAfter(this::moved, 30);

        assertTrue(sent.get(10).at() - begin >= 30 * MILLIS);
        assertTrue(sent.get(20).at() - begin >= 90 * MILLIS);
        assertEquals(30, sentWithin(50), "there was one round more");
    }

    @Test
    void newEpochEndsTheRounds() throws Exception {
        source.config = FakeSource.config(0, 0, 50);
        sentAfter(this::moved, 10);
        source.epoch = 2;

        assertEquals(10, sentWithin(100));
    }

    @Test
    void roundThatIsUnderWayPassesOverHostsThatLeave() throws Exception {
        final var pace = new Pace(50, 1);
        source.config = FakeSource.config(Samples.plain().hosts(), pace, 0, 0);
        final var recorded = new CompletableFuture<Void>();
        sentAfter(() -> announcements.moved((first, last) -> recorded.complete(null)), 2);
        source.config = FakeSource.config(source.config.hosts().subList(0, 2), pace, 0, 0);
        recorded.get(10, TimeUnit.SECONDS);

        assertTrue(switches.sent.size() <= 6, switches.sent.size() + " of 10");
    }

    @Test
    void everyRoundLooksAnewAtThePorts() throws Exception {
        source.config = FakeSource.config(0, 0, 50);
        sentAfter(this::moved, 10);
        ports.put(new PortRef(1, 31), true, null);
        final var sent = sentAfter(() -> { }, 20);

        assertEquals(List.of("20", "21", "31", "NORMAL"), outPorts(sent, 1).getLast());
    }

    @Test
    void portThatComesUpIsToldAlone() throws Exception {
        final var sent = sentAfter(() -> announcements.portUp(new PortRef(2, 20)), 5);

        assertEquals(List.of(List.of("20", "NORMAL")), outPorts(sent, 2));
        assertEquals(5, sentWithin(20));
    }

    @Test
    void switchIsTaughtAgainWhereThePortTowardsTheActiveBridgeComesUp() throws Exception {
        final var sent = sentAfter(() -> announcements.portUp(new PortRef(2, 10)), 5);

        assertEquals(List.of(List.of("NORMAL")), outPorts(sent, 2));
    }

    @Test
    void attachmentsThatComeUpAreToldNothing() throws Exception {
        loop.execute(() -> {
            announcements.portUp(RIGHT);
            announcements.portUp(new PortRef(1, 30));
            announcements.portUp(new PortRef(1, 10));
            announcements.portUp(new PortRef(3, 20));
        });

        assertEquals(0, sentWithin(20));
    }

    @Test
    void hostsAreAnnouncedAgainAndAgain() throws Exception {
        source.config = FakeSource.config(20, 0);
        final var begin = System.nanoTime();
        final var sent = sentAfter(announcements::scheduleRefresh, 30);

        assertTrue(sent.get(0).at() - begin >= 20 * MILLIS);
        assertTrue(sent.get(20).at() - begin >= 60 * MILLIS);
        loop.execute(announcements::stop);
        final var stopped = sentWithin(10);
        assertEquals(stopped, sentWithin(50));
    }

    @Test
    void changesOfTheConfigurationDoNotPutOffWhatIsDue() throws Exception {
        source.config = FakeSource.config(60, 0);
        for (int i = 0; i < 20; i++) {
            loop.execute(announcements::scheduleRefresh);
            sentWithin(20);
        }

        assertTrue(sentWithin(0) >= 10, "they were never announced");
    }

    @Test
    void shorterIntervalCountsFromTheChange() throws Exception {
        source.config = FakeSource.config(3_600_000, 0);
        loop.execute(announcements::scheduleRefresh);
        sentWithin(0);
        source.config = FakeSource.config(20, 0);

        sentAfter(announcements::scheduleRefresh, 10);
    }

    @Test
    void takeoverBeginsTheIntervalAnew() throws Exception {
        source.config = FakeSource.config(1000, 0);
        loop.execute(announcements::scheduleRefresh);
        sentWithin(300);
        final var begin = System.nanoTime();
        final var sent = sentAfter(this::moved, 20);

        assertTrue(sent.get(10).at() - begin >= 1000 * MILLIS, "it is due when it would have been without");
    }

    @Test
    void whoAsksIsToldHowManyHostsThereAre() throws Exception {
        final var count = new CompletableFuture<Optional<Integer>>();
        sentAfter(() -> count.complete(announcements.asked(host -> host.mac().equals(Samples.FIRST_HOST), "one")), 2);

        assertEquals(Optional.of(1), count.get());
        assertEquals(2, sentWithin(20));
    }

    @Test
    void contestedHostsAreAnnouncedTwiceHoweverManyClaimsThereAre() throws Exception {
        final var first = Key.of(source.config.hosts().get(0));
        final var second = Key.of(source.config.hosts().get(1));
        sentAfter(() -> {
            for (int i = 0; i < 100; i++) {
                announcements.contested(first);
            }
        }, 2);
        final var begin = System.nanoTime();
        final var all = sentAfter(() -> {
            announcements.contested(second);
            announcements.contested(new Key(Samples.RIGHT_MAC, 0));
        }, 8);

        assertTrue(all.get(2).at() - begin >= 1000 * MILLIS, "at most once per second");
        assertEquals(4, all.stream().filter(sent -> isOf(first, sent)).count());
        assertEquals(4, all.stream().filter(sent -> isOf(second, sent)).count());
        assertEquals(8, sentWithin(1200));
    }

    private static boolean isOf(final Key host, final Sent sent) {
        return HexFormat.of().formatHex(sent.frame(), 6, 12).equals(HexFormat.of().toHexDigits(host.mac().bits(), 12));
    }

    @Test
    void contestedHostsAreNotAnnouncedAfterTheEnd() throws Exception {
        final var host = Key.of(source.config.hosts().getFirst());
        sentAfter(() -> announcements.contested(host), 2);
        loop.execute(announcements::stop);

        assertEquals(2, sentWithin(1300));
    }

    @Test
    void nothingIsAnnouncedBeforeABridgeIsActive() throws Exception {
        source.active = null;
        final var count = new CompletableFuture<Optional<Integer>>();
        loop.execute(() -> count.complete(announcements.asked(host -> true, "all")));
        loop.execute(() -> announcements.connected(1));

        assertEquals(Optional.empty(), count.get(10, TimeUnit.SECONDS));
        assertEquals(0, sentWithin(20));
    }

    @Test
    void takeoverIsRecordedWhenItsFirstRoundIsOutAndNotWhereThereIsNobodyToTell() throws Exception {
        source.config = FakeSource.config(0, 0, 20);
        final var recorded = new ArrayList<Boolean>();
        sentAfter(() -> announcements.moved((first, last) -> recorded.add(first <= last)), 20);
        assertEquals(20, sentWithin(20));
        assertEquals(List.of(true), recorded);

        source.active = null;
        loop.execute(() -> announcements.moved((first, last) -> recorded.add(first <= last)));
        assertEquals(20, sentWithin(40));
        assertEquals(List.of(true), recorded);
    }

    @Test
    void whoAsksAgainStartsTheScheduleAnew() throws Exception {
        source.config = FakeSource.config(0, 0, 60);
        sentAfter(() -> announcements.asked(host -> true, "all"), 10);
        sentAfter(() -> announcements.asked(host -> true, "all"), 30);

        assertEquals(30, sentWithin(80), "the first schedule went on");
    }
}
