// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import io.sluice.shared.memory.Memory;

/**
 * Where everything stands in a region; {@code docs/ring-format.md} is this table with its reasons. Integers are
 * little-endian, offsets count from the start of the region.
 *
 * <pre>
 *   header, 4096 bytes, written by the host before the region is shared, then only {@code state}
 *     0   magic         u64   "SLUICERG"
 *     8   version       u32   2
 *     12  headerBytes   u32   4096
 *     16  features      u64   bits that a reader must know; none so far
 *     24  regionBytes   u64   a power of two
 *     32  state         u32   {@link #STATE_BUILDING}, {@link #STATE_LIVE}, {@link #STATE_RETIRED}
 *     36  retireReason  u32   {@link Violation} ordinal, where retired
 *     40  partiesOffset u32
 *     44  partyCount    u32
 *     48  ringsOffset   u32
 *     52  ringCount     u32
 *     56  linesOffset   u32
 *     60  lineCount     u32
 *     64  name          64 bytes UTF-8, padded with zeros: the chain
 *     160 attachVector  u32   the host's vector whose bell wakes the thread that attaches guests
 *     168 backendBeat   u64   goes up several times a second while the host lives
 *
 *   party, 128 bytes each; party 0 is the host
 *     0   name          64 bytes UTF-8, padded with zeros
 *     64  peerId        u32   the ivshmem id to kick it by: its own; 0 while the host stands in; -1: nobody is there
 *     68  attachments   u32   how often it has been attached
 *     72  connection    u32   the ivshmem id of who holds the party's socket, or -1
 *     76  granted       u32   the request that was last granted
 *     80  request       u32   written by the guest: a new number asks for an attachment
 *
 *   ring, 2048 bytes each
 *     0   slots         u32   a power of two
 *     4   bufferBytes   u32   of each slot's buffer, a multiple of {@link #BUFFER_ALIGNMENT}
 *     8   headroom      u32   offset at which a receiving stage puts a packet
 *     12  stageCount    u32   2 to {@link #MAX_STAGES}
 *     16  slotsOffset   u64   slots of {@link SlotWord#SLOT_BYTES}
 *     24  buffersOffset u64   slot i owns the i-th buffer
 *     32  headStart     u32   slots that stage 0 may be ahead of the last stage
 *     36  direction     u32   0 forward, 1 backward
 *     64  stages        64 bytes each, in the order of the packet's way:
 *           0   party       u32
 *           4   vector      u32   the interrupt or eventfd of the party that wakes this stage
 *           8   attachment  u64   line | epoch &lt;&lt; 32; read once per duty cycle, acquire
 *           16  label       48 bytes UTF-8, padded with zeros: "tap:lan"
 *
 *   line, 512 bytes each, one per attachment of a stage, never reused while an old holder may live
 *     0    position line   0 position u64: slots finished, release / acquire; 8 epoch u64, fixed
 *     128  wake line       0 wakeAt u64: wake me when my predecessor reaches it, {@link #NEVER} while awake
 *     256  counters line   {@link StageCounters}
 *     384  gauges line     {@link StageGauges}; at 432 beat u64, at 440 left u64
 * </pre>
 */
public final class RegionDescriptor {
    /** "SLUICERG" as it stands in memory. */
    public static final long MAGIC = 0x4752_4543_4955_4C53L;

    public static final int VERSION = 2;
    public static final int HEADER_BYTES = 4096;

    public static final int MAGIC_OFFSET = 0;
    public static final int VERSION_OFFSET = 8;
    public static final int HEADER_BYTES_OFFSET = 12;
    public static final int FEATURES_OFFSET = 16;
    public static final int REGION_BYTES_OFFSET = 24;
    public static final int STATE_OFFSET = 32;
    public static final int RETIRE_REASON_OFFSET = 36;
    public static final int PARTIES_OFFSET_OFFSET = 40;
    public static final int PARTY_COUNT_OFFSET = 44;
    public static final int RINGS_OFFSET_OFFSET = 48;
    public static final int RING_COUNT_OFFSET = 52;
    public static final int LINES_OFFSET_OFFSET = 56;
    public static final int LINE_COUNT_OFFSET = 60;
    public static final int NAME_OFFSET = 64;
    public static final int NAME_BYTES = 64;
    public static final int ATTACH_VECTOR_OFFSET = 160;
    public static final int BACKEND_BEAT_OFFSET = 168;

    public static final int STATE_BUILDING = 0;
    public static final int STATE_LIVE = 1;
    public static final int STATE_RETIRED = 2;

    public static final int PARTY_BYTES = 128;
    public static final int PARTY_PEER_ID_OFFSET = 64;
    public static final int PARTY_ATTACHMENTS_OFFSET = 68;
    public static final int PARTY_CONNECTION_OFFSET = 72;
    public static final int PARTY_GRANTED_OFFSET = 76;
    public static final int PARTY_REQUEST_OFFSET = 80;
    public static final int NOT_ATTACHED = -1;

    public static final int RING_BYTES = 2048;
    public static final int RING_SLOTS_OFFSET = 0;
    public static final int RING_BUFFER_BYTES_OFFSET = 4;
    public static final int RING_HEADROOM_OFFSET = 8;
    public static final int RING_STAGE_COUNT_OFFSET = 12;
    public static final int RING_SLOTS_OFFSET_OFFSET = 16;
    public static final int RING_BUFFERS_OFFSET_OFFSET = 24;
    public static final int RING_HEAD_START_OFFSET = 32;
    public static final int RING_DIRECTION_OFFSET = 36;
    public static final int RING_STAGES_OFFSET = 64;

    public static final int STAGE_BYTES = 64;
    public static final int STAGE_PARTY_OFFSET = 0;
    public static final int STAGE_VECTOR_OFFSET = 4;
    public static final int STAGE_ATTACHMENT_OFFSET = 8;
    public static final int STAGE_LABEL_OFFSET = 16;
    public static final int STAGE_LABEL_BYTES = 48;

    public static final int LINE_BYTES = 4 * Memory.LINE_PAIR_BYTES;
    public static final int LINE_POSITION_OFFSET = 0;
    public static final int LINE_EPOCH_OFFSET = 8;
    public static final int LINE_WAKE_OFFSET = Memory.LINE_PAIR_BYTES;
    public static final int LINE_COUNTERS_OFFSET = 2 * Memory.LINE_PAIR_BYTES;
    public static final int LINE_GAUGES_OFFSET = 3 * Memory.LINE_PAIR_BYTES;
    public static final int LINE_BEAT_OFFSET = LINE_GAUGES_OFFSET + 48;
    public static final int LINE_LEFT_OFFSET = LINE_GAUGES_OFFSET + 56;

    /** So many slots at most does a middle stage touch before it looks again whether its place is still its own. */
    public static final int CLAIM_SLOTS = 8;

    /**
     * Slots from its last published position on that a middle stage which has lost its place may still touch: those of
     * its last claim, and those of one before, whose publish may not be visible yet.
     */
    public static final int STALE_SLOTS = 2 * CLAIM_SLOTS;

    /** The {@code wakeAt} of a stage that is awake; no position ever reaches it. */
    public static final long NEVER = Long.MAX_VALUE;

    public static final int MAX_PARTIES = 31;
    public static final int MAX_RINGS = 64;
    public static final int MAX_STAGES = 31;
    public static final int MAX_LINES = 1 << 16;
    public static final int MIN_SLOTS = 8;
    public static final int MAX_SLOTS = 1 << 16;
    public static final int MIN_BUFFER_BYTES = 256;
    public static final int MAX_BUFFER_BYTES = 32768;
    public static final int BUFFER_ALIGNMENT = 64;

    private RegionDescriptor() {}

    public static long attachment(int line, int epoch) {
        return Integer.toUnsignedLong(line) | (long) epoch << 32;
    }

    public static int attachmentLine(long attachment) {
        return (int) attachment;
    }

    public static int attachmentEpoch(long attachment) {
        return (int) (attachment >>> 32);
    }
}
