/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

class ShellAgentTest {
    private static final String SUBJECT = "javax/security/auth/Subject";

    @Test
    void theCurrentSubjectIsFound() throws Exception {
        final var changed = ShellAgent.replaceGetSubject(asksForSubject()).orElseThrow();
        final Callable<?> asks = (Callable<?>) new ClassLoader(ShellAgentTest.class.getClassLoader()) {
            Class<?> define() {
                return defineClass("org.dualbridge.agent.Asks", changed, 0, changed.length);
            }
        }.define().getDeclaredConstructor().newInstance();
        final var user = new Subject();
        assertSame(user, Subject.callAs(user, asks::call));
    }

    @Test
    void otherClassesStayAsTheyAre() throws IOException {
        try (var classFile = ShellAgentTest.class.getResourceAsStream("ShellAgentTest.class")) {
            assertEquals(Optional.empty(), ShellAgent.replaceGetSubject(classFile.readAllBytes()));
        }
        assertNull(new ShellAgent().transform(null, "org/example/Asks", null, null, asksForSubject()));
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
}
