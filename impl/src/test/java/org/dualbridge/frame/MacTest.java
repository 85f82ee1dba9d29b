/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacTest {
    @ParameterizedTest
    @ValueSource(strings = { "00:00:00:00:00:00", "52:54:00:12:34:56", "80:00:00:00:00:01", "ff:ff:ff:ff:ff:ff" })
    void whatIsReadIsWrittenAlike(final String text) {
        assertEquals(text, Mac.parse(text).toString());
    }

    @Test
    void capitalsAreRead() {
        assertEquals(new Mac(0xaabb_ccdd_eeffL), Mac.parse("AA:bb:CC:dd:EE:ff"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "52:54:00:12:34", "52:54:00:12:34:56:78", "52-54-00-12-34-56", "525400123456",
        "5g:54:00:12:34:56", " 52:54:00:12:34:56", "52:54:00:12:34:56\n", "+2:54:00:12:34:56" })
    void anythingElseIsRefused(final String text) {
        assertThrows(IllegalArgumentException.class, () -> Mac.parse(text));
    }

    @Test
    void moreThan48BitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Mac(1L << 48));
        assertThrows(IllegalArgumentException.class, () -> new Mac(-1));
    }

    @Test
    void groupBitOfTheFirstOctetTellsMulticast() {
        assertTrue(Mac.BROADCAST.isGroup());
        assertTrue(Mac.parse("01:00:5e:00:00:01").isGroup());
        assertFalse(Mac.parse("02:ff:ff:ff:ff:ff").isGroup());
    }

    @Test
    void addressesAreOrderedByTheirOctets() {
        assertTrue(Mac.parse("52:54:00:00:00:01").compareTo(Mac.parse("52:54:00:00:00:02")) < 0);
        assertTrue(Mac.parse("fe:00:00:00:00:00").compareTo(Mac.parse("02:ff:ff:ff:ff:ff")) > 0);
    }
}
