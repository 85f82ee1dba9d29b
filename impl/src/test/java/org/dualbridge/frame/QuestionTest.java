/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.frame;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.HexFormat;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.frame.HostFrame.V4;
import org.dualbridge.frame.HostFrame.V6;
import org.dualbridge.frame.Question.Asked;
import org.dualbridge.frame.Question.Unusable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden octets: those of questions as Linux sends them, those of answers as tshark finds them valid. */
class QuestionTest {
    private static final Mac BRIDGE = Mac.parse("52:54:00:00:00:0a");
    private static final Mac ASKER = Mac.parse("52:54:00:ff:00:01");
    private static final Ipv6 HOST = new Ipv6(0x2001_0db8_0000_0000L, 1);
    private static final Ipv6 STATION = new Ipv6(0x2001_0db8_0000_0000L, 0xff);
    private static final Ipv6 SOLICITED_NODE = new Ipv6(0xff02L << 48, 0x1_ff00_0001L);
    private static final Mac SOLICITED_MAC = Mac.parse("33:33:ff:00:00:01");
    private static final String WHO_HAS = "ffffffffffff" + "525400ff0001" + "0806" + "0001" + "0800" + "0604" + "0001"
        + "525400ff0001" + "0a0000fe" + "000000000000" + "0a000001";
    private static final String IPV6 = "86dd" + "60000000" + "0020" + "3a" + "ff";
    private static final String HOST_IP = "20010db8000000000000000000000001";
    private static final String STATION_IP = "20010db80000000000000000000000ff";

    private static Question read(final String octets) {
        return Question.read(HexFormat.of().parseHex(octets));
    }

    private static byte[] solicitation(final Ipv6 source, final Ipv6 destination, final Ipv6 target, final Mac from) {
        return new NeighbourMessage(135, source, destination, 0, target, from).frame(SOLICITED_MAC, from, 0);
    }

    /** A solicitation without the option of its source's address, as in duplicate address detection. */
    private static String probe(final String destination, final String checksum) {
        return "3333ff000001" + "525400ff0001" + "86dd" + "60000000" + "0018" + "3a" + "ff" + "00".repeat(16)
            + destination + "87" + "00" + checksum + "00000000" + HOST_IP;
    }

    private static String answer(final Question question, final boolean isRouter) {
        return HexFormat.of().formatHex(assertInstanceOf(Asked.class, question).answer(BRIDGE, isRouter));
    }

    @Test
    void arpRequestIsAnsweredToItsSender() {
        final var question = read(WHO_HAS);

        assertEquals(new V4(0x0a00_0001), assertInstanceOf(Asked.class, question).target());
        assertEquals("525400ff0001" + "52540000000a" + "0806" + "0001" + "0800" + "0604" + "0002"
            + "52540000000a" + "0a000001" + "525400ff0001" + "0a0000fe" + "00".repeat(18), answer(question, true));
    }

    @Test
    void answerHasTheTagOfTheQuestion() {
        final var question = read(WHO_HAS.substring(0, 24) + "8100" + "600a" + WHO_HAS.substring(24));

        assertEquals(10, assertInstanceOf(Asked.class, question).vlan());
        assertEquals("525400ff0001" + "52540000000a" + "8100" + "000a" + "0806", answer(question, false)
            .substring(0, 36));
    }

    @Test
    void arpProbeLearnsThatTheAddressIsTaken() {
        final var probe = read(WHO_HAS.replace("0a0000fe", "00000000"));

        assertEquals("0002" + "52540000000a" + "0a000001" + "525400ff0001" + "00000000",
            answer(probe, false).substring(40, 84));
    }

    @Test
    void solicitationIsAnsweredToItsSenderAndOverrides() {
        final var question = Question.read(solicitation(STATION, SOLICITED_NODE, HOST, ASKER));

        assertEquals(new V6(HOST), assertInstanceOf(Asked.class, question).target());
        assertEquals("525400ff0001" + "52540000000a" + IPV6 + HOST_IP + STATION_IP + "88" + "00" + "3919" + "60000000"
            + HOST_IP + "0201" + "52540000000a", answer(question, false));
        assertEquals("b918" + "e0000000", answer(question, true).substring(112, 124));
    }

    @Test
    void duplicateAddressDetectionIsAnsweredToAllNodesUnsolicited() {
        final var probe = read(probe("ff0200000000000000000001ff000001", "4ced"));

        assertEquals(HexFormat.of().formatHex(UnsolicitedNa.announce(BRIDGE, 0, HOST, false)), answer(probe, false));
    }

    @Test
    void probeThatIsNoneIsMalformed() {
        assertEquals(new Unusable(Discard.MALFORMED), read(probe("ff0200000000000000000001ff000001", "0000")));
        assertEquals(new Unusable(Discard.MALFORMED),
            Question.read(solicitation(Ipv6.UNSPECIFIED, SOLICITED_NODE, HOST, ASKER)), "with its address");
        assertEquals(new Unusable(Discard.MALFORMED), read(probe(STATION_IP, "1c3b")), "to one station");
        assertEquals(new Unusable(Discard.MALFORMED),
            Question.read(solicitation(SOLICITED_NODE, SOLICITED_NODE, HOST, ASKER)), "from many");
    }

    @Test
    void whoClaimsTheAddressIsNotAnswered() {
        assertEquals(new Unusable(Discard.SPOOFED), Question.read(Garp.request(ASKER, 0, 0x0a00_0001)));
        assertEquals(new Unusable(Discard.SPOOFED), Question.read(solicitation(HOST, SOLICITED_NODE, HOST, ASKER)));
    }

    @Test
    void whoSpeaksForAnotherIsNotAnswered() {
        final var frame = solicitation(STATION, SOLICITED_NODE, HOST, ASKER);
        frame[11] = 2;

        assertEquals(new Unusable(Discard.FOREIGN), Question.read(frame));
        assertEquals(new Unusable(Discard.FOREIGN), read(WHO_HAS.replace("525400ff00010a", "525400ff00020a")));
    }

    @ParameterizedTest
    @CsvSource({
        "0806 0001 0800 0604 0001, 0806 0001 0800 0604 0002, FOREIGN",
        "0806 0001 0800 0604 0001, 0806 0006 0800 0604 0001, MALFORMED",
        "0806 0001, 8035 0001, FOREIGN",
        "ffffffffffff 525400ff0001, ffffffffffff 535400ff0001, MALFORMED",
        "ffffffffffff 525400ff0001, ffffffffffff 000000000000, MALFORMED",
    })
    void whatIsNoQuestionIsNotAnswered(final String from, final String to, final Discard reason) {
        assertEquals(new Unusable(reason), read(WHO_HAS.replaceFirst(from.replace(" ", ""), to.replace(" ", ""))));
    }

    @Test
    void anyOctetsAreRead() {
        Frames.hostile(Garp.request(ASKER, 7, 1)).forEach(frame -> assertDoesNotThrow(() -> Question.read(frame)));
        Frames.hostile(solicitation(STATION, SOLICITED_NODE, HOST, ASKER))
            .forEach(frame -> assertDoesNotThrow(() -> Question.read(frame)));
    }
}
