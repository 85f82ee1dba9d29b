/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.HostTable.Change;
import org.dualbridge.core.HostTable.Contested;
import org.dualbridge.core.HostTable.Forgotten;
import org.dualbridge.core.HostTable.Frozen;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.Learned;
import org.dualbridge.core.HostTable.Migration;
import org.dualbridge.core.HostTable.Moved;
import org.dualbridge.core.HostTable.Refused;
import org.dualbridge.core.HostTable.Released;
import org.dualbridge.core.HostTable.Seen;
import org.dualbridge.core.HostTable.Stayed;
import org.dualbridge.core.HostTable.View;
import org.dualbridge.frame.HostFrame.Address;
import org.dualbridge.frame.HostFrame.Sighting;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostTableTest {
    private static final long SECONDS = Samples.SECONDS;
    private static final Key HOST = host(0);
    private static final Ipv6 IPV6 = new Ipv6(1, 2);

    private final HostTable table = new HostTable();

    private static Key host(final int number) {
        return new Key(new Mac(Samples.FIRST_HOST.bits() + number), 0);
    }

    private static Sighting of(final Key host, final Address address) {
        return new Sighting(host.mac(), host.vlan(), address, false);
    }

    private List<Change> configure(final String name, final Learning learning, final List<Host> hosts) {
        return table.configure(name, learning, hosts, vlan -> true);
    }

    private List<Change> seen(final String at, final Key host, final long second) {
        return table.seen(at, of(host, null), second * SECONDS);
    }

    private List<Key> hosts(final String at) {
        return table.hosts(at).stream().map(Key::of).toList();
    }

    @BeforeEach
    void threeHostsEachAndAnHour() {
        List.of("x", "y").forEach(name ->
            configure(name, new Learning(true, 3, 3600 * SECONDS), List.of()));
    }

    @Test
    void hostIsLearnedOnceAndSeenThen() {
        assertEquals(List.of(new Learned("x", HOST)), seen("x", HOST, 0));
        assertEquals(List.of(new Seen("x", HOST)), seen("x", HOST, 1));
        assertEquals(new View(new Host(HOST.mac(), 0), SECONDS, 0, false, null), table.view("x", HOST));
        assertNull(table.view("y", HOST));
    }

    @Test
    void hostOfTwoVlansIsTwo() {
        final var tagged = new Key(HOST.mac(), 5);
        seen("x", HOST, 0);
        seen("y", tagged, 0);
        assertEquals(List.of(HOST), hosts("x"));
        assertEquals(List.of(tagged), hosts("y"));
    }

    @Test
    void hostOfAVlanThatIsNotTheDualBridgesAnyLongerIsForgotten() {
        final var tagged = new Key(HOST.mac(), 5);
        seen("x", HOST, 0);
        seen("x", tagged, 0);
        final var learning = new Learning(true, 3, 0);
        assertEquals(List.of(new Forgotten("x", tagged)),
            table.configure("x", learning, List.of(), vlan -> vlan != 5));
        assertEquals(List.of(), table.restore("x",
            List.of(new View(new Host(HOST.mac(), 5), 0, 0, false, null)), SECONDS));
        assertEquals(List.of(HOST), hosts("x"));
    }

    @Test
    void nothingIsLearnedWhereThatIsOff() {
        assertEquals(List.of(), seen("z", HOST, 0));
        seen("x", HOST, 0);
        assertEquals(List.of(new Forgotten("x", HOST)), configure("x", Learning.NONE, List.of()));
        assertEquals(List.of(), seen("x", HOST, 1));
        assertEquals(List.of(), hosts("x"));
    }

    @Test
    void hostThatWasSeenLastComesFirst() {
        IntStream.range(0, 3).forEach(i -> seen("x", host(i), i));
        seen("x", host(1), 5);
        assertEquals(List.of(host(1), host(2), host(0)), hosts("x"));
    }

    @Test
    void hostHasTheAddressesThatItClaimedLast() {
        IntStream.range(0, 9).forEach(i -> table.seen("x", of(HOST, new V4(i)), i));
        assertEquals(List.of(new Seen("x", HOST)), table.seen("x", of(HOST, new V4(8)), 9));
        assertEquals(List.of(new Learned("x", HOST)), table.seen("x", of(HOST, new V6(IPV6)), 10));
        assertEquals(new Host(HOST.mac(), 0, ImmutableList.of(2, 3, 4, 5, 6, 7, 8), ImmutableList.of(IPV6), false),
            table.view("x", HOST).host());
    }

    @Test
    void addressThatIsClaimedAgainStays() {
        IntStream.range(0, 8).forEach(i -> table.seen("x", of(HOST, new V4(i)), i));
        table.seen("x", of(HOST, new V4(0)), 8);
        table.seen("x", of(HOST, new V4(8)), 9);
        assertEquals(ImmutableList.of(2, 3, 4, 5, 6, 7, 0, 8), table.view("x", HOST).host().ipv4());
    }

    @Test
    void addressIsTheLastOnesWhoClaimedIt() {
        table.seen("x", of(HOST, new V4(1)), 0);
        assertEquals(List.of(new Learned("x", HOST), new Learned("y", host(1))),
            table.seen("y", of(host(1), new V4(1)), 1));
        assertEquals(List.of(), table.view("x", HOST).host().ipv4());
        final var elsewhere = new Key(HOST.mac(), 5);
        table.seen("x", of(elsewhere, new V4(1)), 2);
        assertEquals(List.of(1), table.view("y", host(1)).host().ipv4(), "another VLAN, another address");
    }

    @Test
    void addressOfAConfiguredHostIsNobodyElses() {
        final var learning = new Learning(true, 3, 0);
        table.seen("x", of(HOST, new V4(7)), 0);
        table.seen("x", of(HOST, new V6(IPV6)), 1);
        final var owner = new Host(host(1).mac(), 0, ImmutableList.of(7), ImmutableList.of(IPV6), false);

        assertEquals(List.of(new Learned("x", HOST), new Learned("x", HOST)),
            configure("y", learning, List.of(owner)));
        assertEquals(new Host(HOST.mac(), 0), table.view("x", HOST).host());
        assertEquals(List.of(new Refused("x", Discard.SPOOFED), new Seen("x", HOST)),
            table.seen("x", of(HOST, new V4(7)), 2));
        assertEquals(List.of(new Refused("x", Discard.SPOOFED), new Learned("x", host(2))),
            table.seen("x", of(host(2), new V6(IPV6)), 3));
        assertEquals(new Host(host(2).mac(), 0), table.view("x", host(2)).host());
        final var elsewhere = new Key(HOST.mac(), 5);
        assertEquals(List.of(new Learned("x", elsewhere)), table.seen("x", of(elsewhere, new V4(7)), 4));

        configure("y", learning, List.of());
        assertEquals(List.of(new Learned("x", HOST)), table.seen("x", of(HOST, new V4(7)), 5));
    }

    @Test
    void addressOfTwoConfiguredHostsIsFreeWhenBothAreGone() {
        final var learning = new Learning(true, 3, 0);
        List.of("x", "y").forEach(name -> configure(name, learning, List.of(
            new Host(host("x".equals(name) ? 1 : 2).mac(), 0, ImmutableList.of(7), ImmutableList.of(), false))));
        configure("x", learning, List.of());
        table.seen("x", of(HOST, new V4(7)), 0);
        assertEquals(List.of(), table.view("x", HOST).host().ipv4());
        configure("y", Learning.NONE, List.of());
        table.seen("x", of(HOST, new V4(7)), 1);
        assertEquals(List.of(7), table.view("x", HOST).host().ipv4());
    }

    @Test
    void routerStaysOne() {
        table.seen("x", new Sighting(HOST.mac(), 0, null, true), 0);
        seen("x", HOST, 1);
        assertTrue(table.view("x", HOST).host().isRouter());
    }

    @Test
    void silentHostAges() {
        seen("x", HOST, 0);
        seen("x", host(1), 1);
        seen("x", HOST, 2);
        assertEquals(List.of(), table.timePassed(3600 * SECONDS));
        assertEquals(List.of(new Forgotten("x", host(1))), table.timePassed(3601 * SECONDS));
        assertEquals(List.of(new Forgotten("x", HOST)), table.timePassed(3602 * SECONDS));
        configure("x", new Learning(true, 3, 0), List.of());
        seen("x", HOST, 0);
        assertEquals(List.of(), table.timePassed(Long.MAX_VALUE / 2));
    }

    @Test
    void timeInWhichNotAllWasHeardLetsNobodyAge() {
        seen("x", HOST, 0);
        table.unheard("x", 3000 * SECONDS);
        seen("x", host(1), 3000);
        seen("y", host(2), 0);
        table.unheard("z", SECONDS);
        assertEquals(List.of(new Forgotten("y", host(2))), table.timePassed(3600 * SECONDS));
        assertEquals(List.of(), table.timePassed(6599 * SECONDS));
        assertEquals(List.of(new Forgotten("x", HOST), new Forgotten("x", host(1))),
            table.timePassed(6600 * SECONDS));
    }

    @Test
    void atTheLimitThoseThatAreKnownStay() {
        IntStream.range(0, 3).forEach(i -> seen("x", host(i), i));
        assertTrue(table.isFull("x"));
        assertEquals(List.of(new Refused("x", Discard.HOST_LIMIT)), seen("x", host(3), 4));
        assertEquals(List.of(new Seen("x", host(0))), seen("x", host(0), 5));
        assertEquals(3, table.count("x"));
        table.timePassed(3601 * SECONDS);
        assertFalse(table.isFull("x"));
        assertEquals(List.of(new Learned("x", host(3))), seen("x", host(3), 3602));
    }

    @Test
    void hostThatIsSeenWhereTheLimitIsReachedStaysUntilThatIsTooOften() {
        IntStream.range(0, 3).forEach(i -> seen("y", host(i), i));
        final var host = host(5);
        table.seen("x", of(host, new V4(5)), 4);
        for (int i = 5; i < 9; i++) {
            assertEquals(List.of(new Refused("y", Discard.HOST_LIMIT), new Contested("x", host)), seen("y", host, i));
        }
        assertEquals(List.of(host), hosts("x"));
        assertEquals(new Host(host.mac(), 0, ImmutableList.of(5), ImmutableList.of(), false),
            table.view("x", host).host());
        assertEquals(List.of(new Refused("y", Discard.HOST_LIMIT), new Contested("x", host), new Frozen("x", host)),
            seen("y", host, 9));
        assertEquals(List.of(), hosts("x"));
        assertEquals(0, table.view("x", host).moves());
    }

    @Test
    void everyMoveHasItsNumber() {
        seen("x", HOST, 0);
        assertEquals(List.of(new Moved("x", "y", HOST)), seen("y", HOST, 1));
        assertEquals(List.of(), hosts("x"));
        assertEquals(List.of(HOST), hosts("y"));
        seen("x", HOST, 2);
        assertEquals(2, table.view("x", HOST).moves());
    }

    /** Moves the host every ten seconds, from "x" and at last to "y", the fifth time at second 50. */
    private List<Change> moveFiveTimes() {
        seen("x", HOST, 0);
        IntStream.rangeClosed(1, 4).forEach(i -> seen(i % 2 == 0 ? "x" : "y", HOST, 10L * i));
        return seen("y", HOST, 50);
    }

    @Test
    void fiveMovesIn180SecondsFreeze() {
        assertEquals(List.of(new Moved("x", "y", HOST), new Frozen("y", HOST)), moveFiveTimes());
        assertEquals(List.of(), hosts("y"));
        assertTrue(table.view("y", HOST).isFrozen());
        assertEquals(List.of(new Refused("x", Discard.SPOOFED)), seen("x", HOST, 60));
        assertEquals(List.of(new Seen("y", HOST)), seen("y", HOST, 70));
        assertEquals(5, table.view("y", HOST).moves());
    }

    @Test
    void slowMovesDoNotFreeze() {
        seen("x", HOST, 0);
        for (int i = 1; i < 20; i++) {
            assertEquals(1, seen(i % 2 == 0 ? "x" : "y", HOST, 46L * i).size());
        }
    }

    @Test
    void frozenHostIsReleasedAfter180SecondsAtOneDualBridge() {
        moveFiveTimes();
        seen("x", HOST, 60);
        seen("x", HOST, 200);
        assertEquals(List.of(), table.timePassed(239 * SECONDS));
        assertEquals(List.of(new Released("y", HOST)), table.timePassed(240 * SECONDS));
        assertEquals(List.of(HOST), hosts("y"));
        assertEquals(List.of(new Moved("y", "x", HOST)), seen("x", HOST, 241));
        assertEquals(6, table.view("x", HOST).moves());
    }

    @Test
    void unrestKeepsAHostFrozen() {
        moveFiveTimes();
        for (int i = 1; i < 10; i++) {
            seen(i % 2 == 0 ? "y" : "x", HOST, 50 + 170L * i);
            assertEquals(List.of(), table.timePassed((50 + 170L * i) * SECONDS));
        }
    }

    @Test
    void configuredHostsAreNotLearned() {
        seen("x", HOST, 0);
        assertEquals(List.of(new Forgotten("x", HOST)),
            configure("x", new Learning(true, 3, 0), List.of(new Host(HOST.mac(), 0))));
        assertEquals(List.of(), seen("x", HOST, 1));
        assertEquals(List.of(new Refused("y", Discard.SPOOFED), new Contested("x", HOST)), seen("y", HOST, 2));
        configure("x", new Learning(true, 3, 0), List.of());
        assertEquals(List.of(new Learned("y", HOST)), seen("y", HOST, 3));
    }

    @Test
    void claimOutsideContestsAHostThatIsThereAndNotFrozen() {
        assertEquals(List.of(), table.claimed("x", HOST));
        seen("x", HOST, 0);
        assertEquals(List.of(new Contested("x", HOST)), table.claimed("x", HOST));
        assertEquals(List.of(), table.claimed("y", HOST));
        configure("y", new Learning(true, 3, 0), List.of(new Host(host(1).mac(), 0)));
        assertEquals(List.of(new Contested("y", host(1))), table.claimed("y", host(1)));
        assertEquals(List.of(), table.claimed("x", host(1)));
        moveFiveTimes();
        assertEquals(List.of(), table.claimed("y", HOST));
    }

    @Test
    void restoredHostsAgeAnew() {
        final var known = new View(new Host(HOST.mac(), 0, ImmutableList.of(7), ImmutableList.of(IPV6), true), 0, 4,
            false, null);
        assertEquals(List.of(new Learned("x", HOST)), table.restore("x", List.of(known), 9 * SECONDS));
        assertEquals(new View(known.host(), 9 * SECONDS, 4, false, null), table.view("x", HOST));
        assertEquals(List.of(), table.restore("y", List.of(known), 10 * SECONDS));
    }

    @Test
    void frozenHostIsFrozenAfterARestart() {
        final var known = new View(new Host(HOST.mac(), 0), 0, 5, true, null);
        assertEquals(List.of(new Learned("x", HOST)), table.restore("x", List.of(known), 9 * SECONDS));
        assertTrue(table.view("x", HOST).isFrozen());
        assertEquals(List.of(), hosts("x"));
        assertEquals(List.of(new Seen("x", HOST)), seen("x", HOST, 10));
        assertEquals(List.of(), table.timePassed(188 * SECONDS));
        assertEquals(List.of(new Released("x", HOST)), table.timePassed(189 * SECONDS));
        assertEquals(List.of(HOST), hosts("x"));
    }

    @Test
    void hostThatSpeaksBeforeItIsRestoredLosesNothing() {
        table.seen("x", of(HOST, new V4(9)), SECONDS);
        table.seen("y", of(host(1), new V4(8)), SECONDS);
        final var known = new View(new Host(HOST.mac(), 0, ImmutableList.of(7, 8), ImmutableList.of(IPV6), true), 0, 5,
            true, null);
        assertEquals(List.of(new Learned("x", HOST)), table.restore("x", List.of(known), 9 * SECONDS));
        assertEquals(new View(new Host(HOST.mac(), 0, ImmutableList.of(7, 9), ImmutableList.of(IPV6), true), SECONDS, 5,
            true, null), table.view("x", HOST));
        assertEquals(ImmutableList.of(8), table.view("y", host(1)).host().ipv4());
        assertEquals(List.of(), hosts("x"));
        assertEquals(List.of(new Released("x", HOST)), table.timePassed(189 * SECONDS));
    }

    private Migration migrate(final boolean waits, final long second) {
        return table.migrate(HOST, "y", waits, second * SECONDS);
    }

    @Test
    void migratedHostIsBelievedNowhereElseUntilItIsSeen() {
        seen("x", HOST, 0);
        assertEquals(new Migration(List.of(new Moved("x", "y", HOST)), Optional.empty()), migrate(false, 1));
        assertEquals("y", table.view("y", HOST).expectedAt());
        // It had said that before it left.
        assertEquals(List.of(new Refused("x", Discard.SPOOFED), new Contested("y", HOST)), seen("x", HOST, 2));
        assertEquals(List.of(new Learned("y", HOST), new Seen("y", HOST)), seen("y", HOST, 3));
        assertNull(table.view("y", HOST).expectedAt());
        assertEquals(List.of(new Moved("y", "x", HOST)), seen("x", HOST, 4));
        assertEquals(2, table.view("x", HOST).moves());
    }

    @Test
    void migratedHostIsBelievedAgainAfterAMinute() {
        seen("x", HOST, 0);
        migrate(false, 1);
        assertEquals(List.of(), table.timePassed(60 * SECONDS));
        assertEquals(List.of(new Learned("y", HOST)), table.timePassed(61 * SECONDS));
        assertEquals(List.of(new Moved("y", "x", HOST)), seen("x", HOST, 62));
    }

    @Test
    void hostThatIsWaitedForStaysUntilItIsSeen() {
        configure("z", new Learning(true, 3, 0), List.of());
        seen("x", HOST, 0);
        assertEquals(new Migration(List.of(new Learned("x", HOST)), Optional.empty()), migrate(true, 1));
        assertEquals(List.of(new Seen("x", HOST)), seen("x", HOST, 2));
        assertEquals(List.of(new Refused("z", Discard.SPOOFED), new Contested("x", HOST)), seen("z", HOST, 3));
        assertEquals(List.of(HOST), hosts("x"));
        assertEquals(List.of(new Moved("x", "y", HOST)), seen("y", HOST, 4));
        assertEquals(1, table.view("y", HOST).moves());

        table.migrate(HOST, "x", true, 5 * SECONDS);
        assertEquals(List.of(new Stayed("y", "x", HOST)), table.timePassed(65 * SECONDS));
        assertEquals(List.of(HOST), hosts("y"));
    }

    @Test
    void migrationsDoNotFreezeButRelease() {
        seen("x", HOST, 0);
        for (int i = 1; i < 20; i++) {
            final var to = i % 2 == 0 ? "x" : "y";
            assertEquals(List.of(new Moved(i % 2 == 0 ? "y" : "x", to, HOST)),
                table.migrate(HOST, to, false, i * SECONDS).changes());
        }
        configure("x", Learning.NONE, List.of());
        configure("x", new Learning(true, 3, 0), List.of());
        configure("y", Learning.NONE, List.of());
        configure("y", new Learning(true, 3, 0), List.of());
        moveFiveTimes();
        assertEquals(List.of(new Released("y", HOST), new Moved("y", "x", HOST)),
            table.migrate(HOST, "x", false, 60 * SECONDS).changes());
        assertEquals(List.of(HOST), hosts("x"));
    }

    @Test
    void migrationIsRefusedWithTheReason() {
        assertEquals(Optional.of("mac: " + HOST.mac() + " in VLAN 0 is not known"), migrate(false, 0).refusal());
        seen("y", HOST, 0);
        assertEquals(Optional.of("to: it is at 'y'"), migrate(false, 0).refusal());
        assertEquals(Optional.of("to: 'z' learns no hosts (learning/enabled)"),
            table.migrate(HOST, "z", false, 0).refusal());
        IntStream.rangeClosed(1, 3).forEach(i -> seen("x", host(i), 0));
        assertEquals(Optional.of("to: 'x' learns no more hosts (learning/limit)"),
            table.migrate(HOST, "x", false, 0).refusal());
        configure("y", new Learning(true, 3, 0), List.of(new Host(HOST.mac(), 0)));
        assertEquals(Optional.of("mac: it is configured at 'y': configure it at 'x'"),
            table.migrate(HOST, "x", false, 0).refusal());
    }
}
