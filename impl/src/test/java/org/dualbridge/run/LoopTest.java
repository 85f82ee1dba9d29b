/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order of tasks and timers, on a real thread. */
class LoopTest {
    private static final long MILLIS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Loop loop = new Loop("test-loop", Thread.NORM_PRIORITY);
    /** Filled on the loop's thread. */
    private final List<String> done = new ArrayList<>();
    private final CompletableFuture<List<String>> end = new CompletableFuture<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private List<String> whenEnded() throws Exception {
        return end.get(10, TimeUnit.SECONDS);
    }

    private void finish() {
        end.complete(List.copyOf(done));
    }

    @Test
    void tasksRunInTheirOrder() throws Exception {
        loop.execute(() -> done.add("first"));
        loop.execute(() -> done.add("second"));
        loop.execute(this::finish);

        assertEquals(List.of("first", "second"), whenEnded());
    }

    @Test
    void allLoopsHaveOneClock() throws Exception {
        final var before = loop.now();
        Thread.sleep(5);
        try (var other = new Loop("other", Thread.NORM_PRIORITY)) {
            assertTrue(other.now() >= before + 5 * MILLIS, "what one measured is told by the other");
            assertEquals(loop.instant(before), other.instant(before));
        }
    }

    @Test
    void timersRunInTheOrderOfTheirTimesAndNotBefore() throws Exception {
        final var begin = loop.now();
        loop.at(begin + 300 * MILLIS, this::finish);
        loop.at(begin + 200 * MILLIS, () -> done.add("later"));
        loop.at(begin + 100 * MILLIS, () -> done.add(loop.now() >= begin + 100 * MILLIS ? "in time" : "too early"));

        assertEquals(List.of("in time", "later"), whenEnded());
    }

    @Test
    void taskThatCameBeforeATimerWasDueGoesFirst() throws Exception {
        loop.execute(() -> {
            final var dueAt = loop.now() + 100 * MILLIS;
            loop.at(dueAt, () -> {
                done.add("timer");
                finish();
            });
            loop.execute(() -> done.add("task"));
            while (loop.now() <= dueAt) {
                Thread.onSpinWait();
            }
        });

        assertEquals(List.of("task", "timer"), whenEnded());
    }

    @Test
    void cancelledTimerDoesNotRun() throws Exception {
        loop.execute(() -> {
            final var timer = loop.at(loop.now() + MILLIS, () -> done.add("cancelled"));
            loop.at(loop.now() + 2 * MILLIS, this::finish);
            timer.cancel();
        });

        assertEquals(List.of(), whenEnded());
    }

    @Test
    void failureOfOneTaskDoesNotStopTheOthers() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("as it should be, in this test");
        });
        loop.execute(this::finish);

        assertEquals(List.of(), whenEnded());
    }

    @Test
    void latenessIsThatOfTheWorstTimer() throws Exception {
        final var late = new CompletableFuture<Long>();
        loop.execute(() -> {
            // So far off that it has not passed before it is asked for.
            final var dueAt = loop.now() + 100 * MILLIS;
            loop.at(dueAt, () -> late.complete(loop.latenessNanos()));
            while (loop.now() <= dueAt + 5 * MILLIS) {
                Thread.onSpinWait();
            }
        });

        assertTrue(late.get(10, TimeUnit.SECONDS) >= 5 * MILLIS);
    }
}
