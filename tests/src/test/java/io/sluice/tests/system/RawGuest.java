// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.DescriptorPassing.Message;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A program that speaks the attachment's protocol by itself, behaves, and at any time does as it likes. */
final class RawGuest implements AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Path path;
    private final LieShape shape;
    private final Arena arena = Arena.ofConfined();
    private final int socket;
    private final SharedRegion region;
    private final List<Integer> hostBells = new ArrayList<>();
    private final List<Integer> otherBells = new ArrayList<>();
    private final int ownBell;
    private final Directory directory;
    private final Ring ring;
    private final Stage stage;

    RawGuest(Path path, LieShape shape) throws IOException {
        this.path = path;
        this.shape = shape;
        socket = UnixSocket.connect(path.toString());
        expect(DescriptorPassing.receive(socket), 0);
        final long peerId = DescriptorPassing.receive(socket).number();
        final int memory = expect(DescriptorPassing.receive(socket), -1).descriptor();
        region = SharedRegion.attach(memory, Files.size(Path.of("/proc/self/fd/" + memory)));
        Message bell = DescriptorPassing.receive(socket);
        while (bell.number() != peerId) {
            (bell.number() == 0 ? hostBells : otherBells).add(bell.descriptor());
            bell = DescriptorPassing.receive(socket);
        }
        ownBell = bell.descriptor();
        directory = Directory.shared(region.address(), region.lengthBytes());
        ring = directory.ring(0);
        attach(directory.partyOfConnection((int) peerId));
        stage = new Stage(ring, shape.stage(), this::ring);
    }

    private void attach(int party) {
        final int request = directory.partyGranted(party) + 1;
        directory.request(party, request);
        EventFd.signal(hostBells.get(directory.attachVector()));
        await("the attachment", () -> directory.partyGranted(party) == request);
    }

    private static Message expect(Message message, long number) {
        if (message == null || message.number() != number) {
            throw new IllegalStateException("the backend said " + message + " instead of " + number);
        }
        return message;
    }

    private void ring(int peerId, int vector) {
        if (peerId == 0) {
            EventFd.signal(hostBells.get(vector));
        }
    }

    Path path() {
        return path;
    }

    int socket() {
        return socket;
    }

    int memory() {
        return region.descriptor();
    }

    long regionBytes() {
        return region.lengthBytes();
    }

    /** Where the lines begin in the region. */
    long linesOffset() {
        return Memory.intAt(region.address() + RegionDescriptor.LINES_OFFSET_OFFSET);
    }

    int hostBell() {
        return hostBells.getFirst();
    }

    int ownBell() {
        return ownBell;
    }

    int slots() {
        return ring.slots();
    }

    int bufferBytes() {
        return ring.bufferBytes();
    }

    /** How far this guest has come, when it behaves. */
    long position() {
        return stage.position();
    }

    /** How far the guest may be at most. */
    long limit() {
        return shape.fills() ? ring.positionAcquire(ring.stageCount() - 1) + ring.slots() : ring.positionAcquire(0);
    }

    boolean retired() {
        return directory.state() == RegionDescriptor.STATE_RETIRED;
    }

    Violation reason() {
        return directory.retireReason();
    }

    /** Passes {@code count} packets on, or sends as many, as an honest guest does. */
    void behave(int count) {
        int left = count;
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (left > 0 && !retired()) {
            stage.refresh();
            if (shape == LieShape.PAIR) {
                claimNextPosition(stage.position()); // nobody is there: this guest keeps the ring moving
            }
            final int work = Math.min(left, Math.min(8, stage.look()));
            for (int i = 0; i < work; i++) {
                if (shape.fills()) {
                    write(SlotWord.pack(60, ring.headroom(), 0, SlotWord.OUTPUT_FORWARD));
                }
                stage.advance(1);
            }
            left -= work;
            if (work > 0) {
                stage.publish();
            } else {
                stage.settle();
                pause();
                late(deadline, "packets, " + left + " are missing");
            }
        }
        stage.settle();
    }

    /** Behaves until the host has had enough. */
    void behaveUntilRetired() {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!retired()) {
            behave(1);
            late(deadline, "the end of the region");
        }
    }

    /** Publishes the slot at which this guest is with the word {@code good}, which soon becomes {@code bad}. */
    void flip(long good, long bad, int turns) {
        final long slot = stage.slotAddress(stage.position());
        Memory.longOpaque(slot, good);
        finish();
        for (int i = 0; i < turns; i++) {
            Memory.longOpaque(slot, (i & 1) == 0 ? bad : good);
        }
    }

    /** Stores {@code word} in the slot at which this guest is. */
    void write(long word) {
        Memory.longOpaque(stage.slotAddress(stage.position()), word);
    }

    /** Waits for room, so that the slot at which this guest is is its own. */
    void awaitSlot() {
        await("a slot", () -> stage.look() > 0);
    }

    /** Finishes the slot at which this guest is. */
    void finish() {
        stage.advance(1);
        stage.publish();
        stage.settle();
        kick();
    }

    /** Waits until the ring is full and the host has seen where this guest is. */
    void awaitSeen() {
        final int last = ring.stageCount() - 1;
        if (shape == LieShape.PAIR) {
            final long until = System.nanoTime() + 250_000_000L; // two looks of the audit
            await("the audit", () -> System.nanoTime() > until);
        } else if (shape != LieShape.LAST) {
            kick();
            await("the host", () -> ring.positionAcquire(last) == stage.position());
        }
        if (!shape.fills()) {
            await("a full ring", () -> ring.positionAcquire(0) - ring.positionAcquire(last) == ring.slots());
        }
    }

    private void await(String what, BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean() && !retired()) {
            pause();
            late(deadline, what);
        }
    }

    private static void late(long deadline, String what) {
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException("waited in vain for " + what);
        }
    }

    static void pause() {
        LockSupport.parkNanos(100_000);
    }

    /** Writes {@code position} as this guest's. */
    void claimPosition(long position) {
        Memory.longRelease(ring.lineAddress(shape.stage()) + RegionDescriptor.LINE_POSITION_OFFSET, position);
    }

    /** Writes {@code position} as that of the guest behind. */
    void claimNextPosition(long position) {
        Memory.longRelease(ring.lineAddress(shape.stage() + 1) + RegionDescriptor.LINE_POSITION_OFFSET, position);
    }

    void wakeAt(long value) {
        Memory.longOpaque(ring.lineAddress(shape.stage()) + RegionDescriptor.LINE_WAKE_OFFSET, value);
    }

    /** Behaves and asks to be woken at once, until the host has done so; the value for which it has. */
    long beKicked() {
        EventFd.drain(ownBell);
        final long value = ring.positionAcquire(shape.stage() == 0 ? ring.stageCount() - 1 : 0);
        wakeAt(value);
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        try (PollSet pollSet = new PollSet(1)) {
            while (!retired()) {
                behave(1);
                pollSet.clear();
                pollSet.add(ownBell, PollSet.READABLE);
                if (pollSet.await(100_000) > 0) {
                    return value;
                }
                late(deadline, "a kick");
            }
        }
        return value;
    }

    /** Wakes the host. */
    void kick() {
        EventFd.signal(hostBell());
    }

    /** Adds {@code count} to {@code bell}, without waiting for room. */
    void ring(int bell, long count) {
        final long number = arena.allocate(8, 8).address();
        Memory.longAt(number, count);
        Descriptors.write(bell, number, Long.BYTES);
    }

    /** Sends {@code lengthBytes} bytes of something to the backend. */
    void send(int lengthBytes) {
        Descriptors.write(socket, arena.allocate(lengthBytes).address(), lengthBytes);
    }

    void leave() {
        UnixSocket.shutdown(socket);
    }

    @Override
    public void close() {
        Descriptors.close(socket);
        Descriptors.close(ownBell);
        hostBells.forEach(Descriptors::close);
        otherBells.forEach(Descriptors::close);
        region.close();
        arena.close();
    }
}
