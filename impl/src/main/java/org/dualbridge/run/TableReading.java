/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.dualbridge.openflow.HeldFlow;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Match;

/**
 * Reads what one switch holds, and compares it with what is intended. It is read in portions, with pauses: while a
 * switch tells, and OpenDaylight reads, heartbeats and takeovers wait. All of it is on a thread of its own.
 */
final class TableReading {
    private static final int PORTION = 100;
    private static final long PAUSE_MILLIS = 10;

    private final SwitchRpcs rpcs;
    private final ScheduledExecutorService reader;
    private final Intended intended;
    private final int portions;
    private final SettableFuture<Drift> result = SettableFuture.create();
    private final Set<FlowEntry> seen = new HashSet<>();
    private final List<HeldFlow> others = new ArrayList<>();

    /** What a switch knows a flow by. */
    private record Name(int table, int priority, Match match) {
    }

    TableReading(final SwitchRpcs rpcs, final ScheduledExecutorService reader, final Intended intended) {
        this.rpcs = rpcs;
        this.reader = reader;
        this.intended = intended;
        // A power of two: a portion is told by the low bits of the section.
        portions = Integer.highestOneBit(Math.clamp(2L * intended.size() / PORTION, 1, 1 << Cookie.SECTION_BITS));
    }

    /** Begins; fails where the switch does not tell. */
    ListenableFuture<Drift> read() {
        reader.execute(() -> readPortion(0));
        return result;
    }

    private void readPortion(final int portion) {
        if (result.isDone()) {
            return;
        }
        if (portion == portions) {
            then(rpcs.flows(intended.node(), Cookie.BASE, Cookie.BASE_MASK, reader), this::readGroup);
        } else {
            then(rpcs.flows(intended.node(), intended.cookie().own() | Cookie.section(portion),
                Cookie.OWN_MASK | Cookie.section(portions - 1), reader), flows -> {
                    flows.stream().filter(flow -> !isIntended(flow)).forEach(others::add);
                    reader.schedule(() -> readPortion(portion + 1), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                });
        }
    }

    private void readGroup(final List<HeldFlow> baseFlows) {
        // Other dual bridges may have more of these, at the same place.
        baseFlows.stream().filter(flow -> !isIntended(flow) && flow.cookie() != intended.cookie().base())
            .forEach(others::add);
        then(rpcs.buckets(intended.node(), intended.group(), reader), buckets -> result.set(drift(buckets)));
    }

    private boolean isIntended(final HeldFlow held) {
        final var actions = held.actions();
        final var kind = Cookie.kind(held.cookie());
        if (actions == null || kind.isEmpty()) {
            return false;
        }
        final var flow = new FlowEntry(kind.orElseThrow(), held.priority(), held.match(), actions);
        return flow.isTransient() || held.table() == flow.table(intended.cookie().placement())
            && intended.contains(flow) && intended.cookie().of(flow) == held.cookie() && seen.add(flow);
    }

    private Drift drift(final OptionalInt buckets) {
        final var placement = intended.cookie().placement();
        // What only has other actions, or another cookie, is replaced.
        final var names = intended.flows().map(flow -> new Name(flow.table(placement), flow.priority(), flow.match()))
            .collect(Collectors.toSet());
        final var nextHop = intended.nextHop();
        return new Drift(
            intended.flows().filter(flow -> !seen.contains(flow) && !intended.refused().contains(flow)).toList(),
            others.stream().filter(flow -> !names.contains(new Name(flow.table(), flow.priority(), flow.match())))
                .toList(),
            nextHop != null
                && (buckets.isEmpty() || buckets.getAsInt() != Math.max(1, nextHop.ports().size())));
    }

    private <T> void then(final ListenableFuture<T> future, final Consumer<T> next) {
        Futures.addCallback(future, new FutureCallback<T>() {
            @Override
            public void onSuccess(final T told) {
                next.accept(told);
            }

            @Override
            public void onFailure(final Throwable cause) {
                result.setException(cause);
            }
        }, reader);
    }
}
