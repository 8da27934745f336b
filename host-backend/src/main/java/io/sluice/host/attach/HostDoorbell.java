// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.ring.Doorbell;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Wakes the parties of one region: the host's own threads by their vectors, guests by the eventfd of their attachment.
 *
 * <p>{@link #ring} runs on the data path without a lock, so an eventfd must not be closed, and its number reused, while
 * a thread may be about to write to it: closing waits for {@link #GRACE_NANOS}, far longer than a thread needs from
 * reading the number to writing.
 */
final class HostDoorbell implements Doorbell, AutoCloseable {
    static final int HOST_PEER = 0;
    static final int MAX_PEERS = 1 << 16;
    private static final long GRACE_NANOS = 2_000_000_000L;
    /** So many removed eventfds may wait to be closed: a guest that comes and goes all the time uses up no more. */
    static final int MAX_RETIRED = 64;

    private record Retired(int descriptor, long atNanos) {}

    private final int[] hostBells;
    private final AtomicIntegerArray guestBells = new AtomicIntegerArray(MAX_PEERS);
    private final Queue<Retired> retired = new ArrayDeque<>();

    /** A doorbell with {@code hostVectors} bells of the host's own. */
    HostDoorbell(int hostVectors) {
        hostBells = new int[hostVectors];
        for (int i = 0; i < hostVectors; i++) {
            hostBells[i] = EventFd.create();
        }
    }

    /** The eventfds that wake the host's threads, by vector; owned by this object. */
    int[] hostBells() {
        return hostBells.clone();
    }

    @Override
    public void ring(int peerId, int vector) {
        if (peerId == HOST_PEER) {
            if (vector >= 0 && vector < hostBells.length) {
                EventFd.signal(hostBells[vector]);
            }
        } else if (peerId > 0 && peerId < MAX_PEERS) {
            final int descriptor = guestBells.getAcquire(peerId);
            if (descriptor != 0) {
                EventFd.signal(descriptor);
            }
        }
    }

    /** Wakes {@code peerId} from now on by a new eventfd, which is returned and stays this object's. */
    synchronized int install(int peerId) {
        final int descriptor = EventFd.create();
        guestBells.setRelease(peerId, descriptor);
        return descriptor;
    }

    /** Forgets {@code peerId}. */
    synchronized void remove(int peerId) {
        final int descriptor = guestBells.getAndSet(peerId, 0);
        if (descriptor != 0) {
            retired.add(new Retired(descriptor, System.nanoTime()));
        }
    }

    /** Whether so many eventfds wait to be closed that no further guest should come before {@link #sweep} has closed one. */
    synchronized boolean crowded() {
        return retired.size() >= MAX_RETIRED;
    }

    /** Closes eventfds removed long enough ago. */
    synchronized void sweep() {
        while (!retired.isEmpty() && System.nanoTime() - retired.peek().atNanos() > GRACE_NANOS) {
            Descriptors.close(retired.remove().descriptor());
        }
    }

    /** Closes everything; the threads that ring must have ended. */
    @Override
    public synchronized void close() {
        for (int bell : hostBells) {
            Descriptors.close(bell);
        }
        retired.forEach(r -> Descriptors.close(r.descriptor()));
        retired.clear();
        for (int peer = 0; peer < MAX_PEERS; peer++) {
            final int descriptor = guestBells.getAndSet(peer, 0);
            if (descriptor != 0) {
                Descriptors.close(descriptor);
            }
        }
    }
}
