/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dualbridge.core.DualBridge;
import org.dualbridge.core.DualBridge.Learning;
import org.dualbridge.core.DualBridge.Method;
import org.dualbridge.core.Intent;
import org.dualbridge.core.Samples;
import org.dualbridge.table.FlowEntry;
import org.dualbridge.table.FlowEntry.Readdress;
import org.dualbridge.table.FlowEntry.ToPort;
import org.dualbridge.table.TablePlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.InstructionsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.GoToTableCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.VlanId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.l2.types.rev130827.VlanPcp;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.IpMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.MetadataBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.match.VlanMatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.model.match.types.rev131026.vlan.match.fields.VlanIdBuilder;
import org.opendaylight.yangtools.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

class OpenFlowRepliesTest {
    private static Stream<FlowEntry> all(final DualBridge config, final long node) {
        final var plan = new TablePlan(config);
        return Stream.of(plan.watch(node), plan.role(node, new Intent(1, Samples.LEFT)).flows(), plan.hosts(node))
            .flatMap(flows -> flows.stream());
    }

    private static void assertReadBack(final long node, final FlowEntry flow) {
        assertEquals(Optional.of(flow.match()), OpenFlowReplies.match(OpenFlowTerms.match(node, flow.match())));
        assertEquals(Optional.of(flow.actions()),
            OpenFlowReplies.actions(OpenFlowTerms.instructions(flow.actions())));
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void allThatIsEverSentIsReadBack(final Method method) {
        final var config = Samples.openFlow(method).with(new Learning(true, 1, 0, true, true));
        for (final var node : List.of(1L, 2L, 11L, 12L)) {
            all(config, node).forEach(flow -> assertReadBack(node, flow));
        }
    }

    @Test
    void flowsOfAWayDownAreReadBack() {
        final var deliveries = all(Samples.diverting(), 12)
            .filter(flow -> flow.kind() == FlowEntry.Kind.DELIVERY).toList();

        assertFalse(deliveries.isEmpty());
        deliveries.forEach(flow -> assertReadBack(12, flow));
    }

    @Test
    void flowsPerAddressAreReadBack() {
        final var perAddress = all(Samples.proxy(), 1).filter(flow -> flow.match().vlan() != null).toList();

        assertEquals(6, perAddress.size());
        perAddress.forEach(flow -> assertReadBack(1, flow));
    }

    @Test
    void bucketAddressesTheBridgeBeforeItSends() {
        final var plan = new TablePlan(Samples.proxy());
        final var bucket = OpenFlowTerms.buckets(plan.role(1, new Intent(1, Samples.LEFT)).nextHop()).nonnullBucket()
            .values().iterator().next();

        assertEquals(OpenFlowTerms.actions(List.of(new Readdress(Samples.LEFT_MAC), new ToPort(1))),
            bucket.nonnullAction());
    }

    @Test
    void anyVlanIsNotUntagged() {
        final var any = new VlanMatchBuilder().setVlanId(new VlanIdBuilder().setVlanIdPresent(true)
            .setVlanId(new VlanId(Uint16.ZERO)).build()).build();

        assertEquals(Optional.empty(), OpenFlowReplies.match(new MatchBuilder().setVlanMatch(any).build()));
    }

    @Test
    void fieldThatIsNeverSentIsForeign() {
        assertEquals(Optional.empty(), OpenFlowReplies.match(new MatchBuilder()
            .setMetadata(new MetadataBuilder().setMetadata(Uint64.ONE).build()).build()));
        assertEquals(Optional.empty(), OpenFlowReplies.match(new MatchBuilder()
            .setIpMatch(new IpMatchBuilder().setIpProtocol(Uint8.valueOf(6)).build()).build()));
        assertEquals(Optional.empty(), OpenFlowReplies.match(new MatchBuilder()
            .setVlanMatch(new VlanMatchBuilder().setVlanPcp(new VlanPcp(Uint8.ONE)).build()).build()));
    }

    @Test
    void instructionThatIsNeverSentIsForeign() {
        final var goTo = new InstructionBuilder().withKey(new InstructionKey(0))
            .setInstruction(new GoToTableCaseBuilder().build()).build();

        assertEquals(Optional.empty(), OpenFlowReplies.actions(new InstructionsBuilder()
            .setInstruction(BindingMap.of(goTo)).build()));
        assertEquals(Optional.of(List.of()), OpenFlowReplies.actions(null));
    }
}
