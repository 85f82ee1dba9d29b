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
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.HostTable.Change;
import org.dualbridge.core.HostTable.Contested;
import org.dualbridge.core.HostTable.Forgotten;
import org.dualbridge.core.HostTable.Frozen;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.Learned;
import org.dualbridge.core.HostTable.Moved;
import org.dualbridge.core.HostTable.Refused;
import org.dualbridge.core.HostTable.Released;
import org.dualbridge.core.HostTable.Seen;
import org.dualbridge.core.HostTable.Stayed;
import org.dualbridge.frame.HostFrame.Sighting;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.Mac;

/** Any hosts, anywhere, at any time. */
class HostTablePropertyTest {
    private static final List<String> PLACES = List.of("x", "y", "z");
    private static final int LIMIT = 3;
    private static final long AGEING = 400 * Samples.SECONDS;

    private enum What { SEEN, MIGRATED, WAITED_FOR }

    /** Something becomes of a host, so many seconds after the one before; by no name, only time passes. */
    record Step(String at, What what, int host, int address, int seconds) {
        List<Change> happen(final HostTable table, final Key key, final long now) {
            return at.isEmpty() ? List.of() : what == What.SEEN
                ? table.seen(at, new Sighting(key.mac(), 0, new V4(1 + address), false), now)
                : table.migrate(key, at, what == What.WAITED_FOR, now).changes();
        }
    }

    @Provide
    static Arbitrary<List<Step>> steps() {
        return Combinators.combine(Arbitraries.of("x", "y", "z", ""),
            Arbitraries.frequency(Tuple.of(8, What.SEEN), Tuple.of(1, What.MIGRATED), Tuple.of(1, What.WAITED_FOR)),
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 3), Arbitraries.of(0, 0, 1, 10, 30, 100, 200))
            .as(Step::new).list().ofMaxSize(120);
    }

    @Property
    void changesTellWhoIsWhereAndNobodyIsTwice(@ForAll("steps") final List<Step> steps) {
        final var table = new HostTable();
        PLACES.forEach(name -> table.configure(name, new Learning(true, LIMIT, AGEING), List.of(), vlan -> true));
        final var told = new HashMap<Key, String>();
        final var frozen = new HashSet<Key>();
        final var moves = new HashMap<Key, Long>();
        final var refused = new HashMap<Key, Long>();
        long now = 0;
        for (final var step : steps) {
            now += step.seconds * Samples.SECONDS;
            final var key = new Key(new Mac(Samples.FIRST_HOST.bits() + step.host), 0);
            final var changes = Stream.concat(table.timePassed(now).stream(), step.happen(table, key, now).stream())
                .toList();
            if (changes.contains(new Refused(step.at, Discard.HOST_LIMIT))
                    && changes.contains(new Contested(told.getOrDefault(key, ""), key))) {
                refused.merge(key, 1L, Long::sum);
            }
            changes.forEach(change -> follow(change, told, frozen, moves, refused));
            check(table, told, frozen, moves);
        }
    }

    private static void follow(final Change change, final Map<Key, String> told, final Set<Key> frozen,
            final Map<Key, Long> moves, final Map<Key, Long> refused) {
        switch (change) {
            case Seen(var at, var host) -> assertEquals(at, told.get(host));
            case Learned(var at, var host) -> {
                final var before = told.put(host, at);
                assertTrue(before == null || before.equals(at));
            }
            case Moved(var from, var to, var host) -> {
                assertEquals(from, told.put(host, to));
                assertTrue(!frozen.contains(host));
                moves.merge(host, 1L, Long::sum);
            }
            case Forgotten(var at, var host) -> {
                assertEquals(at, told.remove(host));
                frozen.remove(host);
                moves.remove(host);
            }
            case Frozen(var at, var host) -> assertTrue(frozen.add(host)
                && moves.getOrDefault(host, 0L) + refused.getOrDefault(host, 0L) >= HostTable.MOVES);
            case Released(var at, var host) -> assertTrue(frozen.remove(host));
            case Stayed(var at, var expectedAt, var host) -> {
                assertEquals(at, told.get(host));
                assertNotEquals(at, expectedAt);
            }
            case Contested(var at, var host) -> {
                assertEquals(at, told.get(host));
                assertFalse(frozen.contains(host));
            }
            case Refused(var at, var reason) -> assertTrue(PLACES.contains(at));
        }
    }

    private static void check(final HostTable table, final Map<Key, String> told, final Set<Key> frozen,
            final Map<Key, Long> moves) {
        final var addresses = new HashSet<Integer>();
        for (final var place : PLACES) {
            final var there = told.keySet().stream().filter(host -> told.get(host).equals(place)).toList();
            assertEquals(there.size(), table.count(place));
            assertTrue(there.size() <= LIMIT);
            assertEquals(Set.copyOf(there.stream().filter(host -> !frozen.contains(host)).toList()),
                Set.copyOf(table.hosts(place).stream().map(Key::of).toList()));
            final var seen = table.hosts(place).stream().map(host -> table.view(place, Key.of(host)).seenAt()).toList();
            assertEquals(seen.stream().sorted((one, other) -> Long.compare(other, one)).toList(), seen);
            there.forEach(host -> {
                final var view = table.view(place, host);
                assertEquals(moves.getOrDefault(host, 0L), view.moves());
                assertEquals(frozen.contains(host), view.isFrozen());
                view.host().ipv4().forEach(address -> assertTrue(addresses.add(address), "an address of two hosts"));
            });
        }
    }
}
