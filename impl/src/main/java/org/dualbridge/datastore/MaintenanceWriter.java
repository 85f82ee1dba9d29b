/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import com.google.common.util.concurrent.FluentFuture;
import java.util.Map;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.BridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.BridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;

/** Writes to the configuration which bridges are in maintenance, so that it outlives the controller. */
public final class MaintenanceWriter {
    private final DataBroker broker;

    /**
     * Writes to a datastore.
     *
     * @param broker the datastore
     */
    public MaintenanceWriter(final DataBroker broker) {
        this.broker = broker;
    }

    /**
     * Puts bridges into maintenance or takes them back, all or none.
     *
     * @param bridges their names by dual bridge
     * @param maintenance whether they are in maintenance from now on
     * @return done when it is written
     */
    public FluentFuture<? extends CommitInfo> write(final Map<String, String> bridges, final boolean maintenance) {
        final var tx = broker.newWriteOnlyTransaction();
        bridges.forEach((dualBridge, name) -> {
            final var key = new BridgeKey(new Name(name));
            tx.merge(LogicalDatastoreType.CONFIGURATION, DataObjectIdentifier.builder(DualBridges.class)
                .child(DualBridge.class, new DualBridgeKey(new Name(dualBridge)))
                .child(Bridge.class, key)
                .build(), new BridgeBuilder().withKey(key).setMaintenance(maintenance).build());
        });
        return tx.commit();
    }
}
