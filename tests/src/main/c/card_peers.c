// SPDX-License-Identifier: Apache-2.0
//
// What Sluice's driver of the 82599 is measured against: the same stages in C, doing turn for turn what
// io.sluice.host.ixgbe.queue does in Java, on the same descriptors, slots and buffers.
//
//   card_peers PROCESSOR KIND FLUSH-PERIOD BUFFERS-IN BUFFERS-OUT  RING BYTES  FLOWS BYTES
//              (DESCRIPTORS BYTES  TAILS BYTES OFFSET) for the receive queue and then for each transmit queue
//
// Upper-case words in the second half are files to map. Answers `begin` with the position at which it begins, and `turn`
// with the nanoseconds of a turn and the position after it.
#define _GNU_SOURCE
#include "sluice_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    BUDGET = 256,
    HEADROOM = 128,
    MAX_OUTPUTS = 8,
    MAX_FRAME = 1518,
    MIN_FRAME = 17,
    DESCRIPTOR_BYTES = 16,
    SAMPLE_EVERY = 16,
    ENTRY_BYTES = 32, // of the table of flows
};

#define RX_DONE (UINT64_C(1) << 32)
#define RX_END (UINT64_C(1) << 33)
#define RX_ERRORS (UINT64_C(0x3B) << 40)
#define TX_PACKET (UINT64_C(1) << 24 | UINT64_C(1) << 25)
#define TX_REPORT (UINT64_C(1) << 27)

static _Noreturn void die(const char *what) {
    fprintf(stderr, "card_peers: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void no_kick(void *context, int32_t peer, uint32_t vector) {
    (void) context, (void) peer, (void) vector;
}

static void check(bool live) {
    if (!live)
        die("the ring was taken away");
}

// ---- Queues (7.1.5, 7.2.3.2.2) --------------------------------------------------------------------------------------

static uint32_t slot_count, slot_mask, flush_period;
static int64_t base; // the position whose descriptor is the first

struct receive_queue {
    uint8_t *descriptors;
    uint8_t *tail;
    uint64_t buffers;
    int64_t given;
};

struct piece {
    int64_t end;
    uint64_t packets, bytes;
};

struct transmit_queue {
    uint8_t *descriptors;
    uint8_t *head;
    uint8_t *tail;
    uint64_t buffers;
    int64_t next, flushed, sent, asked;
    uint64_t last_word;
    struct piece *pieces;
    uint64_t first_piece, piece_count;
    uint64_t packets, bytes, reported_packets, reported_bytes;
};

static struct receive_queue rx;
static struct transmit_queue tx[MAX_OUTPUTS];
static int outputs;
static uint32_t buffer_bytes;

static inline uint8_t *descriptor(uint8_t *descriptors, int64_t position) {
    return descriptors + ((uint64_t) (position - base) & slot_mask) * DESCRIPTOR_BYTES;
}

static void write_tail(uint8_t *tail, int64_t position) {
    release32(tail, (uint32_t) (position - base) & slot_mask);
}

static void queues_begin(int64_t position) {
    base = position;
    rx.given = position;
    for (uint32_t i = 0; i < slot_count; i++) {
        uint64_t buffer = (((uint64_t) position + i) & slot_mask) * buffer_bytes + HEADROOM;
        store64(rx.descriptors + i * DESCRIPTOR_BYTES, rx.buffers + buffer);
        store64(rx.descriptors + i * DESCRIPTOR_BYTES + 8, 0);
        for (int k = 0; k < outputs; k++) {
            store64(tx[k].descriptors + i * DESCRIPTOR_BYTES, tx[k].buffers + buffer);
            store64(tx[k].descriptors + i * DESCRIPTOR_BYTES + 8, 0);
        }
    }
    for (int k = 0; k < outputs; k++) {
        tx[k].next = tx[k].flushed = tx[k].sent = tx[k].asked = position;
        tx[k].first_piece = tx[k].piece_count = 0;
        tx[k].packets = tx[k].bytes = tx[k].reported_packets = tx[k].reported_bytes = 0;
        release32(tx[k].head, 0);
    }
}

// ---- The receiving stage --------------------------------------------------------------------------------------------

static struct stage first, middle, last;
static bool idle;

static inline uint8_t *stage_slot_at(struct stage *stage, int64_t position) {
    return stage->ring->slots + ((uint64_t) position & slot_mask) * SLOT_BYTES;
}

static inline uint8_t *buffer_at(struct stage *stage, int64_t position) {
    return stage->ring->buffers + ((uint64_t) position & slot_mask) * (uint64_t) buffer_bytes;
}

static void count(struct stage *stage, uint64_t packets, uint64_t bytes) {
    uint8_t *counters = stage->line + LINE_COUNTERS_OFFSET;
    store64(counters + PACKETS_OFFSET, load64(counters + PACKETS_OFFSET) + packets);
    store64(counters + BYTES_OFFSET, load64(counters + BYTES_OFFSET) + bytes);
}

static void count_drop(struct stage *stage, int reason) {
    uint8_t *counter = stage->line + LINE_COUNTERS_OFFSET + DROPS_OFFSET + 8 * reason;
    store64(counter, load64(counter) + 1);
}

static int receive_turn(void) {
    check(stage_refresh(&first));
    uint32_t room = stage_look(&first);
    int64_t limit = first.position + room;
    int64_t ungiven = limit - rx.given;
    if (ungiven > 0 && (ungiven >= slot_count / 8 || idle || ungiven == room)) {
        rx.given = limit;
        write_tail(rx.tail, limit);
    }
    uint32_t most = room < BUDGET ? room : BUDGET;
    int64_t time = most > 0 ? now() : 0;
    uint32_t work = 0, unpublished = 0;
    uint64_t packets = 0, bytes = 0;
    while (work < most) {
        int64_t position = first.position + unpublished;
        uint8_t *at = descriptor(rx.descriptors, position);
        uint64_t word = acquire64(at + 8);
        if ((word & RX_DONE) == 0)
            break;
        store64(at + 8, 0);
        uint8_t *slot = stage_slot_at(&first, position);
        uint32_t length = word & 0xFFFF;
        if ((word & (RX_DONE | RX_END | RX_ERRORS)) == (RX_DONE | RX_END) && length - 1 < 2048) {
            store64(slot + USER_OFFSET, (uint64_t) time);
            store64(slot, slot_pack(length, HEADROOM, FLAG_LIVE_TIMESTAMP, OUTPUT_FORWARD));
            packets++;
            bytes += length;
        } else {
            store64(slot, NO_PACKET);
            count_drop(&first, OVERSIZE);
        }
        work++;
        if (++unpublished == flush_period) {
            first.position += unpublished;
            unpublished = 0;
            stage_publish(&first);
        }
    }
    if (packets > 0)
        count(&first, packets, bytes);
    if (unpublished > 0) {
        first.position += unpublished;
        stage_publish(&first);
    }
    idle = work == 0;
    if (work > 0 && (work < room || stage_available(&first) == 0))
        stage_settle(&first);
    return (int) work;
}

// ---- What is done between -------------------------------------------------------------------------------------------

static uint8_t *flows;
static uint64_t flow_mask;

static inline bool find_flow(uint8_t *packet) {
    uint64_t addresses;
    uint32_t ports32;
    memcpy(&addresses, packet + 26, sizeof(addresses));
    memcpy(&ports32, packet + 34, sizeof(ports32));
    uint64_t ports = ports32 | UINT64_C(1) << 32;
    uint64_t mixed = (addresses ^ (ports << 29 | ports >> 35)) * UINT64_C(0x9E3779B97F4A7C15);
    for (uint64_t i = mixed ^ mixed >> 32;; i++) {
        uint8_t *entry = flows + (i & flow_mask) * ENTRY_BYTES;
        uint64_t words[3];
        memcpy(words, entry, sizeof(words));
        if (words[1] == ports && words[0] == addresses) {
            words[2]++;
            memcpy(entry + 16, &words[2], sizeof(words[2]));
            return true;
        }
        if (words[1] == 0)
            return false;
    }
}

static inline void swap_addresses(uint8_t *packet) {
    uint64_t first_half;
    uint32_t other_half;
    memcpy(&first_half, packet, sizeof(first_half));
    memcpy(&other_half, packet + 8, sizeof(other_half));
    uint64_t source = first_half >> 48 | (uint64_t) other_half << 16;
    uint64_t swapped = source | first_half << 48;
    uint32_t rest = (uint32_t) (first_half >> 16);
    memcpy(packet, &swapped, sizeof(swapped));
    memcpy(packet + 8, &rest, sizeof(rest));
}

enum kind { FORWARD, MACSWAP, LOOKUP, FLOOD };

static inline __attribute__((always_inline)) int middle_turn(enum kind kind) {
    int work = 0, claimed;
    while ((claimed = stage_claim(&middle)) > 0) {
        uint64_t packets = 0, bytes = 0;
        for (int64_t position = middle.position; position < middle.position + claimed; position++) {
            uint8_t *slot = stage_slot_at(&middle, position);
            uint64_t word = load64(slot);
            if (slot_outputs(word) == 0 || (slot_flags(word) & FLAG_ANSWER) != 0)
                continue;
            if (slot_offset(word) + slot_length(word) > buffer_bytes) {
                store64(slot, NO_PACKET);
                count_drop(&middle, BAD_SLOT);
                continue;
            }
            uint8_t *packet = buffer_at(&middle, position) + slot_offset(word);
            uint64_t decided = word;
            if (kind == MACSWAP && slot_length(word) >= 12)
                swap_addresses(packet);
            else if (kind == LOOKUP && !find_flow(packet))
                decided = NO_PACKET;
            else if (kind == FLOOD)
                decided = (word & UINT64_C(0xFFFFFFFFFFFF)) | (uint64_t) ((1 << outputs) - 1) << 48;
            if (decided != word) {
                store64(slot, decided);
                if (slot_outputs(decided) == 0)
                    count_drop(&middle, DENIED);
            }
            packets++;
            bytes += slot_length(word);
        }
        if (kind != FLOOD)
            count(&middle, packets, bytes);
        middle.position += claimed;
        stage_publish(&middle);
        work += claimed;
        if (work >= BUDGET)
            return work;
    }
    check(claimed == 0);
    if (work > 0)
        stage_settle(&middle);
    return work;
}

// ---- The transmitting stage -----------------------------------------------------------------------------------------

static int64_t submitted;
static int countdown = 1;
static uint64_t latencies[64];

static inline uint64_t ask(struct transmit_queue *queue, uint64_t word) {
    queue->asked = queue->next;
    struct piece *piece = &queue->pieces[(queue->first_piece + queue->piece_count++) & slot_mask];
    *piece = (struct piece) {queue->next, queue->packets, queue->bytes};
    return word | TX_REPORT;
}

static inline void put(struct transmit_queue *queue, uint32_t length) {
    queue->packets++;
    queue->bytes += length;
    uint64_t index = (uint64_t) (queue->next - base) & slot_mask;
    uint64_t word = length | TX_PACKET;
    queue->next++;
    if ((index & (slot_count / 4 - 1)) == slot_count / 4 - 1)
        word = ask(queue, word);
    queue->last_word = word;
    store64(queue->descriptors + index * DESCRIPTOR_BYTES + 8, word);
}

static inline void ring_bell(struct transmit_queue *queue) {
    if (queue->flushed != queue->next) {
        queue->flushed = queue->next;
        write_tail(queue->tail, queue->next);
    }
}

static void flush(struct transmit_queue *queue) {
    if (queue->asked != queue->next && queue->flushed != queue->next) {
        queue->last_word = ask(queue, queue->last_word);
        store64(descriptor(queue->descriptors, queue->next - 1) + 8, queue->last_word);
    }
    ring_bell(queue);
}

static bool look(struct transmit_queue *queue) {
    uint32_t head = acquire32(queue->head);
    int64_t ahead = (int64_t) ((head - (uint64_t) (queue->sent - base)) & slot_mask);
    if (ahead == 0 || (head & ~slot_mask) != 0 || ahead > queue->flushed - queue->sent)
        return false;
    int64_t reached = queue->sent, position = queue->sent + ahead;
    uint64_t packets = queue->reported_packets, bytes = queue->reported_bytes;
    while (queue->piece_count > 0 && queue->pieces[queue->first_piece & slot_mask].end <= position) {
        struct piece *piece = &queue->pieces[queue->first_piece & slot_mask];
        reached = piece->end;
        packets = piece->packets;
        bytes = piece->bytes;
        queue->first_piece++;
        queue->piece_count--;
    }
    count(&last, packets - queue->reported_packets, bytes - queue->reported_bytes);
    queue->reported_packets = packets;
    queue->reported_bytes = bytes;
    bool moved = reached != queue->sent;
    queue->sent = reached;
    return moved;
}

static bool give_back(void) {
    int64_t done = submitted;
    for (int k = 0; k < outputs; k++) {
        if (tx[k].sent != tx[k].next && tx[k].sent < done)
            done = tx[k].sent;
    }
    if (done <= last.position)
        return false;
    last.position = done;
    stage_publish(&last);
    return true;
}

static inline void record(int64_t nanos) {
    if (--countdown == 0) {
        countdown = SAMPLE_EVERY;
        latencies[nanos <= 0 ? 0 : 63 - __builtin_clzll((uint64_t) nanos)]++;
    }
}

static int transmit_turn(void) {
    check(stage_refresh(&last));
    bool moved = false;
    for (int k = 0; k < outputs; k++)
        moved |= look(&tx[k]);
    moved |= give_back();
    uint32_t available = stage_look(&last);
    int64_t ready = last.position - submitted + (available < slot_mask ? available : slot_mask);
    int64_t waiting = ready < BUDGET ? ready : BUDGET;
    int64_t work = 0;
    if (waiting > 0) {
        int64_t time = now();
        uint32_t untold = 0;
        while (work < waiting) {
            uint8_t *slot = stage_slot_at(&last, submitted);
            uint64_t word = load64(slot);
            uint32_t wanted = slot_outputs(word), length = slot_length(word);
            if (wanted == 0) {
                uint8_t *empty = last.line + LINE_GAUGES_OFFSET + EMPTY_SLOTS_OFFSET;
                store64(empty, load64(empty) + 1);
            } else if (slot_offset(word) != HEADROOM || length < MIN_FRAME || length > MAX_FRAME
                       || (wanted & ~((1u << outputs) - 1)) != 0) {
                count_drop(&last, BAD_SLOT);
            } else {
                for (; wanted != 0; wanted &= wanted - 1) {
                    struct transmit_queue *queue = &tx[__builtin_ctz(wanted)];
                    check(queue->next == submitted);
                    put(queue, length);
                }
                if ((slot_flags(word) & FLAG_LIVE_TIMESTAMP) != 0)
                    record(time - (int64_t) load64(slot + USER_OFFSET));
            }
            submitted++;
            work++;
            if (++untold == flush_period && work < waiting) {
                untold = 0;
                for (int k = 0; k < outputs; k++)
                    ring_bell(&tx[k]);
            }
        }
        for (int k = 0; k < outputs; k++)
            flush(&tx[k]);
        moved |= give_back();
    }
    if (moved && work == ready)
        stage_settle(&last);
    return (int) work + moved;
}

// ---- The process ----------------------------------------------------------------------------------------------------

static char **words;

static const char *next_word(void) {
    if (*words == NULL)
        die("a word is missing; see the first lines of card_peers.c");
    return *words++;
}

static uint8_t *next_memory(uint64_t *bytes) {
    const char *name = next_word();
    int file = open(name, O_RDWR | O_CLOEXEC);
    *bytes = strtoull(next_word(), NULL, 10);
    uint8_t *memory = file < 0 ? MAP_FAILED
                               : mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    if (memory == MAP_FAILED)
        die(name);
    return memory;
}

static void next_queue(uint8_t **descriptors, uint8_t **tail) {
    uint64_t bytes;
    *descriptors = next_memory(&bytes);
    uint8_t *tails = next_memory(&bytes);
    *tail = tails + strtoull(next_word(), NULL, 10);
}

static enum kind kind_of(const char *name) {
    static const char *const NAMES[] = {"FORWARD", "MACSWAP", "LOOKUP", "FLOOD"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, NAMES[i]) == 0)
            return (enum kind) i;
    }
    die("no such kind");
}

static int between(enum kind kind) {
    switch (kind) {
    case MACSWAP:
        return middle_turn(MACSWAP);
    case LOOKUP:
        return middle_turn(LOOKUP);
    case FLOOD:
        return middle_turn(FLOOD);
    default:
        return 0;
    }
}

static void begin(const struct region *region) {
    const struct ring *ring = &region->rings[0];
    check(stage_open(&first, region, ring, 0, no_kick, NULL));
    check(stage_open(&last, region, ring, ring->stage_count - 1, no_kick, NULL));
    if (ring->stage_count == 3)
        check(stage_open(&middle, region, ring, 1, no_kick, NULL));
    submitted = last.position;
    idle = true;
    queues_begin(first.position);
}

int main(int argc, char **argv) {
    static struct region region;
    (void) argc;
    words = argv + 1;
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(atoi(next_word()), &processors);
    if (sched_setaffinity(0, sizeof(processors), &processors) != 0)
        die("sched_setaffinity");
    enum kind kind = kind_of(next_word());
    flush_period = (uint32_t) atoi(next_word());
    rx.buffers = strtoull(next_word(), NULL, 10);
    uint64_t out_buffers = strtoull(next_word(), NULL, 10), bytes;
    uint8_t *memory = next_memory(&bytes);
    const char *wrong = region_open(&region, memory, bytes);
    if (wrong != NULL)
        die(wrong);
    slot_count = region.rings[0].slot_count;
    slot_mask = slot_count - 1;
    buffer_bytes = region.rings[0].buffer_bytes;
    flows = next_memory(&bytes);
    flow_mask = bytes / ENTRY_BYTES - 1;
    next_queue(&rx.descriptors, &rx.tail);
    for (; *words != NULL; outputs++) {
        if (outputs == MAX_OUTPUTS)
            die("too many outputs");
        next_queue(&tx[outputs].descriptors, &tx[outputs].tail);
        tx[outputs].head = tx[outputs].descriptors + (uint64_t) slot_count * DESCRIPTOR_BYTES;
        tx[outputs].buffers = out_buffers;
        tx[outputs].pieces = calloc(slot_count, sizeof(struct piece));
        if (tx[outputs].pieces == NULL)
            die("calloc");
    }
    char line[64];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        int64_t nanos = 0;
        if (strcmp(line, "begin\n") == 0) {
            begin(&region);
            printf("%" PRId64 "\n", last.position);
        } else {
            int64_t start = now();
            int work;
            do {
                work = receive_turn();
                work += between(kind);
                work += transmit_turn();
            } while (work > 0);
            nanos = now() - start;
            printf("%" PRId64 " %" PRId64 "\n", nanos, last.position);
        }
        fflush(stdout);
    }
    return 0;
}
