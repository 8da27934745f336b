// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;

/**
 * Frames written straight from the slot's buffer to a network interface: by a packet socket they leave on its wire, by
 * the descriptor of a TAP interface the kernel receives them from it.
 */
final class LinkSink implements PacketSink {
    static final String DELETED = "the interface was deleted; no more packets pass here";

    private final int descriptor;
    private final Trouble trouble;
    private boolean broken;

    LinkSink(int descriptor, Trouble trouble) {
        this.descriptor = descriptor;
        this.trouble = trouble;
    }

    @Override
    public Result transmit(long address, int lengthBytes, long timestampNanos) {
        if (broken) {
            return Result.ERROR;
        }
        final int written = (int) Descriptors.write(descriptor, address, lengthBytes);
        if (written >= 0) {
            return Result.SENT;
        }
        return switch (-written) {
            case Errno.EAGAIN, Errno.EINTR, Errno.ENOBUFS, Errno.ENOMEM -> Result.BUSY;
            case Errno.EMSGSIZE -> Result.OVERSIZE;
            case Errno.ENXIO, Errno.ENODEV, Errno.EBADFD -> { // the last one is a TAP interface's
                broken = true;
                trouble.fail(DELETED);
                yield Result.ERROR;
            }
            // ENETDOWN, of a TAP interface EIO: the interface is down; EINVAL: shorter than an Ethernet header
            default -> Result.ERROR;
        };
    }

    @Override
    public int pollDescriptor() {
        return broken ? -1 : descriptor;
    }

    @Override
    public void close() {
        broken = true; // the descriptor is the endpoint's
    }
}
