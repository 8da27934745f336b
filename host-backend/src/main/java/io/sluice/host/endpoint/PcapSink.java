// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import java.lang.foreign.Arena;

/**
 * Writes packets to a classic capture file, in the format that {@link PcapReader} draws, little-endian.
 *
 * <p>Whole records are collected in a buffer and written in one piece when it is full or nothing more waits. A process
 * that dies loses at most what was in the buffer, and the file ends with a whole record unless it died within a write.
 */
final class PcapSink implements PacketSink {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Arena arena = Arena.ofAuto();
    private final long buffer = arena.allocate(BUFFER_BYTES, 64).address();
    private final int descriptor;
    private final boolean waitable;
    private final int nanosPerUnit;
    private final Trouble trouble;
    private int start;
    private int end;
    private boolean wouldBlock;
    private boolean closed;

    /**
     * Writes the file's header.
     *
     * @param descriptor the empty file, now this sink's
     * @param waitable whether it is a pipe or the like, which can be full for a while
     * @param micro whether to write microseconds instead of nanoseconds
     */
    PcapSink(int descriptor, boolean waitable, boolean micro, Trouble trouble) {
        this.descriptor = descriptor;
        this.waitable = waitable;
        this.nanosPerUnit = micro ? 1000 : 1;
        this.trouble = trouble;
        Memory.zero(buffer, PcapReader.HEADER_BYTES);
        Memory.intAt(buffer, micro ? PcapReader.MAGIC_MICRO : PcapReader.MAGIC_NANO);
        Memory.shortAt(buffer + 4, (short) PcapReader.MAJOR);
        Memory.shortAt(buffer + 6, (short) PcapReader.MINOR);
        Memory.intAt(buffer + 16, CaptureReader.MAX_PACKET_BYTES);
        Memory.intAt(buffer + 20, CaptureReader.LINKTYPE_ETHERNET);
        end = PcapReader.HEADER_BYTES;
        flush();
    }

    @Override
    public Result transmit(long address, int lengthBytes, long timestampNanos) {
        final int bytes = PcapReader.RECORD_BYTES + lengthBytes;
        if (bytes > BUFFER_BYTES - end && !makeRoom(bytes)) {
            return wouldBlock ? Result.BUSY : bytes > BUFFER_BYTES ? Result.OVERSIZE : Result.ERROR;
        }
        final long record = buffer + end;
        final long nanos = Math.max(0, timestampNanos);
        Memory.intAt(record, (int) (nanos / NANOS_PER_SECOND));
        Memory.intAt(record + 4, (int) (nanos % NANOS_PER_SECOND) / nanosPerUnit);
        Memory.intAt(record + 8, lengthBytes);
        Memory.intAt(record + 12, lengthBytes);
        Memory.copy(address, record + PcapReader.RECORD_BYTES, lengthBytes);
        end += bytes;
        return Result.SENT;
    }

    private boolean makeRoom(int bytes) {
        flush();
        if (start > 0) {
            Memory.copy(buffer + start, buffer, end - start);
            end -= start;
            start = 0;
        }
        return bytes <= BUFFER_BYTES - end;
    }

    /** Writes what is buffered; what the file does not take stays for the next time, so that no record is torn. */
    @Override
    public void flush() {
        wouldBlock = false;
        while (start < end) {
            final long written = Descriptors.write(descriptor, buffer + start, end - start);
            if (written == -Errno.EAGAIN) {
                wouldBlock = true;
                return;
            }
            if (written < 0 && written != -Errno.EINTR) {
                trouble.fail("writing failed: " + Errno.describe((int) written)
                        + "; packets are dropped until it works again");
                return;
            }
            start += (int) Math.max(0, written);
        }
        start = 0;
        end = 0;
    }

    @Override
    public int pollDescriptor() {
        return waitable ? descriptor : -1;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            flush();
            if (start < end) {
                trouble.fail("closed with " + (end - start) + " bytes that could not be written");
            }
            Descriptors.close(descriptor);
        }
    }
}
