// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.guest.port.GuestPort;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.pacing.WaitMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A guest that is almost always in the middle of a packet: it turns every byte of a payload over, and then back. Where
 * such a packet is seen in between, or is written to late, it is damaged, which whoever checks it notices.
 *
 * <pre>
 *   ScramblingGuest SOCKET             works until it is ended
 *   ScramblingGuest SOCKET FOLDER      stops in the middle of one packet, within a batch: makes FOLDER/inside, waits
 *                                      for FOLDER/go, and then writes a pattern into whatever it is still given of what
 *                                      was received before, and another length into the slot
 * </pre>
 */
final class ScramblingGuest implements PacketFunction {
    static final String INSIDE = "inside";
    static final String GO = "go";
    /** Of the packet in which it stops: neither the first nor the last of a batch of eight. */
    private static final long STOP_AT = 20_003;

    private static final int HEADERS_BYTES = 42;
    private static final int PATTERN = 0xA5;
    private static final long BACKLOG_NANOS = 30_000_000;
    private static final long POLL_NANOS = 1_000_000;

    private final Path folder;
    private long packets;
    private long stoppedNanos;
    private boolean late;
    private int lateStores;

    private ScramblingGuest(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (GuestPort port = GuestPort.open("ptnet:" + arguments[0])) {
            System.out.println("guest " + port.name() + " attached to chain " + port.chain());
            port.serve(new ScramblingGuest(arguments.length > 1 ? Path.of(arguments[1]) : null), WaitMode.ADAPTIVE);
        }
    }

    @Override
    public void process(Packet packet, Direction direction) {
        packets++;
        if (folder == null) {
            turnOver(packet);
            turnOver(packet);
            return;
        }
        if (packets == STOP_AT - STOP_AT % 8 - 8) {
            // So that the next batches are full ones.
            LockSupport.parkNanos(BACKLOG_NANOS);
        }
        if (packets == STOP_AT) {
            stop();
        }
        if (late && packet.timestampNanos() <= stoppedNanos) {
            for (int i = HEADERS_BYTES; i < packet.length(); i++) {
                packet.setByte(i, PATTERN);
            }
            packet.resize(packet.length() - 1);
            lateStores++;
            System.out.println("late stores: " + lateStores);
        }
    }

    private void stop() {
        stoppedNanos = EpochClock.nanos();
        try {
            Files.createFile(folder.resolve(INSIDE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (!Files.exists(folder.resolve(GO))) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        late = true;
    }

    private static void turnOver(Packet packet) {
        for (int i = HEADERS_BYTES; i < packet.length(); i++) {
            packet.setByte(i, ~packet.unsignedByte(i));
        }
    }
}
