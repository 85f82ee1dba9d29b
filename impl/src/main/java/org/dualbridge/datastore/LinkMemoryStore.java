/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.Set;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.PortRef;
import org.dualbridge.run.LinkStore;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.LinkMemory;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.LinkMemoryBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.link.memory.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.binding.util.BindingMap;

/** Keeps discovered links in the datastore, beside the roles. */
public final class LinkMemoryStore implements LinkStore {
    private static final DataObjectIdentifier<LinkMemory> PATH =
        DataObjectIdentifier.builder(LinkMemory.class).build();

    private final DataBroker broker;

    /**
     * Keeps links in a datastore.
     *
     * @param broker the datastore
     */
    public LinkMemoryStore(final DataBroker broker) {
        this.broker = broker;
    }

    @Override
    public ListenableFuture<?> keepLinks(final Set<Link> links) {
        final var tx = broker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.CONFIGURATION, PATH, new LinkMemoryBuilder()
            .setLink(BindingMap.of(links.stream()
                .map(link -> new LinkBuilder()
                    .setEndA(new NodeConnectorId(link.endA().toString()))
                    .setEndB(new NodeConnectorId(link.endB().toString()))
                    .build())
                .toList()))
            .build());
        return tx.commit();
    }

    @Override
    public ListenableFuture<Set<Link>> recallLinks() {
        final var tx = broker.newReadOnlyTransaction();
        return tx.read(LogicalDatastoreType.CONFIGURATION, PATH).transform(found -> {
            tx.close();
            return found.<Set<Link>>map(memory -> memory.nonnullLink().values().stream()
                .map(link -> Link.between(PortRef.parse(link.requireEndA().getValue()),
                    PortRef.parse(link.requireEndB().getValue())))
                .collect(ImmutableSet.toImmutableSet())).orElseGet(Set::of);
        }, MoreExecutors.directExecutor());
    }
}
