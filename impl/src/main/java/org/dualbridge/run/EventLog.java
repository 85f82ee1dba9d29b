/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dualbridge.api.DualBridgeStatus.AttachmentStatus;
import org.dualbridge.api.DualBridgeStatus.Reason;
import org.dualbridge.api.DualBridgeStatus.Role;
import org.dualbridge.api.DualBridgeStatus.Takeover;
import org.dualbridge.api.LogEntry;
import org.dualbridge.api.LogEntry.Kind;
import org.dualbridge.core.PortRef;
import org.dualbridge.core.Snapshot;
import org.dualbridge.core.Snapshot.BridgeView;
import org.eclipse.jdt.annotation.Nullable;

/** What happened to one dual bridge, the newest entries of it. */
final class EventLog {
    private static final int LENGTH = 100;

    private final Supplier<Instant> clock;
    private final LongSupplier epoch;
    private final Deque<LogEntry> entries = new ArrayDeque<>();
    private final Map<String, BridgeView> known = new HashMap<>();
    private long number;
    private boolean changed;

    EventLog(final Supplier<Instant> clock, final LongSupplier epoch) {
        this.clock = clock;
        this.epoch = epoch;
    }

    /** Lists the entries, the oldest first; they are not news any more. */
    ImmutableList<LogEntry> read() {
        changed = false;
        return ImmutableList.copyOf(entries);
    }

    /** Tells whether there are entries that nobody has read. */
    boolean hasNews() {
        return changed;
    }

    void add(final Kind kind, final String text) {
        append(kind, null, null, null, null, text);
    }

    /** A switch refused an entry of its tables; what is counted elsewhere fills no log. */
    void refused(final String what) {
        final var last = entries.peekLast();
        if (last == null || last.kind() != Kind.REFUSAL) {
            add(Kind.REFUSAL, what);
        }
    }

    /** A takeover; some switches were not told of it, since they are not connected. */
    void moved(final Takeover takeover, final boolean planned, final List<Long> untold) {
        append(Kind.TAKEOVER, takeover.to(), null, null, takeover.reason(),
            String.format(Locale.ROOT, "%s -> %s (%s%s): decided %d, fenced %s, tables moved %s us",
                takeover.from() == null ? "none" : takeover.from(), takeover.to(), word(takeover.reason()),
                planned ? ", planned" : "", takeover.decided(), orNever(takeover.fenced()),
                orNever(takeover.tablesMoved())) + (untold.isEmpty() ? "" : untold.stream().map(PortRef::node)
                    .collect(Collectors.joining(", ", ", not on ", ", not connected"))));
    }

    private static String orNever(final @Nullable Long micros) {
        return micros == null ? "never" : micros.toString();
    }

    /** Looks what is not as it was. */
    void note(final Snapshot snapshot) {
        snapshot.bridges().forEach(bridge -> {
            final var before = known.put(bridge.name(), bridge);
            noteAttachments(bridge, before == null ? List.of() : before.attachments());
            noteTrackers(bridge, before == null ? List.of() : before.failingTrackers());
            final var role = before == null ? null : before.role();
            if (bridge.role() != (role == null ? Role.INITIALIZE : role)) {
                append(Kind.ROLE, bridge.name(), role, bridge.role(), bridge.reason(), bridge.name() + ": "
                    + (role == null ? "none" : word(role)) + " -> " + word(bridge.role()) + " ("
                    + word(bridge.reason()) + ")");
            }
        });
        known.keySet().retainAll(snapshot.bridges().stream().map(BridgeView::name).toList());
    }

    private void noteAttachments(final BridgeView bridge, final List<AttachmentStatus> before) {
        for (final var attachment : bridge.attachments()) {
            final var was = before.stream().filter(a -> a.nodeConnector().equals(attachment.nodeConnector()))
                .findFirst().orElse(null);
            final var where = bridge.name() + " at " + attachment.nodeConnector() + " is ";
            if (attachment.late() && (was == null || !was.late())) {
                append(Kind.ATTACHMENT, bridge.name(), null, null, null, where + "late");
            }
            if (was != null && attachment.health() != was.health()) {
                append(Kind.ATTACHMENT, bridge.name(), null, null, null, where + word(attachment.health()));
            }
        }
    }

    private void noteTrackers(final BridgeView bridge, final List<String> before) {
        final var now = Set.copyOf(bridge.failingTrackers());
        now.stream().filter(name -> !before.contains(name)).sorted().forEach(name -> tracker(name, bridge, "fails"));
        before.stream().filter(name -> !now.contains(name)).forEach(name -> tracker(name, bridge, "holds"));
    }

    private void tracker(final String name, final BridgeView bridge, final String condition) {
        append(Kind.TRACKER, bridge.name(), null, null, null, "tracker " + name + " of " + bridge.name() + ' '
            + condition);
    }

    private void append(final Kind kind, final @Nullable String bridge, final @Nullable Role before,
            final @Nullable Role after, final @Nullable Reason reason, final String text) {
        entries.add(new LogEntry(++number, clock.get(), epoch.getAsLong(), kind, bridge, before, after, reason, text));
        if (entries.size() > LENGTH) {
            entries.remove();
        }
        changed = true;
    }

    private static String word(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
