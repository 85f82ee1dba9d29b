/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.dualbridge.core.Samples.link;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dualbridge.core.DualBridge.Attachment;
import org.dualbridge.core.DualBridge.Discovery;
import org.dualbridge.core.DualBridge.Link;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.LinkTable.Bars;
import org.junit.jupiter.api.Test;

class LinkTableTest {
    /** Attached to openflow:1 and openflow:2; the bridges are openflow:11 and openflow:12; no cable is configured. */
    private static final DualBridge CONFIG = with(Samples.openFlow(Method.ARP));

    private final LinkTable table = new LinkTable();

    private static DualBridge with(final DualBridge from, final Link... links) {
        return new DualBridge(from.name(), from.forwarding(), from.bridges(), from.heartbeat(), from.policy(),
            from.announcement(), from.hosts(), ImmutableList.copyOf(links)).with(Discovery.NOTHING_YET);
    }

    private void oneWay(final Link link) {
        table.heard(link.endA(), link.endB());
    }

    private void bothWays(final Link link) {
        oneWay(link);
        table.heard(link.endB(), link.endA());
    }

    private LinkTable.Found found(final DualBridge config, final DualBridge... others) {
        return table.find(config, Bars.of(ImmutableList.<DualBridge>builder().add(config).add(others).build()));
    }

    private Set<Link> fabric() {
        return found(CONFIG).discovery().links();
    }

    private Set<Long> neighbours() {
        return found(CONFIG).discovery().neighbours();
    }

    // ---- which links hold ----

    @Test
    void linkIsBelievedOnceItWasHeardBothWays() {
        oneWay(link(1, 10, 2, 10));
        assertEquals(Set.of(), table.links());

        oneWay(link(2, 10, 1, 10));
        assertEquals(Set.of(link(1, 10, 2, 10)), table.links());
    }

    @Test
    void silenceEndsNoLink() {
        bothWays(link(1, 10, 2, 10));
        table.silent(new PortRef(1, 10), new PortRef(2, 10));
        table.silent(new PortRef(2, 10), new PortRef(1, 10));

        assertEquals(Set.of(link(1, 10, 2, 10)), table.links());
    }

    @Test
    void cableThatWasMovedIsAtItsNewEndOnly() {
        bothWays(link(1, 10, 2, 10));
        bothWays(link(2, 11, 3, 11));
        bothWays(link(1, 10, 3, 11));

        assertEquals(Set.of(link(1, 10, 3, 11)), table.links());
    }

    @Test
    void oneFrameThatStrayedMovesNoCable() {
        bothWays(link(1, 10, 2, 10));
        oneWay(link(1, 10, 3, 11));

        assertEquals(Set.of(link(1, 10, 2, 10)), table.links());
    }

    @Test
    void whatIsOfferedLateEndsNothingThatIsHeardSince() {
        bothWays(link(1, 10, 2, 10));
        bothWays(link(1, 10, 3, 11));
        // The old link is told to be over only now.
        table.silent(new PortRef(1, 10), new PortRef(2, 10));
        table.heard(new PortRef(3, 11), new PortRef(1, 10));

        assertEquals(Set.of(link(1, 10, 3, 11)), table.links());
        assertEquals(Set.of(), neighbours());
    }

    @Test
    void plugBetweenTwoPortsOfASwitchIsNoLink() {
        bothWays(link(1, 10, 1, 11));

        assertEquals(Set.of(), table.links());
    }

    @Test
    void rememberedLinksHoldUntilOthersAreHeard() {
        bothWays(link(1, 10, 3, 10));
        table.restore(List.of(link(1, 10, 2, 10), link(2, 11, 4, 10)));
        assertEquals(Set.of(link(1, 10, 3, 10), link(2, 11, 4, 10)), table.links());

        bothWays(link(4, 10, 3, 11));
        assertEquals(Set.of(link(1, 10, 3, 10), link(3, 11, 4, 10)), table.links());
    }

    @Test
    void whatWasForgottenIsKnownAgainAsFarAsItIsHeard() {
        bothWays(link(1, 10, 2, 10));
        bothWays(link(2, 11, 3, 11));
        table.silent(new PortRef(2, 11), new PortRef(3, 11));
        table.clear();
        assertEquals(Set.of(), table.links());

        table.resume();
        assertEquals(Set.of(link(1, 10, 2, 10)), table.links());
    }

    // ---- which of them are of the fabric ----

    @Test
    void fabricReachesAsFarAsLinksDo() {
        bothWays(link(1, 10, 3, 10));
        bothWays(link(3, 11, 4, 10));
        bothWays(link(4, 11, 1, 11));
        bothWays(link(5, 10, 6, 10));

        assertEquals(Set.of(link(1, 10, 3, 10), link(1, 11, 4, 11), link(3, 11, 4, 10)), fabric());
        assertEquals(Set.of(1L, 2L, 3L, 4L), CONFIG.with(found(CONFIG).discovery()).switches());
    }

    @Test
    void fabricBeginsAtConfiguredLinks() {
        bothWays(link(3, 11, 4, 10));

        assertEquals(Set.of(link(3, 11, 4, 10)), found(with(CONFIG, link(1, 10, 3, 10))).discovery().links());
    }

    @Test
    void bridgeIsNeverOfTheFabric() {
        bothWays(link(1, 1, 11, 1));
        bothWays(link(2, 20, 12, 2));
        bothWays(link(11, 2, 7, 1));

        assertEquals(Set.of(), fabric());
        assertEquals(Set.of(), neighbours());
    }

    @Test
    void nothingBehindAnAttachmentIsOfTheFabric() {
        final var plain = with(Samples.plain());
        bothWays(link(1, 1, 7, 1));
        oneWay(link(8, 1, 2, 1));

        assertEquals(Discovery.NOTHING_YET, found(plain).discovery());
    }

    @Test
    void nothingBehindAnAttachmentOfAnotherDualBridgeIsOfTheFabric() {
        final var first = Samples.bridge("a", 1, null, new Attachment(new PortRef(3, 1), null));
        final var second = Samples.bridge("b", 2, 13L, new Attachment(new PortRef(3, 2), new PortRef(13, 1)));
        final var other = Samples.named(Samples.with(Method.ARP, first, second), "other");
        bothWays(link(1, 10, 3, 10));
        bothWays(link(3, 1, 7, 1));
        bothWays(link(3, 12, 13, 2));
        oneWay(link(8, 1, 3, 2));

        assertEquals(new Discovery(true, ImmutableSet.of(link(1, 10, 3, 10)), ImmutableSortedSet.of()),
            found(CONFIG, with(other)).discovery());
    }

    @Test
    void switchThatIsHeardByTheFabricIsANeighbourUntilItIsOfIt() {
        oneWay(link(3, 10, 1, 10));
        oneWay(link(4, 10, 3, 11));
        assertEquals(Set.of(3L), neighbours());

        oneWay(link(1, 10, 3, 10));
        assertEquals(Set.of(4L), neighbours());
        table.silent(new PortRef(4, 10), new PortRef(3, 11));
        assertEquals(Set.of(), neighbours());
    }

    // ---- what is configured counts more ----

    @Test
    void configuredLinkIsNotDiscoveredAgain() {
        bothWays(link(1, 10, 2, 10));
        final var config = with(CONFIG, link(2, 10, 1, 10));
        final var found = found(config);

        assertEquals(Set.of(), found.discovery().links());
        assertEquals(Map.of(), found.conflicts());
        assertEquals(List.of(link(2, 10, 1, 10)), config.with(found.discovery()).links());
    }

    @Test
    void linkThatIsConfiguredElsewhereIsDiscovered() {
        bothWays(link(1, 10, 2, 10));

        assertEquals(Set.of(link(1, 10, 2, 10)),
            found(CONFIG, with(Samples.named(CONFIG, "other"), link(1, 10, 2, 10))).discovery().links());
    }

    @Test
    void linkThatContradictsAConfiguredOneIsNotUsed() {
        bothWays(link(1, 10, 3, 10));
        bothWays(link(3, 11, 4, 10));
        final var conflict = Map.of(link(1, 10, 3, 10), link(1, 10, 2, 10));

        final var found = found(with(CONFIG, link(1, 10, 2, 10)));
        assertEquals(Set.of(), found.discovery().links());
        assertEquals(conflict, found.conflicts());
        assertEquals(conflict, found(CONFIG, with(Samples.named(CONFIG, "other"), link(1, 10, 2, 10))).conflicts());
    }

    @Test
    void linkThatContradictsAtItsFarEndIsNotUsed() {
        bothWays(link(1, 10, 3, 10));

        assertEquals(Map.of(link(1, 10, 3, 10), link(2, 10, 3, 10)),
            found(with(CONFIG, link(2, 10, 3, 10))).conflicts());
    }

    @Test
    void discoveryReplacesWhatWasDiscoveredBefore() {
        final var config = with(CONFIG, link(1, 10, 2, 10));
        bothWays(link(1, 11, 3, 10));
        final var before = config.with(found(config).discovery());
        bothWays(link(1, 12, 3, 10));

        assertEquals(List.of(link(1, 10, 2, 10), link(1, 12, 3, 10)),
            before.with(found(config).discovery()).links());
    }
}
