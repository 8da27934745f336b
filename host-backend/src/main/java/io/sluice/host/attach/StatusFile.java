// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The host's private copy of a region's control part, in a file of the runtime directory: what the host's own stages
 * work on, and what {@code sluice status} maps read-only, so that looking never disturbs a running backend.
 *
 * <pre>
 *   as the region's header, party, ring and line tables, and in the header, which has room:
 *     128  heartbeat  u64   nanoseconds since 1970, written several times a second while the backend lives
 *     136  process    u64   its process id
 *     144  started    u64   nanoseconds since 1970
 *     152  peerId     u32   the last ivshmem id given to a guest
 *     512  segment    u32   of a chain that has several regions: which one this is, from 1; else 0
 *     516  segments   u32   how many
 *     520  domain     64 bytes, UTF-8, padded with zeros: the trust domain of its guests
 *     584  left       u32   1 once its backend has given it back and does nothing with it any more
 *     1020 planBytes  u32   length of what follows
 *     1024 plan       up to 3072 bytes of UTF-8: what was asked for, by which another backend knows its own chain
 *
 *   and in each party's entry, beside {@link GuestLife}:
 *     120  introduced u32   the ivshmem id of the guest that was told all that it needs
 *
 *   and in each line:
 *     16   seen       u64   the stage's position at the last heartbeat; those of one ring were read last stage first,
 *                           so that no stage seems to have passed the one before it
 *     24   freed      u64   a number that grows with each line that becomes nobody's
 *     32   former     u32   1 + the line of the last holder, until its last position has been taken over; 0: none
 *     40   held       32 bytes: the slots that are kept from whom this line belonged to ({@link HeldSlots})
 * </pre>
 *
 * The file is locked (flock(2)) as long as its backend lives or a keeper holds it for another one: the lock belongs to
 * the open file, which both share.
 */
public final class StatusFile implements AutoCloseable {
    /** How the names of these files end. */
    public static final String SUFFIX = ".status";

    private static final int HEARTBEAT_OFFSET = 128;
    private static final int PROCESS_OFFSET = 136;
    private static final int STARTED_OFFSET = 144;
    private static final int SEGMENT_OFFSET = 512;
    private static final int SEGMENTS_OFFSET = 516;
    private static final int DOMAIN_OFFSET = 520;
    private static final int DOMAIN_BYTES = 64;
    private static final int LEFT_OFFSET = 584;

    /** In a line; the region itself has nothing there. */
    static final int LINE_SEEN_OFFSET = 16;

    /**
     * Which part of a chain a region is, where the chain has several.
     *
     * @param number from 1
     * @param domain the trust domain of its guests; empty for the domain of those that name none
     */
    public record Segment(int number, int count, String domain) {}

    static final int LINE_FREED_OFFSET = 24;
    static final int LINE_FORMER_OFFSET = 32;
    static final int LINE_HELD_OFFSET = 40;
    static final int PEER_ID_OFFSET = 152;
    static final int PARTY_INTRODUCED_OFFSET = 120;

    private static final int PLAN_BYTES_OFFSET = 1020;
    private static final int PLAN_OFFSET = 1024;
    private static final int MAX_PLAN_BYTES = RegionDescriptor.HEADER_BYTES - PLAN_OFFSET;
    private static final int UNLOCKED = -1;

    private final Path path;
    private final Arena arena;
    private final MemorySegment segment;
    private final int descriptor;

    private StatusFile(Path path, Arena arena, MemorySegment segment, int descriptor) {
        this.path = path;
        this.arena = arena;
        this.segment = segment;
        this.descriptor = descriptor;
    }

    /** Makes the file, readable by its owner only and deleted by {@link #close}. */
    static StatusFile create(Path path, long lengthBytes) throws IOException {
        Files.deleteIfExists(path);
        final Arena arena = Arena.ofShared();
        try {
            return write(path, lengthBytes, arena);
        } catch (IOException e) {
            arena.close();
            // Half a file would be nobody's: it does not say whose it was.
            Files.deleteIfExists(path);
            throw new IOException(
                    "cannot write the status file path=" + path + " bytes=" + lengthBytes + ": " + e.getMessage()
                            + "; make room there or set SLUICE_RUN to a folder elsewhere",
                    e);
        }
    }

    private static StatusFile write(Path path, long lengthBytes, Arena arena) throws IOException {
        final Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(
                path, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            // Written, not only sized: a full file system is an exception here and not a SIGBUS later.
            final ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
            for (long written = 0; written < lengthBytes; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), lengthBytes - written));
                written += channel.write(zeros);
            }
            final StatusFile file = new StatusFile(
                    path, arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, lengthBytes, arena), lock(path));
            file.begin();
            return file;
        }
    }

    private static int lock(Path path) throws IOException {
        final int descriptor = OpenFile.open(path.toString(), OpenFile.READ_WRITE);
        final int locked = descriptor < 0 ? descriptor : OpenFile.lockExclusive(descriptor);
        if (locked < 0) {
            throw new IOException("it cannot be locked: " + Errno.describe(locked));
        }
        return descriptor;
    }

    private void begin() {
        Memory.longAt(address() + PROCESS_OFFSET, ProcessHandle.current().pid());
        Memory.longAt(address() + STARTED_OFFSET, EpochClock.nanos());
        Memory.intRelease(address() + LEFT_OFFSET, 0);
        beat();
    }

    /**
     * Takes over a dead backend's file, under another name.
     *
     * @param descriptor of the open file, then this object's
     * @param path where it shall be from now on
     */
    static StatusFile inherit(int descriptor, Path path, long lengthBytes) throws IOException {
        final Path known = Path.of("/proc/self/fd/" + descriptor);
        final Path before = Files.readSymbolicLink(known);
        final Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(known, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final StatusFile file = new StatusFile(
                    path, arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, lengthBytes, arena), descriptor);
            Files.move(before, path, StandardCopyOption.REPLACE_EXISTING);
            file.begin();
            return file;
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    /** The descriptor by which a keeper keeps the file locked, and another backend finds it. */
    int descriptor() {
        return descriptor;
    }

    /** Whether a backend lives that has this file, or a keeper holds it for another one. */
    public static boolean held(Path path) {
        final int probe = OpenFile.open(path.toString(), OpenFile.READ_ONLY);
        if (probe < 0) {
            return false;
        }
        final boolean held = OpenFile.lockShared(probe) == -Errno.EAGAIN;
        Descriptors.close(probe);
        return held;
    }

    /** What was asked for, by which another backend knows its own chain. */
    public String plan() {
        final byte[] bytes = new byte[Math.clamp(Memory.intAt(address() + PLAN_BYTES_OFFSET), 0, MAX_PLAN_BYTES)];
        Memory.copyToArray(address() + PLAN_OFFSET, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void plan(String plan) {
        final byte[] bytes = plan.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(bytes.length, MAX_PLAN_BYTES);
        Memory.copyFromArray(bytes, 0, address() + PLAN_OFFSET, length);
        Memory.intAt(address() + PLAN_BYTES_OFFSET, length);
    }

    /**
     * Maps a backend's file read-only.
     *
     * @throws IOException where it cannot be read, or its backend is just writing it
     */
    public static StatusFile open(Path path) throws IOException {
        final Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() < RegionDescriptor.HEADER_BYTES) {
                throw new IOException(path + " is not complete: its backend is starting, or has died doing so");
            }
            return new StatusFile(
                    path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), UNLOCKED);
        }
    }

    /** The position of {@code stage} at the last heartbeat, in a directory of this file. */
    public static long positionAtBeat(Ring ring, int stage) {
        return Memory.longOpaque(ring.lineAddress(stage) + LINE_SEEN_OFFSET);
    }

    void beat() {
        Memory.longRelease(address() + HEARTBEAT_OFFSET, EpochClock.nanos());
    }

    public long heartbeatNanos() {
        return Memory.longAcquire(address() + HEARTBEAT_OFFSET);
    }

    public long processId() {
        return Memory.longAt(address() + PROCESS_OFFSET);
    }

    public long startedNanos() {
        return Memory.longAt(address() + STARTED_OFFSET);
    }

    /** Says which part of its chain the region is; before anybody reads the file. */
    public void segment(Segment of) {
        final byte[] domain = Arrays.copyOf(of.domain().getBytes(StandardCharsets.UTF_8), DOMAIN_BYTES);
        Memory.copyFromArray(domain, 0, address() + DOMAIN_OFFSET, DOMAIN_BYTES);
        Memory.intAt(address() + SEGMENTS_OFFSET, of.count());
        Memory.intRelease(address() + SEGMENT_OFFSET, of.number());
    }

    /** Which part of its chain the region is; empty where it is the only one. */
    public Optional<Segment> segment() {
        final int number = Memory.intAcquire(address() + SEGMENT_OFFSET);
        if (number == 0) {
            return Optional.empty();
        }
        final byte[] domain = new byte[DOMAIN_BYTES];
        Memory.copyToArray(address() + DOMAIN_OFFSET, domain, 0, DOMAIN_BYTES);
        final String text = new String(domain, StandardCharsets.UTF_8);
        return Optional.of(new Segment(number, Memory.intAt(address() + SEGMENTS_OFFSET), text.replace("\0", "")));
    }

    /** Whether its backend has given it back, and does nothing with it any more even where the process lives. */
    boolean left() {
        return Memory.intAcquire(address() + LEFT_OFFSET) != 0;
    }

    public Path path() {
        return path;
    }

    public long address() {
        return segment.address();
    }

    public long lengthBytes() {
        return segment.byteSize();
    }

    /** Frees the file as a backend's death would: it stays, for whoever holds it open. */
    void leave() {
        if (arena.scope().isAlive()) {
            Memory.intRelease(address() + LEFT_OFFSET, 1);
            arena.close();
            Descriptors.close(descriptor);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            if (descriptor != UNLOCKED) {
                Descriptors.close(descriptor);
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    System.getLogger(StatusFile.class.getName())
                            .log(System.Logger.Level.WARNING, "cannot delete " + path, e);
                }
            }
        }
    }
}
