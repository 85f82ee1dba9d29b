/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.table;

import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.core.PortRef;
import org.dualbridge.frame.Mac;
import org.dualbridge.frame.Question;

/** What is said to a question for the address of a host, where stations know the hosts by a bridge's MAC address. */
public sealed interface ProxyAnswer {
    /** Nothing: it is not for us to answer. */
    ProxyAnswer NONE = new None();

    /**
     * A frame, to be sent where the question came in.
     *
     * @param frame the frame
     */
    record Reply(byte[] frame) implements ProxyAnswer {
    }

    /**
     * Nothing, since the question is none.
     *
     * @param reason why
     */
    record Discarded(Discard reason) implements ProxyAnswer {
    }

    /** Nothing. */
    record None() implements ProxyAnswer {
    }

    /**
     * Answers. Who asks from behind the bridges may be the host itself, which looks whether somebody else has its
     * address (RFC 5227, section 2.1; RFC 4862, section 5.4): it gets no answer, nor does the same frame where it comes
     * in at another switch of the fabric.
     *
     * @param plan whose addresses are answered for
     * @param mac the active bridge's
     * @param port where the question came in
     * @param frame the question
     * @return the answer
     */
    static ProxyAnswer to(final TablePlan plan, final Mac mac, final PortRef port, final byte[] frame) {
        if (plan.isInner(port)) {
            return NONE;
        }
        return switch (Question.read(frame)) {
            case Question.Unusable(var reason) -> new Discarded(reason);
            case Question.Asked asked -> plan.owner(asked.vlan(), asked.target())
                .<ProxyAnswer>map(host -> new Reply(asked.answer(mac, host.isRouter()))).orElse(NONE);
        };
    }
}
