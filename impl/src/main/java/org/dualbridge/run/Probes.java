/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableMap;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Bridge;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.ArpHeartbeat;
import org.dualbridge.frame.Heartbeat;
import org.dualbridge.frame.ReflectHeartbeat;
import org.dualbridge.table.TablePlan;

/** Makes the heartbeats that a configuration asks for. */
final class Probes {
    private Probes() {
        // makes only
    }

    static ImmutableMap<PortRef, Heartbeat> of(final DualBridge config, final long controller) {
        final var heartbeats = ImmutableMap.<PortRef, Heartbeat>builder();
        if (config.heartbeat().method().probes()) {
            config.bridges().forEach(bridge -> bridge.attachments().forEach(attachment ->
                heartbeats.put(attachment.port(), of(config, bridge, attachment.port(), controller))));
        }
        return heartbeats.build();
    }

    private static Heartbeat of(final DualBridge config, final Bridge bridge, final PortRef port,
            final long controller) {
        final var target = bridge.target();
        final var mac = target.mac();
        return switch (config.heartbeat().method()) {
            case REFLECT -> new ReflectHeartbeat(mac == null ? ReflectHeartbeat.DESTINATION : mac, target.vlan(),
                controller, port.datapath(), (int) port.number());
            case ARP -> {
                if (mac == null) {
                    throw new IllegalArgumentException("bridge " + bridge.name() + " has no MAC address to probe");
                }
                yield new ArpHeartbeat(mac, target.ipv4(), target.vlan(), TablePlan.arpSource(port));
            }
            case PORT, EXTERNAL -> throw new IllegalArgumentException(config.heartbeat().method() + " sends no probes");
        };
    }
}
