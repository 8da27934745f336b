// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.ring.Doorbell;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
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
    private final int[] ownBells;
    private final AtomicIntegerArray guestBells = new AtomicIntegerArray(MAX_PEERS);
    private final Map<Integer, Integer> installed = new HashMap<>();
    private final Queue<Retired> retired = new ArrayDeque<>();

    /** A doorbell with {@code hostVectors} bells of the host's own, those of a dead backend where it has left them. */
    HostDoorbell(int hostVectors, KeptDescriptors kept) {
        hostBells = new int[hostVectors];
        ownBells = new int[hostVectors];
        for (int i = 0; i < hostVectors; i++) {
            hostBells[i] = kept.take(KeptItems.HOST_BELL + i);
            if (hostBells[i] < 0) {
                hostBells[i] = EventFd.create();
                kept.hold(KeptItems.HOST_BELL + i, hostBells[i]);
            } else {
                // Kicks of the time without a host are no flood; its threads begin awake and look at everything.
                EventFd.drain(hostBells[i]);
            }
            ownBells[i] = EventFd.create();
        }
    }

    /** The eventfds by which the host wakes its own threads, by vector: no guest ever holds one. Owned by this object. */
    int[] ownBells() {
        return ownBells.clone();
    }

    /** The eventfds by which guests wake the host's threads, by vector; owned by this object. */
    int[] hostBells() {
        return hostBells.clone();
    }

    @Override
    public void ring(int peerId, int vector) {
        if (peerId == HOST_PEER) {
            if (vector >= 0 && vector < ownBells.length) {
                EventFd.signal(ownBells[vector]);
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
        install(peerId, descriptor);
        return descriptor;
    }

    /** Wakes {@code peerId} from now on by {@code descriptor}, which is this object's then. */
    synchronized void install(int peerId, int descriptor) {
        installed.put(peerId, descriptor);
        guestBells.setRelease(peerId, descriptor);
    }

    /** Forgets {@code peerId}. */
    synchronized void remove(int peerId) {
        final int descriptor = guestBells.getAndSet(peerId, 0);
        installed.remove(peerId);
        if (descriptor != 0) {
            retired.add(new Retired(descriptor, System.nanoTime()));
        }
    }

    /**
     * Frees threads that wait to ring a bell. A guest that holds the descriptor of a bell can fill it and take its
     * O_NONBLOCK away: whoever rings it then waits until it is emptied, which happens here, and without waiting. Called
     * several times a second by a thread that never rings a guest's bell.
     *
     * @return whether somebody has done so
     */
    synchronized boolean unblock() {
        boolean found = false;
        for (int bell : hostBells) {
            found |= unblock(bell);
        }
        for (int bell : installed.values()) {
            found |= unblock(bell);
        }
        for (Retired bell : retired) {
            found |= unblock(bell.descriptor());
        }
        return found;
    }

    private static boolean unblock(int bell) {
        if (!EventFd.blocking(bell)) {
            return false;
        }
        Descriptors.nonBlocking(bell, true);
        EventFd.drain(bell);
        return true;
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
        for (int bell : ownBells) {
            Descriptors.close(bell);
        }
        retired.forEach(r -> Descriptors.close(r.descriptor()));
        retired.clear();
        installed.forEach((peer, bell) -> {
            guestBells.set(peer, 0);
            Descriptors.close(bell);
        });
        installed.clear();
    }
}
