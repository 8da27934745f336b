// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import java.lang.foreign.Arena;

/**
 * A capture file read in large pieces to one buffer, so that a whole record lies in memory at a time.
 *
 * <pre>
 *   buffer   | consumed | available ............ | free |
 *                       ^ address(), file offset offset()
 * </pre>
 *
 * A read file rather than a mapped one: a mapped file that shrinks while it is read kills the process.
 */
final class CaptureInput {
    /** The longest record that {@link #ensure} can be asked for. */
    static final int CAPACITY_BYTES = 1 << 20;

    private final Arena arena = Arena.ofAuto();
    private final long buffer = arena.allocate(CAPACITY_BYTES, 64).address();
    private final int descriptor;
    private boolean bigEndian;
    private boolean exhausted;
    private int start;
    private int end;
    private long offset;

    /** Reads from the start of {@code descriptor}, which stays the caller's to close. */
    CaptureInput(int descriptor) {
        this.descriptor = descriptor;
    }

    /** How the file's numbers are written, from now on. */
    void bigEndian(boolean bigEndian) {
        this.bigEndian = bigEndian;
    }

    /** Where the bytes not yet consumed start in memory; valid until the next {@link #ensure} or {@link #skip}. */
    long address() {
        return buffer + start;
    }

    /** Where they start in the file. */
    long offset() {
        return offset;
    }

    /** Bytes at {@link #address}. */
    int available() {
        return end - start;
    }

    /** Reads on until {@code bytes} are available: false where the file ends before. */
    boolean ensure(int bytes) throws CaptureException {
        while (end - start < bytes) {
            if (exhausted) {
                return false;
            }
            fill();
        }
        return true;
    }

    private void fill() throws CaptureException {
        if (start > 0) {
            Memory.copy(buffer + start, buffer, end - start);
            end -= start;
            start = 0;
        }
        final long read = Descriptors.read(descriptor, buffer + end, CAPACITY_BYTES - end);
        if (read == -Errno.EINTR) {
            return;
        }
        if (read < 0) {
            throw new CaptureException("reading failed: " + Errno.describe((int) read), offset + available());
        }
        exhausted = read == 0;
        end += (int) read;
    }

    /** Moves on by {@code bytes} that are available. */
    void consume(int bytes) {
        start += bytes;
        offset += bytes;
    }

    /** Moves on by {@code bytes}: false where the file ends before. */
    boolean skip(long bytes) throws CaptureException {
        long left = bytes;
        while (left > 0) {
            if (!ensure(1)) {
                return false;
            }
            final int step = (int) Math.min(left, available());
            consume(step);
            left -= step;
        }
        return true;
    }

    /** Goes back to the file's first byte. */
    void rewind() throws CaptureException {
        final long result = OpenFile.seek(descriptor, 0);
        if (result < 0) {
            throw new CaptureException("going back to the start failed: " + Errno.describe((int) result), offset);
        }
        exhausted = false;
        start = 0;
        end = 0;
        offset = 0;
    }

    /** An unsigned 16-bit number, {@code index} bytes from {@link #address}. */
    int uint16(int index) {
        final long place = buffer + start + index;
        return bigEndian ? Memory.unsignedShortNetwork(place) : Memory.shortAt(place) & 0xFFFF;
    }

    /** A 32-bit number, {@code index} bytes from {@link #address}. */
    int int32(int index) {
        final long place = buffer + start + index;
        return bigEndian ? Memory.intNetwork(place) : Memory.intAt(place);
    }

    /** An unsigned 32-bit number, {@code index} bytes from {@link #address}. */
    long uint32(int index) {
        return int32(index) & 0xFFFF_FFFFL;
    }

    /** A 64-bit number, {@code index} bytes from {@link #address}. */
    long int64(int index) {
        final long place = buffer + start + index;
        return bigEndian ? Memory.longNetwork(place) : Memory.longAt(place);
    }

    /** An unsigned byte, {@code index} bytes from {@link #address}. */
    int uint8(int index) {
        return Memory.unsignedByteAt(buffer + start + index);
    }
}
