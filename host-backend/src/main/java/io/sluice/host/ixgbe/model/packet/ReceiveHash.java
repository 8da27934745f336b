// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;

/** Receive-side scaling: a frame's hash, of the kinds that MRQC asks for, and its place in the table (7.1.2.8). */
final class ReceiveHash {
    /** RSS types as an advanced descriptor has them (7.1.6.2). */
    static final int TYPE_NONE = 0;

    static final int TYPE_TCP_IPV4 = 1;
    static final int TYPE_IPV4 = 2;
    static final int TYPE_TCP_IPV6 = 3;
    static final int TYPE_IPV6 = 5;
    static final int TYPE_UDP_IPV4 = 7;
    static final int TYPE_UDP_IPV6 = 8;

    private static final int KEY_WORDS = Toeplitz.KEY_BYTES / Integer.BYTES;
    private static final int ENTRY_MASK = 0xF;

    private final RegisterFile registers;
    private final Toeplitz toeplitz = new Toeplitz();
    private final byte[] key = new byte[Toeplitz.KEY_BYTES];
    private boolean stale = true;

    /** What {@link #compute} found last. */
    int hash;

    /** Its kind. */
    int type;

    ReceiveHash(RegisterFile registers) {
        this.registers = registers;
        for (int i = 0; i < KEY_WORDS; i++) {
            registers.onWrite(rssrk(i), (offset, before, value) -> stale = true);
        }
    }

    /** The key is to be read again. */
    void reset() {
        stale = true;
    }

    /** Computes {@link #hash} and {@link #type} of a frame. */
    void compute(FrameHeaders frame) {
        hash = 0;
        type = type(frame, registers.peek(MRQC));
        if (type == TYPE_NONE) {
            return;
        }
        if (stale) {
            takeKey();
        }
        final boolean ipv6 = frame.ipv6();
        final int addressBytes = ipv6 ? 32 : 8;
        hash = toeplitz.part(frame.address + frame.network + (ipv6 ? 8 : 12), addressBytes, 0);
        if (type != TYPE_IPV4 && type != TYPE_IPV6) {
            hash ^= toeplitz.part(frame.address + frame.transport, 4, addressBytes);
        }
    }

    private void takeKey() {
        for (int i = 0; i < Toeplitz.KEY_BYTES; i++) {
            key[i] = (byte) (registers.peek(rssrk(i >>> 2)) >>> 8 * (i & 3));
        }
        toeplitz.key(key);
        stale = false;
    }

    private static int type(FrameHeaders frame, int mrqc) {
        final boolean tcp = (frame.packetType & FrameHeaders.TYPE_TCP) != 0;
        final boolean udp = (frame.packetType & FrameHeaders.TYPE_UDP) != 0;
        if (frame.ipv4()) {
            if (tcp && (mrqc & MRQC_TCP_IPV4) != 0) {
                return TYPE_TCP_IPV4;
            }
            if (udp && (mrqc & MRQC_UDP_IPV4) != 0) {
                return TYPE_UDP_IPV4;
            }
            return (mrqc & MRQC_IPV4) != 0 ? TYPE_IPV4 : TYPE_NONE;
        }
        if (frame.ipv6()) {
            if (tcp && (mrqc & MRQC_TCP_IPV6) != 0) {
                return TYPE_TCP_IPV6;
            }
            if (udp && (mrqc & MRQC_UDP_IPV6) != 0) {
                return TYPE_UDP_IPV6;
            }
            return (mrqc & MRQC_IPV6) != 0 ? TYPE_IPV6 : TYPE_NONE;
        }
        return TYPE_NONE;
    }

    /** The redirection table's entry for the last frame, 0 to 15; 0 where it has no hash. */
    int index() {
        return type == TYPE_NONE ? 0 : registers.peek(reta(hash >>> 2 & 31)) >>> 8 * (hash & 3) & ENTRY_MASK;
    }
}
