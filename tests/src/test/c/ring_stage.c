// SPDX-License-Identifier: Apache-2.0
//
// A guest in C: attaches to a backend's socket, takes every stage that its party has, and passes packets on. It is the
// ring format's second implementation, written from docs/ring-format.md alone.
//
//   cc -std=c11 -O2 -o ring_stage ring_stage.c
//   ring_stage offsets            prints every constant of the layout as NAME=value
//   ring_stage attach SOCKET      runs until the region is retired or the backend goes
//
// Its packet function adds one to the first byte of each packet, so that a test sees which packets it had.
#define _GNU_SOURCE
#include "sluice_ring.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    BUDGET = 256,
    IDLE_TURNS = 300,
    MAX_SLEEP_MILLIS = 100,
    MAX_ASKING_MILLIS = 10000,
    MAX_BELLS = 1024,
    MAX_STAGES_HERE = 64,
};

static _Noreturn void die(const char *what) {
    fprintf(stderr, "ring_stage: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

// ---- The backend's socket (section 9) -------------------------------------------------------------------------------

struct message {
    int64_t number;
    int descriptor; // -1: none
};

// The eventfds that wake others; the n-th of a peer is its vector n.
struct bell {
    int32_t peer;
    int descriptor;
};

struct guest {
    int socket;
    int32_t peer_id;
    int32_t party;
    int own_bell;
    int bell_count;
    struct bell bells[MAX_BELLS];
    uint64_t sleeps;
    uint64_t timeouts;
};

// Receives one message: 1, 0 where none is there yet, -1 where the backend has gone.
static int receive(int socket, struct message *message, int flags) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec data = {.iov_base = &message->number, .iov_len = sizeof(message->number)};
    struct msghdr header = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    ssize_t received = recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC);
    if (received < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (received != sizeof(message->number))
        return -1;
    message->descriptor = -1;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
        memcpy(&message->descriptor, CMSG_DATA(rights), sizeof(int));
    return 1;
}

static struct message receive_now(int socket) {
    struct message message;
    errno = 0;
    if (receive(socket, &message, 0) != 1)
        die("the backend turned this guest away");
    return message;
}

// Notes a peer that has come, or forgets one that has gone.
static void heed(struct guest *guest, struct message message) {
    int32_t peer = (int32_t) message.number;
    if (message.descriptor < 0) {
        int kept = 0;
        for (int i = 0; i < guest->bell_count; i++) {
            if (guest->bells[i].peer == peer)
                close(guest->bells[i].descriptor);
            else
                guest->bells[kept++] = guest->bells[i];
        }
        guest->bell_count = kept;
    } else if (peer == guest->peer_id && guest->own_bell < 0) {
        guest->own_bell = message.descriptor;
    } else if (guest->bell_count < MAX_BELLS) {
        guest->bells[guest->bell_count++] = (struct bell) {peer, message.descriptor};
    } else {
        close(message.descriptor);
    }
}

static void kick(void *context, int32_t peer, uint32_t vector) {
    struct guest *guest = context;
    for (int i = 0; i < guest->bell_count; i++) {
        if (guest->bells[i].peer == peer && vector-- == 0) {
            uint64_t one = 1;
            if (write(guest->bells[i].descriptor, &one, sizeof(one)) != sizeof(one) && errno != EAGAIN)
                die("write(eventfd)");
            return;
        }
    }
}

// Asks for this guest's stages and waits until they are given (section 5).
static void ask(struct guest *guest, const struct region *region) {
    uint32_t party = (uint32_t) guest->party;
    uint32_t number = party_granted(region, party) + 1;
    party_request(region, party, number);
    for (int waited = 0; party_granted(region, party) != number; waited++) {
        if (waited == MAX_ASKING_MILLIS)
            die("the backend does not give this guest its place");
        if (waited % 100 == 0)
            kick(guest, 0, acquire32(region->base + ATTACH_VECTOR_OFFSET));
        poll(NULL, 0, 1);
    }
}

static void attach(struct guest *guest, struct region *region, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    errno = 0;
    if (strlen(path) >= sizeof(address.sun_path))
        die("the socket's path is too long");
    strcpy(address.sun_path, path);
    guest->own_bell = -1;
    guest->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (guest->socket < 0 || connect(guest->socket, (struct sockaddr *) &address, sizeof(address)) != 0)
        die(path);
    if (receive_now(guest->socket).number != 0)
        die("the backend speaks another version of its protocol");
    guest->peer_id = (int32_t) receive_now(guest->socket).number;
    struct message memory = receive_now(guest->socket);
    struct stat status;
    if (memory.number != -1 || memory.descriptor < 0 || fstat(memory.descriptor, &status) != 0)
        die("the backend sent no memory");
    uint64_t bytes = (uint64_t) status.st_size;
    uint8_t *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory.descriptor, 0);
    if (base == MAP_FAILED)
        die("mmap");
    const char *wrong = region_open(region, base, bytes);
    if (wrong != NULL) {
        fprintf(stderr, "ring_stage: this is no region of version %d: %s\n", VERSION, wrong);
        exit(1);
    }
    while (guest->own_bell < 0)
        heed(guest, receive_now(guest->socket));
    guest->party = party_of_connection(region, guest->peer_id);
    if (guest->party < 0)
        die("the backend has just ended");
    ask(guest, region);
}

// ---- The packet function and its duty cycle -------------------------------------------------------------------------

static void work_on(struct stage *stage) {
    uint8_t *slot = stage_slot(stage, stage->position);
    uint64_t word = load64(slot);
    if (slot_outputs(word) == 0 || (slot_flags(word) & FLAG_ANSWER) != 0)
        return;
    if (slot_offset(word) + slot_length(word) > stage->ring->buffer_bytes) {
        store64(slot, 0);
        stage_count(stage, DROPS_OFFSET + 8 * BAD_SLOT, 1);
        return;
    }
    stage_count(stage, PACKETS_OFFSET, 1);
    stage_count(stage, BYTES_OFFSET, slot_length(word));
    if (slot_length(word) > 0)
        stage_buffer(stage, stage->position)[slot_offset(word)]++;
}

// One turn: how many slots were finished, or -1 where the stage is not this program's any more.
static int duty_cycle(struct stage *stage) {
    int work = 0;
    int claimed;
    while (work < BUDGET && (claimed = stage_claim(stage)) != 0) {
        if (claimed < 0)
            return -1;
        for (int i = 0; i < claimed; i++) {
            work_on(stage);
            stage->position++;
        }
        stage_publish(stage);
        work += claimed;
    }
    if (work > 0 && stage_available(stage) == 0)
        stage_settle(stage);
    return work;
}

// Sleeps until a kick, a message or a tenth of a second; not at all where one of the stages has work.
static void sleep_on(struct guest *guest, struct stage *stages, int count) {
    int armed = 0;
    while (armed < count && stage_arm(&stages[armed], 1))
        armed++;
    if (armed == count) {
        struct pollfd wait[2] = {{.fd = guest->own_bell, .events = POLLIN}, {.fd = guest->socket, .events = POLLIN}};
        int ready = poll(wait, 2, MAX_SLEEP_MILLIS);
        guest->sleeps++;
        guest->timeouts += ready == 0;
        uint64_t ignored;
        if (ready > 0 && wait[0].revents != 0 && read(guest->own_bell, &ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
            die("read(eventfd)");
    }
    for (int i = 0; i < armed; i++)
        stage_disarm(&stages[i]);
}

// False where the backend has gone.
static bool read_messages(struct guest *guest) {
    struct message message;
    int result;
    while ((result = receive(guest->socket, &message, MSG_DONTWAIT)) > 0)
        heed(guest, message);
    return result == 0;
}

static int run(const char *path) {
    static struct guest guest;
    static struct region region;
    static struct stage stages[MAX_STAGES_HERE];
    int count = 0;
    attach(&guest, &region, path);
    for (uint32_t r = 0; r < region.ring_count; r++) {
        for (uint32_t s = 0; s < region.rings[r].stage_count && count < MAX_STAGES_HERE; s++) {
            if (region.rings[r].party[s] == (uint32_t) guest.party
                && !stage_open(&stages[count++], &region, &region.rings[r], s, kick, &guest))
                die("the directory is damaged");
        }
    }
    int idle = 0;
    bool more = count > 0;
    for (uint32_t turn = 0; more; turn++) {
        int work = 0;
        for (int i = 0; i < count && more; i++) {
            int finished = duty_cycle(&stages[i]);
            more = finished >= 0;
            work += finished;
        }
        idle = work > 0 ? 0 : idle + 1;
        if (more && idle > IDLE_TURNS) {
            sleep_on(&guest, stages, count);
            idle = 0;
            more = read_messages(&guest);
        } else if (turn % 4096 == 0) {
            more = read_messages(&guest);
        }
    }
    for (int i = 0; i < count; i++)
        printf("stage=%d position=%" PRId64 " kicks=%" PRIu64 " sleeps=%" PRIu64 " timeouts=%" PRIu64 "\n", i,
               stages[i].position, stages[i].kicks, guest.sleeps, guest.timeouts);
    return 0;
}

// ---- The layout, for comparison -------------------------------------------------------------------------------------

#define SHOW(name) printf(#name "=%" PRId64 "\n", (int64_t) (name))

static int show_offsets(void) {
    SHOW(MAGIC), SHOW(VERSION), SHOW(HEADER_BYTES), SHOW(NEVER);
    SHOW(MAGIC_OFFSET), SHOW(VERSION_OFFSET), SHOW(HEADER_BYTES_OFFSET), SHOW(FEATURES_OFFSET);
    SHOW(REGION_BYTES_OFFSET), SHOW(STATE_OFFSET), SHOW(RETIRE_REASON_OFFSET), SHOW(PARTIES_OFFSET_OFFSET);
    SHOW(PARTY_COUNT_OFFSET), SHOW(RINGS_OFFSET_OFFSET), SHOW(RING_COUNT_OFFSET), SHOW(LINES_OFFSET_OFFSET);
    SHOW(LINE_COUNT_OFFSET), SHOW(NAME_OFFSET), SHOW(NAME_BYTES), SHOW(ATTACH_VECTOR_OFFSET), SHOW(BACKEND_BEAT_OFFSET);
    SHOW(STATE_BUILDING), SHOW(STATE_LIVE), SHOW(STATE_RETIRED);
    SHOW(PARTY_BYTES), SHOW(PARTY_PEER_ID_OFFSET), SHOW(PARTY_ATTACHMENTS_OFFSET), SHOW(NOT_ATTACHED);
    SHOW(PARTY_CONNECTION_OFFSET), SHOW(PARTY_GRANTED_OFFSET), SHOW(PARTY_REQUEST_OFFSET);
    SHOW(RING_BYTES), SHOW(RING_SLOTS_OFFSET), SHOW(RING_BUFFER_BYTES_OFFSET), SHOW(RING_HEADROOM_OFFSET);
    SHOW(RING_STAGE_COUNT_OFFSET), SHOW(RING_SLOTS_OFFSET_OFFSET), SHOW(RING_BUFFERS_OFFSET_OFFSET);
    SHOW(RING_HEAD_START_OFFSET), SHOW(RING_DIRECTION_OFFSET), SHOW(RING_STAGES_OFFSET);
    SHOW(STAGE_BYTES), SHOW(STAGE_PARTY_OFFSET), SHOW(STAGE_VECTOR_OFFSET), SHOW(STAGE_ATTACHMENT_OFFSET);
    SHOW(STAGE_LABEL_OFFSET), SHOW(STAGE_LABEL_BYTES);
    SHOW(LINE_BYTES), SHOW(LINE_POSITION_OFFSET), SHOW(LINE_EPOCH_OFFSET), SHOW(LINE_WAKE_OFFSET);
    SHOW(LINE_COUNTERS_OFFSET), SHOW(LINE_GAUGES_OFFSET), SHOW(LINE_BEAT_OFFSET), SHOW(LINE_LEFT_OFFSET);
    SHOW(CLAIM_SLOTS), SHOW(STALE_SLOTS);
    SHOW(PACKETS_OFFSET), SHOW(BYTES_OFFSET), SHOW(DROPS_OFFSET), SHOW(MAX_REASONS);
    SHOW(LATENCY_SAMPLES_OFFSET), SHOW(LATENCY_P50_OFFSET), SHOW(LATENCY_P99_OFFSET), SHOW(LATENCY_P999_OFFSET);
    SHOW(LATENCY_MAX_OFFSET), SHOW(EMPTY_SLOTS_OFFSET);
    SHOW(SLOT_BYTES), SHOW(USER_OFFSET), SHOW(FLAG_ANSWER), SHOW(FLAG_LIVE_TIMESTAMP);
    SHOW(OUTPUT_FORWARD), SHOW(OUTPUT_BACK), SHOW(NO_PACKET);
    SHOW(MAX_PARTIES), SHOW(MAX_RINGS), SHOW(MAX_STAGES), SHOW(MAX_LINES), SHOW(MIN_SLOTS), SHOW(MAX_SLOTS);
    SHOW(MIN_BUFFER_BYTES), SHOW(MAX_BUFFER_BYTES), SHOW(BUFFER_ALIGNMENT);
    SHOW(DENIED), SHOW(MALFORMED), SHOW(TABLE_FULL), SHOW(FRAGMENT), SHOW(OVERSIZE), SHOW(NO_OUTPUT);
    SHOW(OUTPUT_STALL), SHOW(OUTPUT_ERROR), SHOW(BAD_SLOT), SHOW(FAILED), SHOW(OTHER), SHOW(GUEST_LOST);
    printf("slot_pack(1,2,3,4)=%" PRId64 "\n", (int64_t) slot_pack(1, 2, 3, 4));
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "offsets") == 0)
        return show_offsets();
    if (argc == 3 && strcmp(argv[1], "attach") == 0)
        return run(argv[2]);
    fprintf(stderr, "usage: ring_stage offsets | attach SOCKET\n");
    return 2;
}
