/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.dualbridge.api.DualBridgeStatus.Health;
import org.dualbridge.core.DualBridge.HeartbeatSettings;
import org.dualbridge.core.DualBridge.Method;

/** Any pattern of answered and missed probes. */
class MonitorPropertyTest {
    private static final long INTERVAL = 100 * Samples.MILLIS;
    private static final long TIMEOUT = 5 * Samples.MILLIS;

    /** One probe, its answer if it gets one, and a witness if one is asked for. */
    private static void round(final AttachmentMonitor monitor, final long now, final boolean answers,
            final boolean witnesses) {
        final var actions = new ArrayList<Action>();
        monitor.advance(now, actions);
        witness(monitor, now, actions, witnesses);
        if (answers) {
            actions.stream().filter(Action.SendProbe.class::isInstance).map(Action.SendProbe.class::cast)
                .forEach(probe -> monitor.answer(probe.round(), -1, now + Samples.MILLIS));
        }
        actions.clear();
        monitor.advance(now + TIMEOUT, actions);
        witness(monitor, now + TIMEOUT, actions, witnesses);
    }

    private static void witness(final AttachmentMonitor monitor, final long now, final List<Action> actions,
            final boolean comes) {
        if (comes) {
            actions.stream().filter(Action.ConfirmChannel.class::isInstance).map(Action.ConfirmChannel.class::cast)
                .forEach(asked -> monitor.confirmed(asked.round(), now, now + Samples.MILLIS));
        }
    }

    private static AttachmentMonitor monitor(final int missCount, final int window, final int recoverCount) {
        final var monitor = new AttachmentMonitor(Samples.LEFT, new HeartbeatSettings(Method.ARP, INTERVAL, missCount,
            window, recoverCount, TIMEOUT, 0), 0, 0, 0, 0);
        monitor.connectionChanged(true, 0);
        monitor.assumeAlive(0);
        return monitor;
    }

    /** More than 128 rounds, so that what is kept of them is written over. */
    @Property
    void deadAfterSoManyMissesInTheWindowAndAliveAfterSoManyAnswersInARow(
            @ForAll @Size(min = 1, max = 200) final List<Boolean> answers,
            @ForAll @IntRange(min = 1, max = 5) final int missCount, @ForAll @IntRange(max = 6) final int more,
            @ForAll @IntRange(min = 1, max = 4) final int recoverCount) {
        final var monitor = monitor(missCount, more == 0 ? 0 : missCount + more, recoverCount);
        // Answers since it was last found alive or dead.
        final var since = new ArrayList<Boolean>();
        boolean alive = true;
        for (int i = 0; i < answers.size(); i++) {
            round(monitor, i * INTERVAL, answers.get(i), true);
            since.add(answers.get(i));
            final var changes = alive ? Collections.frequency(last(since, missCount + more), false) >= missCount
                : Collections.frequency(last(since, recoverCount), true) >= recoverCount;
            if (changes) {
                alive = !alive;
                since.clear();
            }

            assertEquals(alive ? Health.ALIVE : Health.DEAD, monitor.health(), "after round " + (i + 1));
        }
    }

    private static <T> List<T> last(final List<T> all, final int count) {
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    @Property
    void deadNeverWithoutWitnesses(@ForAll @Size(max = 200) final List<Boolean> answers,
            @ForAll @IntRange(min = 1, max = 5) final int missCount) {
        final var monitor = monitor(missCount, 0, 3);
        for (int i = 0; i < answers.size(); i++) {
            round(monitor, i * INTERVAL, answers.get(i), false);

            assertEquals(Health.ALIVE, monitor.health());
        }
    }
}
