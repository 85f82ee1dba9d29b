/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.Heartbeat.Answer;
import org.dualbridge.frame.Heartbeat.Reading;
import org.dualbridge.frame.Heartbeat.Unusable;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What probes carry that come back as they were sent.
 *
 * <pre>
 *  octets  field
 *   4      "DBHB"
 *   1      version 1
 *   3      zero
 *   8      controller: a random number, new at every start
 *   8      datapath id of the attachment's switch
 *   4      port of the attachment
 *   8      round
 *  (33)    seal, where there are keys, see {@link Seal}
 * </pre>
 *
 * <p>The seal says that a controller with the key made the probe, not who sent it back. Whoever does not hear a probe
 * cannot make its answer up; whoever hears it could send it back himself.
 */
public final class Payload {
    private static final int MAGIC = 0x44424842;
    private static final int VERSION = 1 << 24;
    private static final int LENGTH = 36;

    private final long controller;
    private final long datapath;
    private final int port;
    private final @Nullable Seal seal;

    /**
     * Sets what all probes of an attachment share.
     *
     * @param controller a number that no other controller and no earlier start uses
     * @param datapath datapath id of the attachment's switch
     * @param port port number of the attachment
     * @param keys keys to authenticate probes with
     */
    public Payload(final long controller, final long datapath, final int port, final Keyring keys) {
        this.controller = controller;
        this.datapath = datapath;
        this.port = port;
        seal = keys.secrets().isEmpty() ? null : new Seal(keys);
    }

    int length() {
        return seal == null ? LENGTH : LENGTH + Seal.LENGTH;
    }

    void write(final ByteBuffer to, final long round) {
        final var begin = to.position();
        to.putInt(MAGIC).putInt(VERSION).putLong(controller).putLong(datapath).putInt(port).putLong(round);
        if (seal != null) {
            seal.write(to, begin);
        }
    }

    /** Reads what came back; octets behind it are padding. */
    Reading read(final ByteBuffer from) {
        final var begin = from.position();
        if (from.remaining() < LENGTH || from.getInt() != MAGIC || from.getInt() != VERSION) {
            return new Unusable(Discard.MALFORMED);
        }
        if (from.getLong() != controller || from.getLong() != datapath || from.getInt() != port) {
            return new Unusable(Discard.FOREIGN);
        }
        final var round = from.getLong();
        return seal == null || seal.holds(from, begin) ? new Answer(round, -1L) : new Unusable(Discard.UNAUTHENTIC);
    }
}
