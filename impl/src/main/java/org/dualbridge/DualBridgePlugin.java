/*
 * Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package org.dualbridge;

import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.annotation.PreDestroy;
import javax.inject.Inject;
import javax.inject.Singleton;
import org.dualbridge.api.DualBridgeStatus;
import org.dualbridge.config.ConfigCohort;
import org.dualbridge.config.ConfigListener;
import org.dualbridge.core.HostTable.Key;
import org.dualbridge.datastore.LearnedHostWriter;
import org.dualbridge.datastore.LinkMemoryStore;
import org.dualbridge.datastore.MaintenanceWriter;
import org.dualbridge.datastore.StateWriter;
import org.dualbridge.frame.Mac;
import org.dualbridge.openflow.FabricEvents;
import org.dualbridge.openflow.LinkEvents;
import org.dualbridge.openflow.PortStatusTap;
import org.dualbridge.openflow.SwitchRpcs;
import org.dualbridge.run.Dispatcher;
import org.dualbridge.run.Dispatcher.MaintenanceResult;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.binding.api.RpcService;
import org.opendaylight.mdsal.binding.dom.adapter.AdapterContext;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.openflowjava.protocol.spi.connection.SwitchConnectionProvider;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeServiceManager;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.Announce;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.AnnounceInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.AnnounceOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.AnnounceOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.BridgeChoice;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.DualBridges;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.EvacuateBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.EvacuateBridgeInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.EvacuateBridgeOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.EvacuateBridgeOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.MigrateHost;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.MigrateHostInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.MigrateHostOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.MigrateHostOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReportHealth;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReportHealthInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReportHealthOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReportHealthOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReturnBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReturnBridgeInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReturnBridgeOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.ReturnBridgeOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.Switchover;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.SwitchoverInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.SwitchoverOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.SwitchoverOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.Verify;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.VerifyInput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.VerifyOutput;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.VerifyOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.DualBridge;
import org.opendaylight.yang.gen.v1.urn.dualbridge.rev261122.dual.bridges.SyncGroup;
import org.opendaylight.yang.gen.v1.urn.dualbridge.types.rev261122.Name;
import org.opendaylight.yangtools.binding.DataObjectReference;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts together, and ties them to the controller. */
@Singleton
@Component(immediate = true, service = org.dualbridge.api.DualBridges.class)
public final class DualBridgePlugin implements org.dualbridge.api.DualBridges, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DualBridgePlugin.class);

    private final StateWriter state;
    private final Dispatcher dispatcher;
    private final MaintenanceWriter maintenance;
    private final FabricEvents fabric;
    private final LinkEvents links;
    private final PortStatusTap tap;
    private final List<Registration> registrations;

    /**
     * Starts the plugin.
     *
     * @param broker the datastore
     * @param domBroker the datastore, where commits are checked
     * @param codec translates what is checked
     * @param rpcs how switches are told
     * @param rpcProvider where our own RPCs are registered
     * @param notifications where frames from switches are told
     * @param masterships where switches that come and go are told
     */
    @Inject
    @Activate
    public DualBridgePlugin(@Reference final DataBroker broker, @Reference final DOMDataBroker domBroker,
            @Reference final AdapterContext codec, @Reference final RpcService rpcs,
            @Reference final RpcProviderService rpcProvider, @Reference final NotificationService notifications,
            @Reference final MastershipChangeServiceManager masterships) {
        state = new StateWriter(broker);
        maintenance = new MaintenanceWriter(broker);
        dispatcher = new Dispatcher(new SwitchRpcs(rpcs), state, new LearnedHostWriter(broker),
            new LinkMemoryStore(broker));
        registrations = List.of(
            ConfigCohort.register(domBroker, codec),
            broker.registerTreeChangeListener(LogicalDatastoreType.CONFIGURATION,
                DataObjectReference.builder(DualBridges.class).child(DualBridge.class).build(),
                new ConfigListener(dispatcher::configured, dispatcher::removed)),
            broker.registerTreeChangeListener(LogicalDatastoreType.CONFIGURATION,
                DataObjectReference.builder(DualBridges.class).child(SyncGroup.class).build(), this::groupsChanged),
            rpcProvider.registerRpcImplementation((Announce) this::announce),
            rpcProvider.registerRpcImplementation((Switchover) this::switchover),
            rpcProvider.registerRpcImplementation((EvacuateBridge) this::evacuate),
            rpcProvider.registerRpcImplementation((ReturnBridge) this::takeBack),
            rpcProvider.registerRpcImplementation((MigrateHost) this::migrate),
            rpcProvider.registerRpcImplementation((Verify) this::verify),
            rpcProvider.registerRpcImplementation((ReportHealth) this::reportHealth));
        fabric = new FabricEvents(broker, notifications, masterships, dispatcher);
        links = new LinkEvents(broker, dispatcher.links());
        tap = new PortStatusTap(dispatcher);
        LOG.info("Dualbridge started");
    }

    /**
     * Switches can connect in one more way.
     *
     * @param connections where
     */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addConnections(final SwitchConnectionProvider connections) {
        tap.open(connections);
    }

    /**
     * That way is closed, or this plugin stops.
     *
     * @param connections where
     */
    public void removeConnections(final SwitchConnectionProvider connections) {
        PortStatusTap.close(connections);
    }

    private void groupsChanged(final List<DataTreeModification<SyncGroup>> changes) {
        for (final var change : changes) {
            final var after = change.getRootNode().dataAfter();
            dispatcher.grouped(change.path().toLegacy().firstKeyOf(SyncGroup.class).getName().getValue(),
                after == null ? List.of()
                    : Objects.requireNonNullElse(after.getMember(), List.<Name>of()).stream().map(Name::getValue)
                        .toList());
        }
    }

    private ListenableFuture<RpcResult<ReportHealthOutput>> reportHealth(final ReportHealthInput input) {
        final var lifetime = input.getLifetime();
        return Futures.transform(
            dispatcher.report(input.requireDualBridge().getValue(), input.requireBridge().getValue(),
                input.getTracker() == null ? null : input.getTracker().getValue(), input.requireHealthy(),
                TimeUnit.SECONDS.toNanos(lifetime == null ? 60 : lifetime.longValue())),
            refusal -> refusal
                .map(reason -> RpcResultBuilder.<ReportHealthOutput>failed()
                    .withError(ErrorType.APPLICATION, ErrorTag.OPERATION_FAILED, reason)
                    .build())
                .orElseGet(() -> RpcResultBuilder.success(new ReportHealthOutputBuilder().build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<RpcResult<EvacuateBridgeOutput>> evacuate(final EvacuateBridgeInput input) {
        return Futures.transform(setMaintenance(input, true), result -> result.refusal()
                .map(DualBridgePlugin::<EvacuateBridgeOutput>refused)
                .orElseGet(() -> RpcResultBuilder.<EvacuateBridgeOutput>success(
                    new EvacuateBridgeOutputBuilder().setDualBridge(names(result)).build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<RpcResult<ReturnBridgeOutput>> takeBack(final ReturnBridgeInput input) {
        return Futures.transform(setMaintenance(input, false), result -> result.refusal()
                .map(DualBridgePlugin::<ReturnBridgeOutput>refused)
                .orElseGet(() -> RpcResultBuilder.<ReturnBridgeOutput>success(
                    new ReturnBridgeOutputBuilder().setDualBridge(names(result)).build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<MaintenanceResult> setMaintenance(final BridgeChoice choice, final boolean evacuate) {
        final var dualBridge = choice.getDualBridge();
        final var executor = MoreExecutors.directExecutor();
        return Futures.transformAsync(
            dispatcher.find(choice.requireBridge(), dualBridge == null ? null : dualBridge.getValue(), evacuate),
            found -> {
                if (found.refusal().isPresent()) {
                    return Futures.immediateFuture(found);
                }
                final var written = maintenance.write(found.bridges(), evacuate);
                return evacuate
                    ? Futures.transformAsync(written, done -> awaitEvacuated(found), executor)
                    : Futures.transform(written, done -> found, executor);
            }, executor);
    }

    private ListenableFuture<MaintenanceResult> awaitEvacuated(final MaintenanceResult found) {
        final var executor = MoreExecutors.directExecutor();
        return Futures.transformAsync(dispatcher.evacuated(found.bridges()), rest -> Futures.transform(
            // Who is answered reads the state next.
            state.written(), done -> rest.isEmpty() ? found : found.refused("bridge: maintenance is set, but in "
                + String.join(", ", rest.keySet()) + " it is active still"), executor), executor);
    }

    private static Set<Name> names(final MaintenanceResult result) {
        return result.bridges().keySet().stream().map(Name::new).collect(ImmutableSet.toImmutableSet());
    }

    private static <T> RpcResult<T> refused(final String reason) {
        return RpcResultBuilder.<T>failed()
            .withError(ErrorType.APPLICATION, ErrorTag.OPERATION_FAILED, reason)
            .build();
    }

    private ListenableFuture<RpcResult<AnnounceOutput>> announce(final AnnounceInput input) {
        final var host = input.getHost();
        return Futures.transform(
            dispatcher.announce(input.requireDualBridge().getValue(), host == null ? null : Mac.parse(host.getValue())),
            result -> result.refusal()
                .map(reason -> RpcResultBuilder.<AnnounceOutput>failed()
                    .withError(ErrorType.APPLICATION, ErrorTag.OPERATION_FAILED, reason)
                    .build())
                .orElseGet(() -> RpcResultBuilder.<AnnounceOutput>success(
                    new AnnounceOutputBuilder().setHosts(Uint32.valueOf(result.hosts())).build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<RpcResult<MigrateHostOutput>> migrate(final MigrateHostInput input) {
        final var vlan = input.getVlan();
        return Futures.transform(
            dispatcher.migrate(new Key(Mac.parse(input.requireMac().getValue()),
                vlan == null ? 0 : vlan.getValue().toJava()), input.requireTo().getValue(),
                Boolean.TRUE.equals(input.getWaitUntilSeen())),
            result -> result.refusal()
                .map(DualBridgePlugin::<MigrateHostOutput>refused)
                .orElseGet(() -> RpcResultBuilder.<MigrateHostOutput>success(
                    new MigrateHostOutputBuilder().setMoves(Uint64.valueOf(result.moves())).build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<RpcResult<VerifyOutput>> verify(final VerifyInput input) {
        return Futures.transform(dispatcher.verify(input.requireDualBridge().getValue()),
            result -> result.refusal()
                .map(reason -> RpcResultBuilder.<VerifyOutput>failed()
                    .withError(ErrorType.APPLICATION, ErrorTag.OPERATION_FAILED, reason)
                    .build())
                .orElseGet(() -> RpcResultBuilder.<VerifyOutput>success(new VerifyOutputBuilder()
                    .setSwitches(Uint32.valueOf(result.switches()))
                    .setMissing(Uint32.valueOf(result.missing()))
                    .setUnexpected(Uint32.valueOf(result.unexpected()))
                    .setRepaired(Uint32.valueOf(result.repaired()))
                    .build()).build()),
            MoreExecutors.directExecutor());
    }

    private ListenableFuture<RpcResult<SwitchoverOutput>> switchover(final SwitchoverInput input) {
        return Futures.transform(
            dispatcher.switchover(input.requireDualBridge().getValue(), input.requireBridge().getValue()),
            result -> result.refusal()
                .map(reason -> RpcResultBuilder.<SwitchoverOutput>failed()
                    .withError(ErrorType.APPLICATION, ErrorTag.OPERATION_FAILED, reason)
                    .build())
                .orElseGet(() -> RpcResultBuilder.<SwitchoverOutput>success(
                    new SwitchoverOutputBuilder().setEpoch(Uint64.valueOf(result.epoch())).build()).build()),
            MoreExecutors.directExecutor());
    }

    @Override
    public List<DualBridgeStatus> status() {
        return state.latest().values().stream().sorted(Comparator.comparing(DualBridgeStatus::name)).toList();
    }

    @Override
    @PreDestroy
    @Deactivate
    public void close() {
        links.close();
        fabric.close();
        registrations.reversed().forEach(Registration::close);
        dispatcher.close();
        LOG.info("Dualbridge stopped");
    }
}
