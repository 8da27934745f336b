// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.port.SlotDoor;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/** A card in a slot of this machine, whose wire leads to an interface that the machine's kernel drives. */
final class SlotRig implements CardRig {
    private static final int FRAME_BYTES = 2048;
    /** So long has a link to stay up, which a card that was reset has just taken away. */
    private static final long STEADY_NANOS = 300 * MILLISECOND;

    private final Arena arena = Arena.ofShared();
    private final long buffer = arena.allocate(FRAME_BYTES, 64).address();
    private final CardClock system = CardClock.system();
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private final String wire;
    private final Endpoint end;
    private final PciDevice device;
    private long sent;
    private long received;
    private long seen;

    /** Nobody stops the card should this process be killed: it is for machines that end with the test. */
    SlotRig(String slot, String wire) throws IOException {
        this.wire = wire;
        end = Endpoints.open("packet", wire, Map.of(), true, true);
        try {
            device = SlotDoor.open(slot, KeptDescriptors::none);
        } catch (IOException | RuntimeException e) {
            end.close();
            throw e;
        }
    }

    @Override
    public PciDevice device() {
        return device;
    }

    @Override
    public CardOptions options() {
        return CardOptions.defaults().withClock(clock());
    }

    /** The machine's, in whose sleeps frames come and go. */
    @Override
    public CardClock clock() {
        return new CardClock() {
            @Override
            public long nanos() {
                return system.nanos();
            }

            @Override
            public void sleep(long nanos) {
                pass();
                system.sleep(nanos);
            }
        };
    }

    private synchronized void pass() {
        for (byte[] frame = waiting.peek(); frame != null && offer(frame); frame = waiting.peek()) {
            waiting.remove();
            sent++;
        }
        end.sink().flush();
        while (end.source().receive(buffer, FRAME_BYTES) != PacketSource.NOTHING) {
            received++;
        }
    }

    private boolean offer(byte[] frame) {
        Memory.copyFromArray(frame, 0, buffer, frame.length);
        return switch (end.sink().transmit(buffer, frame.length, 0)) {
            case SENT -> true;
            case BUSY -> false;
            case OVERSIZE, ERROR -> throw new AssertionError(wire + " does not take a frame of " + frame.length);
        };
    }

    @Override
    public synchronized void toCard(byte[] frame) {
        waiting.add(frame);
    }

    @Override
    public synchronized long fromCard() {
        return received;
    }

    /**
     * The card counts also what it does not take (8.2.3.23.59, TPR). Reading all of its counters would take longer than the
     * frame: what is read here is missing from the driver's count.
     */
    @Override
    public synchronized boolean arrived(Card card) {
        pass();
        seen += Integer.toUnsignedLong(device.read32(StatisticsRegisters.TPR));
        return waiting.isEmpty() && seen + card.statistics().value(Statistic.RECEIVED_TOTAL) >= sent;
    }

    @Override
    public boolean awaitLink(Card card) {
        if (!card.link().awaitUp(2 * LIMIT_NANOS)) {
            return false;
        }
        long upSince = system.nanos();
        return await(() -> {}, () -> carrier() && system.nanos() - upSince > STEADY_NANOS);
    }

    private boolean carrier() {
        try {
            return Files.readString(Path.of("/sys/class/net", wire, "carrier")).startsWith("1");
        } catch (IOException e) {
            return false; // an interface that is down says so by EINVAL
        }
    }

    /** Only who plays the card can know. */
    @Override
    public long violations() {
        return 0;
    }

    @Override
    public void close() {
        device.close();
        end.close();
        arena.close();
    }
}
