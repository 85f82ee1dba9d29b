/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.config;

import com.google.common.util.concurrent.FluentFuture;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.dom.adapter.AdapterContext;
import org.opendaylight.mdsal.common.api.DataValidationFailedException;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.common.api.PostCanCommitStep;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCandidate;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohort;
import org.opendaylight.mdsal.dom.api.DOMDataTreeIdentifier;
import org.opendaylight.netconf.api.NetconfDocumentedException;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.common.ErrorSeverity;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;

/**
 * Takes part in every commit of a configuration and refuses what breaks a rule, so that nothing of it is stored.
 *
 * <p>The reason travels as a {@link NetconfDocumentedException}, the one exception whose message RESTCONF hands on.
 */
public final class ConfigCohort implements DOMDataTreeCommitCohort {
    private static final YangInstanceIdentifier PATH = YangInstanceIdentifier.of(DualBridges.QNAME);
    private static final DOMDataTreeIdentifier TREE =
        DOMDataTreeIdentifier.of(LogicalDatastoreType.CONFIGURATION, PATH);

    private final AdapterContext codec;

    private ConfigCohort(final AdapterContext codec) {
        this.codec = codec;
    }

    /**
     * Begins to take part.
     *
     * @param broker the datastore
     * @param codec translates its data
     * @return what ends it
     * @throws IllegalStateException if the datastore has no place for cohorts
     */
    public static Registration register(final DOMDataBroker broker, final AdapterContext codec) {
        final var extension = broker.extension(DOMDataBroker.CommitCohortExtension.class);
        if (extension == null) {
            throw new IllegalStateException("the datastore does not let a configuration be checked at commit");
        }
        return extension.registerCommitCohort(TREE, new ConfigCohort(codec));
    }

    @Override
    public FluentFuture<PostCanCommitStep> canCommit(final Object txId, final EffectiveModelContext ctx,
            final Collection<DOMDataTreeCandidate> candidates) {
        for (final var candidate : candidates) {
            final var broken = check(candidate.getRootNode().dataAfter());
            if (broken.isPresent()) {
                final var message = broken.orElseThrow();
                return FluentFutures.immediateFailedFluentFuture(new DataValidationFailedException(
                    DOMDataTreeIdentifier.class, TREE, message, new NetconfDocumentedException(message,
                        ErrorType.APPLICATION, ErrorTag.INVALID_VALUE, ErrorSeverity.ERROR, Map.of())));
            }
        }
        return PostCanCommitStep.NOOP_SUCCESSFUL_FUTURE;
    }

    private Optional<String> check(final @Nullable NormalizedNode after) {
        if (after == null) {
            return Optional.empty();
        }
        final var entry = codec.currentSerializer().fromNormalizedNode(PATH, after);
        return ConfigRules.firstBroken((DualBridges) entry.getValue());
    }
}
