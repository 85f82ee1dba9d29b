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
 * Lets Karaf's shell run on Java 24 and newer. Karaf 4.4 asks {@code Subject.getSubject(AccessControlContext)} who the
 * user is, which throws there (JEP 486); {@code Subject.current()} is what it stands for since Java 18.
 */
public final class ShellAgent implements ClassFileTransformer {
    private static final String KARAF = "org/apache/karaf/";
    private static final String SUBJECT = "javax/security/auth/Subject";

    /**
     * Begins to look at classes before they are used.
     *
     * @param options none
     * @param instrumentation of this virtual machine
     */
    public static void premain(final @Nullable String options, final Instrumentation instrumentation) {
        instrumentation.addTransformer(new ShellAgent());
    }

    @Override
    public byte @Nullable [] transform(final @Nullable ClassLoader loader, final @Nullable String className,
            final @Nullable Class<?> redefined, final @Nullable ProtectionDomain domain, final byte[] classFile) {
        return className == null || !className.startsWith(KARAF) ? null
            : replaceGetSubject(classFile).orElse(null);
    }

    /**
     * Replaces every call of {@code getSubject} by one of {@code current}.
     *
     * @param classFile a class
     * @return the changed class, empty if nothing was to be changed
     */
    static Optional<byte[]> replaceGetSubject(final byte[] classFile) {
        final var reader = new ClassReader(classFile);
        final var writer = new ClassWriter(reader, 0);
        final var changed = new boolean[1];
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                    final @Nullable String signature, final String @Nullable [] exceptions) {
                return new MethodVisitor(Opcodes.ASM9,
                        super.visitMethod(access, name, descriptor, signature, exceptions)) {
                    @Override
                    public void visitMethodInsn(final int opcode, final String owner, final String method,
                            final String type, final boolean isInterface) {
                        if (owner.equals(SUBJECT) && method.equals("getSubject")) {
                            changed[0] = true;
                            super.visitInsn(Opcodes.POP);
                            super.visitMethodInsn(opcode, owner, "current", "()L" + SUBJECT + ";", false);
                        } else {
                            super.visitMethodInsn(opcode, owner, method, type, isInterface);
                        }
                    }
                };
            }
        }, 0);
        return changed[0] ? Optional.of(writer.toByteArray()) : Optional.empty();
    }
}
