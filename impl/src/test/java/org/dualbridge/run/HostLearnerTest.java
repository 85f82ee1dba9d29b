/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.View;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Samples;
import org.dualbridge.frame.Garp;
import org.dualbridge.frame.Mac;
import org.dualbridge.table.FlowEntry.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostLearnerTest implements HostStore, HostLearner.Listener {
    private static final Mac HOST = Mac.parse("52:54:00:00:02:00");
    private static final DualBridge CONFIG = Samples.openFlow(DualBridge.Method.ARP)
        .with(new Learning(true, 10_000, 0));
    private static final int ID = 7;

    private final PortTable ports = new PortTable();
    private final BlockingQueue<List<Host>> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<Set<Key>> arrivals = new LinkedBlockingQueue<>();
    private final Map<Discard, Long> counts = new ConcurrentHashMap<>();
    private final Map<Spot, Optional<View>> kept = new ConcurrentHashMap<>();
    private final Map<String, Summary> summaries = new ConcurrentHashMap<>();
    private final BlockingQueue<Spot> contested = new LinkedBlockingQueue<>();
    private final BlockingQueue<HostLearner.Heard> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
    private volatile List<View> memory = List.of();
    private volatile boolean refuses;
    private HostLearner learner;

    @Override
    public ListenableFuture<?> write(final Batch batch) {
        if (refuses) {
            refuses = false;
            throw new IllegalArgumentException("cannot be told");
        }
        batch.cleared().forEach(summaries::remove);
        kept.putAll(batch.kept());
        summaries.putAll(batch.summaries());
        return Futures.immediateVoidFuture();
    }

    @Override
    public ListenableFuture<List<View>> recallHosts(final String dualBridge) {
        return Futures.immediateFuture(memory);
    }

    @Override
    public void learned(final String dualBridge, final ImmutableList<Host> hosts, final Set<Key> arrived) {
        told.add(hosts);
        if (!arrived.isEmpty()) {
            arrivals.add(arrived);
        }
    }

    @Override
    public void reordered(final String dualBridge, final ImmutableList<Host> hosts) {
        assertEquals(Set.copyOf(List.copyOf(told).getLast()), Set.copyOf(hosts));
    }

    @Override
    public void heard(final String dualBridge, final List<HostLearner.Heard> hosts) {
        heard.addAll(hosts);
    }

    @Override
    public void discarded(final String dualBridge, final Map<Discard, Long> frames) {
        frames.forEach((reason, count) -> counts.merge(reason, count, Long::sum));
    }

    @Override
    public void contested(final String dualBridge, final Key host) {
        contested.add(new Spot(dualBridge, host));
    }

    @Override
    public void noted(final String dualBridge, final String text) {
        notes.add(text);
    }

    @BeforeEach
    void learn() throws Exception {
        learner = new HostLearner(this, ports, this);
        learner.configured(CONFIG, List.of(ID)).get();
    }

    @AfterEach
    void close() {
        learner.close();
    }

    private static void await(final BooleanSupplier condition) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (!condition.getAsBoolean()) {
                Thread.onSpinWait();
            }
        });
    }

    private static Mac host(final int number) {
        return new Mac(HOST.bits() + number);
    }

    private void say(final Mac mac, final int vlan, final PortRef at) {
        learner.frameReceived(at, ID, Kind.COPY, Garp.request(mac, vlan, 0x0a00_0001));
    }

    @Test
    void hostsThatSpeakAreToldTogetherAndKept() {
        for (int i = 0; i < 100; i++) {
            say(host(i), 0, Samples.LEFT);
        }
        await(() -> told.stream().anyMatch(hosts -> hosts.size() == 100));
        final var last = List.copyOf(told).getLast();
        assertEquals(host(99), last.getFirst().mac());
        assertTrue(told.size() < 20, "in batches");
        await(() -> kept.size() == 100);
        assertEquals(new Summary(100, false), summaries.get("db"));
    }

    @Test
    void whatTheStoreRefusesIsWrittenAgainAndLearningGoesOn() {
        refuses = true;
        say(HOST, 0, Samples.LEFT);
        await(() -> !refuses);
        say(host(1), 0, Samples.LEFT);
        await(() -> kept.size() == 2);
    }

    @Test
    void floodIsDroppedAndCounted() {
        for (int i = 0; i < 50_000; i++) {
            say(HOST, 0, Samples.LEFT);
        }
        await(() -> counts.getOrDefault(Discard.EXCESS, 0L) > 40_000);
        assertTrue(counts.get(Discard.EXCESS) < 49_001, "the burst is looked at");
    }

    /** Its words may be among those that are dropped. */
    @Test
    void nobodyAgesWhileASwitchIsFlooded() throws Exception {
        learner.configured(CONFIG.with(new Learning(true, 10_000, 2_000_000_000L)), List.of(ID)).get();
        say(host(1), 0, Samples.LEFT);
        final var key = new Spot("db", new Key(host(1), 0));
        await(() -> kept.containsKey(key));
        final var until = System.nanoTime() + 5_000_000_000L;
        while (System.nanoTime() < until) {
            for (int i = 0; i < 100; i++) {
                say(HOST, 0, Samples.LEFT);
            }
            Thread.sleep(10);
        }
        assertTrue(kept.get(key).isPresent());
        await(() -> kept.get(key).isEmpty());
    }

    @Test
    void samplesCrowdNoWordsOut() throws Exception {
        final var frame = Garp.request(HOST, 0, 0);
        frame[13] = 0;
        frame[14] = 0x45;
        for (int i = 0; i < 50_000; i++) {
            learner.frameReceived(Samples.LEFT, ID, Kind.SAMPLE, frame);
        }
        say(host(1), 0, Samples.LEFT);
        await(() -> told.stream().anyMatch(hosts -> hosts.stream().map(Host::mac).toList()
            .equals(List.of(host(1), HOST))));
        await(() -> counts.getOrDefault(Discard.EXCESS, 0L) > 40_000);
    }

    @Test
    void claimsElsewhereAreCountedAndToldOncePerPort() throws Exception {
        for (int i = 0; i < 5; i++) {
            learner.frameReceived(new PortRef(1, 3), ID, Kind.GUARD, Garp.request(HOST, 0, 0));
        }
        learner.frameReceived(new PortRef(1, 4), ID, Kind.GUARD, Garp.request(HOST, 0, 0));
        await(() -> Long.valueOf(6).equals(counts.get(Discard.SPOOFED)));
        assertEquals("somebody at openflow:1:3, which is no attachment, claims to be 52:54:00:00:02:00: refused, as "
            + "all claims there", notes.take());
        assertTrue(notes.take().startsWith("somebody at openflow:1:4"));
        assertTrue(notes.isEmpty());
        assertTrue(told.isEmpty());
    }

    @Test
    void bridgesThemselvesAreNoHosts() throws Exception {
        final var own = Mac.parse("52:54:00:00:0a:0a");
        ports.put(new PortRef(11, 1), true, own);
        say(own, 0, Samples.LEFT);
        say(CONFIG.bridges().getFirst().target().mac(), 0, Samples.LEFT);
        say(Mac.parse("02:db:00:00:00:01"), 0, Samples.LEFT);
        say(HOST, 0, new PortRef(1, 7));
        say(host(1), 0, Samples.LEFT);
        assertEquals(List.of(host(1)), told.take().stream().map(Host::mac).toList());
    }

    @Test
    void whoIsHeardIsToldWithPlaceAndTimeAlsoIfItIsConfigured() throws Exception {
        final var before = System.nanoTime();
        final var configured = CONFIG.hosts().getFirst().mac();
        say(configured, 0, Samples.LEFT);
        say(HOST, 0, Samples.RIGHT);
        final var first = heard.take();
        final var second = heard.take();
        assertEquals(List.of(Samples.LEFT, Samples.RIGHT), List.of(first.port(), second.port()));
        assertEquals(List.of(new Key(configured, 0), new Key(HOST, 0)), List.of(first.host(), second.host()));
        assertTrue(first.at() <= second.at() && second.at() - first.at() <= System.nanoTime() - before);

        say(CONFIG.bridges().getFirst().target().mac(), 0, Samples.LEFT);
        learner.frameReceived(new PortRef(1, 3), ID, Kind.GUARD, Garp.request(HOST, 0, 0));
        await(() -> counts.containsKey(Discard.SPOOFED));
        assertTrue(heard.isEmpty());
    }

    @Test
    void hostsOfOtherVlansAreNotLearned() throws Exception {
        learner.configured(perVlan(), List.of(ID)).get();
        say(HOST, 30, Samples.LEFT);
        await(() -> counts.containsKey(Discard.FOREIGN));
    }

    /** Its only VLAN is that of its host. */
    private static DualBridge perVlan() {
        return Samples.withForwarding(CONFIG, new DualBridge.Forwarding(DualBridge.Mode.FLOW,
            DualBridge.Granularity.VLAN, false, DualBridge.Fence.BRIDGE, false, 0, 0, 0,
            DualBridge.Placement.DEFAULT)).with(CONFIG.learning());
    }

    @Test
    void hostsOfAVlanThatIsTakenOutAreForgotten() throws Exception {
        say(HOST, 30, Samples.LEFT);
        final var key = new Spot("db", new Key(HOST, 30));
        await(() -> kept.containsKey(key) && kept.get(key).isPresent());
        learner.configured(perVlan(), List.of(ID)).get();
        await(() -> List.copyOf(told).getLast().isEmpty());
        await(() -> kept.get(key).isEmpty());
    }

    @Test
    void hostsOfAVlanThatWasTakenOutMeanwhileAreNotRestored() throws Exception {
        final var config = perVlan();
        final var own = new View(new Host(HOST, config.hosts().getFirst().vlan()), 0, 0, false, null);
        final var other = new View(new Host(HOST, 30), 0, 0, false, null);
        memory = List.of(own, other);
        learner.configured(Samples.named(config, "other").with(CONFIG.learning()), List.of(ID + 1)).get();
        await(() -> told.contains(List.of(own.host())));
        await(() -> Optional.empty().equals(kept.get(new Spot("other", Key.of(other.host())))));
    }

    @Test
    void hostsOfBeforeAreKnownWhenTheDualBridgeStarts() throws Exception {
        final var before = new View(new Host(HOST, 0), 0, 3, false, null);
        memory = List.of(before);
        learner.configured(Samples.named(CONFIG, "other").with(CONFIG.learning()), List.of(ID + 1)).get();
        await(() -> told.contains(List.of(before.host())));
    }

    @Test
    void hostThatMovesArrivesAndTheOtherForgetsIt() throws Exception {
        learner.configured(Samples.named(CONFIG, "other").with(CONFIG.learning()), List.of(ID + 1)).get();
        say(HOST, 0, Samples.LEFT);
        learner.frameReceived(Samples.LEFT, ID + 1, Kind.COPY, Garp.request(HOST, 0, 1 << 24));
        assertEquals(Set.of(new Key(HOST, 0)), arrivals.take());
        final var expected = new HashMap<Spot, Boolean>();
        expected.put(new Spot("db", new Key(HOST, 0)), false);
        expected.put(new Spot("other", new Key(HOST, 0)), true);
        await(() -> expected.entrySet().stream().allMatch(entry -> kept.getOrDefault(entry.getKey(), Optional.empty())
            .isPresent() == entry.getValue()));
    }

    @Test
    void hostThatSomebodyElsewhereClaimsToBeIsContested() throws Exception {
        learner.configured(Samples.named(CONFIG, "other").with(CONFIG.learning()), List.of(ID + 1)).get();
        say(HOST, 0, Samples.LEFT);
        learner.migrate(new Key(HOST, 0), "other", false).get();
        say(HOST, 0, Samples.LEFT);
        assertEquals(new Spot("other", new Key(HOST, 0)), contested.take());

        final var claim = Garp.request(HOST, 0, 0);
        learner.frameReceived(new PortRef(1, 3), ID, Kind.GUARD, claim);
        learner.frameReceived(new PortRef(1, 3), ID + 1, Kind.GUARD, Garp.request(host(1), 0, 0));
        learner.frameReceived(new PortRef(1, 3), ID + 1, Kind.GUARD, claim);
        assertEquals(new Spot("other", new Key(HOST, 0)), contested.take());
        assertTrue(contested.isEmpty());
    }

    @Test
    void limitIsToldOnce() throws Exception {
        learner.configured(CONFIG.with(new Learning(true, 2, 0)), List.of(ID)).get();
        for (int i = 0; i < 5; i++) {
            say(host(i), 0, Samples.LEFT);
        }
        await(() -> Long.valueOf(3).equals(counts.get(Discard.HOST_LIMIT)));
        assertEquals("no more hosts are learned, there are 2", notes.take());
        assertTrue(notes.isEmpty());
        await(() -> new Summary(2, true).equals(summaries.get("db")));
    }

    @Test
    void nothingIsKeptOfWhatIsTurnedOff() throws Exception {
        say(HOST, 0, Samples.LEFT);
        await(() -> !kept.isEmpty());
        learner.configured(CONFIG.with(Learning.NONE), List.of(ID)).get();
        await(() -> !summaries.containsKey("db"));
        await(() -> !told.isEmpty() && List.copyOf(told).getLast().isEmpty());
    }
}
