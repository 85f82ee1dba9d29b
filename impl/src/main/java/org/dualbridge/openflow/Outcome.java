/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import com.google.common.util.concurrent.FluentFuture;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.opendaylight.yangtools.yang.common.RpcError;
import org.opendaylight.yangtools.yang.common.RpcResult;

/**
 * What came of a request to a switch. A refusal arrives as an unsuccessful result in a successful future, a lost switch
 * as a failed future; both are folded into this.
 *
 * @param kind how it ended
 * @param detail the error's text, empty when done
 */
public record Outcome(Kind kind, String detail) {
    /** How a request ended. */
    public enum Kind {
        /** The switch did it. */
        DONE,
        /** The switch, or the OpenFlow plugin for it, refused. */
        REFUSED,
        /** There was nobody to ask. */
        UNREACHABLE
    }

    private static final Outcome DONE = new Outcome(Kind.DONE, "");

    /**
     * Tells whether the switch did it.
     *
     * @return true if it did
     */
    public boolean isDone() {
        return kind == Kind.DONE;
    }

    /**
     * Has something done with what came of a request.
     *
     * @param request the request; one that failed counts as unreachable
     * @param then what is done
     * @param where who does it
     */
    public static void then(final ListenableFuture<Outcome> request, final Consumer<Outcome> then,
            final Executor where) {
        Futures.addCallback(request, new FutureCallback<Outcome>() {
            @Override
            public void onSuccess(final Outcome outcome) {
                then.accept(outcome);
            }

            @Override
            public void onFailure(final Throwable cause) {
                then.accept(new Outcome(Kind.UNREACHABLE, cause.toString()));
            }
        }, where);
    }

    /** Has something done with what came of a request, by whoever learns it; one object where a future takes three. */
    static <T> void tell(final ListenableFuture<RpcResult<T>> request, final Consumer<Outcome> then) {
        Futures.addCallback(request, new FutureCallback<RpcResult<T>>() {
            @Override
            public void onSuccess(final RpcResult<T> result) {
                then.accept(of(result));
            }

            @Override
            public void onFailure(final Throwable cause) {
                then.accept(unreachable(cause));
            }
        }, MoreExecutors.directExecutor());
    }

    static <T> ListenableFuture<Outcome> of(final ListenableFuture<RpcResult<T>> future) {
        return FluentFuture.from(future)
            .transform(Outcome::of, MoreExecutors.directExecutor())
            .catching(Exception.class, Outcome::unreachable, MoreExecutors.directExecutor());
    }

    static Outcome of(final RpcResult<?> result) {
        return result.isSuccessful() ? DONE : new Outcome(Kind.REFUSED,
            result.getErrors().stream().map(RpcError::getMessage).collect(Collectors.joining("; ")));
    }

    private static Outcome unreachable(final Throwable cause) {
        return new Outcome(Kind.UNREACHABLE, String.valueOf(cause.getMessage()));
    }
}
