// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciConfig.Capability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelConfigSpaceTest {
    private final ModelBench bench = new ModelBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhichCardItIs(Personality personality) {
        try (ModelBench other = new ModelBench(ModelOptions.of("other").with(personality))) {
            assertThat(other.config.vendorId()).isEqualTo(0x8086);
            assertThat(other.config.deviceId()).isEqualTo(personality.deviceId());
            assertThat(other.config.classCode()).isEqualTo(0x020000);
        }
    }

    @Test
    void shouldLeadThroughItsCapabilities() {
        assertThat(bench.config.capabilities())
                .containsExactly(
                        new Capability(PciConfig.CAPABILITY_POWER, 0x40),
                        new Capability(PciConfig.CAPABILITY_MSIX, 0x70),
                        new Capability(PciConfig.CAPABILITY_EXPRESS, 0xA0));
        assertThat(bench.config.powerState()).isEqualTo(PciConfig.PowerState.D0);
        final PciConfig.Msix msix = bench.config.msix();
        assertThat(msix.vectors()).isEqualTo(bench.door.vectors()).isEqualTo(64);
        assertThat(msix.tableBar()).isEqualTo(4);
        assertThat(msix.tableOffset()).isZero();
        assertThat(msix.pendingBar()).isEqualTo(4);
        assertThat(msix.pendingOffset()).isEqualTo(0x2000);
        assertThat(msix.enabled()).isFalse();
        bench.config.enableMsix(true);
        assertThat(bench.config.msix().enabled()).isTrue();
        assertThat(bench.door.readConfig(0xA4, 4) & 1 << 28)
                .as("function-level reset")
                .isNotZero();
        assertThat(bench.door.readConfig(0xAA, 2)).as("nothing pending").isZero();
    }

    @Test
    void shouldTellTheSizeOfItsBars() {
        final int[] sizes = {128 << 10, 0, 0, 0, 16 << 10, 0};
        for (int bar = 0; bar < 6; bar++) {
            final int offset = 0x10 + 4 * bar;
            final boolean upper = bar % 4 == 1;
            bench.door.writeConfig(offset, 4, -1);
            final int read = bench.door.readConfig(offset, 4);
            assertThat(bench.door.barBytes(bar)).isEqualTo(sizes[bar]);
            assertThat(read).isEqualTo(upper ? -1 : sizes[bar] == 0 ? 0 : -sizes[bar] | 4);
        }
        bench.door.writeConfig(0x10, 4, 0xFE00_0000);
        bench.door.writeConfig(0x14, 4, 0x12);
        final PciConfig.Bar bar = bench.config.bar(0);
        assertThat(bar.address()).isEqualTo(0x12_FE00_0000L);
        assertThat(bar.wide()).isTrue();
        assertThat(bar.memory()).isTrue();
        bench.door.writeConfig(0x30, 4, -1);
        assertThat(bench.door.readConfig(0x30, 4)).as("no expansion ROM").isZero();
        assertThat(bench.door.readConfig(0x3D, 1)).as("INTA").isEqualTo(1);
    }

    @Test
    void shouldChangeOnlyWhatCanBeWrittenByAnyWidth() {
        bench.door.writeConfig(0x00, 4, 0);
        assertThat(bench.config.vendorId()).isEqualTo(0x8086);
        bench.door.writeConfig(0x3C, 1, 0xAB);
        assertThat(bench.door.readConfig(0x3C, 4)).isEqualTo(0x1AB);
        bench.door.writeConfig(0x05, 1, 0xFF);
        assertThat(bench.config.command()).isEqualTo(0x0506);
        assertThat(bench.config.status()).isEqualTo(0x0010);
    }

    @Test
    void shouldAnswerNonsenseWithOnes() {
        assertThat(bench.door.readConfig(-4, 4)).isEqualTo(-1);
        assertThat(bench.door.readConfig(4095, 2)).isEqualTo(0xFFFF);
        assertThat(bench.door.readConfig(1, 2)).isEqualTo(0xFFFF);
        assertThat(bench.door.readConfig(Integer.MAX_VALUE, 1)).isEqualTo(0xFF);
        bench.door.writeConfig(4096, 4, -1);
        bench.door.writeConfig(0, 3, -1);
    }

    @Test
    void shouldLinkItsExtendedCapabilities() {
        assertThat(bench.door.readConfig(0x100, 2))
                .as("advanced error reporting")
                .isEqualTo(1);
        assertThat(bench.door.readConfig(0x100, 4) >>> 20).isEqualTo(0x140);
        assertThat(bench.door.readConfig(0x140, 2)).as("serial number").isEqualTo(3);
        assertThat(bench.door.readConfig(0x140, 4) >>> 20).isZero();
    }

    @Test
    void shouldAnswerOnlyWhileMemoryIsEnabled() {
        bench.config.clearCommand(PciConfig.COMMAND_MEMORY);
        assertThat(bench.read(8)).isEqualTo(-1);
        assertThat(bench.model.read(4, 0, 4)).isEqualTo(0xFFFF_FFFFL);
        bench.write(0x5080, 0x400);
        bench.config.setCommand(PciConfig.COMMAND_MEMORY);
        assertThat(bench.read(0x5080)).isZero();
    }
}
