/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Announced;
import org.dualbridge.api.DualBridgeStatus.AnnouncementProtocol;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.BridgeStatus;
import org.dualbridge.api.DualBridgeStatus.Condition;
import org.dualbridge.api.DualBridgeStatus.Counters;
import org.dualbridge.api.DualBridgeStatus.Discard;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.api.DualBridgeStatus.LinkStatus;
import org.dualbridge.api.DualBridgeStatus.Maintenance;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.api.DualBridgeStatus.Tables;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.api.LogEntry;
import org.dualbridge.api.LogEntry.Kind;
import org.dualbridge.core.Intent;
import org.dualbridge.core.PortRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.State;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.attachment.State.Fence;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.Event;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.EventKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Active;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpReply;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Late;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Malformed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.NoResponse;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.PeerFailed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Standby;
import org.opendaylight.yangtools.binding.DataObjectIdentifier;
import org.opendaylight.yangtools.yang.common.Uint64;

class StateWriterTest extends AbstractConcurrentDataBrokerTest {
    private static final Instant SINCE = Instant.parse("2026-11-22T10:00:00.123456789Z");
    private static final Intent INTENT = new Intent(7, new PortRef(1, 1));

    private StateWriter writer;

    @BeforeEach
    void startWithAnEmptyDatastore() throws Exception {
        setup();
        writer = new StateWriter(getDataBroker());
    }

    private static DualBridgeStatus status(final long epoch, final String active) {
        return status("db", epoch, active);
    }

    private static DualBridgeStatus status(final String name, final long epoch, final String active) {
        return new DualBridgeStatus(name, Condition.UNPROTECTED, epoch, active, null, List.of(
            new BridgeStatus("left", Role.ACTIVE, Reason.PEER_FAILED, SINCE, 2, 3, 100, null,
                List.of(new AttachmentStatus("openflow:1:1", Health.ALIVE, true, false, 0, Set.of())), List.of(),
                Maintenance.NONE),
            new BridgeStatus("right", Role.FAULT, Reason.NO_RESPONSE, SINCE, 1, 4, 150, SINCE,
                List.of(new AttachmentStatus("openflow:2:1", Health.DEAD, false, true, 7,
                    Set.of(DualBridgeStatus.Fence.INGRESS, DualBridgeStatus.Fence.ISOLATE))),
                List.of("gateway", "power"), Maintenance.EVACUATED)),
            List.of(new LinkStatus("openflow:1:10", "openflow:2:10", false, true),
                new LinkStatus("openflow:1:11", "openflow:3:10", true, false)),
            new Counters(3, 2, 1, Map.of(AnnouncementProtocol.GARP_REPLY, new Announced(10_000, 5)),
                new Tables(4, 1, 6, SINCE), Map.of(Discard.LATE, 9L), 21),
            new Takeover(epoch, Reason.NO_RESPONSE, "openflow:2:1", "right", "left", SINCE, 305_000, 306_000L, null,
                null, null, 106, 43, 812_300L),
            List.of(new LogEntry(11, SINCE, epoch, Kind.ROLE, "left", Role.STANDBY, Role.ACTIVE, Reason.PEER_FAILED,
                "left: standby -> active (peer-failed)"),
                new LogEntry(12, SINCE, epoch, Kind.SWITCH, null, null, null, null, "openflow:1 disconnected")));
    }

    private Optional<DualBridge> stored() throws Exception {
        final var path = DataObjectIdentifier.builder(DualBridges.class)
            .child(DualBridge.class, new DualBridgeKey(new Name("db"))).build();
        try (var tx = getDataBroker().newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, path).get(5, TimeUnit.SECONDS);
        }
    }

    private Optional<State> storedPlugin() throws Exception {
        final var path = DataObjectIdentifier.builder(DualBridges.class).child(State.class).build();
        try (var tx = getDataBroker().newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, path).get(5, TimeUnit.SECONDS);
        }
    }

    /** Reads until it is as expected, since the datastore commits on a thread of its own. */
    private static <T> T await(final Callable<T> read, final Predicate<T> expected) {
        return assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            var found = read.call();
            while (!expected.test(found)) {
                Thread.onSpinWait();
                found = read.call();
            }
            return found;
        });
    }

    private DualBridge awaitStored(final long epoch) {
        return await(this::stored, found -> found.filter(config -> config.getState().getEpoch().longValue() == epoch)
            .isPresent()).orElseThrow();
    }

    private Intent recalled() throws Exception {
        // Another one, as after a restart.
        return new StateWriter(getDataBroker()).recall("db").get(5, TimeUnit.SECONDS);
    }

    @Test
    void publishedStateIsReadBack() throws Exception {
        writer.publish(status(7, "openflow:1:1"));

        final var found = awaitStored(7);
        final var state = found.getState();
        assertEquals(org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.State.Condition
            .Unprotected, state.getCondition());
        assertEquals(7, state.getEpoch().longValue());
        assertEquals("left", state.getActiveBridge().getValue());
        assertEquals("openflow:1:1", state.getActiveAttachment().getValue());
        final var announced = state.nonnullAnnounced().values().iterator().next();
        assertEquals(GarpReply.VALUE, announced.getProtocol());
        assertEquals(10_000, announced.getSent().getValue().longValue());
        assertEquals(5, announced.getFailed().getValue().longValue());
        final var discarded = state.nonnullDiscarded().values().iterator().next();
        assertEquals(Late.VALUE, discarded.getReason());
        assertEquals(9, discarded.getFrames().getValue().longValue());
        assertEquals(Map.of("openflow:1:10 openflow:2:10", "configured true", "openflow:1:11 openflow:3:10",
            "discovered false"), state.nonnullLink().values().stream().collect(Collectors.toMap(
                link -> link.getEndA().getValue() + ' ' + link.getEndB().getValue(),
                link -> link.getOrigin().getName() + ' ' + link.getUp())));
        assertEquals(21, state.getProxiedAnswers().getValue().longValue());
        final var events = state.nonnullEvent();
        final var role = events.get(new EventKey(Uint64.valueOf(11)));
        assertEquals(Standby.VALUE, role.getRoleBefore());
        assertEquals(Active.VALUE, role.getRoleAfter());
        assertEquals(PeerFailed.VALUE, role.getReason());
        assertEquals("left: standby -> active (peer-failed)", role.getText());
        final var disconnected = events.get(new EventKey(Uint64.valueOf(12)));
        assertEquals(Event.Kind.Switch, disconnected.getKind());
        assertNull(disconnected.getRoleBefore());
        assertEquals(7, disconnected.getEpoch().longValue());
        assertEquals(Set.of(new Name("gateway"), new Name("power")),
            found.nonnullBridge().getLast().getState().getFailingTracker());
        assertEquals("evacuated", found.nonnullBridge().getLast().getState().getMaintenance().getName());
        final var takeover = state.getLastTakeover();
        assertEquals(NoResponse.VALUE, takeover.getReason());
        assertEquals(305_000, takeover.getDecided().getValue().longValue());
        assertEquals(Optional.empty(), Optional.ofNullable(takeover.getTablesMoved()));
        assertEquals(106, takeover.getHosts().intValue());
        assertEquals(43, takeover.getConfirmed().intValue());
        assertEquals(812_300, takeover.getLastConfirmed().getValue().longValue());
    }

    @Test
    void rolesAndHealthOfTheBridgesAreReadBackInOrder() throws Exception {
        writer.publish(status(7, "openflow:1:1"));

        final var bridges = awaitStored(7).nonnullBridge();
        assertEquals(List.of("left", "right"), bridges.stream().map(b -> b.requireName().getValue()).toList());
        final var left = bridges.getFirst().getState();
        assertEquals(Active.VALUE, left.getRole());
        assertEquals(PeerFailed.VALUE, left.getReason());
        assertEquals("2026-11-22T10:00:00.123Z", left.getSince().getValue());
        assertFalse(bridges.getLast().nonnullAttachment().getFirst().getState().getJudged());
        assertEquals(Set.of(Fence.Ingress, Fence.Isolate),
            bridges.getLast().nonnullAttachment().getFirst().getState().getFence());
    }

    @Test
    void stateBeforeTheFirstElectionIsWritten() throws Exception {
        writer.publish(status(0, null));

        assertEquals(Optional.empty(), Optional.ofNullable(awaitStored(0).getState().getActiveBridge()));
    }

    @Test
    void lastOfSeveralStatesStays() throws Exception {
        for (int epoch = 0; epoch < 50; epoch++) {
            writer.publish(status(epoch, "openflow:1:1"));
        }

        assertNotNull(awaitStored(49));
        assertEquals(49, writer.latest().get("db").epoch());
    }

    @Test
    void whoWaitsForWhatWasPublishedFindsIt() throws Exception {
        for (int epoch = 1; epoch < 100; epoch++) {
            writer.publish(status(epoch, "openflow:1:1"));
            writer.remember("db", new Intent(epoch, new PortRef(2, 1)));
            writer.written().get(5, TimeUnit.SECONDS);

            assertEquals(epoch, stored().orElseThrow().getState().getEpoch().longValue());
            assertEquals(epoch, recalled().epoch());
        }
        // Nothing is left to be written.
        writer.written().get(5, TimeUnit.SECONDS);
    }

    @Test
    void rememberedIntentIsRecalled() throws Exception {
        writer.remember("db", new Intent(6, new PortRef(2, 1)));
        writer.remember("db", INTENT);

        assertEquals(INTENT, await(this::recalled, INTENT::equals));
    }

    /** After a transaction about many dual bridges states wait, by nine times as long; what is active does not. */
    @Test
    void whatIsActiveIsRememberedWhileStatesRest() throws Exception {
        writer.publish(status(6, "openflow:2:1"));
        writer.written().get(20, TimeUnit.SECONDS);
        IntStream.range(0, 3000).forEach(i -> writer.publish(status("db-" + i, 6, "openflow:2:1")));
        writer.publish(status(7, "openflow:1:1"));
        awaitStored(7);
        writer.publish(status(8, "openflow:1:1"));
        writer.remember("db", INTENT);

        await(this::recalled, INTENT::equals);

        assertEquals(7, stored().orElseThrow().getState().getEpoch().longValue());
    }

    @Test
    void nothingIsRecalledWhereNothingWasRemembered() throws Exception {
        assertEquals(new Intent(0, null), recalled());
    }

    @Test
    void forgetRemovesStateAndMemory() throws Exception {
        writer.publish(status(7, "openflow:1:1"));
        writer.remember("db", INTENT);
        awaitStored(7);
        await(this::recalled, INTENT::equals);

        writer.forget("db");

        assertEquals(Optional.empty(), await(this::stored, Optional::isEmpty));
        assertEquals(new Intent(0, null), await(this::recalled, intent -> intent.active() == null));
    }

    @Test
    void framesOfNoDualBridgeAreCounted() throws Exception {
        writer.countUnowned(Discard.MALFORMED);
        writer.countUnowned(Discard.MALFORMED);
        writer.flush(1_500_000);

        final var state = await(this::storedPlugin, Optional::isPresent).orElseThrow();
        assertNotNull(state.getStarted());
        assertEquals(1500, state.getTimerLateness().getValue().intValue());
        final var discarded = state.nonnullDiscarded().values().iterator().next();
        assertEquals(Malformed.VALUE, discarded.getReason());
        assertEquals(2, discarded.getFrames().getValue().longValue());
    }
}
