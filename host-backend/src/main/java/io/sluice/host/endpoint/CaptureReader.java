// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** Packets of a capture file in the order of the file. One object moves from packet to packet. */
abstract sealed class CaptureReader permits PcapReader, PcapngReader {
    /** The longest packet of any capture, as in libpcap; a longer one is damage. */
    static final int MAX_PACKET_BYTES = 262_144;

    /** The only link type there is here (LINKTYPE_ETHERNET). */
    static final int LINKTYPE_ETHERNET = 1;

    final CaptureInput input;
    private long packetAddress;
    private int lengthBytes;
    private boolean truncated;
    private long timestampNanos;

    CaptureReader(CaptureInput input) {
        this.input = input;
    }

    /**
     * A reader for the format that the file starts with.
     *
     * @throws CaptureException where it is no capture that can be read, or of links other than Ethernet
     */
    static CaptureReader of(CaptureInput input) throws CaptureException {
        if (!input.ensure(4)) {
            throw new CaptureException("the file is empty or too short for a capture", input.offset());
        }
        input.bigEndian(false);
        final int magic = input.int32(0);
        if (magic == PcapngReader.SECTION_HEADER) {
            return new PcapngReader(input);
        }
        if ((magic & 0xFFFF) == 0x8B1F) {
            throw new CaptureException("this is a gzip file; unpack it first", 0);
        }
        return new PcapReader(input);
    }

    /**
     * Moves to the next packet: false at the end of the file.
     *
     * @throws CaptureException at damage; the packets before it were good
     */
    abstract boolean next() throws CaptureException;

    /** Goes back to before the first packet. */
    abstract void rewind() throws CaptureException;

    /** Called by the format at each packet; {@code fcsBytes} of check sequence are left off. */
    final void packet(long address, int capturedBytes, long originalBytes, int fcsBytes, long timestampNanos) {
        this.packetAddress = address;
        this.lengthBytes = (int) Math.min(capturedBytes, Math.max(0, originalBytes - fcsBytes));
        this.truncated = capturedBytes < originalBytes - fcsBytes;
        this.timestampNanos = timestampNanos;
    }

    /** Where the packet lies until the next one is asked for. */
    final long packetAddress() {
        return packetAddress;
    }

    /** Bytes of the packet in the file. */
    final int lengthBytes() {
        return lengthBytes;
    }

    /** True where the packet was longer than what was captured of it. */
    final boolean truncated() {
        return truncated;
    }

    /** Nanoseconds since 1970, or 0 where the file does not say. */
    final long timestampNanos() {
        return timestampNanos;
    }

    static CaptureException notEthernet(int linkType, String where, long offset) {
        return new CaptureException(
                where + " has link type " + linkType + "; only Ethernet (1) can be read, so record on an Ethernet"
                        + " interface and not, for example, on `any`",
                offset);
    }
}
