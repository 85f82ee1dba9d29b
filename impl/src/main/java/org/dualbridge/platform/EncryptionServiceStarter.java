/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.platform;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts OpenDaylight's encryption service where that missed its start. RESTCONF waits for it, and the OpenFlow plugin
 * for both: without it a controller that was restarted never listens for switches.
 *
 * <p>Its configurator listens for its configuration from within its constructor. If the one notification that there is
 * comes before the constructor ends, it is ignored ("Skipping instance update due to shutdown"): AAA 0.21.2, and still
 * in 0.23.4. A component that is disabled and enabled is notified again.
 */
@Component(immediate = true, service = {})
public final class EncryptionServiceStarter {
    static final String SERVICE = "org.opendaylight.aaa.encrypt.AAAEncryptionService";
    static final String CONFIGURATOR = "org.opendaylight.aaa.encrypt.impl.OSGiEncryptionServiceConfigurator";

    private static final Logger LOG = LoggerFactory.getLogger(EncryptionServiceStarter.class);
    /** A service that does start does so within a tenth of it. */
    private static final int PATIENCE_SECONDS = 2;

    private final ServiceComponentRuntime components;
    private final BundleContext context;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
        new ThreadFactoryBuilder().setNameFormat("dualbridge-encryption-service").setDaemon(true).build());
    private boolean isLate;

    /**
     * Begins to watch, until the service is there.
     *
     * @param components what restarts the configurator
     * @param context where services are looked for
     */
    @Activate
    public EncryptionServiceStarter(@Reference final ServiceComponentRuntime components, final BundleContext context) {
        this.components = components;
        this.context = context;
        timer.scheduleWithFixedDelay(this::check, PATIENCE_SECONDS, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends the watch. */
    @Deactivate
    public void stop() {
        timer.shutdownNow();
    }

    void check() {
        if (context.getServiceReference(SERVICE) != null) {
            timer.shutdown();
            return;
        }
        final var configurator = components.getComponentDescriptionDTOs().stream()
            .filter(component -> component.name.equals(CONFIGURATOR)).filter(this::isActive).findFirst();
        if (isLate && configurator.isPresent()) {
            LOG.warn("The encryption service missed its start, which RESTCONF and switches wait for: starting it");
            restart(configurator.orElseThrow());
            isLate = false;
        } else {
            isLate = configurator.isPresent();
        }
    }

    private boolean isActive(final ComponentDescriptionDTO component) {
        return components.getComponentConfigurationDTOs(component).stream()
            .anyMatch(instance -> instance.state == ComponentConfigurationDTO.ACTIVE);
    }

    private void restart(final ComponentDescriptionDTO component) {
        components.disableComponent(component).onResolve(() -> components.enableComponent(component));
    }
}
