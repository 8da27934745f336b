// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames that the kernel sends out of a TAP interface, read straight into the slot's buffer.
 *
 * <pre>
 *   struct iovec x 2, 16 bytes each: the buffer, and one byte more that tells a frame that did not fit (the kernel cuts
 *   frames without a word)
 * </pre>
 */
final class TapSource implements PacketSource {
    private static final int IOVEC_BYTES = 16;

    private final Arena arena = Arena.ofAuto();
    private final long vectors = arena.allocate(2 * IOVEC_BYTES + 1, 8).address();
    private final int descriptor;
    private final LinkDrops drops;
    private final Trouble trouble;
    private final Tally errors = new Tally();
    private boolean broken;

    /**
     * @param descriptor the interface's, which stays the caller's
     * @param drops of the same interface, now this source's
     */
    TapSource(int descriptor, LinkDrops drops, Trouble trouble) {
        this.descriptor = descriptor;
        this.drops = drops;
        this.trouble = trouble;
        Memory.longAt(vectors + IOVEC_BYTES, vectors + 2 * IOVEC_BYTES);
        Memory.longAt(vectors + IOVEC_BYTES + 8, 1);
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (broken) {
            return NOTHING;
        }
        Memory.longAt(vectors, address);
        Memory.longAt(vectors + 8, capacityBytes);
        final int length = (int) Descriptors.readVector(descriptor, vectors, 2);
        if (length > 0) {
            return length <= capacityBytes ? length : OVERSIZE;
        }
        if (length == -Errno.EBADFD) {
            broken = true;
            trouble.fail(LinkSink.DELETED);
        } else if (length < 0 && length != -Errno.EAGAIN && length != -Errno.EINTR) {
            errors.add(1);
        }
        return NOTHING;
    }

    @Override
    public int pollDescriptor() {
        return broken ? -1 : descriptor;
    }

    @Override
    public long nextDueNanos() {
        return broken ? NEVER : 0;
    }

    /** Frames that nobody read in time, and reads that failed with something else than a deleted interface. */
    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("kernel-drops", drops.count());
        details.put("read-errors", errors.value());
        return details;
    }

    @Override
    public void close() {
        broken = true;
        drops.close(); // the last word, while the interface is still there
    }
}
