/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

class ShellAgentTest {
    private static final String SUBJECT = "javax/security/auth/Subject";

    private final Subject user = new Subject();

    @BeforeAll
    static void publish() {
        CurrentUser.publish();
    }

    @AfterAll
    static void leaveNothing() {
        System.getProperties().remove(CurrentUser.PROPERTY);
    }

    @Test
    void theCurrentSubjectIsFound() throws Exception {
        assertSame(user, Subject.callAs(user, asks()::call));
    }

    @Test
    void anActionIsDoneAsItsSubject() throws Exception {
        final var seen = System.getProperties().get(CurrentUser.PROPERTY);
        final PrivilegedAction<?> ask = () -> ((Supplier<?>) seen).get();
        assertSame(user, doAs(PrivilegedAction.class).invoke(null, user, ask));
        assertNull(asks().call());
    }

    @Test
    void aThreadIsItsMakersSubject() throws Exception {
        final var answer = new FutureTask<>(asks());
        final PrivilegedExceptionAction<?> inThread = () -> {
            new Thread(answer).start();
            return answer.get();
        };
        assertSame(user, doAs(PrivilegedExceptionAction.class).invoke(null, user, inThread));
    }

    @Test
    void aCheckedExceptionIsWrapped() throws Exception {
        final PrivilegedExceptionAction<Object> fails = () -> {
            throw new IOException("no");
        };
        final var doAs = doAs(PrivilegedExceptionAction.class);
        final var thrown = assertThrows(InvocationTargetException.class, () -> doAs.invoke(null, user, fails));
        assertEquals("no", assertInstanceOf(PrivilegedActionException.class, thrown.getCause()).getCause()
            .getMessage());
    }

    @Test
    void otherClassesStayAsTheyAre() throws IOException {
        try (var classFile = ShellAgentTest.class.getResourceAsStream("ShellAgentTest.class")) {
            assertEquals(Optional.empty(), ShellAgent.mend(classFile.readAllBytes()));
        }
        assertNull(new ShellAgent().transform(null, "org/example/Asks", null, null, asksForSubject()));
    }

    private static Callable<?> asks() throws ReflectiveOperationException {
        return (Callable<?>) load("org.dualbridge.agent.Asks", ShellAgent.mend(asksForSubject()).orElseThrow())
            .getDeclaredConstructor().newInstance();
    }

    private static Method doAs(final Class<?> action) throws ReflectiveOperationException {
        final var classFile = new ShellAgent().transform(null, "org/apache/karaf/util/jaas/JaasHelper", null, null,
            jaasHelper());
        return load("org.apache.karaf.util.jaas.JaasHelper", classFile).getMethod("doAs", Subject.class, action);
    }

    private static Class<?> load(final String name, final byte[] classFile) {
        return new ClassLoader(ShellAgentTest.class.getClassLoader()) {
            Class<?> define() {
                return defineClass(name, classFile, 0, classFile.length);
            }
        }.define();
    }

    /** Makes {@code class Asks implements Callable { Object call() { return Subject.getSubject(null); } }}. */
    private static byte[] asksForSubject() {
        final var writer = new ClassWriter(0);
        writer.visit(Opcodes.V11, Opcodes.ACC_PUBLIC, "org/dualbridge/agent/Asks", null, "java/lang/Object",
            new String[] { "java/util/concurrent/Callable" });
        final var constructor = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        constructor.visitInsn(Opcodes.RETURN);
        constructor.visitMaxs(1, 1);
        final var call = writer.visitMethod(Opcodes.ACC_PUBLIC, "call", "()Ljava/lang/Object;", null, null);
        call.visitInsn(Opcodes.ACONST_NULL);
        call.visitMethodInsn(Opcodes.INVOKESTATIC, SUBJECT, "getSubject",
            "(Ljava/security/AccessControlContext;)L" + SUBJECT + ";", false);
        call.visitInsn(Opcodes.ARETURN);
        call.visitMaxs(1, 1);
        return writer.toByteArray();
    }

    /** Makes a {@code JaasHelper} whose two {@code doAs} do nothing and return null. */
    private static byte[] jaasHelper() {
        final var writer = new ClassWriter(0);
        writer.visit(Opcodes.V11, Opcodes.ACC_PUBLIC, "org/apache/karaf/util/jaas/JaasHelper", null,
            "java/lang/Object", null);
        for (var action : List.of("PrivilegedAction", "PrivilegedExceptionAction")) {
            final var doAs = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "doAs",
                "(L" + SUBJECT + ";Ljava/security/" + action + ";)Ljava/lang/Object;", null, null);
            doAs.visitInsn(Opcodes.ACONST_NULL);
            doAs.visitInsn(Opcodes.ARETURN);
            doAs.visitMaxs(1, 2);
        }
        return writer.toByteArray();
    }
}
