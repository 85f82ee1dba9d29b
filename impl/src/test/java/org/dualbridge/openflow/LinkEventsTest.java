/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dualbridge.core.PortRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.LinkId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NetworkTopology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NodeId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TopologyId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TpId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.link.attributes.DestinationBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.link.attributes.SourceBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.Topology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.Link;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.LinkKey;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;

class LinkEventsTest extends AbstractConcurrentDataBrokerTest implements LinkEvents.Receiver {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private LinkEvents events;

    @Override
    public void linkHeard(final PortRef from, final PortRef to) {
        told.add(from + " > " + to);
    }

    @Override
    public void linkSilent(final PortRef from, final PortRef to) {
        told.add(from + " | " + to);
    }

    @BeforeEach
    void listen() throws Exception {
        setup();
        events = new LinkEvents(getDataBroker(), this);
    }

    @AfterEach
    void close() {
        events.close();
    }

    private static DataObjectIdentifier<Link> path(final String topology, final String from) {
        return DataObjectIdentifier.builder(NetworkTopology.class)
            .child(Topology.class, new TopologyKey(new TopologyId(topology)))
            .child(Link.class, new LinkKey(new LinkId(from)))
            .build();
    }

    /** As the OpenFlow plugin writes it: the port that a frame leaves by names the link. */
    private void write(final String topology, final String from, final String to) throws Exception {
        final var tx = getDataBroker().newWriteOnlyTransaction();
        tx.mergeParentStructureMerge(LogicalDatastoreType.OPERATIONAL, path(topology, from), new LinkBuilder()
            .setLinkId(new LinkId(from))
            .setSource(new SourceBuilder().setSourceNode(new NodeId(node(from))).setSourceTp(new TpId(from)).build())
            .setDestination(new DestinationBuilder().setDestNode(new NodeId(node(to))).setDestTp(new TpId(to)).build())
            .build());
        tx.commit().get();
    }

    private static String node(final String port) {
        return port.substring(0, port.lastIndexOf(':'));
    }

    private String next() throws Exception {
        return told.poll(5, TimeUnit.SECONDS);
    }

    @Test
    void linksOfTheTopologyAreTold() throws Exception {
        write("flow:1", "openflow:1:10", "openflow:2:10");
        assertEquals("openflow:1:10 > openflow:2:10", next());

        // The cable was moved.
        write("flow:1", "openflow:1:10", "openflow:3:11");
        assertEquals("openflow:1:10 > openflow:3:11", next());

        final var tx = getDataBroker().newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.OPERATIONAL, path("flow:1", "openflow:1:10"));
        tx.commit().get();
        assertEquals("openflow:1:10 | openflow:3:11", next());
    }

    @Test
    void othersAreNot() throws Exception {
        write("ovsdb:1", "openflow:1:10", "openflow:2:10");
        write("flow:1", "host:1:10", "openflow:2:10");
        write("flow:1", "openflow:1:11", "openflow:2:11");

        assertEquals("openflow:1:11 > openflow:2:11", next());
    }
}
