/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import java.util.List;
import org.dualbridge.core.PortRef;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NetworkTopology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TopologyId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.Topology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.Link;
import org.opendaylight.yangtools.binding.DataObjectReference;
import org.opendaylight.yangtools.concepts.Registration;

/**
 * Tells what the OpenFlow plugin discovers by LLDP: a link of the topology says that a frame that left by one port came
 * in at another. The receiver is called on OpenDaylight's threads and must return at once.
 */
public final class LinkEvents implements AutoCloseable {
    /** The topology that the OpenFlow plugin writes. */
    private static final TopologyKey FLOW = new TopologyKey(new TopologyId("flow:1"));

    private final Registration registration;

    /** Who is told. */
    public interface Receiver {
        /**
         * A frame that left by one port came in at another.
         *
         * @param from the port that it left by
         * @param to the port that it came in at
         */
        void linkHeard(PortRef from, PortRef to);

        /**
         * That was not so for long, or a port is down or gone.
         *
         * @param from the port that frames left by
         * @param to the port that they came in at
         */
        void linkSilent(PortRef from, PortRef to);
    }

    /**
     * Begins to listen.
     *
     * @param broker the datastore with the topology
     * @param receiver who is told
     */
    public LinkEvents(final DataBroker broker, final Receiver receiver) {
        registration = broker.registerTreeChangeListener(LogicalDatastoreType.OPERATIONAL,
            DataObjectReference.builder(NetworkTopology.class).child(Topology.class, FLOW).child(Link.class).build(),
            changes -> linksChanged(changes, receiver));
    }

    private static void linksChanged(final List<DataTreeModification<Link>> changes, final Receiver receiver) {
        for (final var change : changes) {
            final var after = change.getRootNode().dataAfter();
            final var known = after != null ? after : change.getRootNode().dataBefore();
            if (known == null || known.getSource() == null || known.getDestination() == null) {
                continue;
            }
            final var source = known.getSource().getSourceTp();
            final var destination = known.getDestination().getDestTp();
            if (source == null || destination == null) {
                continue;
            }
            OpenFlowTerms.port(new NodeConnectorId(source.getValue())).ifPresent(from ->
                OpenFlowTerms.port(new NodeConnectorId(destination.getValue())).ifPresent(to -> {
                    if (after != null) {
                        receiver.linkHeard(from, to);
                    } else {
                        receiver.linkSilent(from, to);
                    }
                }));
        }
    }

    @Override
    public void close() {
        registration.close();
    }
}
