/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;

/**
 * Authenticates octets by HMAC-SHA-256 (RFC 2104, RFC 6234). Not for several threads at once.
 *
 * <pre>
 *  octets  field
 *   1      number of the key
 *   32     HMAC of the octets before, the number of the key included
 * </pre>
 */
final class Seal {
    static final int LENGTH = 33;

    private static final String ALGORITHM = "HmacSHA256";

    private final Map<Integer, javax.crypto.Mac> keys = new HashMap<>();
    private final int active;

    Seal(final Keyring keyring) {
        keyring.secrets().forEach((id, secret) -> keys.put(id, key(secret)));
        active = keyring.active();
    }

    private static javax.crypto.Mac key(final String secret) {
        try {
            final var key = javax.crypto.Mac.getInstance(ALGORITHM);
            key.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /**
     * Puts the seal behind what it is for.
     *
     * @param to where it is written
     * @param begin position of the first octet that it is for
     */
    void write(final ByteBuffer to, final int begin) {
        to.put((byte) active);
        to.put(hmac(keys.get(active), to, begin));
    }

    /**
     * Reads a seal.
     *
     * @param from where it begins, behind what it is for
     * @param begin position of the first octet that it is for
     * @return whether it is right, by any of the keys
     */
    boolean holds(final ByteBuffer from, final int begin) {
        if (from.remaining() < LENGTH) {
            return false;
        }
        final var key = keys.get(Byte.toUnsignedInt(from.get()));
        if (key == null) {
            return false;
        }
        final var expected = hmac(key, from, begin);
        final var found = new byte[expected.length];
        from.get(found);
        // In a time that does not tell how much of it is right.
        return MessageDigest.isEqual(expected, found);
    }

    /** Computes the HMAC of what is between a position and the buffer's own. */
    private static byte[] hmac(final javax.crypto.Mac key, final ByteBuffer octets, final int begin) {
        key.update(octets.slice(begin, octets.position() - begin));
        return key.doFinal();
    }
}
