/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.dualbridge.frame.Mac;
import org.opendaylight.openflowjava.protocol.api.extensibility.OFDeserializer;
import org.opendaylight.openflowjava.protocol.api.keys.MessageCodeKey;
import org.opendaylight.openflowjava.protocol.api.util.EncodeConstants;
import org.opendaylight.openflowjava.protocol.impl.deserialization.factories.PortStatusMessageFactory;
import org.opendaylight.openflowjava.protocol.spi.connection.SwitchConnectionProvider;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.common.types.rev130731.PortReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.protocol.rev130731.PortStatusMessage;

/**
 * Hears port-status messages (OpenFlow 1.3.5, section 7.4.3) as they are read from the wire. The plugin for OpenFlow
 * tells them by the inventory only, a datastore transaction and some threads later: 10 ms on an idle machine, 30 ms on
 * a busy one, while frames are lost. A port that is deleted is down; one that is added waits for the inventory, since
 * only that knows of which switch it is.
 */
public final class PortStatusTap {
    private static final MessageCodeKey PORT_STATUS =
        new MessageCodeKey(EncodeConstants.OF_VERSION_1_3, 12, PortStatusMessage.class);
    /** A message without its type: xid (4 octets), reason (1), padding (7), the port (64). */
    private static final int OCTETS = 76;
    private static final int REASON = 4;

    private final FabricEvents.Receiver receiver;

    /**
     * Makes a tap that is connected nowhere.
     *
     * @param receiver who is told
     */
    public PortStatusTap(final FabricEvents.Receiver receiver) {
        this.receiver = receiver;
    }

    /**
     * Begins to listen.
     *
     * @param connections where switches connect
     */
    public void open(final SwitchConnectionProvider connections) {
        final var reader = new PortStatusMessageFactory();
        connections.registerDeserializer(PORT_STATUS, (OFDeserializer<PortStatusMessage>) (final ByteBuf raw) -> {
            final var message = reader.deserialize(raw);
            tell(message);
            return message;
        });
        // Of a port that no switch has: code that is loaded now is not loaded when a link goes down.
        tell(reader.deserialize(Unpooled.buffer(OCTETS).writeZero(OCTETS)
            .setByte(REASON, PortReason.OFPPRMODIFY.getIntValue())));
    }

    /**
     * Listens no more.
     *
     * @param connections where switches connect
     */
    public static void close(final SwitchConnectionProvider connections) {
        connections.registerDeserializer(PORT_STATUS, new PortStatusMessageFactory());
    }

    private void tell(final PortStatusMessage message) {
        final var reason = message.getReason();
        final var number = message.getPortNo();
        final var address = message.getHwAddr();
        final var state = message.getState();
        final var config = message.getConfig();
        if ((reason == PortReason.OFPPRMODIFY || reason == PortReason.OFPPRDELETE) && number != null && address != null
                && state != null && config != null) {
            receiver.linkHeard(number.toJava(), Mac.parse(address.getValue()), reason == PortReason.OFPPRMODIFY
                && !Boolean.TRUE.equals(state.getLinkDown()) && !Boolean.TRUE.equals(config.getPortDown()));
        }
    }
}
