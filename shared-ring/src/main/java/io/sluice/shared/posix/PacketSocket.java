// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Raw sockets on one network interface: packet(7) with SOCK_RAW. A bound socket sends by
 * {@link Descriptors#write} and receives through {@link PacketMessage}. Methods return a value or {@code -errno}.
 */
public final class PacketSocket {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0x800 | 0x80000;
    private static final int ETH_P_ALL_NETWORK_ORDER = 0x0300;

    static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;

    /**
     * struct sockaddr_ll: 0 family u16, 2 protocol be16, 4 index i32, 8 hatype u16, 10 pkttype, 11 halen, 12 addr[8].
     */
    private static final int SOCKADDR_LL_BYTES = 20;

    /** struct packet_mreq: 0 index i32, 4 type u16, 6 alen u16, 8 address[8]. */
    private static final int PACKET_MREQ_BYTES = 16;

    private static final MethodHandle SOCKET = Native.function("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = Native.function("bind", INT, INT, POINTER, INT);
    private static final MethodHandle GETSOCKNAME = Native.function("getsockname", INT, INT, POINTER, POINTER);
    private static final MethodHandle SETSOCKOPT = Native.function("setsockopt", INT, INT, INT, INT, POINTER, INT);
    private static final MethodHandle GETSOCKOPT = Native.function("getsockopt", INT, INT, INT, INT, POINTER, POINTER);

    private PacketSocket() {}

    /** socket(2), non-blocking, receiving nothing until {@link #bind}. EPERM without CAP_NET_RAW. */
    public static int open() {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno(
                    (int) SOCKET.invokeExact(errno, AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * bind(2) to an interface: 0 or {@code -errno}. On an interface that is down it succeeds, and the first receive
     * answers ENETDOWN.
     *
     * @param receive every protocol's frames; false for a socket that only sends
     */
    public static int bind(int descriptor, int interfaceIndex, boolean receive) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(SOCKADDR_LL_BYTES, 8).address();
            Memory.shortAt(address, (short) AF_PACKET);
            Memory.shortAt(address + 2, (short) (receive ? ETH_P_ALL_NETWORK_ORDER : 0));
            Memory.intAt(address + 4, interfaceIndex);
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) BIND.invokeExact(errno, descriptor, address, SOCKADDR_LL_BYTES), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** getsockname(2): the index of the interface bound to; -1 where that has been deleted. */
    public static int boundIndex(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(SOCKADDR_LL_BYTES + 4, 8).address();
            Memory.intAt(address + SOCKADDR_LL_BYTES, SOCKADDR_LL_BYTES);
            final var errno = Native.errnoBuffer();
            final int result = Native.resultOrErrno(
                    (int) GETSOCKNAME.invokeExact(errno, descriptor, address, address + SOCKADDR_LL_BYTES), errno);
            return result < 0 ? result : Memory.intAt(address + 4);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** PACKET_ADD_MEMBERSHIP, promiscuous, until the socket closes: 0 or {@code -errno}. */
    public static int promiscuous(int descriptor, int interfaceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(PACKET_MREQ_BYTES, 8);
            Memory.intAt(request.address(), interfaceIndex);
            Memory.shortAt(request.address() + 4, (short) PACKET_MR_PROMISC);
            return set(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request.address(), PACKET_MREQ_BYTES);
        }
    }

    /** PACKET_IGNORE_OUTGOING (Linux 4.20): frames that leave the interface are not received. 0 or {@code -errno}. */
    public static int ignoreOutgoing(int descriptor) {
        return set(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    }

    /** PACKET_AUXDATA: each receive also tells the VLAN tag that was taken off the frame. 0 or {@code -errno}. */
    public static int auxiliaryData(int descriptor) {
        return set(descriptor, SOL_PACKET, PACKET_AUXDATA, 1);
    }

    /**
     * PACKET_VNET_HDR: each receive starts with a virtio_net_hdr for unfinished checksums and segments. 0 or -errno.
     */
    public static int virtioNetHeader(int descriptor) {
        return set(descriptor, SOL_PACKET, PACKET_VNET_HDR, 1);
    }

    /** SO_RCVBUFFORCE, or SO_RCVBUF up to net.core.rmem_max where that is not allowed: 0 or {@code -errno}. */
    public static int receiveBufferBytes(int descriptor, int bytes) {
        final int forced = set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        return forced == 0 ? forced : set(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
    }

    /** PACKET_STATISTICS: frames that the kernel dropped because the socket was full since the last call, or -errno. */
    public static int takeKernelDrops(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final long statistics = arena.allocate(16, 8).address();
            Memory.intAt(statistics + 8, 8);
            final var errno = Native.errnoBuffer();
            final int result = Native.resultOrErrno(
                    (int) GETSOCKOPT.invokeExact(
                            errno, descriptor, SOL_PACKET, PACKET_STATISTICS, statistics, statistics + 8),
                    errno);
            return result < 0 ? result : Memory.intAt(statistics + 4);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    private static int set(int descriptor, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(4, 4).address();
            Memory.intAt(address, value);
            return set(descriptor, level, option, address, 4);
        }
    }

    private static int set(int descriptor, int level, int option, long valueAddress, int valueBytes) {
        try {
            final var errno = Native.errnoBuffer();
            final int result = (int) SETSOCKOPT.invokeExact(errno, descriptor, level, option, valueAddress, valueBytes);
            return Native.resultOrErrno(result, errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
