// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.endpoint.Output;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A ring in ordinary memory whose first and last stage are queues of cards that tests play: host, guest, host. Device
 * addresses are those of this process.
 */
final class CardRing implements AutoCloseable {
    static final int SLOTS = 64;
    static final int BUFFER_BYTES = 2048 + 256;
    static final int HEADROOM = 128;
    static final int MAX_FRAME = 1518;
    static final long STALL_NANOS = 1_000_000_000L;

    private final Arena arena = Arena.ofShared();
    private final Directory host;
    private final Directory shared;
    final Stage receiving;
    final Stage guest;
    final Stage transmitting;
    long clockNanos = 1;

    CardRing() {
        this(SLOTS);
    }

    CardRing(int slots) {
        this(slots, slots - 1);
    }

    /** A ring whose first stage may be {@code headStart} slots ahead: all of them where it is no card. */
    CardRing(int slots, int headStart) {
        final List<StageSpec> stages =
                List.of(new StageSpec(0, 0, "in"), new StageSpec(1, 0, "guest"), new StageSpec(0, 0, "out"));
        final RegionFormat format = new RegionFormat(
                new RegionSpec(
                        "test",
                        List.of("host", "guest"),
                        List.of(new RingSpec(slots, BUFFER_BYTES, HEADROOM, headStart, Direction.FORWARD, stages))),
                16);
        final long base = arena.allocate(format.regionBytes(), 4096).address();
        final long own = arena.allocate(format.controlBytes(), 4096).address();
        format.write(base);
        format.write(own);
        host = Directory.ofHost(own, format.controlBytes(), base);
        shared = Directory.shared(base, format.regionBytes());
        receiving = new Stage(host.ring(0), 0, Doorbell.NONE);
        guest = new Stage(shared.ring(0), 1, Doorbell.NONE);
        transmitting = new Stage(host.ring(0), 2, Doorbell.NONE);
    }

    long allocate(long bytes) {
        return arena.allocate(bytes, 128).address();
    }

    PacketBuffers buffers() {
        return new PacketBuffers(receiving.bufferAddress(0), slots(), BUFFER_BYTES, HEADROOM);
    }

    int slots() {
        return receiving.ring().slots();
    }

    /** A register that is a word of memory. */
    TailRegister register(long address) {
        return new TailRegister(null, 0, address);
    }

    /** A receive queue and the card that fills it. */
    PlayedReceiver receiver(ReceiveFormat format) {
        return new PlayedReceiver(this, format);
    }

    /** A transmit queue and the card that empties it. */
    PlayedTransmitter transmitter() {
        return new PlayedTransmitter(this);
    }

    CardTransmitAgent agent(PlayedTransmitter forward, PlayedTransmitter back) {
        return new CardTransmitAgent(
                "out",
                transmitting,
                new CardOutput[] {forward.output, back == null ? null : back.output},
                new Output[2]);
    }

    /** The guest passes on all that there is, unchanged. */
    int forward() {
        final int count = guest.look();
        guest.advance(count);
        guest.publish();
        return count;
    }

    /** The guest passes {@code words} on in the slots that it has next. */
    void pass(long... words) {
        for (long word : words) {
            if (guest.available() == 0) {
                throw new IllegalStateException("the guest has no slot");
            }
            Memory.longOpaque(guest.slotAddress(guest.position()), word);
            guest.advance(1);
        }
        guest.publish();
    }

    /** Makes {@code count} slots the guest's, as if something empty had been received. */
    void offer(int count) {
        if (receiving.look() < count) {
            throw new IllegalStateException("no room");
        }
        receiving.advance(count);
        receiving.publish();
    }

    @Override
    public void close() {
        arena.close();
    }
}
