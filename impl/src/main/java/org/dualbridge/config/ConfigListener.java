/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import java.util.List;
import java.util.function.Consumer;
import org.dualbridge.core.DualBridge;
import org.opendaylight.mdsal.binding.api.DataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears of dual bridges that are configured, changed and removed. */
public final class ConfigListener implements
        DataTreeChangeListener<org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge> {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigListener.class);

    private final Consumer<DualBridge> configured;
    private final Consumer<String> removed;

    /**
     * Tells of changes.
     *
     * @param configured told a dual bridge that is configured, or changed
     * @param removed told the name of one that is no longer
     */
    public ConfigListener(final Consumer<DualBridge> configured, final Consumer<String> removed) {
        this.configured = configured;
        this.removed = removed;
    }

    @Override
    public void onDataTreeChanged(final List<DataTreeModification<
            org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge>> changes) {
        changes.forEach(this::changed);
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private void changed(final DataTreeModification<
            org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge> change) {
        final var root = change.getRootNode();
        try {
            final var after = root.dataAfter();
            final var before = root.dataBefore();
            if (after != null) {
                configured.accept(ConfigReader.read(after));
            } else if (before != null) {
                removed.accept(before.requireName().getValue());
            }
        } catch (RuntimeException e) {
            // At a start all of them come together: one that cannot be read must not hide the others.
            LOG.error("{}: is not configured, as it cannot be read", change.path(), e);
        }
    }
}
