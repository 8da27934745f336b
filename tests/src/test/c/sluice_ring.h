// SPDX-License-Identifier: Apache-2.0
//
// A stage on a Sluice ring in C11, written from docs/ring-format.md; section numbers are that page's. The layout comes
// first, then checking a region, then one stage: its window, publishing, sleeping and waking.
//
// Words that two parties touch are atomic: `position` and `attachment` release and acquire, the rest relaxed.
#ifndef SLUICE_RING_H
#define SLUICE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a region is little-endian, and so is this reader"
#endif

// ---- Layout (section 1) ---------------------------------------------------------------------------------------------

#define MAGIC 0x4752454349554C53
#define NEVER INT64_MAX

enum {
    VERSION = 2,
    HEADER_BYTES = 4096,

    MAGIC_OFFSET = 0,
    VERSION_OFFSET = 8,
    HEADER_BYTES_OFFSET = 12,
    FEATURES_OFFSET = 16,
    REGION_BYTES_OFFSET = 24,
    STATE_OFFSET = 32,
    RETIRE_REASON_OFFSET = 36,
    PARTIES_OFFSET_OFFSET = 40,
    PARTY_COUNT_OFFSET = 44,
    RINGS_OFFSET_OFFSET = 48,
    RING_COUNT_OFFSET = 52,
    LINES_OFFSET_OFFSET = 56,
    LINE_COUNT_OFFSET = 60,
    NAME_OFFSET = 64,
    NAME_BYTES = 64,
    ATTACH_VECTOR_OFFSET = 160,
    BACKEND_BEAT_OFFSET = 168,

    STATE_BUILDING = 0,
    STATE_LIVE = 1,
    STATE_RETIRED = 2,

    PARTY_BYTES = 128,
    PARTY_PEER_ID_OFFSET = 64,
    PARTY_ATTACHMENTS_OFFSET = 68,
    PARTY_CONNECTION_OFFSET = 72,
    PARTY_GRANTED_OFFSET = 76,
    PARTY_REQUEST_OFFSET = 80,
    NOT_ATTACHED = -1,

    RING_BYTES = 2048,
    RING_SLOTS_OFFSET = 0,
    RING_BUFFER_BYTES_OFFSET = 4,
    RING_HEADROOM_OFFSET = 8,
    RING_STAGE_COUNT_OFFSET = 12,
    RING_SLOTS_OFFSET_OFFSET = 16,
    RING_BUFFERS_OFFSET_OFFSET = 24,
    RING_HEAD_START_OFFSET = 32,
    RING_DIRECTION_OFFSET = 36,
    RING_STAGES_OFFSET = 64,

    STAGE_BYTES = 64,
    STAGE_PARTY_OFFSET = 0,
    STAGE_VECTOR_OFFSET = 4,
    STAGE_ATTACHMENT_OFFSET = 8,
    STAGE_LABEL_OFFSET = 16,
    STAGE_LABEL_BYTES = 48,

    LINE_BYTES = 512,
    LINE_POSITION_OFFSET = 0,
    LINE_EPOCH_OFFSET = 8,
    LINE_WAKE_OFFSET = 128,
    LINE_COUNTERS_OFFSET = 256,
    LINE_GAUGES_OFFSET = 384,
    LINE_BEAT_OFFSET = 432,
    LINE_LEFT_OFFSET = 440,

    // In the counters line.
    PACKETS_OFFSET = 0,
    BYTES_OFFSET = 8,
    DROPS_OFFSET = 16,
    MAX_REASONS = 14,

    // In the gauges line; a guest writes none of these.
    LATENCY_SAMPLES_OFFSET = 0,
    LATENCY_P50_OFFSET = 8,
    LATENCY_P99_OFFSET = 16,
    LATENCY_P999_OFFSET = 24,
    LATENCY_MAX_OFFSET = 32,
    EMPTY_SLOTS_OFFSET = 40,

    SLOT_BYTES = 16,
    USER_OFFSET = 8,
    FLAG_ANSWER = 1,
    FLAG_LIVE_TIMESTAMP = 2,
    OUTPUT_FORWARD = 1,
    OUTPUT_BACK = 2,
    NO_PACKET = 0,

    MAX_PARTIES = 31,
    MAX_RINGS = 64,
    MAX_STAGES = 31,
    MAX_LINES = 65536,
    MIN_SLOTS = 8,
    MAX_SLOTS = 65536,
    MIN_BUFFER_BYTES = 256,
    MAX_BUFFER_BYTES = 32768,
    BUFFER_ALIGNMENT = 64,

    CLAIM_SLOTS = 8,
    STALE_SLOTS = 16,
};

// The index of a drop reason (section 8).
enum {
    DENIED, MALFORMED, TABLE_FULL, FRAGMENT, OVERSIZE, NO_OUTPUT, OUTPUT_STALL, OUTPUT_ERROR, BAD_SLOT, FAILED, OTHER,
    GUEST_LOST
};

static inline uint64_t slot_pack(uint32_t length, uint32_t offset, uint32_t flags, uint32_t outputs) {
    return length | (uint64_t) offset << 16 | (uint64_t) flags << 32 | (uint64_t) outputs << 48;
}
static inline uint32_t slot_length(uint64_t word) { return word & 0xFFFF; }
static inline uint32_t slot_offset(uint64_t word) { return word >> 16 & 0xFFFF; }
static inline uint32_t slot_flags(uint64_t word) { return word >> 32 & 0xFFFF; }
static inline uint32_t slot_outputs(uint64_t word) { return (uint32_t) (word >> 48); }

// ---- Accesses (section 3) -------------------------------------------------------------------------------------------

#define AT(type, address) ((_Atomic(type) *) (void *) (address))

static inline uint32_t load32(const uint8_t *at) { return atomic_load_explicit(AT(uint32_t, at), memory_order_relaxed); }
static inline uint32_t acquire32(const uint8_t *at) { return atomic_load_explicit(AT(uint32_t, at), memory_order_acquire); }
static inline void release32(uint8_t *at, uint32_t value) { atomic_store_explicit(AT(uint32_t, at), value, memory_order_release); }
static inline uint64_t load64(const uint8_t *at) { return atomic_load_explicit(AT(uint64_t, at), memory_order_relaxed); }
static inline uint64_t acquire64(const uint8_t *at) { return atomic_load_explicit(AT(uint64_t, at), memory_order_acquire); }
static inline void store64(uint8_t *at, uint64_t value) { atomic_store_explicit(AT(uint64_t, at), value, memory_order_relaxed); }
static inline void release64(uint8_t *at, uint64_t value) { atomic_store_explicit(AT(uint64_t, at), value, memory_order_release); }
static inline void full_fence(void) { atomic_thread_fence(memory_order_seq_cst); }

// ---- A region, checked once (section 1) -----------------------------------------------------------------------------

struct ring {
    uint8_t *entry;
    uint8_t *slots;
    uint8_t *buffers;
    uint32_t slot_count;
    uint32_t buffer_bytes;
    uint32_t head_start;
    uint32_t stage_count;
    uint32_t party[MAX_STAGES];
};

struct region {
    uint8_t *base;
    uint64_t mapped_bytes;
    uint8_t *parties;
    uint8_t *lines;
    uint32_t party_count;
    uint32_t line_count;
    uint32_t ring_count;
    struct ring rings[MAX_RINGS];
};

// Whether `bytes` bytes at `offset` lie in the region, behind its header and aligned.
static inline bool inside(const struct region *region, uint64_t offset, uint64_t bytes) {
    return offset >= HEADER_BYTES && offset % 64 == 0 && bytes <= region->mapped_bytes
        && offset <= region->mapped_bytes - bytes;
}

static inline bool in_range(uint32_t value, uint32_t least, uint32_t most) { return value >= least && value <= most; }

static inline const char *ring_open(const struct region *region, struct ring *ring, uint8_t *entry) {
    ring->entry = entry;
    ring->slot_count = load32(entry + RING_SLOTS_OFFSET);
    ring->buffer_bytes = load32(entry + RING_BUFFER_BYTES_OFFSET);
    ring->head_start = load32(entry + RING_HEAD_START_OFFSET);
    ring->stage_count = load32(entry + RING_STAGE_COUNT_OFFSET);
    uint64_t slots = load64(entry + RING_SLOTS_OFFSET_OFFSET);
    uint64_t buffers = load64(entry + RING_BUFFERS_OFFSET_OFFSET);
    if (!in_range(ring->slot_count, MIN_SLOTS, MAX_SLOTS) || (ring->slot_count & (ring->slot_count - 1)) != 0)
        return "slots";
    if (!in_range(ring->buffer_bytes, MIN_BUFFER_BYTES, MAX_BUFFER_BYTES) || ring->buffer_bytes % BUFFER_ALIGNMENT != 0)
        return "bufferBytes";
    if (!in_range(ring->head_start, 1, ring->slot_count))
        return "headStart";
    if (!in_range(ring->stage_count, 2, MAX_STAGES))
        return "stageCount";
    if (!inside(region, slots, (uint64_t) ring->slot_count * SLOT_BYTES))
        return "slotsOffset";
    if (!inside(region, buffers, (uint64_t) ring->slot_count * ring->buffer_bytes))
        return "buffersOffset";
    ring->slots = region->base + slots;
    ring->buffers = region->base + buffers;
    for (uint32_t s = 0; s < ring->stage_count; s++) {
        ring->party[s] = load32(entry + RING_STAGES_OFFSET + s * STAGE_BYTES + STAGE_PARTY_OFFSET);
        if (ring->party[s] >= region->party_count)
            return "party";
    }
    return NULL;
}

// Checks the region mapped at `base`; NULL where it is sound, else the name of what is wrong.
static inline const char *region_open(struct region *region, uint8_t *base, uint64_t mapped_bytes) {
    region->base = base;
    region->mapped_bytes = mapped_bytes;
    if (mapped_bytes < HEADER_BYTES || acquire64(base + MAGIC_OFFSET) != MAGIC)
        return "magic";
    if (load32(base + VERSION_OFFSET) != VERSION || load32(base + HEADER_BYTES_OFFSET) != HEADER_BYTES)
        return "version";
    if (load64(base + FEATURES_OFFSET) != 0)
        return "features";
    uint64_t region_bytes = load64(base + REGION_BYTES_OFFSET);
    if (region_bytes < HEADER_BYTES || region_bytes > mapped_bytes)
        return "regionBytes";
    region->party_count = load32(base + PARTY_COUNT_OFFSET);
    region->ring_count = load32(base + RING_COUNT_OFFSET);
    region->line_count = load32(base + LINE_COUNT_OFFSET);
    uint32_t parties = load32(base + PARTIES_OFFSET_OFFSET);
    uint32_t rings = load32(base + RINGS_OFFSET_OFFSET);
    uint32_t lines = load32(base + LINES_OFFSET_OFFSET);
    if (!in_range(region->party_count, 1, MAX_PARTIES) || !inside(region, parties, region->party_count * PARTY_BYTES))
        return "parties";
    if (!in_range(region->ring_count, 1, MAX_RINGS) || !inside(region, rings, region->ring_count * RING_BYTES))
        return "rings";
    if (!in_range(region->line_count, 1, MAX_LINES) || !inside(region, lines, region->line_count * LINE_BYTES))
        return "lines";
    region->parties = base + parties;
    region->lines = base + lines;
    for (uint32_t i = 0; i < region->ring_count; i++) {
        const char *wrong = ring_open(region, &region->rings[i], base + rings + i * RING_BYTES);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

// The party whose socket `connection` holds, or -1.
static inline int32_t party_of_connection(const struct region *region, int32_t connection) {
    for (uint32_t party = 1; party < region->party_count; party++) {
        if ((int32_t) acquire32(region->parties + party * PARTY_BYTES + PARTY_CONNECTION_OFFSET) == connection)
            return (int32_t) party;
    }
    return -1;
}

// Asks for the stages of `party` by a number that was not granted before; kick the host's attachVector then.
static inline void party_request(const struct region *region, uint32_t party, uint32_t number) {
    release32(region->parties + party * PARTY_BYTES + PARTY_REQUEST_OFFSET, number);
}

static inline uint32_t party_granted(const struct region *region, uint32_t party) {
    return acquire32(region->parties + party * PARTY_BYTES + PARTY_GRANTED_OFFSET);
}

static inline int32_t party_peer_id(const struct region *region, uint32_t party) {
    return (int32_t) acquire32(region->parties + party * PARTY_BYTES + PARTY_PEER_ID_OFFSET);
}

// The line that `attachment` names, or NULL where the region has no such line.
static inline uint8_t *line_of(const struct region *region, uint64_t attachment) {
    uint32_t line = (uint32_t) attachment;
    return line < region->line_count ? region->lines + (size_t) line * LINE_BYTES : NULL;
}

// ---- One stage (sections 2, 4, 5) -----------------------------------------------------------------------------------

struct stage {
    const struct region *region;
    const struct ring *ring;
    // Wakes the party attached as `peer` through its `vector`.
    void (*kick)(void *context, int32_t peer, uint32_t vector);
    void *context;

    uint8_t *entry;
    uint64_t attachment;
    uint64_t beats;
    uint8_t *line;
    int64_t head_start;
    int64_t position;
    int64_t limit;

    uint8_t *before_entry;
    uint64_t before_attachment;
    uint8_t *before_line;

    uint8_t *after_entry;
    uint32_t after_party;
    uint64_t after_attachment;
    uint8_t *after_line;
    int64_t kicked_for;
    uint64_t kicks;
};

static inline void stage_wake_at(struct stage *stage, int64_t value) {
    store64(stage->line + LINE_WAKE_OFFSET, (uint64_t) value);
}

static inline bool stage_follow_before(struct stage *stage, uint64_t attachment) {
    stage->before_attachment = attachment;
    stage->before_line = line_of(stage->region, attachment);
    if (stage->before_line == NULL)
        return false;
    int64_t reached = (int64_t) acquire64(stage->before_line + LINE_POSITION_OFFSET) + stage->head_start;
    if (reached < stage->limit)
        stage->limit = reached; // section 5: the new line may begin behind; wait for it
    return true;
}

static inline bool stage_follow_after(struct stage *stage, uint64_t attachment) {
    stage->after_attachment = attachment;
    stage->after_line = line_of(stage->region, attachment);
    stage->kicked_for = NEVER;
    return stage->after_line != NULL;
}

// Kicks the next stage where it sleeps until a position that this one has reached, once for each value.
static inline void stage_kick_if_awaited(struct stage *stage) {
    int64_t wake_at = (int64_t) load64(stage->after_line + LINE_WAKE_OFFSET);
    if (stage->position >= wake_at && wake_at != stage->kicked_for) {
        stage->kicked_for = wake_at;
        stage->kicks++;
        stage->kick(stage->context, party_peer_id(stage->region, stage->after_party),
                    load32(stage->after_entry + STAGE_VECTOR_OFFSET));
    }
}

// Takes the place of stage `index`; false where the directory is damaged.
static inline bool stage_open(struct stage *stage, const struct region *region, const struct ring *ring, uint32_t index,
                              void (*kick)(void *, int32_t, uint32_t), void *context) {
    uint32_t last = ring->stage_count - 1;
    uint8_t *stages = ring->entry + RING_STAGES_OFFSET;
    uint32_t after = index == last ? 0 : index + 1;
    *stage = (struct stage) {
        .region = region,
        .ring = ring,
        .kick = kick,
        .context = context,
        .entry = stages + index * STAGE_BYTES,
        .before_entry = stages + (index == 0 ? last : index - 1) * STAGE_BYTES,
        .after_entry = stages + after * STAGE_BYTES,
        .after_party = ring->party[after],
        .head_start = index == 0 ? ring->head_start : 0,
    };
    stage->attachment = acquire64(stage->entry + STAGE_ATTACHMENT_OFFSET);
    stage->line = line_of(region, stage->attachment);
    if (stage->line == NULL)
        return false;
    stage->position = (int64_t) acquire64(stage->line + LINE_POSITION_OFFSET);
    stage->limit = stage->position;
    if (!stage_follow_before(stage, acquire64(stage->before_entry + STAGE_ATTACHMENT_OFFSET))
        || !stage_follow_after(stage, acquire64(stage->after_entry + STAGE_ATTACHMENT_OFFSET)))
        return false;
    stage_wake_at(stage, NEVER);
    return true;
}

// Hands the finished slots to the next stage.
static inline void stage_publish(struct stage *stage) {
    release64(stage->line + LINE_POSITION_OFFSET, (uint64_t) stage->position);
    stage_kick_if_awaited(stage);
}

// Makes the last publish certain to wake a sleeper; out of work, and before long work.
static inline void stage_settle(struct stage *stage) {
    full_fence();
    stage_kick_if_awaited(stage);
}

// Once per claim; false where this stage must not touch the ring any more (section 5).
static inline bool stage_refresh(struct stage *stage) {
    store64(stage->line + LINE_BEAT_OFFSET, ++stage->beats);
    if (acquire64(stage->entry + STAGE_ATTACHMENT_OFFSET) != stage->attachment) {
        release64(stage->line + LINE_LEFT_OFFSET, 1);
        return false;
    }
    if (acquire32(stage->region->base + STATE_OFFSET) != STATE_LIVE)
        return false;
    uint64_t before = acquire64(stage->before_entry + STAGE_ATTACHMENT_OFFSET);
    if (before != stage->before_attachment && !stage_follow_before(stage, before))
        return false;
    uint64_t after = acquire64(stage->after_entry + STAGE_ATTACHMENT_OFFSET);
    if (after != stage->after_attachment) {
        if (!stage_follow_after(stage, after))
            return false;
        stage_settle(stage);
    }
    return true;
}

// Slots that this stage may work on now, as of this call. A guest trusts its neighbours: nothing is checked but that
// there are never more slots than the ring has.
static inline uint32_t stage_look(struct stage *stage) {
    int64_t reached = (int64_t) acquire64(stage->before_line + LINE_POSITION_OFFSET) + stage->head_start;
    if (reached > stage->limit && reached - stage->position <= stage->ring->head_start)
        stage->limit = reached;
    return stage->limit > stage->position ? (uint32_t) (stage->limit - stage->position) : 0;
}

// The same, without a look at the predecessor while work found earlier remains.
static inline uint32_t stage_available(struct stage *stage) {
    return stage->limit > stage->position ? (uint32_t) (stage->limit - stage->position) : stage_look(stage);
}

// Slots that this stage may touch before it asks again, CLAIM_SLOTS at most; -1 where it must not touch any. The limit
// is read before the attachment: whoever finds its place unchanged has a limit from before a change.
static inline int32_t stage_claim(struct stage *stage) {
    stage_available(stage);
    if (!stage_refresh(stage))
        return -1;
    int64_t slots = stage->limit - stage->position;
    return slots < 0 ? 0 : slots > CLAIM_SLOTS ? CLAIM_SLOTS : (int32_t) slots;
}

// Says that this stage is about to sleep until `wanted` slots are available; false where it must not.
static inline bool stage_arm(struct stage *stage, uint32_t wanted) {
    stage_wake_at(stage, stage->position + wanted - stage->head_start);
    full_fence();
    if (!stage_refresh(stage) || stage_look(stage) >= wanted) {
        stage_wake_at(stage, NEVER);
        return false;
    }
    return true;
}

static inline void stage_disarm(struct stage *stage) { stage_wake_at(stage, NEVER); }

static inline uint8_t *stage_slot(const struct stage *stage, int64_t position) {
    return stage->ring->slots + ((uint64_t) position & (stage->ring->slot_count - 1)) * SLOT_BYTES;
}

static inline uint8_t *stage_buffer(const struct stage *stage, int64_t position) {
    return stage->ring->buffers + ((uint64_t) position & (stage->ring->slot_count - 1)) * stage->ring->buffer_bytes;
}

// Adds to one of this stage's counters, of which it is the only writer.
static inline void stage_count(struct stage *stage, uint32_t counter_offset, uint64_t amount) {
    uint8_t *counter = stage->line + LINE_COUNTERS_OFFSET + counter_offset;
    store64(counter, load64(counter) + amount);
}

#endif
