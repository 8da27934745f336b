// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Properties of a network interface of the calling thread's network namespace, by netdevice(7). Methods return the
 * value or {@code -errno}; ENODEV says that there is no such interface.
 *
 * <pre>
 *   struct ifreq, 40 bytes:  0 name, 16 bytes with a final zero   16 value (u16 flags, i32 index, i32 MTU, sockaddr)
 * </pre>
 */
public final class NetworkLink {
    /** Longest name of an interface, IFNAMSIZ without the final zero. */
    public static final int MAX_NAME_BYTES = 15;

    /** ARPHRD_ETHER, ARPHRD_LOOPBACK: {@link #hardwareType} of interfaces whose frames are Ethernet's. */
    public static final int HARDWARE_ETHERNET = 1;

    public static final int HARDWARE_LOOPBACK = 772;

    static final int IFREQ_BYTES = 40;
    static final int VALUE_OFFSET = 16;

    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int IFF_UP = 1;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final MethodHandle SOCKET = Native.function("socket", INT, INT, INT, INT);

    private NetworkLink() {}

    /** True where the kernel could take {@code name} for an interface: 1 to 15 bytes without slash, colon or space. */
    public static boolean validName(String name) {
        return name.matches("[!-~&&[^/:%]]{1," + MAX_NAME_BYTES + "}") && !name.equals(".") && !name.equals("..");
    }

    /** The interface's index, from 1 up. */
    public static int index(String name) {
        return request(name, SIOCGIFINDEX, 0, true);
    }

    /** The most bytes of a frame's payload, without Ethernet header and tags. */
    public static int mtu(String name) {
        return request(name, SIOCGIFMTU, 0, true);
    }

    /** Sets the MTU: 0, EPERM without CAP_NET_ADMIN, EINVAL where the device cannot. */
    public static int mtu(String name, int mtuBytes) {
        return request(name, SIOCSIFMTU, mtuBytes, false);
    }

    /** The ARPHRD_ number that says what frames look like. */
    public static int hardwareType(String name) {
        final int value = request(name, SIOCGIFHWADDR, 0, true);
        return value < 0 ? value : value & 0xFFFF;
    }

    /** 1 where the interface is up, 0 where it is down. */
    public static int up(String name) {
        final int flags = request(name, SIOCGIFFLAGS, 0, true);
        return flags < 0 ? flags : flags & IFF_UP;
    }

    /** Takes the interface up or down: 0, or EPERM without CAP_NET_ADMIN. */
    public static int up(String name, boolean up) {
        final int flags = request(name, SIOCGIFFLAGS, 0, true);
        if (flags < 0) {
            return flags;
        }
        final int low = flags & 0xFFFF;
        return request(name, SIOCSIFFLAGS, up ? low | IFF_UP : low & ~IFF_UP, false);
    }

    /** Writes {@code name} to a zeroed {@code struct ifreq}. */
    static void name(MemorySegment ifreq, String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        Memory.copyFromArray(bytes, 0, ifreq.address(), Math.min(bytes.length, MAX_NAME_BYTES));
    }

    private static int request(String name, long request, int value, boolean answers) {
        final int socket = socket();
        if (socket < 0) {
            return socket;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment ifreq = arena.allocate(IFREQ_BYTES, 8);
            name(ifreq, name);
            final long valueAddress = ifreq.address() + VALUE_OFFSET;
            Memory.intAt(valueAddress, value);
            final int result = Ioctl.call(socket, request, ifreq.address());
            if (result < 0 || !answers) {
                return result;
            }
            // Flags and address family are 16 bits wide, and the flags' sign is no error.
            return request == SIOCGIFFLAGS || request == SIOCGIFHWADDR
                    ? Memory.shortAt(valueAddress) & 0xFFFF
                    : Memory.intAt(valueAddress);
        } finally {
            Descriptors.close(socket);
        }
    }

    private static int socket() {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) SOCKET.invokeExact(errno, AF_INET, SOCK_DGRAM_CLOEXEC, 0), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
