/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ipv6Test {
    /** The examples of RFC 5952, section 4. */
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    })
    void textIsTheShortestAndIsReadAgain(final String text, final String shortest) {
        assertEquals(shortest, Ipv6.parse(text).toString());
        assertEquals(Ipv6.parse(text), Ipv6.parse(shortest));
    }

    @Test
    void mappedAddressStaysOfThatFamily() {
        assertEquals(new Ipv6(0, 0xffff_0a00_0001L), Ipv6.parse("::ffff:10.0.0.1"));
        assertEquals("::ffff:a00:1", Ipv6.parse("::ffff:10.0.0.1").toString());
        assertThrows(IllegalArgumentException.class, () -> Ipv6.parse("10.0.0.1"));
    }
}
