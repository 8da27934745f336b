// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import org.junit.jupiter.api.Test;

class SemaphoresAndPhyTest {
    private static final int ADDRESS = 0;
    private static final int WRITE = 1;
    private static final int READ_AND_STEP = 2;
    private static final int READ = 3;

    @Test
    void shouldGiveTheSemaphoreToTheFirstWhoLooks() {
        try (ModelBench bench = new ModelBench()) {
            assertThat(bench.read(DeviceRegisters.SWSM) & DeviceRegisters.SWSM_SMBI)
                    .isZero();
            assertThat(bench.read(DeviceRegisters.SWSM) & DeviceRegisters.SWSM_SMBI)
                    .isNotZero();
            bench.write(DeviceRegisters.SWSM, DeviceRegisters.SWSM_SMBI | DeviceRegisters.SWSM_SWESMBI);
            assertThat(bench.read(DeviceRegisters.SWSM)).isEqualTo(3);
            bench.write(DeviceRegisters.SW_FW_SYNC, 5);
            assertThat(bench.read(DeviceRegisters.SW_FW_SYNC)).isEqualTo(5);
            bench.write(DeviceRegisters.SWSM, 0);
            assertThat(bench.read(DeviceRegisters.SWSM)).isZero();
            assertThat(bench.read(DeviceRegisters.SWSM)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotGiveTheSemaphoreWhileSomebodyElseHoldsIt() {
        try (ModelBench bench = new ModelBench()) {
            bench.model.faults().holdSemaphore(true);
            assertThat(bench.read(DeviceRegisters.SWSM)).isEqualTo(1);
            bench.write(DeviceRegisters.SWSM, 0);
            assertThat(bench.read(DeviceRegisters.SWSM)).isEqualTo(1);
            bench.model.faults().holdSemaphore(false);
            bench.write(DeviceRegisters.SWSM, 0);
            assertThat(bench.read(DeviceRegisters.SWSM)).isZero();
        }
    }

    private int cycle(ModelBench bench, int kind, int phy, int device, int register) {
        bench.write(LinkRegisters.MSCA, LinkRegisters.MSCA_COMMAND | kind << 26 | phy << 21 | device << 16 | register);
        assertThat(bench.read(LinkRegisters.MSCA) & LinkRegisters.MSCA_COMMAND).isZero();
        return bench.read(LinkRegisters.MSRWD) >>> 16;
    }

    private int read(ModelBench bench, int phy, int device, int register) {
        cycle(bench, ADDRESS, phy, device, register);
        return cycle(bench, READ, phy, device, register);
    }

    @Test
    void shouldReadAsOnesWhereThereIsNoPhy() {
        try (ModelBench bench = new ModelBench()) {
            for (int phy = 0; phy < 32; phy++) {
                assertThat(read(bench, phy, 1, 2)).isEqualTo(0xFFFF);
            }
        }
    }

    @Test
    void shouldTellWhichPhyThereIs() {
        try (ModelBench bench = new ModelBench(ModelOptions.of("bench").with(Personality.BASE_T))) {
            assertThat(read(bench, 0, 1, 2) << 16 | read(bench, 0, 1, 3)).isEqualTo(Personality.BASE_T.phyId());
            assertThat(read(bench, 1, 1, 2)).isEqualTo(0xFFFF);
            cycle(bench, ADDRESS, 0, 1, 2);
            assertThat(cycle(bench, READ_AND_STEP, 0, 1, 2)).isEqualTo(Personality.BASE_T.phyId() >>> 16);
            assertThat(cycle(bench, READ, 0, 1, 2)).isEqualTo(Personality.BASE_T.phyId() & 0xFFFF);
            bench.write(LinkRegisters.MSRWD, 0x8123);
            cycle(bench, ADDRESS, 0, 1, 0);
            cycle(bench, WRITE, 0, 1, 0);
            assertThat(read(bench, 0, 1, 0)).as("the reset bit clears itself").isEqualTo(0x0123);
            bench.model.doWork();
            assertThat(read(bench, 0, 1, 1) & 1 << 2).isNotZero();
            bench.carrier = false;
            bench.model.doWork();
            assertThat(read(bench, 0, 1, 1) & 1 << 2).isZero();
        }
    }
}
