/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.Samples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;

class LinkMemoryStoreTest extends AbstractConcurrentDataBrokerTest {
    @BeforeEach
    void startWithAnEmptyDatastore() throws Exception {
        setup();
    }

    private Set<Link> recalled() throws Exception {
        // Another one, as after a restart.
        return new LinkMemoryStore(getDataBroker()).recallLinks().get();
    }

    @Test
    void linksAreRecalledAndForgotten() throws Exception {
        final var store = new LinkMemoryStore(getDataBroker());
        assertEquals(Set.of(), recalled());

        store.keepLinks(Set.of(Samples.link(1, 10, 3, 10), Samples.link(3, 11, 4, 10))).get();
        assertEquals(Set.of(Samples.link(1, 10, 3, 10), Samples.link(3, 11, 4, 10)), recalled());

        store.keepLinks(Set.of(Samples.link(3, 11, 4, 10))).get();
        assertEquals(Set.of(Samples.link(3, 11, 4, 10)), recalled());
        store.keepLinks(Set.of()).get();
        assertEquals(Set.of(), recalled());
    }
}
