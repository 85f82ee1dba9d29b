/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge.Host;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.core.HostTable.View;
import org.dualbridge.frame.Ipv6;
import org.dualbridge.frame.Mac;
import org.dualbridge.run.HostStore;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.WriteTransaction;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.HostMemory;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.LearnedHost;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.LearnedHosts;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.DualBridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.DualBridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.dual.bridge.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.dual.bridge.HostKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnicastMacAddress;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Vlan;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv6AddressNoZone;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;

/** Writes learned hosts to the datastore: what is told of them to the state, what is kept in mind beside the roles. */
public final class LearnedHostWriter implements HostStore {
    private final DataBroker broker;

    /**
     * Writes to a datastore.
     *
     * @param broker the datastore
     */
    public LearnedHostWriter(final DataBroker broker) {
        this.broker = broker;
    }

    @Override
    public ListenableFuture<?> write(final Batch batch) {
        final var state = broker.newWriteOnlyTransaction();
        final var memory = broker.newWriteOnlyTransaction();
        batch.cleared().forEach(name -> {
            state.delete(LogicalDatastoreType.OPERATIONAL, path(name));
            memory.delete(LogicalDatastoreType.CONFIGURATION, memoryPath(name));
        });
        batch.summaries().forEach((name, summary) -> state.mergeParentStructureMerge(LogicalDatastoreType.OPERATIONAL,
            path(name), new DualBridgeBuilder()
                .withKey(new DualBridgeKey(new Name(name)))
                .setHosts(Uint32.valueOf(summary.count()))
                .setHostLimitReached(summary.isFull())
                .build()));
        batch.told().forEach((spot, told) -> tell(state, spot, told));
        batch.kept().forEach((spot, kept) -> keep(memory, spot, kept));
        return Futures.allAsList(state.commit(), memory.commit());
    }

    private static void tell(final WriteTransaction tx, final Spot spot, final Optional<Told> told) {
        final var path = DataObjectIdentifier.builder(LearnedHosts.class)
            .child(DualBridge.class, new DualBridgeKey(new Name(spot.dualBridge())))
            .child(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.learned.hosts.dual.bridge.Host.class,
                key(spot.host()))
            .build();
        told.ifPresentOrElse(
            found -> tx.mergeParentStructurePut(LogicalDatastoreType.OPERATIONAL, path, host(found.view())
                .setLastSeen(StateTerms.time(found.seen()))
                .setExpectedAt(found.view().expectedAt() == null ? null : new Name(found.view().expectedAt()))
                .build()),
            () -> tx.delete(LogicalDatastoreType.OPERATIONAL, path));
    }

    private static void keep(final WriteTransaction tx, final Spot spot, final Optional<View> kept) {
        final var key = key(spot.host());
        final var path = DataObjectIdentifier.builder(HostMemory.class)
            .child(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.DualBridge.class,
                new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.DualBridgeKey(
                    new Name(spot.dualBridge())))
            .child(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.dual.bridge.Host.class,
                new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.dual.bridge.HostKey(
                    key.getMac(), key.getVlan()))
            .build();
        kept.ifPresentOrElse(
            view -> tx.mergeParentStructurePut(LogicalDatastoreType.CONFIGURATION, path,
                new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.dual.bridge.HostBuilder(
                    (LearnedHost) host(view).build()).build()),
            () -> tx.delete(LogicalDatastoreType.CONFIGURATION, path));
    }

    private static HostKey key(final Key host) {
        return new HostKey(new UnicastMacAddress(host.mac().toString()), new Vlan(Uint16.valueOf(host.vlan())));
    }

    private static HostBuilder host(final View view) {
        final var host = view.host();
        return new HostBuilder()
            .withKey(key(Key.of(host)))
            .setIpAddress(Stream.concat(
                host.ipv4().stream().map(bits -> new IpAddressNoZone(
                    new Ipv4AddressNoZone(InetAddresses.fromInteger(bits).getHostAddress()))),
                host.ipv6().stream().map(address -> new IpAddressNoZone(
                    new Ipv6AddressNoZone(address.toString()))))
                .collect(ImmutableSet.toImmutableSet()))
            .setRouter(host.isRouter())
            .setMoves(Uint64.valueOf(view.moves()))
            .setFrozen(view.isFrozen());
    }

    private static DataObjectIdentifier<DualBridge> path(final String name) {
        return DataObjectIdentifier.builder(LearnedHosts.class)
            .child(DualBridge.class, new DualBridgeKey(new Name(name)))
            .build();
    }

    private static DataObjectIdentifier<org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.DualBridge>
            memoryPath(final String name) {
        return DataObjectIdentifier.builder(HostMemory.class)
            .child(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.DualBridge.class,
                new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.host.memory.DualBridgeKey(new Name(name)))
            .build();
    }

    @Override
    public ListenableFuture<List<View>> recallHosts(final String dualBridge) {
        final var tx = broker.newReadOnlyTransaction();
        return tx.read(LogicalDatastoreType.CONFIGURATION, memoryPath(dualBridge))
            .transform(found -> {
                tx.close();
                return found.map(memory -> memory.nonnullHost().values().stream().map(LearnedHostWriter::view).toList())
                    .orElseGet(List::of);
            }, MoreExecutors.directExecutor());
    }

    private static View view(final LearnedHost from) {
        final var addresses = Objects.requireNonNullElse(from.getIpAddress(), Set.<IpAddressNoZone>of());
        final var moves = from.getMoves();
        return new View(new Host(Mac.parse(from.requireMac().getValue()), from.requireVlan().getValue().toJava(),
            addresses.stream().map(IpAddressNoZone::getIpv4AddressNoZone).filter(Objects::nonNull)
                .map(address -> InetAddresses.coerceToInteger(InetAddresses.forString(address.getValue())))
                .collect(ImmutableList.toImmutableList()),
            addresses.stream().map(IpAddressNoZone::getIpv6AddressNoZone).filter(Objects::nonNull)
                .map(address -> Ipv6.parse(address.getValue()))
                .collect(ImmutableList.toImmutableList()),
            Boolean.TRUE.equals(from.getRouter())), 0, moves == null ? 0 : moves.longValue(),
            Boolean.TRUE.equals(from.getFrozen()), null);
    }
}
