// SPDX-License-Identifier: Apache-2.0
//
// What DPDK's memif and vhost-user need for what Sluice's ring does: one process sends, another receives, through DPDK's
// own drivers. It does less than dpdk-testpmd, which also writes headers and counts: mbufs come from and go back to the
// pool in bursts, and packets are touched as io.sluice.tests.bench.ring touches them.
//
//   dpdk_peers send|receive TOUCHED-BYTES EAL-OPTION...
//
// Answers each line `RING PACKETS` on its input with a line of figures, in nanoseconds; RING is 0.
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pause.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PORT = 0,
    QUEUE = 0,
    SLOTS = 1024,
    BURST = 32, // what DPDK's own programs use
    MBUFS = 4095, // of a pool: a power of two less one packs best
    MBUF_CACHE = 256,
    UNTOUCHED_LENGTH = 64,
    MAX_PACKET_BYTES = 2048,
    LINK_SECONDS = 20,
};

static struct rte_mempool *pool;
static uint32_t touched;
static uint8_t private_bytes[MAX_PACKET_BYTES];
static uint64_t written;
static uint64_t sum; // of all that was read

static _Noreturn void die(const char *what, int error) {
    fprintf(stderr, "dpdk_peers: %s: %s\n", what, rte_strerror(error < 0 ? -error : error));
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void open_port(void) {
    struct rte_eth_conf conf = {0};
    pool = rte_pktmbuf_pool_create("packets", MBUFS, MBUF_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL)
        die("rte_pktmbuf_pool_create", rte_errno);
    int error = rte_eth_dev_configure(PORT, 1, 1, &conf);
    if (error == 0)
        error = rte_eth_rx_queue_setup(PORT, QUEUE, SLOTS, SOCKET_ID_ANY, NULL, pool);
    if (error == 0)
        error = rte_eth_tx_queue_setup(PORT, QUEUE, SLOTS, SOCKET_ID_ANY, NULL);
    if (error == 0)
        error = rte_eth_dev_start(PORT);
    if (error != 0)
        die("the port does not start", error);
}

static void await_link(void) {
    struct rte_eth_link link = {0};
    int64_t limit = now() + LINK_SECONDS * INT64_C(1000000000);
    while (rte_eth_link_get_nowait(PORT, &link) != 0 || link.link_status != RTE_ETH_LINK_UP) {
        if (now() > limit)
            die("the link does not come up", ETIMEDOUT);
        rte_delay_us_sleep(1000);
    }
}

static inline void fill(struct rte_mbuf *packet) {
    uint8_t *data = rte_pktmbuf_mtod(packet, uint8_t *);
    packet->data_len = packet->pkt_len = touched == 0 ? UNTOUCHED_LENGTH : touched;
    if (touched == 64) {
        for (int i = 0; i < 64; i += 8) {
            uint64_t value = written + i;
            memcpy(data + i, &value, sizeof(value));
        }
    } else if (touched > 0) {
        memcpy(data, private_bytes, touched);
    }
    written++;
}

static int64_t send_packets(int64_t packets) {
    struct rte_mbuf *burst[BURST];
    int64_t start = now();
    while (packets > 0) {
        uint16_t count = RTE_MIN(packets, BURST);
        // Until the driver has taken back what it has sent, the pool may be empty.
        while (rte_pktmbuf_alloc_bulk(pool, burst, count) != 0)
            rte_eth_tx_done_cleanup(PORT, QUEUE, 0);
        for (uint16_t i = 0; i < count; i++)
            fill(burst[i]);
        uint16_t sent = 0;
        while (sent < count) {
            uint16_t more = rte_eth_tx_burst(PORT, QUEUE, burst + sent, count - sent);
            if (more == 0)
                rte_pause();
            sent += more;
        }
        packets -= count;
    }
    return now() - start;
}

static inline void take(struct rte_mbuf *packet) {
    uint8_t *data = rte_pktmbuf_mtod(packet, uint8_t *);
    sum += packet->pkt_len;
    if (touched == 64) {
        for (int i = 0; i < 64; i += 8) {
            uint64_t value;
            memcpy(&value, data + i, sizeof(value));
            sum += value;
        }
    } else if (touched > 0) {
        memcpy(private_bytes, data, packet->data_len);
    }
}

// Nanoseconds from the first packet to the last one.
static int64_t receive_packets(int64_t packets) {
    struct rte_mbuf *burst[BURST];
    int64_t start = 0;
    while (packets > 0) {
        uint16_t count = rte_eth_rx_burst(PORT, QUEUE, burst, BURST);
        if (count == 0) {
            rte_pause();
            continue;
        }
        if (start == 0)
            start = now();
        for (uint16_t i = 0; i < count; i++)
            take(burst[i]);
        rte_pktmbuf_free_bulk(burst, count);
        packets -= count;
    }
    return now() - start;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: dpdk_peers send|receive TOUCHED-BYTES EAL-OPTION...\n");
        return 1;
    }
    bool sends = strcmp(argv[1], "send") == 0;
    touched = (uint32_t) atoi(argv[2]);
    if (touched > MAX_PACKET_BYTES)
        die("TOUCHED-BYTES", EINVAL);
    argv[2] = argv[0];
    int used = rte_eal_init(argc - 2, argv + 2);
    if (used < 0)
        die("rte_eal_init", rte_errno);
    if (!rte_eth_dev_is_valid_port(PORT))
        die("there is no port: is the driver installed?", ENODEV);
    open_port();
    await_link();
    char line[64];
    int64_t packets;
    while (fgets(line, sizeof(line), stdin) != NULL && sscanf(line, "%*d %" SCNd64, &packets) == 1) {
        printf("%" PRId64 "\n", sends ? send_packets(packets) : receive_packets(packets));
        fflush(stdout);
    }
    // Printed, so that none of the reading can be left out; nobody reads it.
    printf("%" PRIu64 "\n", sum);
    rte_eth_dev_stop(PORT);
    rte_eth_dev_close(PORT);
    rte_eal_cleanup();
    return 0;
}
