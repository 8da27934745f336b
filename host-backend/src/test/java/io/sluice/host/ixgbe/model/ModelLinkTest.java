// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelLinkTest {
    private static final int LASER_OFF = 1 << 3;

    private static boolean latchedUp(ModelBench bench) {
        return (bench.read(LinkRegisters.LINKS) & LinkRegisters.LINKS_UP) != 0;
    }

    private static boolean upNow(ModelBench bench) {
        return (bench.read(LinkRegisters.LINKS) & LinkRegisters.LINKS_UP_NOW) != 0;
    }

    private static boolean changed(ModelBench bench) {
        return (bench.read(InterruptRegisters.EICR) & InterruptRegisters.EICR_LINK_CHANGE) != 0;
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeUpWhereThereIsAMedium(Personality personality) {
        try (ModelBench bench = new ModelBench(ModelOptions.of("bench").with(personality))) {
            final boolean medium = personality != Personality.SFP_EMPTY;
            assertThat(upNow(bench)).isEqualTo(medium);
            assertThat(bench.read(LinkRegisters.LINKS) & LinkRegisters.LINKS_SPEED_MASK)
                    .isEqualTo(medium ? LinkRegisters.LINKS_SPEED_10G : 0);
            assertThat(bench.read(LinkRegisters.AUTOC)).isEqualTo(personality.autoc());
            assertThat(bench.read(LinkRegisters.AUTOC2)).isEqualTo(personality.autoc2());
            assertThat(bench.read(LinkRegisters.ANLP1) & 0xF_0000).isNotZero();
            assertThat(bench.read(DeviceRegisters.ESDP) & 1 << 2).isEqualTo(personality.module() ? 1 << 2 : 0);
        }
    }

    @Test
    void shouldLatchALossUntilItIsRead() {
        try (ModelBench bench = new ModelBench()) {
            assertThat(latchedUp(bench)).as("down since the reset").isFalse();
            assertThat(latchedUp(bench)).isTrue();
            bench.model.faults().loseLink(true);
            bench.model.doWork();
            bench.model.faults().loseLink(false);
            bench.model.doWork();
            assertThat(latchedUp(bench)).isFalse();
            assertThat(latchedUp(bench)).isTrue();
        }
    }

    @Test
    void shouldRaiseLinkChangesOnce() {
        try (ModelBench bench = new ModelBench()) {
            bench.model.doWork();
            assertThat(changed(bench)).isTrue();
            bench.model.doWork();
            assertThat(changed(bench)).isFalse();
            bench.carrier = false;
            bench.model.doWork();
            assertThat(changed(bench)).isTrue();
            assertThat(upNow(bench)).isFalse();
            bench.carrier = true;
            bench.model.doWork();
            assertThat(changed(bench)).isTrue();
            assertThat(upNow(bench)).isTrue();
        }
    }

    @Test
    void shouldTakeItsTimeAfterAResetAndARestart() {
        try (ModelBench bench = new ModelBench(
                ModelOptions.of("bench").with(RegisterAccess.TRAPPED).withDelays(1_000_000, 0))) {
            bench.pass(999_999);
            assertThat(upNow(bench)).isFalse();
            bench.pass(1);
            assertThat(upNow(bench)).isTrue();
            final int autoc = bench.read(LinkRegisters.AUTOC);
            bench.write(LinkRegisters.AUTOC, autoc | LinkRegisters.AUTOC_RESTART);
            assertThat(bench.read(LinkRegisters.AUTOC))
                    .as("restart clears itself")
                    .isEqualTo(autoc);
            assertThat(upNow(bench)).isFalse();
            bench.pass(1_000_000);
            assertThat(upNow(bench)).isTrue();
            bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
            assertThat(upNow(bench)).isFalse();
        }
    }

    @Test
    void shouldGoDownWithTheLaserOff() {
        try (ModelBench bench = new ModelBench()) {
            assertThat(upNow(bench)).isTrue();
            bench.write(DeviceRegisters.ESDP, LASER_OFF);
            assertThat(upNow(bench)).isFalse();
            bench.write(DeviceRegisters.ESDP, 0);
            assertThat(upNow(bench)).isTrue();
        }
    }

    @Test
    void shouldLoopBackWithoutACarrier() {
        try (ModelBench bench = new ModelBench()) {
            bench.carrier = false;
            assertThat(upNow(bench)).isFalse();
            bench.write(LinkRegisters.AUTOC, LinkRegisters.AUTOC_FORCE_LINK_UP);
            bench.write(
                    ReceiveRegisters.HLREG0, bench.read(ReceiveRegisters.HLREG0) | ReceiveRegisters.HLREG0_LOOPBACK);
            assertThat(upNow(bench)).isTrue();
        }
    }
}
