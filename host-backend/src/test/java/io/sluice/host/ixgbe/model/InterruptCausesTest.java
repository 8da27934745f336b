// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.pci.PciConfig;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterruptCausesTest {
    private static final long SEED = Long.getLong("seed", 7_3_1);
    private static final int VALID = InterruptRegisters.IVAR_VALID;
    private static final int MSIX_TABLE_CONTROL = 12;

    private final ModelBench bench = new ModelBench();
    private InterruptCauses causes;

    @BeforeEach
    void settle() {
        causes = bench.parts.interrupts();
        bench.model.doWork();
        bench.read(InterruptRegisters.EICR);
        bench.takeInterrupts();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void map(int queue, int receiveVector, int transmitVector) {
        final int shift = 16 * (queue & 1);
        final int offset = InterruptRegisters.ivar(queue / 2);
        final int pair = VALID | receiveVector | (VALID | transmitVector) << 8;
        bench.write(offset, bench.read(offset) & ~(0xFFFF << shift) | pair << shift);
    }

    private void mode(int bits) {
        bench.write(InterruptRegisters.GPIE, bits);
    }

    @Test
    void shouldKeepTheCauseWhereTheMessageGetsLost() {
        bench.model.faults().loseInterrupts(true);
        bench.write(InterruptRegisters.EIMS, InterruptRegisters.EICR_LINK_CHANGE);
        causes.raise(InterruptRegisters.EICR_LINK_CHANGE);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.model.faults().loseInterrupts(false);
        bench.model.doWork();
        assertThat(bench.takeInterrupts()).isEmpty();
        assertThat(bench.read(InterruptRegisters.EICR) & InterruptRegisters.EICR_LINK_CHANGE)
                .isNotZero();
        causes.raise(InterruptRegisters.EICR_LINK_CHANGE);
        assertThat(bench.takeInterrupts()).containsExactly(0);
    }

    @Test
    void shouldTakeEveryQueueToItsVector() {
        System.out.println("seed=" + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        mode(InterruptRegisters.GPIE_MSIX);
        bench.write(InterruptRegisters.EIAC, 0xFFFF);
        bench.write(InterruptRegisters.eimsEx(0), -1);
        bench.write(InterruptRegisters.eimsEx(1), -1);
        final int[] receive = new int[128];
        final int[] transmit = new int[128];
        for (int queue = 0; queue < 128; queue++) {
            receive[queue] = random.nextInt(64);
            transmit[queue] = random.nextInt(64);
            map(queue, receive[queue], transmit[queue]);
        }
        for (int i = 0; i < 1_000; i++) {
            final int queue = random.nextInt(128);
            if (random.nextBoolean()) {
                causes.raiseReceive(queue);
                assertThat(bench.takeInterrupts()).containsExactly(receive[queue]);
            } else {
                causes.raiseTransmit(queue);
                assertThat(bench.takeInterrupts()).containsExactly(transmit[queue]);
            }
            assertThat(bench.read(InterruptRegisters.EICR)).isZero();
        }
    }

    @Test
    void shouldRaiseNothingForAQueueWithoutAValidEntry() {
        mode(InterruptRegisters.GPIE_MSIX);
        bench.write(InterruptRegisters.eimsEx(0), -1);
        causes.raiseReceive(5);
        causes.raiseTransmit(5);
        assertThat(bench.takeInterrupts()).isEmpty();
        assertThat(bench.read(InterruptRegisters.EICR)).isZero();
    }

    @Test
    void shouldKeepAMaskedCauseUntilItIsUnmasked() {
        mode(InterruptRegisters.GPIE_MSIX);
        map(0, 3, 40);
        causes.raiseReceive(0);
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.write(InterruptRegisters.EIMS, 1 << 3);
        assertThat(bench.takeInterrupts()).containsExactly(3);
        bench.write(InterruptRegisters.eimsEx(1), 1 << 8);
        assertThat(bench.takeInterrupts()).containsExactly(40);
        assertThat(bench.read(InterruptRegisters.eimsEx(1))).isEqualTo(1 << 8);
        assertThat(bench.read(InterruptRegisters.eimsEx(0))).isEqualTo(1 << 3);
        bench.write(InterruptRegisters.eimcEx(1), 1 << 8);
        assertThat(bench.read(InterruptRegisters.eimsEx(1))).isZero();
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).isEmpty();
    }

    @Test
    void shouldSendOneMessageForACauseUntilItIsClearedUnlessItClearsItself() {
        mode(InterruptRegisters.GPIE_MSIX);
        map(0, 0, 1);
        bench.write(InterruptRegisters.EIAC, 1 << 1);
        bench.write(InterruptRegisters.EIMS, 3);
        for (int i = 0; i < 3; i++) {
            causes.raiseReceive(0);
            causes.raiseTransmit(0);
        }
        assertThat(bench.takeInterrupts()).containsExactly(0, 1, 1, 1);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(1);
        causes.raiseReceive(0);
        assertThat(bench.takeInterrupts()).containsExactly(0);
        bench.write(InterruptRegisters.EICR, 1);
        assertThat(bench.read(InterruptRegisters.EICR)).isZero();
    }

    @Test
    void shouldClearByReadingWhatTheModeSays() {
        final int others = InterruptRegisters.EICR_LINK_CHANGE | InterruptRegisters.EICR_TCP_TIMER;
        mode(0);
        bench.write(InterruptRegisters.EICS, others | 5);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(others | 5);
        assertThat(bench.read(InterruptRegisters.EICR)).isZero();
        mode(InterruptRegisters.GPIE_OCD);
        bench.write(InterruptRegisters.EICS, others | 5);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(others | 5);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(InterruptRegisters.EICR_TCP_TIMER | 5);
        bench.write(InterruptRegisters.EICR, -1);
        assertThat(bench.read(InterruptRegisters.EICR)).isZero();
    }

    @Test
    void shouldTellTheCausesWithoutClearingThemWhereTheyAreSet() {
        mode(InterruptRegisters.GPIE_MSIX);
        bench.write(InterruptRegisters.eicsEx(1), 1 << 9);
        bench.write(InterruptRegisters.EICS, InterruptRegisters.EICR_LINK_CHANGE | 3);
        for (int i = 0; i < 2; i++) {
            assertThat(bench.read(InterruptRegisters.EICS)).isEqualTo(InterruptRegisters.EICR_LINK_CHANGE | 3);
            assertThat(bench.read(InterruptRegisters.eicsEx(0))).isEqualTo(3);
            assertThat(bench.read(InterruptRegisters.eicsEx(1))).isEqualTo(1 << 9);
        }
        bench.write(InterruptRegisters.EICR, InterruptRegisters.EICR_LINK_CHANGE);
        assertThat(bench.read(InterruptRegisters.EICS)).isEqualTo(3);
    }

    @Test
    void shouldMaskItselfWithTheMessageOrWithTheReadAsTheModeSays() {
        mode(InterruptRegisters.GPIE_MSIX | InterruptRegisters.GPIE_EIAME);
        map(0, 2, 33);
        bench.write(InterruptRegisters.eiamEx(0), 1 << 2);
        bench.write(InterruptRegisters.eiamEx(1), 1 << 1);
        bench.write(InterruptRegisters.eimsEx(0), 1 << 2);
        bench.write(InterruptRegisters.eimsEx(1), 1 << 1);
        causes.raiseReceive(0);
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).containsExactly(2, 33);
        assertThat(bench.read(InterruptRegisters.EIMS)).isZero();
        assertThat(bench.read(InterruptRegisters.eimsEx(1))).isZero();
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.write(InterruptRegisters.eimsEx(1), 1 << 1);
        assertThat(bench.takeInterrupts()).containsExactly(33);

        mode(0);
        bench.write(InterruptRegisters.EIAM, InterruptRegisters.EICR_LINK_CHANGE | 1 << 4);
        bench.write(InterruptRegisters.EIMS, InterruptRegisters.EICR_LINK_CHANGE | 1 << 4 | 1 << 5);
        bench.read(InterruptRegisters.EICR);
        assertThat(bench.read(InterruptRegisters.EIMS)).isEqualTo(1 << 5);
    }

    @Test
    void shouldCarryOtherCausesByTheirOwnVector() {
        mode(InterruptRegisters.GPIE_MSIX);
        bench.write(InterruptRegisters.IVAR_MISC, VALID | 6 | (VALID | 7) << 8);
        bench.write(InterruptRegisters.EIMS, InterruptRegisters.EICR_LINK_CHANGE | InterruptRegisters.EICR_TCP_TIMER);
        causes.raise(InterruptRegisters.EICR_LINK_CHANGE);
        assertThat(bench.takeInterrupts()).containsExactly(7);
        bench.read(InterruptRegisters.EICR);
        causes.raise(InterruptRegisters.EICR_TCP_TIMER);
        assertThat(bench.takeInterrupts()).containsExactly(6);
        causes.raise(InterruptRegisters.EICR_ECC_ERROR);
        assertThat(bench.takeInterrupts()).as("masked").isEmpty();
        assertThat(bench.read(InterruptRegisters.EICR) & InterruptRegisters.EICR_ECC_ERROR)
                .isNotZero();
    }

    @Test
    void shouldCarryEverythingByTheFirstVectorWithoutMsixMode() {
        mode(0);
        map(0, 9, 10);
        bench.write(InterruptRegisters.EIMS, 1 << 9 | InterruptRegisters.EICR_LINK_CHANGE);
        causes.raiseReceive(0);
        assertThat(bench.takeInterrupts()).containsExactly(0);
        causes.raise(InterruptRegisters.EICR_LINK_CHANGE);
        assertThat(bench.takeInterrupts()).containsExactly(0);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(1 << 9 | InterruptRegisters.EICR_LINK_CHANGE);
    }

    @Test
    void shouldKeepTheIntervalBetweenMessages() {
        mode(InterruptRegisters.GPIE_MSIX);
        map(0, 1, 30);
        bench.write(InterruptRegisters.EIAC, 0xFFFF);
        bench.write(InterruptRegisters.eimsEx(0), -1);
        bench.write(InterruptRegisters.eitr(1), 10 << 3);
        bench.write(InterruptRegisters.eitr(30), 5 << 3);
        causes.raiseReceive(0);
        causes.raiseReceive(0);
        causes.raiseTransmit(0);
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).containsExactly(1, 30);
        assertThat(causes.dueInNanos(1_000_000)).isEqualTo(5 * 2048);
        bench.pass(5 * 2048 - 1);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.pass(1);
        assertThat(bench.takeInterrupts()).containsExactly(30);
        bench.pass(5 * 2048);
        assertThat(bench.takeInterrupts()).containsExactly(1);
        causes.raiseReceive(0);
        bench.write(InterruptRegisters.eitr(1), 10 << 3 | InterruptRegisters.EITR_CNT_WDIS);
        assertThat(bench.takeInterrupts()).as("counter not written").isEmpty();
        bench.write(InterruptRegisters.eitr(1), 20 << 3);
        assertThat(bench.takeInterrupts()).as("counter written as 0").containsExactly(1);
    }

    @Test
    void shouldNotReportWhatTheDriverHasSeenMeanwhile() {
        mode(InterruptRegisters.GPIE_MSIX);
        map(0, 1, 2);
        bench.write(InterruptRegisters.EIMS, 1 << 1);
        bench.write(InterruptRegisters.eitr(1), 10 << 3);
        causes.raiseReceive(0);
        bench.read(InterruptRegisters.EICR);
        causes.raiseReceive(0);
        bench.read(InterruptRegisters.EICR);
        bench.takeInterrupts();
        bench.pass(20 * 2048);
        assertThat(bench.takeInterrupts()).isEmpty();
    }

    @Test
    void shouldHoldMessagesBackWhileTheFunctionMayNotSendThem() {
        mode(InterruptRegisters.GPIE_MSIX);
        map(0, 4, 5);
        bench.write(InterruptRegisters.EIAC, 0xFFFF);
        bench.write(InterruptRegisters.EIMS, 0xFFFF);
        bench.config.clearCommand(PciConfig.COMMAND_BUS_MASTER);
        causes.raiseReceive(0);
        assertThat(bench.takeInterrupts()).isEmpty();
        assertThat(bench.model.read(4, MsixTable.PENDING_OFFSET, 8)).isEqualTo(1 << 4);
        bench.config.setCommand(PciConfig.COMMAND_BUS_MASTER);
        assertThat(bench.takeInterrupts()).containsExactly(4);
        assertThat(bench.model.read(4, MsixTable.PENDING_OFFSET, 8)).isZero();

        assertThat(bench.model.read(4, 16 * 5 + MSIX_TABLE_CONTROL, 4)).isEqualTo(1);
        bench.model.write(4, 16 * 5 + MSIX_TABLE_CONTROL, 4, 1);
        causes.raiseTransmit(0);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.model.write(4, 16 * 5 + MSIX_TABLE_CONTROL, 4, 0);
        assertThat(bench.takeInterrupts()).containsExactly(5);

        final int msix = bench.config.capability(PciConfig.CAPABILITY_MSIX);
        bench.door.writeConfig(msix + 2, 2, 0xC000);
        causes.raiseReceive(0);
        assertThat(bench.takeInterrupts()).isEmpty();
        bench.door.writeConfig(msix + 2, 2, 0x8000);
        assertThat(bench.takeInterrupts()).containsExactly(4);
    }
}
