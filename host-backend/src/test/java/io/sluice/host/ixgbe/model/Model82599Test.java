// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.FlowRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciFunction.MappedPages;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.Mmio;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class Model82599Test {
    private static final long SEED = Long.getLong("seed", 2026);

    private static ModelBench bench(RegisterAccess access) {
        return new ModelBench(ModelOptions.of("bench").with(access));
    }

    @Test
    void shouldTakeTailsFromPagesAndFromCallsAlike() {
        try (ModelBench trapped = bench(RegisterAccess.TRAPPED);
                ModelBench mapped = bench(RegisterAccess.MAPPED_TAILS)) {
            assertThat(trapped.model.mappedPages()).isEmpty();
            assertThat(mapped.model.mappedPages())
                    .extracting(MappedPages::offset, MappedPages::lengthBytes)
                    .containsExactly(tuple(0x1000L, 0x1000L), tuple(0x6000L, 0x2000L), tuple(0xD000L, 0x1000L));
            for (ModelBench bench : List.of(trapped, mapped)) {
                for (int queue = 0; queue < 128; queue++) {
                    final TailRegister receive = bench.door.tail(ReceiveRegisters.rdt(queue));
                    final TailRegister transmit = bench.door.tail(TransmitRegisters.tdt(queue));
                    assertThat(receive.mapped()).isEqualTo(bench == mapped);
                    receive.write(queue + 1);
                    transmit.write(queue + 2);
                    assertThat(bench.parts.tails().receiveTail(queue)).isEqualTo(queue + 1);
                    assertThat(bench.parts.tails().transmitTail(queue)).isEqualTo(queue + 2);
                    assertThat(bench.read(ReceiveRegisters.rdt(queue))).isEqualTo(queue + 1);
                    bench.write(ReceiveRegisters.rdt(queue), 0xF_0000 | 500 + queue);
                    bench.write(TransmitRegisters.tdt(queue), 600 + queue);
                    assertThat(bench.parts.tails().receiveTail(queue)).isEqualTo(500 + queue);
                    assertThat(bench.parts.tails().transmitTail(queue)).isEqualTo(600 + queue);
                }
            }
        }
    }

    @Test
    void shouldReadAsOnesAndTouchNothingOnceItIsGone() {
        try (ModelBench bench = bench(RegisterAccess.MAPPED_TAILS)) {
            bench.write(ReceiveRegisters.FCTRL, 0x400);
            bench.model.faults().remove(true);
            assertThat(bench.read(DeviceRegisters.STATUS)).isEqualTo(-1);
            assertThat(bench.config.present()).isFalse();
            bench.write(ReceiveRegisters.FCTRL, 0);
            bench.config.clearCommand(PciConfig.COMMAND_BUS_MASTER);
            assertThat(bench.model.doWork()).isZero();
            assertThat(bench.engineTurns).isZero();
            bench.model.faults().remove(false);
            assertThat(bench.read(ReceiveRegisters.FCTRL)).isEqualTo(0x400);
            assertThat(bench.model.doWork()).isEqualTo(1);
        }
    }

    @Test
    void shouldBeAsAfterPowerOnWhereItsDriversMemoryWasTaken() {
        final int file = SharedMemory.memfd("shortened", false);
        assertThat(SharedMemory.truncate(file, 8192)).isZero();
        final long address = SharedMemory.map(file, 0, 8192);
        try (ModelBench bench = bench(RegisterAccess.MAPPED_TAILS)) {
            bench.model.mapDma(0, address, 8192);
            bench.write(ReceiveRegisters.FCTRL, 0x400);
            bench.onTurn = () -> Memory.intAt(bench.parts.dma().translate(4096, 4));
            assertThat(bench.model.doWork()).isEqualTo(1);
            assertThat(SharedMemory.truncate(file, 4096)).isZero();

            assertThat(bench.model.doWork()).isZero();
            assertThat(bench.model.details()).containsEntry("memory-faults", 1L);
            assertThat(bench.config.commandHas(PciConfig.COMMAND_BUS_MASTER)).isFalse();
            assertThat(bench.model.done()).isFalse();
            assertThat(bench.model.doWork()).as("off the bus").isZero();
            assertThat(bench.model.details()).containsEntry("memory-faults", 1L);

            bench.config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
            assertThat(bench.read(ReceiveRegisters.FCTRL)).isZero();
        } finally {
            SharedMemory.unmap(address, 8192);
            Descriptors.close(file);
        }
    }

    @Test
    void shouldKeepItsPagesForADriverWhenItsThreadEnds() {
        try (ModelBench bench = bench(RegisterAccess.MAPPED_TAILS)) {
            final TailRegister tail = bench.door.tail(ReceiveRegisters.rdt(0));
            bench.model.onClose();
            bench.model.onClose();
            assertThat(bench.engineCalls).containsExactly("close");
            tail.write(7);
            assertThat(bench.parts.tails().receiveTail(0)).isEqualTo(7);
            assertThat(bench.read(DeviceRegisters.STATUS)).isEqualTo(-1);
        }
    }

    @Test
    void shouldMoveNothingWithoutTheBus() {
        try (ModelBench bench = bench(RegisterAccess.TRAPPED)) {
            bench.config.clearCommand(PciConfig.COMMAND_BUS_MASTER);
            assertThat(bench.model.doWork()).isZero();
            bench.config.setCommand(PciConfig.COMMAND_BUS_MASTER);
            assertThat(bench.model.doWork()).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerAnyAccessOfAnybodyWithoutFail() {
        System.out.println("seed=" + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        for (RegisterAccess access : RegisterAccess.values()) {
            try (ModelBench bench = bench(access)) {
                for (int i = 0; i < 50_000; i++) {
                    final int bar = random.nextInt(-1, 7);
                    final long offset = random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(-8, 0x20008);
                    final int bytes = 1 << random.nextInt(4);
                    if (random.nextBoolean()) {
                        bench.model.read(bar, offset, bytes);
                    } else {
                        bench.model.write(bar, offset, bytes, random.nextLong());
                    }
                    if (random.nextInt(50) == 0) {
                        bench.door.writeConfig(4 * random.nextInt(0x40), 4, random.nextInt());
                        bench.config.powerState(PciConfig.PowerState.D0);
                        bench.config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
                        bench.pass(random.nextInt(100_000));
                    }
                }
                assertThat(bench.model.oddAccesses()).isPositive();
                assertThat(bench.model.registers().unknownReads()).isNotEmpty();
                bench.door.reset();
                bench.config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
                assertThat(bench.read(DeviceRegisters.STATUS)).isEqualTo(DeviceRegisters.STATUS_MASTER_ENABLED);
            }
        }
    }

    @Test
    void shouldReadPartsOfRegistersAndIgnoreWritesOfParts() {
        try (ModelBench bench = bench(RegisterAccess.TRAPPED)) {
            bench.model.write(0, FlowRegisters.rssrk(0), 8, 0x1122_3344_5566_7788L);
            assertThat(bench.model.read(0, FlowRegisters.rssrk(0), 8)).isEqualTo(0x1122_3344_5566_7788L);
            assertThat(bench.model.read(0, FlowRegisters.rssrk(0) + 1, 1)).isEqualTo(0x77);
            assertThat(bench.model.read(0, FlowRegisters.rssrk(1) + 2, 2)).isEqualTo(0x1122);
            bench.model.write(0, FlowRegisters.rssrk(0), 1, 0xFF);
            assertThat(bench.read(FlowRegisters.rssrk(0))).isEqualTo(0x5566_7788);
        }
    }

    @Test
    void shouldSeeWhatIsStoredWhereItsRegistersAreMemory() {
        try (ModelBench bench = bench(RegisterAccess.POLLED)) {
            assertThat(bench.model.note()).contains("polled").contains("counters");
            assertThat(bench.model.mappedPages()).hasSize(1);
            final long bar = bench.model.mappedPages().getFirst().address();
            bench.model.doWork();
            assertThat(Mmio.read32(bar + DeviceRegisters.STATUS)).isEqualTo(DeviceRegisters.STATUS_MASTER_ENABLED);
            assertThat(Mmio.read32(bar + 0x5404)).as("another address").isLessThan(0);

            Mmio.write32(bar + DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
            bench.model.doWork();
            assertThat(Mmio.read32(bar + DeviceRegisters.CTRL)).isZero();
            Mmio.write32(bar + DeviceRegisters.EERD, 0x3F << 2 | 1);
            Mmio.write32(bar + InterruptRegisters.EIMS, 0x5);
            Mmio.write32(bar + ReceiveRegisters.rdt(9), 77);
            Mmio.write32(bar + DeviceRegisters.STATUS, -1);
            Mmio.write32(bar + 0x1F000, -1);
            Mmio.write32(bar + 0x2100, 0x0200_0002);
            bench.model.doWork();
            assertThat(Mmio.read32(bar + DeviceRegisters.EERD) & 3).isEqualTo(DeviceRegisters.EERD_DONE);
            assertThat(Mmio.read32(bar + InterruptRegisters.EIMS)).isEqualTo(5);
            assertThat(Mmio.read32(bar + DeviceRegisters.STATUS)).isEqualTo(DeviceRegisters.STATUS_MASTER_ENABLED);
            assertThat(Mmio.read32(bar + 0x1F000)).isZero();
            assertThat(Mmio.read32(bar + ReceiveRegisters.srrctl(0))).isEqualTo(0x0200_0002);
            assertThat(bench.parts.tails().receiveTail(9)).isEqualTo(77);

            Mmio.write32(bar + InterruptRegisters.EIMC, 0x4);
            bench.parts.registers().count(StatisticsRegisters.GPRC, 12);
            bench.model.doWork();
            assertThat(Mmio.read32(bar + InterruptRegisters.EIMS)).isEqualTo(1);
            assertThat(Mmio.read32(bar + InterruptRegisters.EIMC)).isZero();
            assertThat(Mmio.read32(bar + StatisticsRegisters.GPRC)).isEqualTo(12);
        }
    }

    @Test
    void shouldEnableAPolledQueueAfterEverythingElseThatWasStored() {
        try (ModelBench bench = bench(RegisterAccess.POLLED)) {
            final long bar = bench.model.mappedPages().getFirst().address();
            bench.model.doWork();
            final List<Integer> seen = new ArrayList<>();
            bench.onQueue = () -> seen.add(bench.parts.registers().peek(ReceiveRegisters.srrctl(0)));
            Mmio.write32(bar + 0x2100, 0x0200_0002);
            Mmio.write32(bar + ReceiveRegisters.rxdctl(0), ReceiveRegisters.RXDCTL_ENABLE);
            bench.model.doWork();
            assertThat(seen).containsExactly(0x0200_0002);
        }
    }

    @Test
    void shouldWorkAtOnceForADriverWithoutConfigurationSpace() {
        try (ModelBench bench = bench(RegisterAccess.POLLED)) {
            bench.door.reset();
            assertThat(bench.model.doWork()).isEqualTo(1);
        }
    }

    @Test
    void shouldTellWhatDriversDoThatNoneShould() {
        try (ModelBench bench = bench(RegisterAccess.TRAPPED)) {
            bench.read(0x1F000);
            bench.write(0x1F004, 1);
            bench.model.read(0, 0x40000, 4);
            bench.parts.dma().translate(0x1234, 16);
            assertThat(bench.model.details())
                    .containsEntry("unknown-reads", 1L)
                    .containsEntry("unknown-writes", 1L)
                    .containsEntry("odd-accesses", 1L)
                    .containsEntry("dma-violations", 1L);
        }
    }

    @Test
    @Timeout(30)
    void shouldLetADriverInBetweenItsTurns() throws InterruptedException {
        try (ModelBench bench = bench(RegisterAccess.MAPPED_TAILS)) {
            final AtomicBoolean stop = new AtomicBoolean();
            final Thread turns = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    bench.model.doWork();
                }
            });
            try {
                for (int i = 0; i < 2_000; i++) {
                    bench.write(ReceiveRegisters.mta(0), i);
                    assertThat(bench.read(ReceiveRegisters.mta(0))).isEqualTo(i);
                }
            } finally {
                stop.set(true);
                turns.join();
            }
        }
    }

    @Test
    void shouldBeExactWhereAccessesAreCalls() {
        try (ModelBench bench = bench(RegisterAccess.MAPPED_TAILS)) {
            assertThat(bench.model.note()).isEmpty();
        }
    }

    @Test
    void shouldRefuseAnAddressThatIsNoStations() {
        for (long address : new long[] {0, 0x0100_0000_0000L, 1L << 48, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ModelOptions.of("x").withMacAddress(address))
                    .withMessageContaining("macAddress=");
        }
    }

    @Test
    void shouldCloseItsEngineOnceAndBeGone() {
        final ModelBench bench = bench(RegisterAccess.MAPPED_TAILS);
        bench.close();
        bench.close();
        bench.model.faults().remove(false);
        bench.door.close();
        bench.config.setCommand(PciConfig.COMMAND_MEMORY);
        bench.write(ReceiveRegisters.rdt(0), 1);
        assertThat(bench.model.doWork()).isZero();
        assertThat(bench.engineCalls).containsExactly("close");
        assertThat(bench.model.done()).isTrue();
        assertThat(bench.read(0)).isEqualTo(-1);
    }
}
