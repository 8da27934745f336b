// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import jnr.posix.CmsgHdr;
import jnr.posix.MsgHdr;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Eight-byte numbers over a unix socket, each with at most one descriptor beside it (SCM_RIGHTS, unix(7)), through
 * JNR-POSIX.
 *
 * <p>Making a JNR-POSIX instance takes about half a second, so it happens at the first message and never on a packet's
 * way. JNR-POSIX keeps the buffers of a message only by address while it is sent; a reachability fence keeps them.
 */
public final class DescriptorPassing {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int NUMBER_BYTES = 8;
    private static final int[] NO_DESCRIPTORS = {};

    /** What {@link #receive} answers: a number and a descriptor, or -1 where none came with it. */
    public record Message(long number, int descriptor) {}

    private static final class Holder {
        private static final POSIX POSIX = POSIXFactory.getNativePOSIX();
    }

    private DescriptorPassing() {}

    /** Loads what the first message would otherwise wait for. */
    public static void warmUp() {
        Holder.POSIX.getpid();
    }

    /** sendmsg(2) of {@code number} with {@code descriptor}, or without one where it is -1: 0 or {@code -errno}. */
    public static int send(int socket, long number, int descriptor) {
        final ByteBuffer data = ByteBuffer.allocateDirect(NUMBER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(0, number);
        final MsgHdr message = Holder.POSIX.allocateMsgHdr();
        message.setIov(new ByteBuffer[] {data});
        final ByteBuffer rights = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        CmsgHdr control = null;
        if (descriptor >= 0) {
            rights.putInt(0, descriptor);
            control = message.allocateControl(rights.capacity());
            control.setLevel(SOL_SOCKET);
            control.setType(SCM_RIGHTS);
            control.setData(rights);
        }
        final int sent = Holder.POSIX.sendmsg(socket, message, 0);
        Reference.reachabilityFence(control);
        Reference.reachabilityFence(rights);
        Reference.reachabilityFence(data);
        if (sent < 0) {
            return -Holder.POSIX.errno();
        }
        // Eight bytes fit a stream socket's buffer whole or not at all.
        return sent == NUMBER_BYTES ? 0 : -Errno.EIO;
    }

    /**
     * recvmsg(2) of one message, blocking where the socket does.
     *
     * @return the message, or null when the peer has closed
     * @throws PosixException where receiving fails, or the message is torn or carries more descriptors than one
     */
    public static Message receive(int socket) {
        final ByteBuffer data = ByteBuffer.allocateDirect(NUMBER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final MsgHdr message = Holder.POSIX.allocateMsgHdr();
        message.setIov(new ByteBuffer[] {data});
        final CmsgHdr space = message.allocateControl(4);
        final int received = Holder.POSIX.recvmsg(socket, message, MSG_CMSG_CLOEXEC);
        final int flags = message.getFlags();
        final int[] descriptors = received > 0 ? descriptors(message) : NO_DESCRIPTORS;
        Reference.reachabilityFence(space);
        Reference.reachabilityFence(data);
        if (received < 0) {
            throw new PosixException("recvmsg", Holder.POSIX.errno());
        }
        if (received == 0) {
            return null;
        }
        if (received != NUMBER_BYTES || (flags & MSG_CTRUNC) != 0 || descriptors.length > 1) {
            for (int descriptor : descriptors) {
                Descriptors.close(descriptor);
            }
            throw new PosixException(
                    "recvmsg: not one number with at most one descriptor: bytes=" + received + " descriptors="
                            + descriptors.length + " flags=" + flags,
                    Errno.EMSGSIZE);
        }
        return new Message(data.getLong(0), descriptors.length == 0 ? -1 : descriptors[0]);
    }

    /**
     * All that came: the room for one descriptor is padded to eight bytes, which the kernel fills with a second one.
     */
    private static int[] descriptors(MsgHdr message) {
        for (CmsgHdr control : message.getControls()) {
            if (control.getLevel() == SOL_SOCKET && control.getType() == SCM_RIGHTS) {
                final IntBuffer rights =
                        control.getData().order(ByteOrder.nativeOrder()).asIntBuffer();
                final int[] descriptors = new int[rights.remaining()];
                rights.get(descriptors);
                return descriptors;
            }
        }
        return NO_DESCRIPTORS;
    }
}
