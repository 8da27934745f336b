// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/**
 * Classic capture files (draft-ietf-opsawg-pcap), in either byte order, with micro- or nanoseconds.
 *
 * <pre>
 *   file header, 24 bytes                              record, 16 bytes and the packet
 *     0  magic      a1b2c3d4 micro, a1b23c4d nano        0  seconds   u32
 *     4  major u16 = 2, 6 minor u16                      4  fraction  u32, micro- or nanoseconds
 *     16 snaplen    u32                                  8  captured  u32, bytes that follow
 *     20 link type  bits 0..15; bit 26: the FCS is       12 original  u32, bytes on the wire
 *        captured, bits 28..31 16-bit words of it
 * </pre>
 */
final class PcapReader extends CaptureReader {
    static final int MAGIC_MICRO = 0xA1B2C3D4;
    static final int MAGIC_NANO = 0xA1B23C4D;
    static final int HEADER_BYTES = 24;
    static final int RECORD_BYTES = 16;
    static final int MAJOR = 2;
    static final int MINOR = 4;
    private static final int MAGIC_PATCHED = 0xA1B2CD34;
    private static final int FCS_PRESENT = 1 << 26;

    private final int nanosPerUnit;
    private final int fcsBytes;
    private int packetBytes;

    PcapReader(CaptureInput input) throws CaptureException {
        super(input);
        if (!input.ensure(HEADER_BYTES)) {
            throw new CaptureException("the file ends within its header of 24 bytes", input.offset());
        }
        this.nanosPerUnit = nanosPerUnit(input);
        final int linkType = input.int32(20);
        if (input.uint16(4) != MAJOR) {
            throw new CaptureException("capture format version " + input.uint16(4) + " is not known; 2 is", 4);
        }
        if ((linkType & 0xFFFF) != LINKTYPE_ETHERNET) {
            throw notEthernet(linkType & 0xFFFF, "the file", 20);
        }
        this.fcsBytes = (linkType & FCS_PRESENT) == 0 ? 0 : (linkType >>> 28) * 2;
        input.consume(HEADER_BYTES);
    }

    private static int nanosPerUnit(CaptureInput input) throws CaptureException {
        for (boolean bigEndian : new boolean[] {false, true}) {
            input.bigEndian(bigEndian);
            switch (input.int32(0)) {
                case MAGIC_MICRO -> {
                    return 1000;
                }
                case MAGIC_NANO -> {
                    return 1;
                }
                case MAGIC_PATCHED ->
                    throw new CaptureException(
                            "a variant of the pcap format that old patches of libpcap wrote; convert it by editcap", 0);
                default -> {
                    // perhaps the other byte order
                }
            }
        }
        throw new CaptureException("this is neither a pcap nor a pcapng file", 0);
    }

    @Override
    boolean next() throws CaptureException {
        input.consume(packetBytes);
        packetBytes = 0;
        if (!input.ensure(1)) {
            return false;
        }
        if (!input.ensure(RECORD_BYTES)) {
            throw new CaptureException(
                    "the file ends within a packet's header: " + input.available() + " of 16 bytes are there",
                    input.offset());
        }
        final long captured = input.uint32(8);
        final long original = input.uint32(12);
        if (captured > MAX_PACKET_BYTES) {
            throw new CaptureException(
                    "damaged: a packet of " + captured + " bytes, where " + MAX_PACKET_BYTES + " are the most",
                    input.offset());
        }
        if (!input.ensure(RECORD_BYTES + (int) captured)) {
            throw new CaptureException(
                    "the file ends within a packet: " + (input.available() - RECORD_BYTES) + " of " + captured
                            + " bytes are there",
                    input.offset());
        }
        final long timestamp = input.uint32(0) * 1_000_000_000L + input.uint32(4) * nanosPerUnit;
        input.consume(RECORD_BYTES);
        packetBytes = (int) captured;
        // Some writers leave the original length 0 or too small; what was captured was on the wire.
        packet(input.address(), packetBytes, Math.max(original, captured), fcsBytes, timestamp);
        return true;
    }

    @Override
    void rewind() throws CaptureException {
        input.rewind();
        packetBytes = 0;
        if (!input.ensure(HEADER_BYTES)) {
            throw new CaptureException("the file became shorter while it was read", 0);
        }
        input.consume(HEADER_BYTES);
    }
}
