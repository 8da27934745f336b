// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.Doorbell;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Everything through which one region's guests come and go: the server at their sockets, and the bells. */
public final class GuestAttachments implements AutoCloseable {
    /** One less than {@code vectors=} of the device arguments that we print, beyond which QEMU refuses: one is ours. */
    public static final int MAX_HOST_VECTORS = 7;

    private final HostDoorbell doorbell;
    private final int attachVector;
    private final KeptDescriptors kept;
    private IvshmemServer server;

    /** Bells for a host with {@code hostVectors} threads, 1 to {@link #MAX_HOST_VECTORS}. */
    public GuestAttachments(int hostVectors) {
        this(hostVectors, KeptDescriptors.none());
    }

    /** As {@link #GuestAttachments(int)}, with what a dead backend has left, and for the next one. */
    public GuestAttachments(int hostVectors, KeptDescriptors kept) {
        this.kept = kept;
        doorbell = new HostDoorbell(hostVectors + 1, kept);
        attachVector = hostVectors;
    }

    /** Wakes any party of the region. */
    public Doorbell doorbell() {
        return doorbell;
    }

    /** The eventfd by which the host itself, and no guest, wakes its thread {@code vector}. */
    public int ownBell(int vector) {
        return doorbell.ownBells()[vector];
    }

    /** The eventfd by which guests wake the host's thread {@code vector}; they hold it and may do with it what they like. */
    public int hostBell(int vector) {
        return doorbell.hostBells()[vector];
    }

    /**
     * Lets guests attach from now on.
     *
     * @param places one for each guest of the region
     * @param busyProcessors those of the helper threads, off which the thread that attaches guests keeps
     */
    public void open(
            HostRegion region, List<GuestPlace> places, RuntimeDirectory directory, Collection<Integer> busyProcessors)
            throws IOException {
        region.attachVector(attachVector);
        final List<GuestWatch> watches = places.stream()
                .sorted(Comparator.comparing(GuestPlace::party))
                .map(place -> new GuestWatch(region, doorbell, place))
                .toList();
        server = IvshmemServer.start(
                region,
                doorbell,
                hostBell(attachVector),
                ownBell(attachVector),
                watches,
                directory,
                busyProcessors,
                kept);
    }

    /** Leaves everybody connected, for another backend; the host's threads must have ended. */
    public void leave() {
        if (server != null) {
            server.leave();
        }
        doorbell.close();
    }

    /** Disconnects everybody; the host's threads must have ended. */
    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        doorbell.close();
    }
}
