// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * TAP interfaces (Documentation/networking/tuntap.rst): a network interface whose other end is a descriptor that reads
 * and writes one Ethernet frame per call.
 */
public final class TunTap {
    /** The device file; absent where the kernel has no TUN/TAP or a container was not given it. */
    public static final String DEVICE = "/dev/net/tun";

    private static final long TUNSETIFF = 0x400454caL;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_NO_PI = 0x1000;

    private TunTap() {}

    /**
     * open(2) of {@value #DEVICE}, non-blocking: a descriptor or {@code -errno}. The descriptor belongs to the calling
     * thread's network namespace.
     */
    public static int open() {
        return OpenFile.open(DEVICE, OpenFile.READ_WRITE | OpenFile.NON_BLOCKING);
    }

    /**
     * ioctl(2) TUNSETIFF with IFF_TAP and IFF_NO_PI: 0 or {@code -errno}. Attaches to the interface {@code name}, or
     * makes one that goes away with the descriptor. EPERM: neither CAP_NET_ADMIN nor the owner of an existing
     * interface. EBUSY: another descriptor is attached, or the name is another kind of interface's. EINVAL: it is a TUN
     * or a multi-queue interface.
     */
    public static int attach(int descriptor, String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment ifreq = arena.allocate(NetworkLink.IFREQ_BYTES, 8);
            NetworkLink.name(ifreq, name);
            Memory.shortAt(ifreq.address() + NetworkLink.VALUE_OFFSET, (short) (IFF_TAP | IFF_NO_PI));
            return Ioctl.call(descriptor, TUNSETIFF, ifreq.address());
        }
    }
}
