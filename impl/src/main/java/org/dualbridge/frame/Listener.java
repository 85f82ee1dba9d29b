/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import org.dualbridge.frame.Heartbeat.Reading;

/** Reads the signs of life that come in at one attachment. */
public sealed interface Listener permits BfdListener, Heartbeat, Responder, VrrpListener {
    /**
     * Reads what may be a sign of life. Any octets are allowed.
     *
     * @param frame the frame, without FCS
     * @return what it is
     */
    Reading read(byte[] frame);
}
