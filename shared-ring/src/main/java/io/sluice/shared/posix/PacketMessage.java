// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * The arguments of recvmsg(2) on a {@link PacketSocket} with virtio_net_hdr and auxiliary data, laid out once, and what
 * the last receive told beside the frame. For one thread.
 *
 * <pre>
 *   0    struct msghdr, 56 bytes: 16 iov, 24 iovlen, 32 control, 40 controllen, 48 flags
 *   64   struct iovec x 3, 16 bytes each: virtio_net_hdr, the frame's place, what did not fit there
 *   112  struct virtio_net_hdr, 10 bytes (virtio 1.2, 5.1.6)
 *          0 flags u8   1 gso_type u8   2 hdr_len u16   4 gso_size u16   6 csum_start u16   8 csum_offset u16
 *   128  control: struct cmsghdr, 16 bytes: 0 len u64, 8 level i32, 12 type i32
 *   144    struct tpacket_auxdata, 20 bytes (linux/if_packet.h): 0 status u32 ... 16 vlan_tci u16   18 vlan_tpid u16
 * </pre>
 */
public final class PacketMessage {
    /** {@link #segmentation}: the frame is one frame. */
    public static final int SEGMENT_NONE = 0;

    /** {@link #segmentation}: TCP over IPv4, over IPv6, and UDP datagrams, to be cut every {@link #segmentBytes}. */
    public static final int SEGMENT_TCP4 = 1;

    public static final int SEGMENT_TCP6 = 4;
    public static final int SEGMENT_UDP = 5;

    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    private static final int VIRTIO_NET_HDR_GSO_ECN = 0x80;
    private static final int VIRTIO_NET_HDR_BYTES = 10;
    private static final int TP_STATUS_VLAN_VALID = 1 << 4;
    private static final int TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    private static final int ETHERTYPE_8021Q = 0x8100;

    private static final int IOVEC_OFFSET = 64;
    private static final int HEADER_OFFSET = 112;
    private static final int CONTROL_OFFSET = 128;
    private static final int CONTROL_BYTES = 64;
    private static final int AUXDATA_OFFSET = CONTROL_OFFSET + 16;
    private static final int AUXDATA_END = 16 + 20;
    private static final MethodHandle RECVMSG = Native.function("recvmsg", LONG, INT, POINTER, INT);

    private final Arena arena = Arena.ofAuto();
    private final long message =
            arena.allocate(CONTROL_OFFSET + CONTROL_BYTES, 8).address();
    private boolean auxiliary;

    public PacketMessage() {
        Memory.longAt(message + 16, message + IOVEC_OFFSET);
        Memory.longAt(message + 24, 3);
        Memory.longAt(message + 32, message + CONTROL_OFFSET);
        Memory.longAt(message + IOVEC_OFFSET, message + HEADER_OFFSET);
        Memory.longAt(message + IOVEC_OFFSET + 8, VIRTIO_NET_HDR_BYTES);
    }

    /**
     * recvmsg(2) of one frame: its full length in bytes, which may exceed both places, or {@code -errno}. ENETDOWN is
     * told once when the interface goes down or is deleted.
     *
     * @param address where the frame goes, {@code capacityBytes} of it
     * @param overflowAddress where the rest goes, up to {@code overflowBytes}
     */
    public int receive(int descriptor, long address, int capacityBytes, long overflowAddress, int overflowBytes) {
        final long frame = message + IOVEC_OFFSET + 16;
        Memory.longAt(frame, address);
        Memory.longAt(frame + 8, capacityBytes);
        Memory.longAt(frame + 16, overflowAddress);
        Memory.longAt(frame + 24, overflowBytes);
        Memory.longAt(message + 40, CONTROL_BYTES);
        try {
            final var errno = Native.errnoBuffer();
            final int flags = MSG_TRUNC | MSG_DONTWAIT;
            final long result =
                    Native.resultOrErrno((long) RECVMSG.invokeExact(errno, descriptor, message, flags), errno);
            auxiliary = result >= 0 && hasAuxiliaryData();
            return (int) (result < 0 ? result : Math.max(0, result - VIRTIO_NET_HDR_BYTES));
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    private boolean hasAuxiliaryData() {
        return Memory.longAt(message + 40) >= AUXDATA_END
                && Memory.longAt(message + CONTROL_OFFSET) >= AUXDATA_END
                && Memory.intAt(message + CONTROL_OFFSET + 8) == PacketSocket.SOL_PACKET;
    }

    /** True where the transport checksum holds only the pseudo-header's sum. */
    public boolean needsChecksum() {
        return (Memory.unsignedByteAt(message + HEADER_OFFSET) & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
    }

    /** First byte that the checksum covers, from the frame's start; it covers the rest of the frame. */
    public int checksumStart() {
        return Memory.shortAt(message + HEADER_OFFSET + 6) & 0xFFFF;
    }

    /** Where the checksum stands, from {@link #checksumStart}. */
    public int checksumOffset() {
        return Memory.shortAt(message + HEADER_OFFSET + 8) & 0xFFFF;
    }

    /** What kind of frames this one has to be cut into; {@link #SEGMENT_NONE} for one that is whole. */
    public int segmentation() {
        return Memory.unsignedByteAt(message + HEADER_OFFSET + 1) & ~VIRTIO_NET_HDR_GSO_ECN;
    }

    /** Payload bytes of each of those frames but the last. */
    public int segmentBytes() {
        return Memory.shortAt(message + HEADER_OFFSET + 4) & 0xFFFF;
    }

    /** The four bytes of the VLAN tag that the kernel took off, in network order as a number, or 0. */
    public int vlanTag() {
        final int status = auxiliary ? Memory.intAt(message + AUXDATA_OFFSET) : 0;
        if ((status & TP_STATUS_VLAN_VALID) == 0) {
            return 0;
        }
        final int type = (status & TP_STATUS_VLAN_TPID_VALID) == 0
                ? ETHERTYPE_8021Q
                : Memory.shortAt(message + AUXDATA_OFFSET + 18) & 0xFFFF;
        return type << 16 | Memory.shortAt(message + AUXDATA_OFFSET + 16) & 0xFFFF;
    }
}
