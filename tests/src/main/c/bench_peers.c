// SPDX-License-Identifier: Apache-2.0
//
// What Sluice's rings are measured against: the same ring in C, doing what io.sluice.tests.bench.ring does in Java turn
// for turn, and the bare round trip of a cache line between two cores.
//
//   bench_peers FILE BYTES PROCESSOR stages PARITY TOUCHED-BYTES | ping | pong | raw-ping | raw-pong
//
// Maps FILE, pins itself, and answers each line `RING PACKETS` on its input with a line of figures, in nanoseconds.
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
    UNTOUCHED_LENGTH = 64,
    HEADROOM_OFFSET = 8, // in a ring's entry
    MAX_TURNS = MAX_STAGES,
    LINE_PAIR = 128,
};

static _Noreturn void die(const char *what) {
    fprintf(stderr, "bench_peers: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static inline void spin_wait(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static void no_kick(void *context, int32_t peer, uint32_t vector) {
    (void) context, (void) peer, (void) vector;
}

static uint64_t sum; // of all that was read

// ---- Stages in turns ------------------------------------------------------------------------------------------------

struct turn {
    struct stage stage;
    uint32_t offset;
    uint32_t touched;
    uint8_t *private_bytes;
    int (*work)(struct turn *turn, int64_t target);
};

static void check(bool live) {
    if (!live)
        die("the ring was taken away");
}

static int claim(struct stage *stage) {
    int claimed = stage_claim(stage);
    check(claimed >= 0);
    return claimed;
}

static inline void fill(struct turn *turn) {
    struct stage *stage = &turn->stage;
    uint8_t *data = stage_buffer(stage, stage->position) + turn->offset;
    if (turn->touched == 64) {
        for (int i = 0; i < 64; i += 8) {
            uint64_t value = (uint64_t) stage->position + i;
            memcpy(data + i, &value, sizeof(value));
        }
    } else if (turn->touched > 0) {
        memcpy(data, turn->private_bytes, turn->touched);
    }
    uint32_t length = turn->touched == 0 ? UNTOUCHED_LENGTH : turn->touched;
    store64(stage_slot(stage, stage->position), slot_pack(length, turn->offset, 0, OUTPUT_FORWARD));
}

static int send_turn(struct turn *turn, int64_t target) {
    struct stage *stage = &turn->stage;
    int work = 0;
    while (true) {
        int claimed = claim(stage);
        if (claimed > target - stage->position)
            claimed = (int) (target - stage->position);
        if (claimed == 0)
            break;
        for (int i = 0; i < claimed; i++) {
            fill(turn);
            stage->position++;
        }
        stage_publish(stage);
        work += claimed;
        if (work >= BUDGET)
            return work;
    }
    if (work > 0)
        stage_settle(stage);
    return work;
}

static inline uint64_t take(struct turn *turn) {
    struct stage *stage = &turn->stage;
    uint64_t word = load64(stage_slot(stage, stage->position));
    uint8_t *data = stage_buffer(stage, stage->position) + slot_offset(word);
    check(slot_offset(word) + slot_length(word) <= stage->ring->buffer_bytes);
    uint64_t taken = slot_length(word);
    if (turn->touched == 64) {
        for (int i = 0; i < 64; i += 8) {
            uint64_t value;
            memcpy(&value, data + i, sizeof(value));
            taken += value;
        }
    } else if (turn->touched > 0) {
        memcpy(turn->private_bytes, data, slot_length(word));
    }
    return taken;
}

static int receive_turn(struct turn *turn, int64_t target) {
    (void) target;
    struct stage *stage = &turn->stage;
    int work = 0, claimed;
    while ((claimed = claim(stage)) > 0) {
        for (int i = 0; i < claimed; i++) {
            sum += take(turn);
            stage->position++;
        }
        stage_publish(stage);
        work += claimed;
        if (work >= BUDGET)
            return work;
    }
    if (work > 0)
        stage_settle(stage);
    return work;
}

// A guest's function that passes everything on; the bytes of the packet, or -1 where there is none.
static inline int forward(struct stage *stage) {
    uint8_t *slot = stage_slot(stage, stage->position);
    uint64_t word = load64(slot);
    if (slot_outputs(word) == 0 || (slot_flags(word) & FLAG_ANSWER) != 0)
        return -1;
    if (slot_offset(word) + slot_length(word) > stage->ring->buffer_bytes) {
        store64(slot, 0);
        stage_count(stage, DROPS_OFFSET + 8 * BAD_SLOT, 1);
        return -1;
    }
    return (int) slot_length(word);
}

static int forward_turn(struct turn *turn, int64_t target) {
    (void) target;
    struct stage *stage = &turn->stage;
    int work = 0, claimed;
    while ((claimed = claim(stage)) > 0) {
        uint64_t packets = 0, bytes = 0;
        for (int i = 0; i < claimed; i++) {
            int length = forward(stage);
            stage->position++;
            if (length >= 0) {
                packets++;
                bytes += length;
            }
        }
        stage_count(stage, PACKETS_OFFSET, packets);
        stage_count(stage, BYTES_OFFSET, bytes);
        stage_publish(stage);
        work += claimed;
        if (work >= BUDGET)
            return work;
    }
    if (work > 0)
        stage_settle(stage);
    return work;
}

static struct turn turns[MAX_RINGS][MAX_TURNS];
static int turn_counts[MAX_RINGS];

static void open_turns(const struct region *region, uint32_t parity, uint32_t touched) {
    for (uint32_t r = 0; r < region->ring_count; r++) {
        const struct ring *ring = &region->rings[r];
        for (uint32_t s = parity; s < ring->stage_count; s += 2) {
            struct turn *turn = &turns[r][turn_counts[r]++];
            check(stage_open(&turn->stage, region, ring, s, no_kick, NULL));
            turn->offset = load32(ring->entry + HEADROOM_OFFSET);
            turn->touched = touched;
            turn->private_bytes = aligned_alloc(64, ring->buffer_bytes);
            if (turn->private_bytes == NULL)
                die("aligned_alloc");
            memset(turn->private_bytes, 0, ring->buffer_bytes);
            turn->work = s == 0 ? send_turn : s == ring->stage_count - 1 ? receive_turn : forward_turn;
        }
    }
}

// Nanoseconds from the first packet's to the last one's turn here.
static int64_t run_turns(int ring, int64_t packets) {
    int64_t target = turns[ring][0].stage.position + packets;
    int64_t start = 0;
    while (true) {
        bool done = true;
        int work = 0;
        for (int i = 0; i < turn_counts[ring]; i++) {
            struct turn *turn = &turns[ring][i];
            work += turn->work(turn, target);
            done &= turn->stage.position == target;
        }
        if (work == 0)
            spin_wait();
        else if (start == 0)
            start = now();
        if (done)
            return now() - start;
    }
}

// ---- One packet, or one cache line, at a time -----------------------------------------------------------------------

static struct stage out;
static struct stage in;

static void hop_send(void) {
    check(stage_available(&out) > 0);
    store64(stage_slot(&out, out.position), slot_pack(64, 64, 0, OUTPUT_FORWARD));
    out.position++;
    stage_publish(&out);
}

static void hop_receive(void) {
    while (stage_available(&in) == 0)
        spin_wait();
    sum += slot_length(load64(stage_slot(&in, in.position)));
    in.position++;
}

static void ring_round_trip(void) {
    hop_send();
    hop_receive();
}

static void ring_answer(void) {
    hop_receive();
    stage_publish(&in);
    hop_send();
}

static uint8_t *raw_there;
static uint8_t *raw_back;
static uint64_t raw_count;

static void raw_round_trip(void) {
    release64(raw_there, ++raw_count);
    while (acquire64(raw_back) != raw_count)
        spin_wait(); // faster than spinning without: fewer looks take the line away while it is written
}

static void raw_answer(void) {
    raw_count++;
    while (acquire64(raw_there) != raw_count)
        spin_wait();
    release64(raw_back, raw_count);
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
    return (x > y) - (x < y);
}

// Half of each round trip: prints the median, and what one in a thousand exceeds.
static void time_round_trips(void (*round_trip)(void), bool publish, int64_t count) {
    int64_t *nanos = malloc((size_t) count * sizeof(*nanos));
    if (nanos == NULL)
        die("malloc");
    for (int64_t i = 0; i < count; i++) {
        int64_t start = now();
        round_trip();
        nanos[i] = now() - start;
        if (publish)
            stage_publish(&in);
    }
    qsort(nanos, (size_t) count, sizeof(*nanos), by_value);
    printf("%" PRId64 " %" PRId64 "\n", nanos[count / 2] / 2, nanos[count * 999 / 1000] / 2);
    free(nanos);
}

static void answer(void (*one)(void), int64_t count) {
    for (int64_t i = 0; i < count; i++)
        one();
    printf("0\n");
}

// ---- The process ----------------------------------------------------------------------------------------------------

static void slice(const char *role, int ring, int64_t packets) {
    if (strcmp(role, "stages") == 0)
        printf("%" PRId64 "\n", run_turns(ring, packets));
    else if (strcmp(role, "ping") == 0)
        time_round_trips(ring_round_trip, true, packets);
    else if (strcmp(role, "pong") == 0)
        answer(ring_answer, packets);
    else if (strcmp(role, "raw-ping") == 0)
        time_round_trips(raw_round_trip, false, packets);
    else if (strcmp(role, "raw-pong") == 0)
        answer(raw_answer, packets);
    else
        die("no such role");
    fflush(stdout);
}

int main(int argc, char **argv) {
    static struct region region;
    if (argc < 5)
        die("usage: bench_peers FILE BYTES PROCESSOR stages PARITY TOUCHED-BYTES | ping | pong | raw-ping | raw-pong");
    const char *role = argv[4];
    int file = open(argv[1], O_RDWR | O_CLOEXEC);
    size_t bytes = strtoull(argv[2], NULL, 10);
    uint8_t *base = file < 0 ? MAP_FAILED
                             : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    if (base == MAP_FAILED)
        die(argv[1]);
    const char *wrong = region_open(&region, base, bytes);
    if (wrong != NULL)
        die(wrong);
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(atoi(argv[3]), &processors);
    if (sched_setaffinity(0, sizeof(processors), &processors) != 0)
        die("sched_setaffinity");
    raw_there = region.rings[0].buffers;
    raw_back = region.rings[0].buffers + LINE_PAIR;
    bool is_ping = strcmp(role, "ping") == 0;
    if (strcmp(role, "stages") == 0 && argc == 7) {
        open_turns(&region, (uint32_t) atoi(argv[5]), (uint32_t) atoi(argv[6]));
    } else if (is_ping || strcmp(role, "pong") == 0) {
        check(region.ring_count == 2);
        check(stage_open(&out, &region, &region.rings[is_ping ? 0 : 1], 0, no_kick, NULL));
        check(stage_open(&in, &region, &region.rings[is_ping ? 1 : 0], 1, no_kick, NULL));
    }
    char line[64];
    int ring;
    int64_t packets;
    while (fgets(line, sizeof(line), stdin) != NULL && sscanf(line, "%d %" SCNd64, &ring, &packets) == 2) {
        if (ring < 0 || ring >= (int) region.ring_count)
            die("no such ring");
        slice(role, ring, packets);
    }
    // Printed, so that none of the reading can be left out; nobody reads it.
    printf("%" PRIu64 "\n", sum);
    return 0;
}
