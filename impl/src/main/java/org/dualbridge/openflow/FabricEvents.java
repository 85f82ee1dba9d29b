/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.eclipse.jdt.annotation.NonNull;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataObjectModification;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.openflowplugin.api.openflow.device.DeviceInfo;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeService;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeServiceManager;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.inventory.rev130819.FlowCapableNodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketReceived;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.binding.DataObjectReference;
import org.opendaylight.yangtools.binding.KeyStep;
import org.opendaylight.yangtools.concepts.Registration;

/**
 * Tells what happens in the fabric: switches that come and go, links, frames handed up. The receiver is called on
 * OpenDaylight's threads and must return at once.
 */
public final class FabricEvents implements AutoCloseable {
    private final List<Registration> registrations;
    /** Ports that frames came in at, by their ids: a few, each read with every frame. */
    private final Map<NodeConnectorId, Optional<PortRef>> ports = new ConcurrentHashMap<>();

    /** Who is told. */
    public interface Receiver {
        /**
         * The controller became master of a switch.
         *
         * @param node its datapath id
         */
        void switchConnected(long node);

        /**
         * The control channel of a switch is gone, or another controller is its master.
         *
         * @param node its datapath id
         */
        void switchDisconnected(long node);

        /**
         * A port appeared, or its link changed.
         *
         * @param port the port
         * @param up whether its link is up
         * @param address its hardware address, {@code null} where the switch tells none
         */
        void linkChanged(PortRef port, boolean up, @Nullable Mac address);

        /**
         * Some switch told the state of a link; {@link #linkChanged}, or {@link #portRemoved}, will tell the same, with
         * the switch, later.
         *
         * @param number number of the port
         * @param address hardware address of the port
         * @param up whether its link is up
         */
        void linkHeard(long number, Mac address, boolean up);

        /**
         * A port was removed from a switch, or its switch is gone.
         *
         * @param port the port
         */
        void portRemoved(PortRef port);

        /**
         * A frame was handed up by a flow.
         *
         * @param port where it came in
         * @param cookie the flow's cookie
         * @param frame the frame, without FCS
         */
        void frameReceived(PortRef port, long cookie, byte[] frame);
    }

    /**
     * Begins to listen.
     *
     * @param broker the datastore with the inventory
     * @param notifications where frames are told
     * @param masterships where switches are told
     * @param receiver who is told
     */
    public FabricEvents(final DataBroker broker, final NotificationService notifications,
            final MastershipChangeServiceManager masterships, final Receiver receiver) {
        registrations = List.of(
            // Ports first, so that a switch that is already there comes with its ports.
            broker.registerTreeChangeListener(LogicalDatastoreType.OPERATIONAL,
                DataObjectReference.builder(Nodes.class).child(Node.class).child(NodeConnector.class).build(),
                changes -> portsChanged(changes, receiver)),
            notifications.registerListener(PacketReceived.class, packet -> received(packet, receiver), Runnable::run),
            masterships.register(new MastershipChangeService() {
                @Override
                public void onBecomeOwner(final @NonNull DeviceInfo device) {
                    OpenFlowTerms.node(device.getNodeId().getValue()).ifPresent(receiver::switchConnected);
                }

                @Override
                public void onLoseOwnership(final @NonNull DeviceInfo device) {
                    OpenFlowTerms.node(device.getNodeId().getValue()).ifPresent(receiver::switchDisconnected);
                }
            }));
    }

    private static void portsChanged(final List<DataTreeModification<NodeConnector>> changes,
            final Receiver receiver) {
        for (final var change : changes) {
            final DataObjectModification<NodeConnector> root = change.getRootNode();
            final var after = root.dataAfter();
            final var known = after != null ? after : root.dataBefore();
            if (known == null) {
                continue;
            }
            OpenFlowTerms.port(known.requireId()).ifPresent(port -> {
                if (after == null) {
                    receiver.portRemoved(port);
                    return;
                }
                final var details = after.augmentation(FlowCapableNodeConnector.class);
                if (details != null) {
                    final var state = details.getState();
                    final var config = details.getConfiguration();
                    final var address = details.getHardwareAddress();
                    receiver.linkChanged(port, (state == null || !Boolean.TRUE.equals(state.getLinkDown()))
                        && (config == null || !Boolean.TRUE.equals(config.getPORTDOWN())),
                        address == null ? null : Mac.parse(address.getValue()));
                }
            });
        }
    }

    private void received(final PacketReceived packet, final Receiver receiver) {
        final var cookie = packet.getFlowCookie();
        final var ingress = packet.getIngress();
        final var frame = packet.getPayload();
        if (cookie == null || ingress == null || frame == null
                || !(ingress.getValue() instanceof DataObjectIdentifier<?> path)) {
            return;
        }
        for (final var step : path.steps()) {
            if (step instanceof KeyStep<?, ?> keyStep && keyStep.key() instanceof NodeConnectorKey key) {
                ports.computeIfAbsent(key.getId(), OpenFlowTerms::port).ifPresent(port ->
                    receiver.frameReceived(port, cookie.getValue().longValue(), frame));
            }
        }
    }

    @Override
    public void close() {
        registrations.reversed().forEach(Registration::close);
    }
}
