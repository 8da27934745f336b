// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A driver behind an IOMMU: what follows itself in the card's addresses is pages from all over the machine. */
class ScatteredMemoryTest {
    private static final long SEED = 39;
    /** Two pages of descriptors. */
    private static final int DESCRIPTORS = 512;
    /** Every fourth of such buffers lies in one page. */
    private static final int KIBIBYTES = 3;

    private static final long SEND = 1L << 24 | 1L << 25 | 1L << 27;

    private final Rig rig = new Rig().scattered(SEED).promiscuous();
    private final Random random = new Random(SEED);

    private byte[] frame(int bytes) {
        final byte[] frame = new byte[bytes];
        random.nextBytes(frame);
        return frame;
    }

    @Test
    void shouldReceiveAcrossPages() {
        rig.set(HLREG0, HLREG0_JUMBO);
        rig.write(MAXFRS, 9000 << 16);
        final Rig.ReceiveSide side =
                rig.receive(0, DESCRIPTORS, true, KIBIBYTES, 0).fill();
        for (int i = 0; i < 3 * DESCRIPTORS; i++) {
            final byte[] frame = frame(60 + random.nextInt(2900));
            rig.wire.toCard.add(frame);
            rig.work();
            assertThat(side.next()).as("frame %d", i).isEqualTo(frame);
        }
        assertThat(rig.model.dma().violations()).isZero();
    }

    @Test
    void shouldTransmitAcrossPages() {
        final Rig.TransmitSide side = rig.transmitWithHead(0, DESCRIPTORS);
        for (int i = 0; i < 600; i++) {
            final byte[] frame = frame(i % 2 == 0 ? 60 + random.nextInt(1400) : 5000 + random.nextInt(4000));
            side.put(frame, SEND).bell();
            rig.work();
            assertThat(rig.wire.fromCard.getLast()).as("frame %d", i).isEqualTo(frame);
            assertThat(side.writtenHead()).isEqualTo((i + 1) % DESCRIPTORS);
        }
        assertThat(rig.model.dma().violations()).isZero();
    }

    @Test
    void shouldCountAHoleAmongThePages() {
        final Rig.ReceiveSide side =
                rig.receive(0, DESCRIPTORS, true, KIBIBYTES, 0).fill();
        final long second = side.bufferAddress(0) + Rig.PAGE_BYTES; // the second buffer begins before it
        assertThat(rig.model.unmapDma(second, Rig.PAGE_BYTES)).isTrue();
        for (int i = 0; i < 2; i++) {
            rig.wire.toCard.add(frame(60));
            rig.work();
        }
        assertThat(side.done(0)).isTrue();
        assertThat(side.done(1)).isFalse();
        assertThat(rig.model.dma().violations()).isPositive();
    }
}
