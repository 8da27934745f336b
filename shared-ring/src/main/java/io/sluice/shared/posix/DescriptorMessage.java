// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Short texts over a unix socket that keeps messages apart, each with at most one descriptor beside it (SCM_RIGHTS,
 * unix(7), cmsg(3)). One object for one thread at a time; nothing is sent or received in part.
 *
 * <pre>
 *   0    struct msghdr, 56 bytes: 0 name, 8 namelen, 16 iov, 24 iovlen, 32 control, 40 controllen, 48 flags
 *   64   struct iovec: 0 base, 8 len
 *   80   struct cmsghdr: 0 len u64, 8 level i32, 12 type i32, 16 descriptors i32 each
 * </pre>
 */
public final class DescriptorMessage {
    /** {@link #receive}: a message came that is longer than the capacity, or with more descriptors than one. */
    public static final int MALFORMED = Integer.MIN_VALUE;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final int VECTOR_OFFSET = 64;
    private static final int CONTROL_OFFSET = 80;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int ONE_DESCRIPTOR_BYTES = CONTROL_HEADER_BYTES + 4;
    /** The kernel fills padding with a second descriptor: there is room for it, so that it can be closed. */
    private static final int CONTROL_BYTES = CONTROL_HEADER_BYTES + 8;

    private static final int DATA_OFFSET = 128;

    private static final MethodHandle SENDMSG = Native.function("sendmsg", LONG, INT, POINTER, INT);
    private static final MethodHandle RECVMSG = Native.function("recvmsg", LONG, INT, POINTER, INT);

    private final Arena arena = Arena.ofAuto();
    private final int capacityBytes;
    private final long message;
    private String text = "";
    private int descriptor = -1;

    /** For messages of up to {@code capacityBytes}. */
    public DescriptorMessage(int capacityBytes) {
        this.capacityBytes = capacityBytes;
        message = arena.allocate((long) DATA_OFFSET + capacityBytes, 8).address();
        Memory.longAt(message + 16, message + VECTOR_OFFSET);
        Memory.longAt(message + 24, 1);
        Memory.longAt(message + VECTOR_OFFSET, message + DATA_OFFSET);
    }

    /**
     * sendmsg(2) of {@code text} in ISO 8859-1 with {@code descriptor}, or without one where it is -1; never waits.
     *
     * @return 0, EAGAIN where the peer has not read for long, EPIPE where it has gone, or another {@code -errno}
     */
    public int send(int socket, String text, int descriptor) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > capacityBytes) {
            return -Errno.EMSGSIZE;
        }
        Memory.copyFromArray(bytes, 0, message + DATA_OFFSET, bytes.length);
        Memory.longAt(message + VECTOR_OFFSET + 8, bytes.length);
        Memory.longAt(message + 32, descriptor < 0 ? 0 : message + CONTROL_OFFSET);
        Memory.longAt(message + 40, descriptor < 0 ? 0 : CONTROL_BYTES);
        Memory.longAt(message + CONTROL_OFFSET, ONE_DESCRIPTOR_BYTES);
        Memory.intAt(message + CONTROL_OFFSET + 8, SOL_SOCKET);
        Memory.intAt(message + CONTROL_OFFSET + 12, SCM_RIGHTS);
        Memory.intAt(message + CONTROL_OFFSET + 16, descriptor);
        try {
            final var errno = Native.errnoBuffer();
            final int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
            final long sent = Native.resultOrErrno((long) SENDMSG.invokeExact(errno, socket, message, flags), errno);
            return (int) Math.min(0, sent);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * recvmsg(2) of one message, to {@link #text} and {@link #descriptor}, which is then the caller's.
     *
     * @return its length in bytes, 0 where the peer has gone, {@link #MALFORMED}, or {@code -errno}
     */
    public int receive(int socket, boolean wait) {
        text = "";
        descriptor = -1;
        Memory.longAt(message + VECTOR_OFFSET + 8, capacityBytes);
        Memory.longAt(message + 32, message + CONTROL_OFFSET);
        Memory.longAt(message + 40, CONTROL_BYTES);
        final long received;
        try {
            final var errno = Native.errnoBuffer();
            final int flags = MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT);
            received = Native.resultOrErrno((long) RECVMSG.invokeExact(errno, socket, message, flags), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
        if (received < 0) {
            return (int) received;
        }
        final int[] descriptors = descriptors();
        if (descriptors.length > 1 || (Memory.intAt(message + 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
            for (int surplus : descriptors) {
                Descriptors.close(surplus);
            }
            return MALFORMED;
        }
        final byte[] bytes = new byte[(int) received];
        Memory.copyToArray(message + DATA_OFFSET, bytes, 0, bytes.length);
        text = new String(bytes, StandardCharsets.ISO_8859_1);
        descriptor = descriptors.length == 0 ? -1 : descriptors[0];
        return (int) received;
    }

    private int[] descriptors() {
        final long control = message + CONTROL_OFFSET;
        final long filled = Memory.longAt(message + 40);
        if (filled < ONE_DESCRIPTOR_BYTES
                || Memory.intAt(control + 8) != SOL_SOCKET
                || Memory.intAt(control + 12) != SCM_RIGHTS) {
            return new int[0];
        }
        final int[] descriptors = new int[(int) (Memory.longAt(control) - CONTROL_HEADER_BYTES) / 4];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = Memory.intAt(control + CONTROL_HEADER_BYTES + 4L * i);
        }
        return descriptors;
    }

    /** What the last {@link #receive} brought, byte for character. */
    public String text() {
        return text;
    }

    /** The descriptor that came with it, or -1. */
    public int descriptor() {
        return descriptor;
    }
}
