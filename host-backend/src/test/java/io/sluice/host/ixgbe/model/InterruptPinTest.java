// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.pci.PciConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** INTx: one interrupt for all causes, by level, for drivers that know no messages. */
class InterruptPinTest {
    private static final int CAUSE = InterruptRegisters.EICR_LINK_CHANGE;
    private static final int MICROSECOND_NANOS = 1_000;

    private final ModelBench bench = new ModelBench();
    private int signals;

    @BeforeEach
    void listen() {
        bench.model.doWork();
        bench.read(InterruptRegisters.EICR);
        bench.model.pin(() -> signals++);
        bench.write(InterruptRegisters.EIMS, CAUSE);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void expect(int expectedSignals, boolean asserted, boolean pending) {
        assertThat(signals).isEqualTo(expectedSignals);
        assertThat(bench.model.pinAsserted()).isEqualTo(asserted);
        assertThat((bench.config.status() & PciConfig.STATUS_INTERRUPT) != 0).isEqualTo(pending);
    }

    @Test
    void shouldBeAssertedUntilTheCauseIsRead() {
        expect(0, false, false);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(1, true, true);
        assertThat(bench.read(InterruptRegisters.EICR)).isEqualTo(CAUSE);
        expect(1, false, false);
    }

    @Test
    void shouldBeQuietWhileCausesAreMasked() {
        bench.write(InterruptRegisters.EIMC, CAUSE);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(0, false, false);
        bench.write(InterruptRegisters.EIMS, CAUSE);
        expect(1, true, true);
        bench.write(InterruptRegisters.EIMC, CAUSE);
        expect(1, false, false);
    }

    /** As the kernel does in its handler, for a program to see to the cause (uio_pci_generic). */
    @Test
    void shouldSayWhatWaitsWhileItIsDisabled() {
        bench.config.setCommand(PciConfig.COMMAND_INTX_DISABLE);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(0, false, true);
        bench.config.clearCommand(PciConfig.COMMAND_INTX_DISABLE);
        expect(1, true, true);
    }

    @Test
    void shouldLeaveInterruptsToMessagesWhereThoseAreEnabled() {
        bench.config.enableMsix(true);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(0, false, false);
    }

    @Test
    void shouldWaitForTheEndOfTheInterval() {
        bench.write(InterruptRegisters.eitr(0), 100 << InterruptRegisters.EITR_INTERVAL_SHIFT);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(1, true, true);
        bench.read(InterruptRegisters.EICR);
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(1, false, false);
        bench.pass(100 * InterruptCauses.INTERVAL_NANOS - MICROSECOND_NANOS);
        expect(1, false, false);
        bench.pass(MICROSECOND_NANOS);
        expect(2, true, true);
    }

    @Test
    void shouldBeReleasedByAReset() {
        bench.write(InterruptRegisters.EICS, CAUSE);
        expect(1, true, true);
        bench.model.reset();
        expect(1, false, false);
    }
}
