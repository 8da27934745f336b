// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.posix.DescriptorPassing;
import java.util.List;

/**
 * What the guests of one region are told when they connect and about each other: the messages of QEMU's {@code
 * ivshmem-doorbell} (QEMU, docs/specs/ivshmem-spec, "Client-Server protocol").
 *
 * <pre>
 *   to a guest that connects, each an 8-byte little-endian number, some with a descriptor:
 *     0                      the protocol's version
 *     its own id             1 to 65535, never two alike in a region's life until all were used
 *     -1  + memory           the region
 *     0   + eventfd          for each of the host's vectors: rings the host
 *     id  + eventfd          for each other guest attached: rings it
 *     its own id + eventfd   rings itself
 *   to the guests already attached: id + eventfd of the new one; later id alone when it has gone
 * </pre>
 * Nothing here waits. A message that cannot be sent at once is answered with false: its guest does not read.
 */
final class IvshmemMessages {
    private static final long VERSION = 0;
    private static final long MEMORY = -1;
    private static final int NO_DESCRIPTOR = -1;

    private final HostRegion region;
    private final HostDoorbell doorbell;

    IvshmemMessages(HostRegion region, HostDoorbell doorbell) {
        this.region = region;
        this.doorbell = doorbell;
    }

    /** Tells {@code newcomer} everything but its own bell, without which it does not begin. */
    boolean introduce(Connection newcomer, List<Connection> others) {
        final int socket = newcomer.socket();
        boolean sent = send(socket, VERSION, NO_DESCRIPTOR)
                && send(socket, newcomer.peerId(), NO_DESCRIPTOR)
                && send(socket, MEMORY, region.memory().descriptor());
        for (int bell : doorbell.hostBells()) {
            sent = sent && send(socket, HostDoorbell.HOST_PEER, bell);
        }
        for (Connection other : others) {
            sent = sent && tell(newcomer, other.peerId(), other.bell());
        }
        return sent;
    }

    /** Tells {@code guest} that {@code peerId}, perhaps itself, is woken by {@code bell} from now on. */
    boolean tell(Connection guest, int peerId, int bell) {
        return send(guest.socket(), peerId, bell);
    }

    /** Tells {@code guest} that {@code peerId} has gone. */
    boolean tellGone(Connection guest, int peerId) {
        return send(guest.socket(), peerId, NO_DESCRIPTOR);
    }

    private static boolean send(int socket, long number, int descriptor) {
        return DescriptorPassing.send(socket, number, descriptor) == 0;
    }
}
