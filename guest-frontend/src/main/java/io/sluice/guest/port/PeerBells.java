// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.ring.Doorbell;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The eventfds by which a process wakes the other parties of its region: one thread learns of them, others ring.
 *
 * <p>Peers come and go, but there are never more of them at a time than a region has parties, so a peer is found by a
 * short search.
 */
final class PeerBells implements Doorbell {
    static final int MAX_PEER_ID = 65_535;

    private static final int MAX_PEERS = 64;
    private static final int MAX_VECTORS = 8;
    private static final int MAX_RETIRED = 64;
    private static final int NOBODY = -1;

    /** Ids of the peers known, {@link #NOBODY} where a place is free. */
    private final AtomicIntegerArray peers = new AtomicIntegerArray(MAX_PEERS);

    /** The eventfd of vector v of the peer at place p, at p * MAX_VECTORS + v; 0 is none. */
    private final AtomicIntegerArray bells = new AtomicIntegerArray(MAX_PEERS * MAX_VECTORS);

    private final Deque<Integer> retired = new ArrayDeque<>();

    PeerBells() {
        for (int place = 0; place < MAX_PEERS; place++) {
            peers.set(place, NOBODY);
        }
    }

    @Override
    public void ring(int peerId, int vector) {
        final int place = place(peerId);
        if (place >= 0 && vector >= 0 && vector < MAX_VECTORS) {
            final int descriptor = bells.getAcquire(place * MAX_VECTORS + vector);
            if (descriptor != 0) {
                EventFd.signal(descriptor);
            }
        }
    }

    private int place(int peerId) {
        for (int place = 0; place < MAX_PEERS; place++) {
            if (peers.getAcquire(place) == peerId) {
                return place;
            }
        }
        return -1;
    }

    /** Takes {@code descriptor} as the next vector of {@code peerId}; one too many is closed. */
    void add(int peerId, int descriptor) {
        int place = place(peerId);
        if (place < 0) {
            place = place(NOBODY);
        }
        if (place >= 0) {
            for (int vector = 0; vector < MAX_VECTORS; vector++) {
                if (bells.get(place * MAX_VECTORS + vector) == 0) {
                    bells.setRelease(place * MAX_VECTORS + vector, descriptor);
                    peers.setRelease(place, peerId);
                    return;
                }
            }
        }
        Descriptors.close(descriptor);
    }

    /** Forgets a peer that has gone; a thread may be about to ring it, so its eventfds are closed much later. */
    void remove(int peerId) {
        final int place = place(peerId);
        if (place < 0) {
            return;
        }
        peers.setRelease(place, NOBODY);
        for (int vector = 0; vector < MAX_VECTORS; vector++) {
            final int descriptor = bells.getAndSet(place * MAX_VECTORS + vector, 0);
            if (descriptor != 0) {
                retired.add(descriptor);
            }
        }
        while (retired.size() > MAX_RETIRED) {
            Descriptors.close(retired.remove());
        }
    }

    /** Closes all; no thread may ring any more. */
    void close() {
        for (int place = 0; place < MAX_PEERS; place++) {
            if (peers.get(place) != NOBODY) {
                remove(peers.get(place));
            }
        }
        retired.forEach(Descriptors::close);
        retired.clear();
    }
}
