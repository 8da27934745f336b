// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.PacketSocket;

/** Frames that the kernel dropped because a packet socket's buffer was full; it forgets them once asked (packet(7)). */
final class SocketDrops implements AutoCloseable {
    private final int descriptor;
    private long drops;
    private boolean closed;

    SocketDrops(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Drops so far; the last known number once this object is closed. */
    synchronized long count() {
        if (!closed) {
            drops += Math.max(0, PacketSocket.takeKernelDrops(descriptor));
        }
        return drops;
    }

    /** Takes the last word on the drops; the socket must still be open, and is another's to close. */
    @Override
    public synchronized void close() {
        count();
        closed = true;
    }
}
