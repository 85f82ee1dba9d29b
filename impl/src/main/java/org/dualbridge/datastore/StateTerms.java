/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.datastore;

import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.api.DualBridgeStatus.BridgeStatus;
import org.dualbridge.api.DualBridgeStatus.LinkStatus;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.api.LogEntry;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.discards.Discarded;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.discards.DiscardedBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.discards.DiscardedKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.Bridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.BridgeBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.State;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.StateBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.Attachment;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.AttachmentBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.State.Maintenance;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.attachment.State.Fence;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge.attachment.State.Health;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.Announced;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.AnnouncedBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.AnnouncedKey;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.Event;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.EventBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.LastTakeover;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.LastTakeoverBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.Link;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.state.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Active;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.DiscardReason;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Excess;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Fault;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Foreign;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpReply;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.GarpRequest;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.HostLimit;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Initialize;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Late;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.LinkDown;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Malformed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Microseconds;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.NoResponse;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Operator;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.PathFailed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.PeerFailed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Preempted;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Priority;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Rarp;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Reason;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Recovered;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Replayed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Resigned;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Restored;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Role;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.SessionDown;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Spoofed;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Standby;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Startup;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.SyncGroup;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Tracker;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Unauthentic;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.UnsolicitedNa;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Counter64;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Gauge32;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;

/** Our state in the terms of the model. */
final class StateTerms {
    private StateTerms() {
        // translates only
    }

    static DualBridge dualBridge(final DualBridgeStatus status, final @Nullable String sharingRefusal) {
        return new DualBridgeBuilder()
            .setName(new Name(status.name()))
            .setBridge(status.bridges().stream().map(StateTerms::bridge).toList())
            .setState(state(status, sharingRefusal))
            .build();
    }

    private static State state(final DualBridgeStatus status, final @Nullable String sharingRefusal) {
        final var tables = status.counters().tables();
        final var builder = new StateBuilder()
            .setSharingRefusal(sharingRefusal)
            .setCondition(switch (status.condition()) {
                case INITIALIZING -> State.Condition.Initializing;
                case PROTECTED -> State.Condition.Protected;
                case UNPROTECTED -> State.Condition.Unprotected;
                case BLIND -> State.Condition.Blind;
                case DOWN -> State.Condition.Down;
            })
            .setEpoch(Uint64.valueOf(status.epoch()))
            .setFailovers(counter(status.counters().failovers()))
            .setSwitchovers(counter(status.counters().switchovers()))
            .setFlipFlops(counter(status.counters().flipFlops()))
            .setAnnounced(announced(status.counters().announced()))
            .setProxiedAnswers(counter(status.counters().answered()))
            .setRefusedEntries(counter(tables.refused()))
            .setRefusedNow(new Gauge32(Uint32.valueOf(tables.refusedNow())))
            .setDriftRepaired(counter(tables.repaired()))
            .setLastVerified(tables.lastVerified() == null ? null : time(tables.lastVerified()))
            .setDiscarded(discarded(status.counters().discarded()))
            .setLink(BindingMap.of(status.links().stream().map(StateTerms::link).toList()))
            .setEvent(BindingMap.of(status.log().stream().map(StateTerms::event).toList()));
        final var active = status.activeAttachment();
        if (active != null) {
            builder.setActiveAttachment(new NodeConnectorId(active));
            status.bridges().stream()
                .filter(bridge -> bridge.attachments().stream().anyMatch(a -> a.nodeConnector().equals(active)))
                .forEach(bridge -> builder.setActiveBridge(new Name(bridge.name())));
        }
        final var takeover = status.lastTakeover();
        if (takeover != null) {
            builder.setLastTakeover(takeover(takeover));
        }
        return builder.build();
    }

    private static Link link(final LinkStatus status) {
        return new LinkBuilder()
            .setEndA(new NodeConnectorId(status.endA()))
            .setEndB(new NodeConnectorId(status.endB()))
            .setOrigin(status.discovered() ? Link.Origin.Discovered : Link.Origin.Configured)
            .setUp(status.up())
            .build();
    }

    private static Event event(final LogEntry entry) {
        final var before = entry.before();
        final var after = entry.after();
        final var reason = entry.reason();
        return new EventBuilder()
            .setNumber(Uint64.valueOf(entry.number()))
            .setTime(time(entry.time()))
            .setEpoch(Uint64.valueOf(entry.epoch()))
            .setKind(switch (entry.kind()) {
                case ROLE -> Event.Kind.Role;
                case TAKEOVER -> Event.Kind.Takeover;
                case REFUSAL -> Event.Kind.Refusal;
                case ATTACHMENT -> Event.Kind.Attachment;
                case TRACKER -> Event.Kind.Tracker;
                case SWITCH -> Event.Kind.Switch;
                case TABLES -> Event.Kind.Tables;
                case CONFIGURATION -> Event.Kind.Configuration;
                case HOST -> Event.Kind.Host;
                case LINK -> Event.Kind.Link;
            })
            .setBridge(entry.bridge())
            .setRoleBefore(before == null ? null : role(before))
            .setRoleAfter(after == null ? null : role(after))
            .setReason(reason == null ? null : reason(reason))
            .setText(entry.text())
            .build();
    }

    private static LastTakeover takeover(final Takeover takeover) {
        return new LastTakeoverBuilder()
            .setEpoch(Uint64.valueOf(takeover.epoch()))
            .setReason(reason(takeover.reason()))
            .setTrigger(takeover.trigger())
            .setFrom(takeover.from())
            .setTo(takeover.to())
            .setAt(time(takeover.at()))
            .setDecided(micros(takeover.decided()))
            .setFenced(micros(takeover.fenced()))
            .setTablesMoved(micros(takeover.tablesMoved()))
            .setFirstAnnouncement(micros(takeover.firstAnnouncement()))
            .setLastAnnouncement(micros(takeover.lastAnnouncement()))
            .setHosts(hosts(takeover.hosts()))
            .setConfirmed(hosts(takeover.confirmed()))
            .setLastConfirmed(micros(takeover.lastConfirmed()))
            .build();
    }

    private static @Nullable Uint32 hosts(final @Nullable Integer count) {
        return count == null ? null : Uint32.valueOf(count);
    }

    private static Bridge bridge(final BridgeStatus status) {
        return new BridgeBuilder()
            .setName(new Name(status.name()))
            .setAttachment(status.attachments().stream().map(StateTerms::attachment).toList())
            .setState(new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge
                .StateBuilder()
                .setRole(role(status.role()))
                .setReason(reason(status.reason()))
                .setSince(time(status.since()))
                .setTimesActive(counter(status.timesActive()))
                .setTimesStandby(counter(status.timesStandby()))
                .setEffectivePriority(status.priority())
                .setHeldOutUntil(status.heldOutUntil() == null ? null : time(status.heldOutUntil()))
                .setMaintenance(switch (status.maintenance()) {
                    case NONE -> Maintenance.None;
                    case DRAINING -> Maintenance.Draining;
                    case EVACUATED -> Maintenance.Evacuated;
                })
                .setFailingTracker(status.failingTrackers().stream().map(Name::new)
                    .collect(ImmutableSet.toImmutableSet()))
                .build())
            .build();
    }

    private static Fence fence(final DualBridgeStatus.Fence fence) {
        return switch (fence) {
            case INGRESS -> Fence.Ingress;
            case BRIDGE -> Fence.Bridge;
            case ISOLATE -> Fence.Isolate;
        };
    }

    private static Attachment attachment(final DualBridgeStatus.AttachmentStatus status) {
        return new AttachmentBuilder()
            .setNodeConnector(new NodeConnectorId(status.nodeConnector()))
            .setState(new org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.dual.bridge.bridge
                .attachment.StateBuilder()
                .setHealth(switch (status.health()) {
                    case UNKNOWN -> Health.Unknown;
                    case ALIVE -> Health.Alive;
                    case BACKUP -> Health.Backup;
                    case DEAD -> Health.Dead;
                })
                .setJudged(status.judged())
                .setLate(status.late())
                .setLateHeartbeats(counter(status.lateHeartbeats()))
                .setFence(status.fences().stream().map(StateTerms::fence).collect(ImmutableSet.toImmutableSet()))
                .build())
            .build();
    }

    static Map<DiscardedKey, Discarded> discarded(final Map<DualBridgeStatus.Discard, Long> counts) {
        final var entries = new ArrayList<Discarded>();
        counts.forEach((reason, frames) -> entries.add(new DiscardedBuilder()
            .setReason(discard(reason))
            .setFrames(counter(frames))
            .build()));
        return BindingMap.of(entries);
    }

    private static Map<AnnouncedKey, Announced> announced(
            final Map<DualBridgeStatus.AnnouncementProtocol, DualBridgeStatus.Announced> counts) {
        final var entries = new ArrayList<Announced>();
        counts.forEach((protocol, count) -> entries.add(new AnnouncedBuilder()
            .setProtocol(switch (protocol) {
                case RARP -> Rarp.VALUE;
                case GARP_REQUEST -> GarpRequest.VALUE;
                case GARP_REPLY -> GarpReply.VALUE;
                case UNSOLICITED_NA -> UnsolicitedNa.VALUE;
            })
            .setSent(counter(count.sent()))
            .setFailed(counter(count.failed()))
            .build()));
        return BindingMap.of(entries);
    }

    private static DiscardReason discard(final DualBridgeStatus.Discard reason) {
        return switch (reason) {
            case MALFORMED -> Malformed.VALUE;
            case FOREIGN -> Foreign.VALUE;
            case LATE -> Late.VALUE;
            case REPLAYED -> Replayed.VALUE;
            case UNAUTHENTIC -> Unauthentic.VALUE;
            case EXCESS -> Excess.VALUE;
            case SPOOFED -> Spoofed.VALUE;
            case HOST_LIMIT -> HostLimit.VALUE;
        };
    }

    private static Role role(final DualBridgeStatus.Role role) {
        return switch (role) {
            case INITIALIZE -> Initialize.VALUE;
            case STANDBY -> Standby.VALUE;
            case ACTIVE -> Active.VALUE;
            case FAULT -> Fault.VALUE;
        };
    }

    private static Reason reason(final DualBridgeStatus.Reason reason) {
        return switch (reason) {
            case STARTUP -> Startup.VALUE;
            case RESTORED -> Restored.VALUE;
            case NO_RESPONSE -> NoResponse.VALUE;
            case LINK_DOWN -> LinkDown.VALUE;
            case RESIGNED -> Resigned.VALUE;
            case SESSION_DOWN -> SessionDown.VALUE;
            case PATH_FAILED -> PathFailed.VALUE;
            case PEER_FAILED -> PeerFailed.VALUE;
            case RECOVERED -> Recovered.VALUE;
            case PREEMPTED -> Preempted.VALUE;
            case PRIORITY -> Priority.VALUE;
            case OPERATOR -> Operator.VALUE;
            case MAINTENANCE -> org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Maintenance.VALUE;
            case TRACKER -> Tracker.VALUE;
            case SYNC_GROUP -> SyncGroup.VALUE;
        };
    }

    private static Counter64 counter(final long value) {
        return new Counter64(Uint64.valueOf(value));
    }

    static @Nullable Microseconds micros(final @Nullable Long value) {
        return value == null ? null : new Microseconds(Uint32.valueOf(Math.clamp(value, 0L, 0xffff_ffffL)));
    }

    static DateAndTime time(final Instant instant) {
        return new DateAndTime(instant.truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
