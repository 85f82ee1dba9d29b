/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.platform;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.promise.Promises;

/** The encryption service is started where it missed its start, and only there. */
class EncryptionServiceStarterTest {
    private final ServiceComponentRuntime components = mock();
    private final BundleContext context = mock();
    private final ComponentDescriptionDTO configurator = new ComponentDescriptionDTO();
    private final ComponentConfigurationDTO instance = new ComponentConfigurationDTO();
    private EncryptionServiceStarter starter;

    @BeforeEach
    void begin() {
        final var other = new ComponentDescriptionDTO();
        other.name = "org.example.Other";
        configurator.name = EncryptionServiceStarter.CONFIGURATOR;
        instance.state = ComponentConfigurationDTO.ACTIVE;
        when(components.getComponentDescriptionDTOs()).thenReturn(List.of(other, configurator));
        when(components.getComponentConfigurationDTOs(configurator)).thenReturn(List.of(instance));
        when(components.disableComponent(configurator)).thenReturn(Promises.resolved(null));
        starter = new EncryptionServiceStarter(components, context);
    }

    @AfterEach
    void end() {
        starter.stop();
    }

    @Test
    void whatMissedItsStartIsRestarted() {
        starter.check();
        verify(components, never()).disableComponent(any());
        starter.check();
        final var order = inOrder(components);
        order.verify(components).disableComponent(configurator);
        order.verify(components).enableComponent(configurator);
    }

    @Test
    void restartedOneHasTimeToStart() {
        starter.check();
        starter.check();
        starter.check();
        verify(components).disableComponent(configurator);
        starter.check();
        verify(components, times(2)).disableComponent(configurator);
    }

    @Test
    void oneThatWaitsItselfIsLeftAlone() {
        instance.state = ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
        starter.check();
        starter.check();
        instance.state = ComponentConfigurationDTO.ACTIVE;
        starter.check();
        verify(components, never()).disableComponent(any());
    }

    @Test
    void serviceThatIsThereIsLeftAlone() {
        final ServiceReference<?> service = mock();
        when(context.getServiceReference(EncryptionServiceStarter.SERVICE)).thenAnswer(call -> service);
        starter.check();
        starter.check();
        verify(components, never()).disableComponent(any());
    }
}
