/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.View;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.run.HostStore.Batch;
import org.dualbridge.run.HostStore.Spot;
import org.dualbridge.run.HostStore.Summary;
import org.dualbridge.run.HostStore.Told;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.LearnedHosts;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.DualBridge;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;

class LearnedHostWriterTest extends AbstractConcurrentDataBrokerTest {
    private static final Instant SEEN = Instant.parse("2026-11-22T10:00:00.123456789Z");
    private static final View HOST = new View(new Host(Mac.parse("52:54:00:00:00:01"), 10,
        ImmutableList.of(0x0a0a_0102), ImmutableList.of(new Ipv6(0x2001_0db8_0000_0000L, 2)), true), 7, 3, true,
        "there");
    private static final Spot SPOT = new Spot("db", Key.of(HOST.host()));

    private LearnedHostWriter writer;

    @BeforeEach
    void startWithAnEmptyDatastore() throws Exception {
        setup();
        writer = new LearnedHostWriter(getDataBroker());
    }

    private void write(final Optional<View> host) throws Exception {
        writer.write(new Batch(Set.of(), Map.of("db", new Summary(1, true)),
            Map.of(SPOT, host.map(view -> new Told(view, SEEN))), Map.of(SPOT, host))).get();
    }

    private List<DualBridge> stored() throws Exception {
        try (var tx = getDataBroker().newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, DataObjectIdentifier.builder(LearnedHosts.class).build())
                .get().map(all -> List.copyOf(all.nonnullDualBridge().values())).orElse(List.of());
        }
    }

    private List<View> recalled() throws Exception {
        // Another one, as after a restart.
        return new LearnedHostWriter(getDataBroker()).recallHosts("db").get();
    }

    @Test
    void hostIsTold() throws Exception {
        write(Optional.of(HOST));

        final var dualBridge = stored().getFirst();
        assertEquals(1, dualBridge.getHosts().intValue());
        assertTrue(dualBridge.getHostLimitReached());
        final var host = dualBridge.nonnullHost().values().iterator().next();
        assertEquals("52:54:00:00:00:01", host.getMac().getValue());
        assertEquals(10, host.getVlan().getValue().intValue());
        assertEquals(Set.of("10.10.1.2", "2001:db8::2"),
            host.getIpAddress().stream().map(address -> address.stringValue()).collect(Collectors.toSet()));
        assertEquals("2026-11-22T10:00:00.123Z", host.getLastSeen().getValue());
        assertEquals(3, host.getMoves().intValue());
        assertTrue(host.getFrozen());
        assertTrue(host.getRouter());
    }

    /** Java takes such an address for an IPv4 one. */
    @Test
    void hostWithAMappedAddressIsToldAndRecalled() throws Exception {
        final var mapped = new View(new Host(HOST.host().mac(), 10, ImmutableList.of(),
            ImmutableList.of(new Ipv6(0, 0xffff_0a00_0001L)), false), 0, 0, false, null);
        write(Optional.of(mapped));
        assertEquals(List.of(mapped), recalled());
    }

    @Test
    void hostIsRecalledAndForgotten() throws Exception {
        assertEquals(List.of(), recalled());
        write(Optional.of(HOST));
        assertEquals(List.of(new View(HOST.host(), 0, 3, true, null)), recalled());

        write(Optional.empty());
        assertEquals(List.of(), recalled());
        assertEquals(Map.of(), stored().getFirst().nonnullHost());
    }

    @Test
    void nothingIsLeftOfADualBridgeThatDoesNotLearn() throws Exception {
        write(Optional.of(HOST));
        writer.write(new Batch(Set.of("db"), Map.of(), Map.of(), Map.of())).get();

        assertEquals(List.of(), recalled());
        assertEquals(List.of(), stored());
    }
}
