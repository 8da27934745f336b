// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.PciConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResetTest {
    private static final int EXPRESS_CONTROL = 0xA8;
    private static final int FUNCTION_RESET = 1 << 15;

    private void disturb(ModelBench bench) {
        bench.write(ReceiveRegisters.FCTRL, ReceiveRegisters.FCTRL_BROADCAST);
        bench.write(ReceiveRegisters.rxdctl(3), ReceiveRegisters.RXDCTL_ENABLE);
        bench.write(ReceiveRegisters.rdt(3), 17);
        bench.write(TransmitRegisters.tdt(127), 18);
        bench.write(ReceiveRegisters.mta(7), 0x77);
        bench.write(InterruptRegisters.EIMS, InterruptRegisters.EICR_LINK_CHANGE);
        bench.write(ReceiveRegisters.ral(0), 0x5555_5555);
    }

    private void checkRegisters(ModelBench bench) {
        assertThat(bench.read(ReceiveRegisters.FCTRL)).isZero();
        assertThat(bench.read(ReceiveRegisters.rxdctl(3))).isZero();
        assertThat(bench.read(ReceiveRegisters.rdt(3))).isZero();
        assertThat(bench.read(TransmitRegisters.tdt(127))).isZero();
        assertThat(bench.read(InterruptRegisters.EIMS)).isZero();
        assertThat(bench.read(ReceiveRegisters.ral(0)))
                .isNotEqualTo(0x5555_5555)
                .isNotZero();
        assertThat(bench.read(ReceiveRegisters.RDRXCTL) & ReceiveRegisters.RDRXCTL_DMA_INIT_DONE)
                .isNotZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {DeviceRegisters.CTRL_RESET, DeviceRegisters.CTRL_LINK_RESET})
    void shouldResetRegistersButNotMemoryNorConfigurationSpace(int reset) {
        for (RegisterAccess access : RegisterAccess.values()) {
            try (ModelBench bench = new ModelBench(ModelOptions.of("bench").with(access))) {
                disturb(bench);
                final int resets = bench.engineResets;
                bench.write(DeviceRegisters.CTRL, reset);
                assertThat(bench.engineResets).isEqualTo(resets + 1);
                assertThat(bench.read(DeviceRegisters.CTRL)).isZero();
                checkRegisters(bench);
                assertThat(bench.read(ReceiveRegisters.mta(7))).isEqualTo(0x77);
                assertThat(bench.config.commandHas(PciConfig.COMMAND_BUS_MASTER))
                        .isTrue();
            }
        }
    }

    @Test
    void shouldTakeAsLongForAResetAsTold() {
        try (ModelBench bench = new ModelBench(
                ModelOptions.of("bench").with(RegisterAccess.TRAPPED).withDelays(0, 5_000))) {
            bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
            bench.pass(4_999);
            assertThat(bench.read(DeviceRegisters.CTRL)).isEqualTo(DeviceRegisters.CTRL_RESET);
            assertThat(bench.engineTurns).isZero();
            bench.pass(1);
            assertThat(bench.read(DeviceRegisters.CTRL)).isZero();
            assertThat(bench.engineTurns).isEqualTo(1);
        }
    }

    @Test
    void shouldForgetEverythingAtAFunctionLevelReset() {
        try (ModelBench bench = new ModelBench()) {
            disturb(bench);
            bench.door.writeConfig(EXPRESS_CONTROL, 2, FUNCTION_RESET);
            assertThat(bench.door.readConfig(EXPRESS_CONTROL, 2) & FUNCTION_RESET)
                    .isZero();
            checkAfterPowerOn(bench);
        }
    }

    @Test
    void shouldForgetEverythingWhenItsDoorResetsIt() {
        try (ModelBench bench = new ModelBench()) {
            disturb(bench);
            bench.door.reset();
            checkAfterPowerOn(bench);
        }
    }

    private void checkAfterPowerOn(ModelBench bench) {
        assertThat(bench.config.command()).isZero();
        assertThat(bench.read(ReceiveRegisters.FCTRL)).isEqualTo(-1);
        bench.model.doWork();
        assertThat(bench.engineTurns).isZero();
        bench.config.setCommand(PciConfig.COMMAND_MEMORY);
        checkRegisters(bench);
        assertThat(bench.read(ReceiveRegisters.mta(7))).isZero();
    }

    @Test
    void shouldLoseItsRegistersBetweenPowerStates() {
        try (ModelBench bench = new ModelBench()) {
            disturb(bench);
            bench.config.powerState(PciConfig.PowerState.D3);
            assertThat(bench.config.powerState()).isEqualTo(PciConfig.PowerState.D3);
            assertThat(bench.read(DeviceRegisters.STATUS)).isEqualTo(-1);
            bench.model.doWork();
            assertThat(bench.engineTurns).isZero();
            bench.config.powerState(PciConfig.PowerState.D1);
            assertThat(bench.config.powerState()).isEqualTo(PciConfig.PowerState.D3);
            bench.config.powerState(PciConfig.PowerState.D0);
            assertThat(bench.config.commandHas(PciConfig.COMMAND_BUS_MASTER)).isTrue();
            checkRegisters(bench);
        }
    }

    @Test
    void shouldShowThatMasteringIsDisabledOnceNothingIsPending() {
        try (ModelBench bench = new ModelBench()) {
            assertThat(bench.read(DeviceRegisters.STATUS) & DeviceRegisters.STATUS_MASTER_ENABLED)
                    .isNotZero();
            bench.model.faults().holdMaster(true);
            bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_MASTER_DISABLE);
            assertThat(bench.read(DeviceRegisters.STATUS) & DeviceRegisters.STATUS_MASTER_ENABLED)
                    .isNotZero();
            assertThat(bench.door.readConfig(0xAA, 2) & 1 << 5).isNotZero();
            bench.model.faults().holdMaster(false);
            assertThat(bench.read(DeviceRegisters.STATUS) & DeviceRegisters.STATUS_MASTER_ENABLED)
                    .isZero();
            assertThat(bench.door.readConfig(0xAA, 2) & 1 << 5).isZero();
            bench.model.doWork();
            assertThat(bench.engineTurns).isZero();
            bench.write(DeviceRegisters.CTRL, 0);
            bench.model.doWork();
            assertThat(bench.engineTurns).isEqualTo(1);
        }
    }

    @Test
    void shouldResetItselfInMidFlightWhenOrdered() {
        try (ModelBench bench = new ModelBench()) {
            disturb(bench);
            bench.model.faults().resetAfter(2);
            assertThat(bench.model.faults().resetsNow()).isFalse();
            assertThat(bench.model.faults().resetsNow()).isTrue();
            bench.model.doWork();
            checkRegisters(bench);
            assertThat(bench.model.faults().resetsNow()).isFalse();
        }
    }

    @Test
    void shouldSayThatASecurityBlockIsEmptyOnceItIsDisabled() {
        try (ModelBench bench = new ModelBench()) {
            assertThat(bench.read(ReceiveRegisters.SECRXSTAT)).isZero();
            bench.write(ReceiveRegisters.SECRXCTRL, ReceiveRegisters.SECRXCTRL_RX_DISABLE);
            assertThat(bench.read(ReceiveRegisters.SECRXSTAT)).isEqualTo(ReceiveRegisters.SECRXSTAT_READY);
            bench.write(ReceiveRegisters.SECRXCTRL, 0);
            assertThat(bench.read(ReceiveRegisters.SECRXSTAT)).isZero();
            bench.write(TransmitRegisters.SECTXCTRL, TransmitRegisters.SECTXCTRL_TX_DISABLE);
            assertThat(bench.read(TransmitRegisters.SECTXSTAT)).isEqualTo(TransmitRegisters.SECTXSTAT_READY);
        }
    }

    @Test
    void shouldFollowQueuesThatAreEnabledUnlessTheyAreStuck() {
        try (ModelBench bench = new ModelBench()) {
            for (int queue : new int[] {0, 63, 64, 127}) {
                bench.engineCalls.clear();
                bench.write(ReceiveRegisters.rxdctl(queue), ReceiveRegisters.RXDCTL_ENABLE);
                bench.write(TransmitRegisters.txdctl(queue), TransmitRegisters.TXDCTL_ENABLE);
                assertThat(bench.read(ReceiveRegisters.rxdctl(queue))).isEqualTo(ReceiveRegisters.RXDCTL_ENABLE);
                assertThat(bench.read(TransmitRegisters.txdctl(queue))).isEqualTo(TransmitRegisters.TXDCTL_ENABLE);
                assertThat(bench.engineCalls).containsExactly("rx " + queue, "tx " + queue);
                bench.write(ReceiveRegisters.rdh(queue), 5);
                assertThat(bench.read(ReceiveRegisters.rdh(queue))).isZero();
                bench.model.faults().stickReceive(queue, true);
                bench.model.faults().stickTransmit(queue, true);
                bench.write(ReceiveRegisters.rxdctl(queue), 0);
                bench.write(TransmitRegisters.txdctl(queue), 0);
                assertThat(bench.read(ReceiveRegisters.rxdctl(queue))).isEqualTo(ReceiveRegisters.RXDCTL_ENABLE);
                assertThat(bench.read(TransmitRegisters.txdctl(queue))).isEqualTo(TransmitRegisters.TXDCTL_ENABLE);
            }
            assertThat(bench.model.faults().receiveStuck(1)).isFalse();
        }
    }

    @Test
    void shouldComeUpWithoutAnAddressWhereTheEepromIsMissing() {
        try (ModelBench bench = new ModelBench()) {
            bench.model.faults().missEeprom(true);
            bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
            final int control = bench.read(DeviceRegisters.EEC);
            assertThat(control & (DeviceRegisters.EEC_PRESENT | DeviceRegisters.EEC_AUTO_READ_DONE))
                    .isZero();
            assertThat(bench.read(ReceiveRegisters.rah(0))).isZero();
            assertThat(bench.read(LinkRegisters.AUTOC)).isZero();
            bench.model.faults().missEeprom(false);
            bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
            assertThat(bench.read(ReceiveRegisters.rah(0)) & ReceiveRegisters.RAH_VALID)
                    .isNotZero();
        }
    }
}
