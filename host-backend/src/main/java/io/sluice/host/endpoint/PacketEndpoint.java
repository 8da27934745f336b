// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NetworkLink;
import io.sluice.shared.posix.PacketSocket;
import java.util.List;

/**
 * {@code packet:INTERFACE}: all frames that arrive at a network interface, beside the kernel's own stack, which still
 * sees them too. One socket receives and another one sends, because only one of the two wants a virtio_net_hdr.
 */
final class PacketEndpoint {
    private static final int NONE = -1;
    private static final int DEFAULT_BUFFER_BYTES = 4 << 20;

    static final EndpointKind KIND = new EndpointKind(
            "packet",
            "INTERFACE",
            "a network interface, by AF_PACKET: frames of its wire and to its wire",
            List.of(
                    EndpointOption.receiving("promisc", "true|false", "take frames for others too; default true"),
                    EndpointOption.receiving("buffer", "N", "bytes the kernel keeps for us; default 4M"),
                    Namespaces.OPTION),
            PacketEndpoint::open);

    private PacketEndpoint() {}

    private static Endpoint open(EndpointRequest request) {
        final String link = Namespaces.checkedLink(request);
        final boolean promiscuous = request.flag("promisc", true);
        final int bufferBytes = (int) request.bytes("buffer", 1 << 12, 1 << 30).orElse(DEFAULT_BUFFER_BYTES);
        final var trouble = new Trouble(request.name());
        return Namespaces.in(request, () -> {
            final int index = index(request, link);
            if (NetworkLink.up(link) == 0) {
                trouble.warn("the interface is down; take it up: ip link set " + link + " up");
            }
            final int receiver = request.receives() ? receiver(request, index, promiscuous, bufferBytes) : NONE;
            try {
                final int sender = request.sends() ? sender(request, index) : NONE;
                return new OpenedEndpoint(
                        trouble,
                        receiver == NONE ? null : new PacketSocketSource(receiver, link, trouble),
                        sender == NONE ? null : new LinkSink(sender, trouble),
                        () -> {
                            closeIfOpen(receiver);
                            closeIfOpen(sender);
                        });
            } catch (RuntimeException e) {
                closeIfOpen(receiver);
                throw e;
            }
        });
    }

    private static int index(EndpointRequest request, String link) {
        final int index = NetworkLink.index(link);
        if (index == -Errno.ENODEV) {
            throw new EndpointException(
                    request.name() + ": there is no such interface; there are: " + Namespaces.links());
        }
        final int type = NetworkLink.hardwareType(link);
        if (type != NetworkLink.HARDWARE_ETHERNET && type != NetworkLink.HARDWARE_LOOPBACK) {
            throw new EndpointException(request.name() + ": its frames are not Ethernet's (hardware type " + type
                    + "); only Ethernet interfaces can be used");
        }
        return Namespaces.check(request, index, "its index is not known");
    }

    private static int receiver(EndpointRequest request, int index, boolean promiscuous, int bufferBytes) {
        final int socket = socket(request);
        try {
            Namespaces.check(request, PacketSocket.ignoreOutgoing(socket), "PACKET_IGNORE_OUTGOING needs Linux 4.20");
            Namespaces.check(request, PacketSocket.auxiliaryData(socket), "PACKET_AUXDATA cannot be set");
            Namespaces.check(request, PacketSocket.virtioNetHeader(socket), "PACKET_VNET_HDR cannot be set");
            Namespaces.check(request, PacketSocket.receiveBufferBytes(socket, bufferBytes), "buffer cannot be set");
            Namespaces.check(request, PacketSocket.bind(socket, index, true), "bind failed");
            if (promiscuous) {
                Namespaces.check(request, PacketSocket.promiscuous(socket, index), "promisc=true cannot be set");
            }
            return socket;
        } catch (RuntimeException e) {
            Descriptors.close(socket);
            throw e;
        }
    }

    private static int sender(EndpointRequest request, int index) {
        final int socket = socket(request);
        try {
            Namespaces.check(request, PacketSocket.bind(socket, index, false), "bind failed");
            return socket;
        } catch (RuntimeException e) {
            Descriptors.close(socket);
            throw e;
        }
    }

    private static int socket(EndpointRequest request) {
        final int socket = PacketSocket.open();
        if (socket == -Errno.EPERM) {
            throw new EndpointException(request.name() + ": " + Errno.describe(socket)
                    + "; raw sockets need root or the capability CAP_NET_RAW. Without it, use a TAP interface that root"
                    + " made for your user: sudo ip tuntap add dev lan mode tap user $USER");
        }
        return Namespaces.check(request, socket, "socket(AF_PACKET) failed");
    }

    private static void closeIfOpen(int descriptor) {
        if (descriptor != NONE) {
            Descriptors.close(descriptor);
        }
    }
}
