// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.FlowRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A software 82599 whose driver writes whatever it likes: into its registers, by seed, and into the only memory that the
 * card may touch, which lies between guard pages and changes in a thread of its own while the card works. The wire brings
 * frames that are no better. Nothing outside the memory is touched, and nothing is thrown.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class GuardedCardTest {
    private static final int ROUNDS = Boolean.getBoolean("sluice.long") ? 100_000 : 1_000;
    private static final int TURNS = 20;
    private static final int WRITES = 12;
    private static final int QUEUES = 4;
    private static final int MEMORY_BYTES = 64 << 10;
    private static final long DEVICE_BASE = 0x1_0000_0000L;
    private static final int COMMAND = 4;
    private static final int MEMORY_AND_MASTER = 6;
    private static final int[] LENGTHS = {0, 128, 256, 512, 4096, 65_536, 0xF_FF80, -1};
    private static final int[] GLOBALS = {
        FlowRegisters.MRQC,
        FlowRegisters.VT_CTL,
        FlowRegisters.pfvml2flt(0),
        FlowRegisters.vfre(0),
        FlowRegisters.vfte(0),
        FlowRegisters.psrtype(0),
        FlowRegisters.reta(0),
        FlowRegisters.QDE,
        ReceiveRegisters.FCTRL,
        ReceiveRegisters.VLNCTRL,
        ReceiveRegisters.HLREG0,
        ReceiveRegisters.MAXFRS,
        ReceiveRegisters.RXCSUM,
        ReceiveRegisters.MFLCN,
        ReceiveRegisters.rxpbsize(0),
        ReceiveRegisters.mpsar(0),
        ReceiveRegisters.rah(0),
        TransmitRegisters.MTQC,
        TransmitRegisters.PFDTXGSWC,
        TransmitRegisters.DTXTCPFLGL,
    };

    private long nowNanos;

    @Test
    void shouldTouchNothingButWhatIsMapped() throws InterruptedException {
        final var met = new TreeMap<String, Long>();
        long violations = 0;
        long frames = 0;
        try (GuardedMemory memory = new GuardedMemory(MEMORY_BYTES)) {
            final Flipper flipper = new Flipper(memory.address());
            flipper.start();
            try {
                for (int seed = 0; seed < ROUNDS; seed++) {
                    final RandomWire wire = new RandomWire(new SplittableRandom(seed));
                    final PacketEngine[] engine = new PacketEngine[1];
                    final ModelOptions options = ModelOptions.of("hostile").with(RegisterAccess.TRAPPED);
                    try (Model82599 model = new Model82599(
                            options.withLineRate(seed % 3 == 0),
                            () -> nowNanos,
                            parts -> engine[0] = new PacketEngine(parts, wire))) {
                        round(model, memory.address(), new SplittableRandom(~seed));
                        violations += model.dma().violations();
                        engine[0].misuses().met().forEach((kind, count) -> met.merge(kind, count, Long::sum));
                    } catch (InternalError e) {
                        throw new AssertionError("an access outside the memory, seed=" + seed, e);
                    } catch (RuntimeException e) {
                        throw new AssertionError("an exception, seed=" + seed, e);
                    }
                    frames += wire.sent;
                }
            } finally {
                flipper.end();
            }
        }
        System.out.println("frames=" + frames + " violations=" + violations + " misuses=" + met);
        assertThat(frames).isPositive();
        assertThat(violations).isPositive();
        assertThat(met.keySet()).contains("ring-length", "ring-unmapped", "tail-beyond-ring", "transmit-length");
    }

    private void round(Model82599 model, long memory, SplittableRandom random) {
        model.writeConfig(COMMAND, 2, MEMORY_AND_MASTER);
        model.mapDma(DEVICE_BASE, memory, MEMORY_BYTES);
        for (long at = 0; at < MEMORY_BYTES; at += Long.BYTES) {
            Memory.longAt(memory + at, word(random, at));
        }
        write(model, ReceiveRegisters.FCTRL, -1);
        write(model, ReceiveRegisters.RXCTRL, 1);
        write(model, TransmitRegisters.DMATXCTL, -1);
        for (int queue = 0; queue < QUEUES; queue++) {
            enable(model, queue, random);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            nowNanos += random.nextInt(100_000);
            model.doWork();
            for (int i = 0; i < WRITES; i++) {
                writeSomething(model, random);
            }
        }
    }

    /** Descriptors as they may be, most of them nearly right. */
    private static long word(SplittableRandom random, long at) {
        if (random.nextInt(8) == 0) {
            return random.nextLong();
        }
        if ((at & 8) == 0) {
            return DEVICE_BASE + random.nextInt(-64, MEMORY_BYTES + 64);
        }
        final long length = random.nextInt(4) == 0 ? random.nextInt(0x1_0000) : random.nextInt(2000);
        final long command = random.nextLong() & ~0xFFFFL | 1L << 25;
        return length | (random.nextInt(3) == 0 ? command : command & 0x0BFF_FFFFL & ~0x2000_0000L | 1L << 24);
    }

    private static void enable(Model82599 model, int queue, SplittableRandom random) {
        final int base = (int) DEVICE_BASE + random.nextInt(-128, MEMORY_BYTES);
        final int length = LENGTHS[random.nextInt(5)];
        write(model, ReceiveRegisters.rdbal(queue), base);
        write(model, ReceiveRegisters.rdbah(queue), (int) (DEVICE_BASE >>> 32));
        write(model, ReceiveRegisters.rdlen(queue), length);
        write(model, ReceiveRegisters.srrctl(queue), random.nextInt() & ~0x1F | random.nextInt(4));
        write(model, ReceiveRegisters.rdh(queue), random.nextInt(40));
        write(model, ReceiveRegisters.rxdctl(queue), ReceiveRegisters.RXDCTL_ENABLE | random.nextInt());
        write(model, ReceiveRegisters.rdt(queue), random.nextInt(40));
        write(model, TransmitRegisters.tdbal(queue), base);
        write(model, TransmitRegisters.tdbah(queue), (int) (DEVICE_BASE >>> 32));
        write(model, TransmitRegisters.tdlen(queue), length);
        write(model, TransmitRegisters.tdwbal(queue), random.nextInt(MEMORY_BYTES + 8));
        write(model, TransmitRegisters.tdwbah(queue), (int) (DEVICE_BASE >>> 32));
        write(model, TransmitRegisters.tdh(queue), random.nextInt(40));
        write(model, TransmitRegisters.txdctl(queue), TransmitRegisters.TXDCTL_ENABLE | random.nextInt());
        write(model, TransmitRegisters.tdt(queue), random.nextInt(40));
    }

    private static void writeSomething(Model82599 model, SplittableRandom random) {
        final int queue = random.nextInt(QUEUES);
        switch (random.nextInt(8)) {
            case 0 -> enable(model, queue, random);
            case 1, 2 -> write(model, TransmitRegisters.tdt(queue), random.nextInt(300));
            case 3 -> write(model, ReceiveRegisters.rdt(queue), random.nextInt(300));
            case 4 -> write(model, TransmitRegisters.tdlen(queue), LENGTHS[random.nextInt(LENGTHS.length)]);
            case 5 -> write(model, random.nextInt(DeviceRegisters.BAR_BYTES / 4) * 4, random.nextInt());
            case 6 -> write(model, TransmitRegisters.txdctl(queue), random.nextInt());
            default -> write(model, GLOBALS[random.nextInt(GLOBALS.length)], random.nextInt());
        }
    }

    private static void write(Model82599 model, int offset, int value) {
        model.write(0, offset, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    /** Brings frames with headers that are nearly right, of all lengths, and is full now and then. */
    private static final class RandomWire implements Wire {
        private static final int[] TYPES = {0x0800, 0x86DD, 0x8100, 0x88F7, 0x8808, 0x88B5};

        private final SplittableRandom random;
        private int sent;

        RandomWire(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public int receive(long address, int capacityBytes) {
            if (random.nextInt(40) == 0) {
                return PacketSource.NOTHING;
            }
            final int length = random.nextInt(8) == 0 ? 1 + random.nextInt(capacityBytes) : 40 + random.nextInt(200);
            for (long at = 0; at < Math.min(length, 128); at++) {
                Memory.byteAt(address + at, (byte) random.nextInt());
            }
            if (length >= 40) {
                Memory.shortNetwork(address + 12, (short) TYPES[random.nextInt(TYPES.length)]);
                Memory.shortNetwork(address + 16, (short) random.nextInt(length));
                Memory.byteAt(address + 14, (byte) (random.nextBoolean() ? 0x45 : 0x60));
                Memory.byteAt(address + 23, (byte) (random.nextBoolean() ? 6 : 17));
            }
            return length;
        }

        @Override
        public boolean transmit(long address, int lengthBytes) {
            Memory.byteAt(address + lengthBytes - 1);
            sent++;
            return random.nextInt(16) != 0;
        }

        @Override
        public boolean carrier() {
            return true;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            return false;
        }

        @Override
        public void close() {}
    }

    /** Writes descriptors while the card reads them. */
    private static final class Flipper extends Thread {
        private final long memory;
        private volatile boolean ended;

        Flipper(long memory) {
            super("flipper");
            this.memory = memory;
        }

        @Override
        public void run() {
            final SplittableRandom random = new SplittableRandom(1);
            while (!ended) {
                final long at = random.nextInt(MEMORY_BYTES / Long.BYTES) * (long) Long.BYTES;
                Memory.longOpaque(memory + at, word(random, at));
                if (random.nextInt(64) == 0) {
                    Thread.yield();
                }
            }
        }

        void end() throws InterruptedException {
            ended = true;
            join();
        }
    }
}
