// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NetworkLink;
import io.sluice.shared.posix.TunTap;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code tap:NAME}: a TAP interface of the kernel, made here and gone with this process, or one that exists already.
 */
final class TapEndpoint implements Endpoint {
    static final String DELETED = "the interface was deleted; no more packets pass here";

    static final EndpointKind KIND = new EndpointKind(
            "tap",
            "NAME",
            "a TAP interface, made if it does not exist",
            List.of(
                    EndpointOption.of("mtu", "N", "set the interface's MTU, 68 to 65521; default as it is"),
                    EndpointOption.of("up", "true|false", "take the interface up; default true"),
                    Namespaces.OPTION),
            TapEndpoint::open);

    private final String name;
    private final int descriptor;
    private final Trouble trouble;
    private final LinkDrops drops;
    private final TapSource source;
    private final TapSink sink;
    private boolean closed;

    private TapEndpoint(EndpointRequest request, int descriptor, LinkDrops drops, Trouble trouble) {
        this.name = request.name();
        this.descriptor = descriptor;
        this.trouble = trouble;
        this.drops = drops;
        this.source = request.receives() ? new TapSource(descriptor, trouble) : null;
        this.sink = request.sends() ? new TapSink(descriptor, trouble) : null;
    }

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
                return new TapEndpoint(request, descriptor, drops(request, link), trouble);
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

    @Override
    public String name() {
        return name;
    }

    @Override
    public PacketSource source() {
        return source != null ? source : new EmptySource();
    }

    @Override
    public PacketSink sink() {
        if (sink == null) {
            throw new IllegalStateException(name + " was not opened to send");
        }
        return sink;
    }

    @Override
    public Map<String, Long> details() {
        if (source == null) {
            return Map.of();
        }
        final var details = new LinkedHashMap<String, Long>();
        details.put("kernel-drops", drops.count());
        details.put("read-errors", source.errors());
        return details;
    }

    @Override
    public Optional<String> failure() {
        return trouble.failure();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                drops.close(); // the last word, while the interface is still there
            } finally {
                Descriptors.close(descriptor);
            }
        }
    }
}
