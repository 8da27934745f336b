// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * Capture files of the newer format (draft-ietf-opsawg-pcapng): sections in either byte order, each with its
 * interfaces.
 *
 * <pre>
 *   block          0 type u32    4 length u32, of the whole block    8 body, padded to 4    length again u32
 *   section head   8 byte order 1a2b3c4d    12 major u16 = 1    14 minor u16    16 section length i64    24 options
 *   interface      8 link type u16          12 snaplen u32      16 options
 *   enhanced       8 interface u32   12 time, high u32   16 time, low u32   20 captured u32   24 original u32   28 data
 *   simple         8 original u32    12 data
 *   old packet     8 interface u16   10 drops u16   12 time, high   16 time, low   20 captured   24 original   28 data
 *   option         0 code u16   2 length u16   4 value, padded to 4
 * </pre>
 *
 * Blocks of other types are passed over.
 */
final class PcapngReader extends CaptureReader {
    static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int INTERFACE = 1;
    private static final int OLD_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER = 0x1A2B3C4D;
    private static final int LEAST_BLOCK_BYTES = 12;
    private static final int MOST_BLOCK_BYTES = 16 << 20;
    private static final int SECTION_BYTES = 24;
    private static final int INTERFACE_BYTES = 16;
    private static final int PACKET_BYTES = 28;
    private static final int SIMPLE_BYTES = 12;
    private static final int TRAILER_BYTES = 4;
    private static final int MOST_INTERFACES = 4096;
    private static final int MOST_INTERFACE_BYTES = 1 << 16;

    private static final int OPTION_END = 0;
    private static final int OPTION_TSRESOL = 9;
    private static final int OPTION_FCSLEN = 13;
    private static final int OPTION_TSOFFSET = 14;

    private final List<CaptureInterface> interfaces = new ArrayList<>();
    private int blockBytes;

    PcapngReader(CaptureInput input) {
        super(input);
    }

    @Override
    boolean next() throws CaptureException {
        while (true) {
            endBlock();
            if (!input.ensure(1)) {
                return false;
            }
            require(LEAST_BLOCK_BYTES);
            if (input.int32(0) == SECTION_HEADER) {
                takeByteOrder();
            }
            blockBytes = readBlockBytes();
            switch (input.int32(0)) {
                case SECTION_HEADER -> section();
                case INTERFACE -> addInterface();
                case ENHANCED_PACKET -> {
                    timedPacket(input.uint32(8));
                    return true;
                }
                case OLD_PACKET -> {
                    timedPacket(input.uint16(8));
                    return true;
                }
                case SIMPLE_PACKET -> {
                    simplePacket();
                    return true;
                }
                default -> {
                    // names, statistics, secrets, someone's own: nothing for us
                }
            }
        }
    }

    @Override
    void rewind() throws CaptureException {
        input.rewind();
        interfaces.clear();
        blockBytes = 0;
    }

    /** Passes over the rest of the current block, whose length must stand at its end again. */
    private void endBlock() throws CaptureException {
        if (blockBytes == 0) {
            return;
        }
        final long start = input.offset();
        if (!input.skip(blockBytes - TRAILER_BYTES) || !input.ensure(TRAILER_BYTES)) {
            throw new CaptureException("the file ends within this block of " + blockBytes + " bytes", start);
        }
        if (input.int32(0) != blockBytes) {
            throw new CaptureException(
                    "damaged: the block that starts at byte " + start + " gives its length as " + blockBytes
                            + " and at its end as " + input.uint32(0),
                    input.offset());
        }
        input.consume(TRAILER_BYTES);
        blockBytes = 0;
    }

    private void require(int bytes) throws CaptureException {
        if (!input.ensure(bytes)) {
            throw new CaptureException(
                    "the file ends within a block: " + input.available() + " bytes of it are there", input.offset());
        }
    }

    private void takeByteOrder() throws CaptureException {
        input.bigEndian(false);
        if (input.int32(8) != BYTE_ORDER) {
            input.bigEndian(true);
            if (input.int32(8) != BYTE_ORDER) {
                throw new CaptureException("damaged: a section without byte order mark", input.offset() + 8);
            }
        }
    }

    private int readBlockBytes() throws CaptureException {
        final long bytes = input.uint32(4);
        if (bytes < LEAST_BLOCK_BYTES || bytes > MOST_BLOCK_BYTES || bytes % 4 != 0) {
            throw new CaptureException(
                    "damaged: a block of " + bytes + " bytes, where it must be a multiple of 4 from 12 to "
                            + MOST_BLOCK_BYTES,
                    input.offset());
        }
        return (int) bytes;
    }

    private void atLeast(int bytes, String what) throws CaptureException {
        if (blockBytes < bytes + TRAILER_BYTES) {
            throw new CaptureException("damaged: " + what + " in a block of " + blockBytes + " bytes", input.offset());
        }
        require(bytes);
    }

    private void section() throws CaptureException {
        atLeast(SECTION_BYTES, "a section header");
        if (input.uint16(12) != 1) {
            throw new CaptureException(
                    "pcapng version " + input.uint16(12) + " is not known; 1 is", input.offset() + 12);
        }
        interfaces.clear();
    }

    private void addInterface() throws CaptureException {
        atLeast(INTERFACE_BYTES, "an interface");
        if (blockBytes > MOST_INTERFACE_BYTES || interfaces.size() == MOST_INTERFACES) {
            throw new CaptureException(
                    "an interface description of more than " + MOST_INTERFACE_BYTES + " bytes, or more than "
                            + MOST_INTERFACES + " of them",
                    input.offset());
        }
        require(blockBytes);
        int resolution = CaptureInterface.MICROSECONDS;
        int fcs = 0;
        long offsetSeconds = 0;
        int option = INTERFACE_BYTES;
        while (option + 4 <= blockBytes - TRAILER_BYTES && input.uint16(option) != OPTION_END) {
            final int length = input.uint16(option + 2);
            final int value = option + 4;
            if (value + length > blockBytes - TRAILER_BYTES) {
                throw new CaptureException("damaged: an option that leaves its block", input.offset() + option);
            }
            switch (input.uint16(option)) {
                case OPTION_TSRESOL -> resolution = length >= 1 ? input.uint8(value) : resolution;
                // The draft says bits, its example and most readers say bytes.
                case OPTION_FCSLEN -> fcs = length < 1 ? 0 : bytesOf(input.uint8(value));
                case OPTION_TSOFFSET -> offsetSeconds = length >= 8 ? input.int64(value) : offsetSeconds;
                default -> {
                    // a name, an address, a filter
                }
            }
            option = value + (length + 3 & ~3);
        }
        final var added = new CaptureInterface(input.uint16(8), input.uint32(12), resolution, offsetSeconds, fcs);
        if (!added.resolutionKnown()) {
            throw new CaptureException("timestamps of resolution " + resolution + " are not known", input.offset());
        }
        interfaces.add(added);
    }

    private static int bytesOf(int fcsLength) {
        return fcsLength < 8 ? fcsLength : fcsLength / 8;
    }

    private void timedPacket(long interfaceIndex) throws CaptureException {
        atLeast(PACKET_BYTES, "a packet");
        final CaptureInterface from = ethernet(interfaceIndex);
        final long units = input.uint32(12) << 32 | input.uint32(16);
        deliver(PACKET_BYTES, input.uint32(20), input.uint32(24), from, from.nanos(units));
    }

    private void simplePacket() throws CaptureException {
        atLeast(SIMPLE_BYTES, "a packet");
        final CaptureInterface from = ethernet(0);
        final long original = input.uint32(8);
        final long snap = from.snapBytes() == 0 ? original : Math.min(original, from.snapBytes());
        deliver(SIMPLE_BYTES, Math.min(snap, blockBytes - SIMPLE_BYTES - TRAILER_BYTES), original, from, 0);
    }

    private CaptureInterface ethernet(long index) throws CaptureException {
        if (index >= interfaces.size()) {
            throw new CaptureException(
                    "damaged: a packet of interface " + index + ", where " + interfaces.size() + " are described",
                    input.offset());
        }
        final CaptureInterface found = interfaces.get((int) index);
        if (found.linkType() != LINKTYPE_ETHERNET) {
            throw notEthernet(found.linkType(), "interface " + index, input.offset());
        }
        return found;
    }

    private void deliver(int dataOffset, long captured, long original, CaptureInterface from, long timestampNanos)
            throws CaptureException {
        if (captured > MAX_PACKET_BYTES || captured > blockBytes - dataOffset - TRAILER_BYTES) {
            throw new CaptureException(
                    "damaged: a packet of " + captured + " bytes in a block of " + blockBytes, input.offset());
        }
        require(dataOffset + (int) captured);
        packet(
                input.address() + dataOffset,
                (int) captured,
                Math.max(original, captured),
                from.fcsBytes(),
                timestampNanos);
    }
}
