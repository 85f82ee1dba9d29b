/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.dualbridge.frame.Mac;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.openflowjava.protocol.api.extensibility.OFDeserializer;
import org.opendaylight.openflowjava.protocol.spi.connection.SwitchConnectionProvider;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.common.types.rev130731.PortReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.openflow.protocol.rev130731.PortStatusMessage;

class PortStatusTapTest {
    private static final Mac ADDRESS = Mac.parse("52:54:00:00:00:07");
    private static final int OCTETS = 76;
    private static final int REASON = 4;
    private static final int NUMBER = 12;
    private static final int HARDWARE_ADDRESS = 20;
    private static final int STATE = 48;
    private static final int LINK_DOWN = 1;

    private final FabricEvents.Receiver receiver = mock();
    private OFDeserializer<PortStatusMessage> wire;

    @BeforeEach
    @SuppressWarnings("unchecked")
    void open() {
        final SwitchConnectionProvider connections = mock();
        final var registered = ArgumentCaptor.forClass(OFDeserializer.class);
        new PortStatusTap(receiver).open(connections);
        verify(connections).registerDeserializer(any(), registered.capture());
        wire = registered.getValue();
        clearInvocations(receiver);
    }

    /** Port 7, less the message's type (OpenFlow 1.3.5, sections 7.2.1 and 7.4.3). */
    private static ByteBuf message(final PortReason reason, final int state) {
        final var bytes = Unpooled.buffer(OCTETS).writeZero(OCTETS).setByte(REASON, reason.getIntValue())
            .setInt(NUMBER, 7).setInt(STATE, state);
        return bytes.setShort(HARDWARE_ADDRESS, (int) (ADDRESS.bits() >> 32))
            .setInt(HARDWARE_ADDRESS + 2, (int) ADDRESS.bits());
    }

    @Test
    void linkIsToldAsItIs() {
        wire.deserialize(message(PortReason.OFPPRMODIFY, LINK_DOWN));
        verify(receiver).linkHeard(7, ADDRESS, false);

        wire.deserialize(message(PortReason.OFPPRMODIFY, 0));
        verify(receiver).linkHeard(7, ADDRESS, true);
    }

    @Test
    void portThatIsDeletedIsDown() {
        wire.deserialize(message(PortReason.OFPPRDELETE, 0));

        verify(receiver).linkHeard(7, ADDRESS, false);
    }

    @Test
    void portThatIsAddedWaitsForTheInventory() {
        wire.deserialize(message(PortReason.OFPPRADD, 0));

        verify(receiver, never()).linkHeard(anyLong(), any(), anyBoolean());
    }
}
