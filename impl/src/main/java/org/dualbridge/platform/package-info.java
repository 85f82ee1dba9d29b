/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/** What OpenDaylight needs help with. */
@org.eclipse.jdt.annotation.NonNullByDefault
package org.dualbridge.platform;
