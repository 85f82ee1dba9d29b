/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.core;

import com.google.common.collect.ComparisonChain;
import java.util.regex.Pattern;

/**
 * A port of an OpenFlow switch, written as OpenDaylight writes a node-connector: {@code openflow:1:2}; or a target of a
 * tracker that is asked through it.
 *
 * @param datapath datapath id of the switch
 * @param number port number
 * @param target number of the target, 0 for the port itself
 */
public record PortRef(long datapath, long number, int target) implements Comparable<PortRef> {
    private static final String SCHEME = "openflow:";
    private static final Pattern FORMAT = Pattern.compile("openflow:([0-9]{1,20}):([0-9]{1,10})");
    private static final Pattern NODE_FORMAT = Pattern.compile("openflow:([0-9]{1,20})");
    /** The highest number of a port that is not reserved (OpenFlow 1.3.5, section A.2.1). */
    private static final long MAX = 0xffff_ff00L;

    /**
     * Names a port.
     *
     * @param datapath datapath id of the switch
     * @param number port number
     */
    public PortRef(final long datapath, final long number) {
        this(datapath, number, 0);
    }

    /**
     * Names a target that is asked through this port.
     *
     * @param which number of the target, 0 for the port itself
     * @return the target
     */
    public PortRef behind(final int which) {
        return which == target ? this : new PortRef(datapath, number, which);
    }

    /**
     * Names the port that a target is asked through.
     *
     * @return the port itself
     */
    public PortRef port() {
        return behind(0);
    }

    /**
     * Reads a node-connector id.
     *
     * @param text for example {@code openflow:1:2}
     * @return the port
     * @throws IllegalArgumentException if it is written otherwise, or the port number is reserved
     */
    public static PortRef parse(final String text) {
        final var matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not of the form openflow:<datapath id>:<port>");
        }
        final var number = Long.parseLong(matcher.group(2));
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("'" + text + "' has a port number outside 1.." + MAX);
        }
        return new PortRef(datapath(text, matcher.group(1)), number);
    }

    /**
     * Reads a node id.
     *
     * @param text for example {@code openflow:1}
     * @return the datapath id
     * @throws IllegalArgumentException if it is written otherwise
     */
    public static long parseNode(final String text) {
        final var matcher = NODE_FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not of the form openflow:<datapath id>");
        }
        return datapath(text, matcher.group(1));
    }

    private static long datapath(final String text, final String digits) {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has a datapath id of more than 64 bits", e);
        }
    }

    /**
     * Writes a node id.
     *
     * @param datapath datapath id
     * @return for example {@code openflow:1}
     */
    public static String node(final long datapath) {
        return SCHEME + Long.toUnsignedString(datapath);
    }

    /** As the record would do it, but without an indirect call; each probe and each answer looks ports up. */
    @Override
    public int hashCode() {
        return 31 * Long.hashCode(datapath) + Long.hashCode(number) ^ target;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof PortRef port && datapath == port.datapath && number == port.number
            && target == port.target;
    }

    @Override
    public int compareTo(final PortRef other) {
        return ComparisonChain.start()
            .compare(datapath, other.datapath, Long::compareUnsigned)
            .compare(number, other.number)
            .compare(target, other.target)
            .result();
    }

    @Override
    public String toString() {
        return node(datapath) + ':' + number + (target == 0 ? "" : " (target " + target + ')');
    }
}
