/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.agent;

import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Who runs the present thread. A thread begins as the user of the one that made it, as it did before Java 24; Karaf's
 * shell runs every command in threads of its own, so {@link Subject#current()} is not enough.
 *
 * <p>An OSGi bundle does not see this class, but every bundle sees the system properties: that is where it is.
 */
final class CurrentUser implements Supplier<@Nullable Subject>, BiFunction<Subject, Object, Object> {
    static final String PROPERTY = "org.dualbridge.agent.current-user";

    private final InheritableThreadLocal<@Nullable Subject> user = new InheritableThreadLocal<>();

    private CurrentUser() {
        // One is enough: see publish.
    }

    static void publish() {
        System.getProperties().put(PROPERTY, new CurrentUser());
    }

    /** {@return the user, null if nobody has logged in} */
    @Override
    public @Nullable Subject get() {
        final var own = user.get();
        return own != null ? own : Subject.current();
    }

    /**
     * Does something as a user.
     *
     * @param subject the user
     * @param action a {@link PrivilegedAction} or a {@link PrivilegedExceptionAction}
     * @return what that returned
     */
    @Override
    public Object apply(final Subject subject, final Object action) {
        final var before = user.get();
        user.set(subject);
        try {
            return action instanceof PrivilegedAction<?> plain ? Subject.doAs(subject, plain)
                : Subject.doAs(subject, (PrivilegedExceptionAction<?>) action);
        } catch (PrivilegedActionException e) {
            throw CurrentUser.<RuntimeException>undeclared(e);
        } finally {
            user.set(before);
        }
    }

    /** Throws what {@code JaasHelper.doAs} declares, but {@link BiFunction} does not. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> E undeclared(final Exception exception) throws E {
        throw (E) exception;
    }
}
