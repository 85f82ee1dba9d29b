/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Variations of frames, for tests. */
final class Frames {
    private Frames() {
        // makes frames only
    }

    /** Changes one octet of a copy. */
    static byte[] with(final byte[] frame, final int at, final int value) {
        final var changed = frame.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /** Makes every truncation of a frame, frames with random octets, and random frames; always the same ones. */
    static List<byte[]> hostile(final byte[] frame) {
        final var frames = new ArrayList<byte[]>();
        for (int length = 0; length <= frame.length; length++) {
            frames.add(Arrays.copyOf(frame, length));
        }
        final var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            frames.add(with(frame, random.nextInt(frame.length), random.nextInt(256)));
            final var noise = new byte[random.nextInt(100)];
            random.nextBytes(noise);
            frames.add(noise);
        }
        return frames;
    }
}
