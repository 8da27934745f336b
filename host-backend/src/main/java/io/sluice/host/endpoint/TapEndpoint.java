// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NetworkLink;
import io.sluice.shared.posix.TunTap;
import java.io.IOException;
import java.util.List;

/**
 * {@code tap:NAME}: a TAP interface of the kernel, made here and gone with its descriptor, or one that exists already.
 *
 * <p>An interface made here goes away when the last holder of the descriptor does, and its addresses and routes with it.
 * So the descriptor is kept for another backend.
 */
final class TapEndpoint {
    static final EndpointKind KIND = new EndpointKind(
            "tap",
            "NAME",
            "a TAP interface, made if it does not exist",
            List.of(
                    EndpointOption.of("mtu", "N", "set the interface's MTU, 68 to 65521; default as it is"),
                    EndpointOption.of("up", "true|false", "take the interface up; default true"),
                    Namespaces.OPTION),
            TapEndpoint::open);

    private TapEndpoint() {}

    private static Endpoint open(EndpointRequest request) {
        final String link = Namespaces.checkedLink(request);
        final int mtu = (int) request.count("mtu", 68, 65_521).orElse(0);
        final boolean up = request.flag("up", true);
        final var trouble = new Trouble(request.name());
        return Namespaces.in(request, () -> {
            final int descriptor = attach(request, link);
            try {
                if (mtu != 0) {
                    Namespaces.check(request, NetworkLink.mtu(link, mtu), "mtu=" + mtu + " cannot be set");
                }
                if (up && NetworkLink.up(link) != 1) {
                    takeUp(request, link, trouble);
                }
                final var source = request.receives() ? new TapSource(descriptor, drops(request, link), trouble) : null;
                final var sink = request.sends() ? new LinkSink(descriptor, trouble) : null;
                final var carrier = new TapCarrier(descriptor);
                return new OpenedEndpoint(trouble, source, sink, carrier, () -> {
                    carrier.close();
                    Descriptors.close(descriptor);
                });
            } catch (RuntimeException e) {
                Descriptors.close(descriptor);
                throw e;
            }
        });
    }

    private static LinkDrops drops(EndpointRequest request, String link) {
        try {
            return new LinkDrops(link);
        } catch (IOException e) {
            throw new EndpointException(
                    request.name() + ": the kernel's counters cannot be read: " + e.getMessage(), e);
        }
    }

    private static int attach(EndpointRequest request, String link) {
        final int left = request.kept().take();
        if (left >= 0) {
            return left;
        }
        final int descriptor = attachAnew(request, link);
        request.kept().hold(descriptor);
        return descriptor;
    }

    private static int attachAnew(EndpointRequest request, String link) {
        final int descriptor = TunTap.open();
        if (descriptor < 0) {
            throw new EndpointException(request.name() + ": cannot open " + TunTap.DEVICE + ": "
                    + Errno.describe(descriptor) + "; "
                    + switch (-descriptor) {
                        case Errno.EACCES, Errno.EPERM -> "run as root, or give your user access to it";
                        case Errno.EMFILE -> "raise the limit on open files (ulimit -n)";
                        default ->
                            "load the module (modprobe tun), or give the container the device" + " (--device "
                                    + TunTap.DEVICE + ')';
                    });
        }
        final int result = TunTap.attach(descriptor, link);
        if (result < 0) {
            Descriptors.close(descriptor);
            throw new EndpointException(request.name() + ": " + Errno.describe(result) + "; " + remedy(result, link));
        }
        return descriptor;
    }

    private static String remedy(int result, String link) {
        return switch (-result) {
            case Errno.EPERM ->
                "run as root, or make the interface for your user first: sudo ip tuntap add dev " + link
                        + " mode tap user $USER && sudo ip link set " + link + " up";
            case Errno.EBUSY ->
                "another process has this interface, perhaps another sluice or a VM; stop it, or choose"
                        + " another name";
            case Errno.EINVAL ->
                "an interface of this name exists and is no TAP interface with a single queue; choose"
                        + " another name";
            default -> "the kernel does not make this interface";
        };
    }

    /** An owner of the interface who is not root may use it and not take it up, which someone may still do. */
    private static void takeUp(EndpointRequest request, String link, Trouble trouble) {
        final int result = NetworkLink.up(link, true);
        if (result == -Errno.EPERM) {
            trouble.warn("the interface is down and only root may take it up: sudo ip link set " + link + " up");
        } else {
            Namespaces.check(request, result, "the interface cannot be taken up");
        }
    }
}
