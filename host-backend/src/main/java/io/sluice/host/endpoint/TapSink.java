// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;

/** Frames that the kernel receives from a TAP interface, written straight from the slot's buffer. */
final class TapSink implements PacketSink {
    private final int descriptor;
    private final Trouble trouble;
    private boolean broken;

    TapSink(int descriptor, Trouble trouble) {
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
            case Errno.EBADFD -> {
                broken = true;
                trouble.fail(TapEndpoint.DELETED);
                yield Result.ERROR;
            }
            default -> Result.ERROR; // EIO: the interface is down; EINVAL: shorter than an Ethernet header
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
