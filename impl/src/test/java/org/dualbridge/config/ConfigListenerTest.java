/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import static org.dualbridge.config.Configurations.valid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataObjectModification;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;

class ConfigListenerTest {
    private final List<String> configured = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private final ConfigListener listener = new ConfigListener(config -> {
        if ("bad".equals(config.name())) {
            throw new IllegalArgumentException("is bad");
        }
        configured.add(config.name());
    }, removed::add);

    private static DualBridge named(final String name) {
        return valid().setName(new Name(name)).build();
    }

    @SuppressWarnings("unchecked")
    private static DataTreeModification<DualBridge> change(final @Nullable DualBridge before,
            final @Nullable DualBridge after) {
        final var root = mock(DataObjectModification.class);
        doReturn(before).when(root).dataBefore();
        doReturn(after).when(root).dataAfter();
        final var change = (DataTreeModification<DualBridge>) mock(DataTreeModification.class);
        doReturn(root).when(change).getRootNode();
        return change;
    }

    @Test
    void oneThatCannotBeReadHidesNoOther() {
        listener.onDataTreeChanged(List.of(change(null, named("one")), change(null, named("bad")),
            change(named("two"), null), change(named("three"), named("three"))));

        assertEquals(List.of("one", "three"), configured);
        assertEquals(List.of("two"), removed);
    }
}
