// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import java.nio.charset.StandardCharsets;

/**
 * A region's directory, checked once when it is opened: every offset and count lies in the mapping, so that the stages
 * made from it need no checks of their own.
 *
 * <p>A guest reads the directory in the shared region. The host reads a private copy of it, with private copies of its
 * own lines: a guest can write the shared one.
 */
public final class Directory {
    private final long base;
    private final long sharedBase;
    private final int partyCount;
    private final long parties;
    private final int lineCount;
    private final long linesOffset;
    private final Ring[] rings;

    private Directory(long base, long sharedBase, long mappedBytes) {
        this.base = base;
        this.sharedBase = sharedBase;
        if (mappedBytes < HEADER_BYTES) {
            throw new RegionFormatException("this memory does not hold a Sluice region: it is shorter than a header,"
                    + " bytes=" + mappedBytes);
        }
        final long magic = Memory.longAcquire(base + MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new RegionFormatException("this memory does not hold a Sluice region: magic=0x"
                    + Long.toHexString(magic) + "; is this the device or socket of another program?");
        }
        final int version = Memory.intAt(base + VERSION_OFFSET);
        final long features = Memory.longAt(base + FEATURES_OFFSET);
        if (version != VERSION || features != 0) {
            throw new RegionFormatException("the host speaks another version of the ring format: version=" + version
                    + " features=0x" + Long.toHexString(features) + ", this program knows version " + VERSION
                    + "; use the guest command of the host's release");
        }
        count(HEADER_BYTES_OFFSET, HEADER_BYTES, HEADER_BYTES, "headerBytes");
        partyCount = count(PARTY_COUNT_OFFSET, 1, MAX_PARTIES, "partyCount");
        final int ringCount = count(RING_COUNT_OFFSET, 1, MAX_RINGS, "ringCount");
        lineCount = count(LINE_COUNT_OFFSET, 1, MAX_LINES, "lineCount");
        parties = base + offset(PARTIES_OFFSET_OFFSET, (long) partyCount * PARTY_BYTES, mappedBytes, "parties");
        final long ringsBase = base + offset(RINGS_OFFSET_OFFSET, (long) ringCount * RING_BYTES, mappedBytes, "rings");
        linesOffset = offset(LINES_OFFSET_OFFSET, (long) lineCount * LINE_BYTES, mappedBytes, "lines");
        rings = new Ring[ringCount];
        for (int i = 0; i < ringCount; i++) {
            rings[i] = new Ring(this, i, ringsBase + (long) i * RING_BYTES, sharedBase);
        }
    }

    /**
     * The directory of a shared region mapped at {@code base}.
     *
     * @throws RegionFormatException where it is none, or of another version, or contradicts the mapping's size
     */
    public static Directory shared(long base, long mappedBytes) {
        final Directory directory = new Directory(base, base, mappedBytes);
        final long regionBytes = Memory.longAt(base + REGION_BYTES_OFFSET);
        if (regionBytes < HEADER_BYTES || regionBytes > mappedBytes) {
            throw new RegionFormatException("the region's directory is damaged, or only a part of it is mapped:"
                    + " regionBytes=" + regionBytes + " mapped=" + mappedBytes);
        }
        for (Ring ring : directory.rings) {
            ring.checkFits(mappedBytes);
        }
        return directory;
    }

    /**
     * The host's private copy at {@code privateBase}, whose slots and guests' lines are in the region at {@code
     * sharedBase}.
     */
    public static Directory ofHost(long privateBase, long privateBytes, long sharedBase) {
        return new Directory(privateBase, sharedBase, privateBytes);
    }

    private int count(int offset, int min, int max, String name) {
        final int value = Memory.intAt(base + offset);
        if (value < min || value > max) {
            throw new RegionFormatException(
                    "the region's directory is damaged: " + name + "=" + value + ", must be " + min + " to " + max);
        }
        return value;
    }

    private long offset(int offset, long lengthBytes, long mappedBytes, String name) {
        final long value = Integer.toUnsignedLong(Memory.intAt(base + offset));
        if (value < HEADER_BYTES || value % 64 != 0 || value + lengthBytes > mappedBytes) {
            throw new RegionFormatException("the region's directory is damaged: " + name + " at " + value + " with "
                    + lengthBytes + " bytes is not inside " + mappedBytes + " bytes");
        }
        return value;
    }

    /** The region's state, one of {@link RegionDescriptor}'s {@code STATE_}. */
    public int state() {
        return Memory.intAcquire(base + STATE_OFFSET);
    }

    /** Why the region is retired, {@link Violation#NONE} where its host ended it or it is live. */
    public Violation retireReason() {
        return Violation.of(Memory.intAcquire(base + RETIRE_REASON_OFFSET));
    }

    public String name() {
        return text(base + NAME_OFFSET, NAME_BYTES);
    }

    public int partyCount() {
        return partyCount;
    }

    public String partyName(int party) {
        return text(partyEntry(party), NAME_BYTES);
    }

    /** Whether this is the host's, with a private copy of what is the host's to write. */
    boolean hosts() {
        return base != sharedBase;
    }

    /** The host's vector whose bell wakes the thread that attaches guests. */
    public int attachVector() {
        return Memory.intAcquire(base + ATTACH_VECTOR_OFFSET);
    }

    /** A number that goes up several times a second while the host lives. */
    public long backendBeat() {
        return Memory.longAcquire(base + BACKEND_BEAT_OFFSET);
    }

    /** The ivshmem id of who holds {@code party}'s socket, or {@link RegionDescriptor#NOT_ATTACHED}. */
    public int partyConnection(int party) {
        return Memory.intAcquire(partyEntry(party) + PARTY_CONNECTION_OFFSET);
    }

    /** The request of {@code party} that the host has granted last. */
    public int partyGranted(int party) {
        return Memory.intAcquire(partyEntry(party) + PARTY_GRANTED_OFFSET);
    }

    /** The number by which {@code party} has last asked for an attachment; in the region, where it writes. */
    public int partyRequest(int party) {
        return Memory.intAcquire(requestAddress(party));
    }

    /** Asks for an attachment of {@code party}, which is the caller; the host grants it by the same number. */
    public void request(int party, int number) {
        Memory.intRelease(requestAddress(party), number);
    }

    private long requestAddress(int party) {
        return sharedBase + (partyEntry(party) - base) + PARTY_REQUEST_OFFSET;
    }

    private long partyEntry(int party) {
        return parties + (long) party * PARTY_BYTES;
    }

    /** The ivshmem id to kick a party by, 0 for the host, {@link RegionDescriptor#NOT_ATTACHED} where nobody is there. */
    public int partyPeerId(int party) {
        return Memory.intAcquire(partyEntry(party) + PARTY_PEER_ID_OFFSET);
    }

    /** How often the party has been attached. */
    public int partyAttachments(int party) {
        return Memory.intAcquire(partyEntry(party) + PARTY_ATTACHMENTS_OFFSET);
    }

    /** The party whose socket is held by {@code peerId}, or -1. */
    public int partyOfConnection(int peerId) {
        for (int party = 1; party < partyCount; party++) {
            if (partyConnection(party) == peerId) {
                return party;
            }
        }
        return -1;
    }

    public int ringCount() {
        return rings.length;
    }

    public Ring ring(int index) {
        return rings[index];
    }

    /**
     * Address of {@code line} as {@code party}'s line, or 0 where the region has no such line. The host's own lines are
     * private where this directory is the host's.
     */
    long lineAddress(int party, int line) {
        if (line < 0 || line >= lineCount) {
            return 0;
        }
        return (party == 0 ? base : sharedBase) + linesOffset + (long) line * LINE_BYTES;
    }

    /** Address of {@code line} in the shared region where that is not where {@link #lineAddress} is, or 0. */
    long mirrorAddress(int party, int line) {
        return party == 0 && base != sharedBase ? sharedBase + linesOffset + (long) line * LINE_BYTES : 0;
    }

    static String text(long address, int capacityBytes) {
        final byte[] bytes = new byte[capacityBytes];
        Memory.copyToArray(address, bytes, 0, capacityBytes);
        int length = 0;
        while (length < capacityBytes && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    static Direction direction(int value) {
        return value == 0 ? Direction.FORWARD : Direction.BACKWARD;
    }
}
