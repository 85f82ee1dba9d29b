/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import com.google.common.collect.ImmutableMap;

/**
 * Secrets that probes are authenticated with. All of them are taken in answers, so that they can be renewed one by one.
 *
 * @param secrets the secrets by the number of their key, 0..255; none for probes without authentication
 * @param active number of the key that probes are sent with
 */
public record Keyring(ImmutableMap<Integer, String> secrets, int active) {
    /** No keys. */
    public static final Keyring EMPTY = new Keyring(ImmutableMap.of(), 0);

    /** Tells no secrets. */
    @Override
    public String toString() {
        return "keys " + secrets.keySet() + ", active " + active;
    }
}
