// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * Bytes over a unix stream socket with descriptors beside them (SCM_RIGHTS, unix(7), cmsg(3)). Neither method waits, and
 * either may move less than asked. One object for one thread at a time.
 *
 * <pre>
 *   0    struct msghdr, 56 bytes: 0 name, 8 namelen, 16 iov, 24 iovlen, 32 control, 40 controllen, 48 flags
 *   64   struct iovec: 0 base, 8 len
 *   80   struct cmsghdr: 0 len u64, 8 level i32, 12 type i32, 16 descriptors i32 each
 * </pre>
 */
public final class SocketMessage {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final int VECTOR_OFFSET = 64;
    private static final int CONTROL_OFFSET = 80;
    private static final int CONTROL_HEADER_BYTES = 16;

    private static final MethodHandle SENDMSG = Native.function("sendmsg", LONG, INT, POINTER, INT);
    private static final MethodHandle RECVMSG = Native.function("recvmsg", LONG, INT, POINTER, INT);

    private final Arena arena = Arena.ofAuto();
    private final long message;
    private final int controlBytes;
    private final int[] descriptors;
    private int count;

    /** For up to {@code maxDescriptors}, an even number, at a time. */
    public SocketMessage(int maxDescriptors) {
        if (maxDescriptors % 2 != 0) {
            // The kernel fills the padding behind an odd number of descriptors with one more.
            throw new IllegalArgumentException("maxDescriptors=" + maxDescriptors + " is odd");
        }
        descriptors = new int[maxDescriptors];
        controlBytes = CONTROL_HEADER_BYTES + Integer.BYTES * maxDescriptors;
        message = arena.allocate((long) CONTROL_OFFSET + controlBytes, 8).address();
        Memory.longAt(message + 16, message + VECTOR_OFFSET);
        Memory.longAt(message + 24, 1);
    }

    /**
     * sendmsg(2); {@code toPass} go with the first byte, and stay the caller's.
     *
     * @return bytes sent, at least 1, EAGAIN where the peer has not read for long, or another {@code -errno}
     */
    public long send(int socket, long address, long lengthBytes, int... toPass) {
        if (toPass.length > descriptors.length) {
            return -Errno.EINVAL;
        }
        final long control = message + CONTROL_OFFSET;
        Memory.longAt(message + VECTOR_OFFSET, address);
        Memory.longAt(message + VECTOR_OFFSET + 8, lengthBytes);
        Memory.longAt(message + 32, toPass.length == 0 ? 0 : control);
        final long filled = CONTROL_HEADER_BYTES + (long) Integer.BYTES * toPass.length;
        Memory.longAt(message + 40, toPass.length == 0 ? 0 : (filled + 7) & ~7L);
        Memory.longAt(control, filled);
        Memory.intAt(control + 8, SOL_SOCKET);
        Memory.intAt(control + 12, SCM_RIGHTS);
        for (int i = 0; i < toPass.length; i++) {
            Memory.intAt(control + CONTROL_HEADER_BYTES + 4L * i, toPass[i]);
        }
        try {
            final var errno = Native.errnoBuffer();
            final int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
            return Native.resultOrErrno((long) SENDMSG.invokeExact(errno, socket, message, flags), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * recvmsg(2) of up to {@code capacityBytes} to {@code address}; the descriptors that came with them are {@link
     * #descriptor}, and the caller's.
     *
     * @return bytes received, 0 where the peer has gone, EMSGSIZE where more descriptors came than there is room for, of
     *     which none is kept, EAGAIN where there is nothing, or another {@code -errno}
     */
    public long receive(int socket, long address, long capacityBytes) {
        count = 0;
        Memory.longAt(message + VECTOR_OFFSET, address);
        Memory.longAt(message + VECTOR_OFFSET + 8, capacityBytes);
        Memory.longAt(message + 32, message + CONTROL_OFFSET);
        Memory.longAt(message + 40, controlBytes);
        final long received;
        try {
            final var errno = Native.errnoBuffer();
            final int flags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
            received = Native.resultOrErrno((long) RECVMSG.invokeExact(errno, socket, message, flags), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
        if (received < 0) {
            return received;
        }
        keepDescriptors();
        if ((Memory.intAt(message + 48) & MSG_CTRUNC) != 0) {
            for (int i = 0; i < count; i++) {
                Descriptors.close(descriptors[i]);
            }
            count = 0;
            return -Errno.EMSGSIZE;
        }
        return received;
    }

    private void keepDescriptors() {
        final long control = message + CONTROL_OFFSET;
        if (Memory.longAt(message + 40) >= CONTROL_HEADER_BYTES + Integer.BYTES
                && Memory.intAt(control + 8) == SOL_SOCKET
                && Memory.intAt(control + 12) == SCM_RIGHTS) {
            count = (int) (Memory.longAt(control) - CONTROL_HEADER_BYTES) / Integer.BYTES;
            for (int i = 0; i < count; i++) {
                descriptors[i] = Memory.intAt(control + CONTROL_HEADER_BYTES + 4L * i);
            }
        }
    }

    /** How many descriptors the last {@link #receive} brought. */
    public int descriptors() {
        return count;
    }

    /** The {@code index}-th of them. */
    public int descriptor(int index) {
        return descriptors[index];
    }
}
