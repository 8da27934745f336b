// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel says of the calling thread's time, read without allocating.
 *
 * <pre>
 *   /proc/thread-self/schedstat   nanoseconds it ran, nanoseconds it was ready and waited for a processor
 *                                 (Documentation/scheduler/sched-stats.rst)
 *   /proc/thread-self/status      voluntary_ctxt_switches: how often it gave the processor up by itself (proc(5))
 * </pre>
 */
final class ThreadSchedule implements AutoCloseable {
    private static final int BUFFER_BYTES = 8192;
    private static final byte[] SWITCHES = "\nvoluntary_ctxt_switches:".getBytes(StandardCharsets.US_ASCII);

    private final Arena arena = Arena.ofShared();
    private final long buffer = arena.allocate(BUFFER_BYTES).address();
    private final int times = open("/proc/thread-self/schedstat");
    private final int status = open("/proc/thread-self/status");
    private int next;
    private long ranNanos;
    private long waitedNanos;
    private long switches;

    private static int open(String file) {
        return PosixException.check(OpenFile.open(file, OpenFile.READ_ONLY), "open(" + file + ")");
    }

    /** Reads both anew. */
    void read() {
        load(times);
        next = 0;
        ranNanos = number();
        waitedNanos = number();
        next = find(load(status));
        switches = number();
    }

    private int load(int file) {
        OpenFile.seek(file, 0);
        final int length = Math.clamp(Descriptors.read(file, buffer, BUFFER_BYTES - 1), 0, BUFFER_BYTES - 1);
        Memory.byteAt(buffer + length, (byte) 0);
        return length;
    }

    /** The next number in the buffer. */
    private long number() {
        while (next < BUFFER_BYTES - 1 && !digit()) {
            next++;
        }
        long value = 0;
        for (; digit(); next++) {
            value = value * 10 + Memory.byteAt(buffer + next) - '0';
        }
        return value;
    }

    private boolean digit() {
        final byte character = Memory.byteAt(buffer + next);
        return character >= '0' && character <= '9';
    }

    private int find(int length) {
        for (int at = 0; at <= length - SWITCHES.length; at++) {
            int same = 0;
            while (same < SWITCHES.length && Memory.byteAt(buffer + at + same) == SWITCHES[same]) {
                same++;
            }
            if (same == SWITCHES.length) {
                return at + same;
            }
        }
        return BUFFER_BYTES - 1;
    }

    /** How long the thread ran, as of {@link #read}. */
    long ranNanos() {
        return ranNanos;
    }

    /** How long the thread was ready and had no processor, as of {@link #read}. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** How often the thread gave its processor up by itself, as of {@link #read}. */
    long switches() {
        return switches;
    }

    @Override
    public void close() {
        Descriptors.close(times);
        Descriptors.close(status);
        arena.close();
    }
}
