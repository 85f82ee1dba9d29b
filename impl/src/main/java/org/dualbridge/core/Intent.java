/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import org.eclipse.jdt.annotation.Nullable;

/**
 * Where the frames to the hosts are meant to go. With the configuration, it determines every entry of every switch.
 *
 * @param epoch grows with every change
 * @param active the attachment, {@code null} before the first election
 */
public record Intent(long epoch, @Nullable PortRef active) {
}
