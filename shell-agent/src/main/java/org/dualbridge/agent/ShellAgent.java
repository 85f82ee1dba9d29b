/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Optional;
import org.eclipse.jdt.annotation.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Lets Karaf's shell run on Java 24 and newer, which took the security manager away (JEP 486), and with it the way in
 * which Karaf 4.4 remembers who the user is. Two things of Karaf are replaced by calls of {@link CurrentUser}:
 * <ul>
 *   <li>{@code Subject.getSubject(AccessControlContext)}, which throws there;</li>
 *   <li>{@code JaasHelper.doAs(Subject, action)}, which binds the user to an {@code AccessControlContext}, where
 *   nobody finds it any more: commands that need a role would not be found.</li>
 * </ul>
 */
public final class ShellAgent implements ClassFileTransformer {
    private static final String KARAF = "org/apache/karaf/";
    private static final String JAAS_HELPER = KARAF + "util/jaas/JaasHelper";
    private static final String SUBJECT = "javax/security/auth/Subject";

    /**
     * Begins to look at classes before they are used.
     *
     * @param options none
     * @param instrumentation of this virtual machine
     */
    public static void premain(final @Nullable String options, final Instrumentation instrumentation) {
        CurrentUser.publish();
        instrumentation.addTransformer(new ShellAgent());
    }

    @Override
    public byte @Nullable [] transform(final @Nullable ClassLoader loader, final @Nullable String className,
            final @Nullable Class<?> redefined, final @Nullable ProtectionDomain domain, final byte[] classFile) {
        return className == null || !className.startsWith(KARAF) ? null : mend(classFile).orElse(null);
    }

    /**
     * Replaces both, wherever a class has them.
     *
     * @param classFile a class
     * @return the changed class, empty if nothing was to be changed
     */
    static Optional<byte[]> mend(final byte[] classFile) {
        final var reader = new ClassReader(classFile);
        final var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        final var mending = new Mending(writer, reader.getClassName().equals(JAAS_HELPER));
        reader.accept(mending, 0);
        return mending.changed ? Optional.of(writer.toByteArray()) : Optional.empty();
    }

    private static final class Mending extends ClassVisitor {
        private final boolean jaasHelper;
        private boolean changed;

        Mending(final ClassVisitor next, final boolean jaasHelper) {
            super(Opcodes.ASM9, next);
            this.jaasHelper = jaasHelper;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                final @Nullable String signature, final String @Nullable [] exceptions) {
            final var next = super.visitMethod(access, name, descriptor, signature, exceptions);
            if (jaasHelper && name.equals("doAs")) {
                changed = true;
                doAs(next);
                return null;
            }
            return new MethodVisitor(Opcodes.ASM9, next) {
                @Override
                public void visitMethodInsn(final int opcode, final String owner, final String method,
                        final String type, final boolean isInterface) {
                    if (owner.equals(SUBJECT) && method.equals("getSubject")) {
                        changed = true;
                        super.visitInsn(Opcodes.POP);
                        currentUser(mv, "java/util/function/Supplier");
                        super.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/util/function/Supplier", "get",
                            "()Ljava/lang/Object;", true);
                        super.visitTypeInsn(Opcodes.CHECKCAST, SUBJECT);
                    } else {
                        super.visitMethodInsn(opcode, owner, method, type, isInterface);
                    }
                }
            };
        }

        /** Makes {@code return currentUser.apply(subject, action);}. */
        private static void doAs(final MethodVisitor body) {
            body.visitCode();
            currentUser(body, "java/util/function/BiFunction");
            body.visitVarInsn(Opcodes.ALOAD, 0);
            body.visitVarInsn(Opcodes.ALOAD, 1);
            body.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/util/function/BiFunction", "apply",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;", true);
            body.visitInsn(Opcodes.ARETURN);
            body.visitMaxs(0, 0);
            body.visitEnd();
        }

        /** Makes {@code (type) System.getProperties().get(CurrentUser.PROPERTY)}. */
        private static void currentUser(final MethodVisitor body, final String type) {
            body.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/System", "getProperties",
                "()Ljava/util/Properties;", false);
            body.visitLdcInsn(CurrentUser.PROPERTY);
            body.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/util/Properties", "get",
                "(Ljava/lang/Object;)Ljava/lang/Object;", false);
            body.visitTypeInsn(Opcodes.CHECKCAST, type);
        }
    }
}
