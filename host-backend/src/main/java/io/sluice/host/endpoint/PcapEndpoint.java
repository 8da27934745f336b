// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static io.sluice.host.endpoint.EndpointOption.receiving;
import static io.sluice.host.endpoint.EndpointOption.sending;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.SharedMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code pcap:PATH}: a capture file to read, to write, or one of each. */
final class PcapEndpoint {
    static final EndpointKind KIND = new EndpointKind(
            "pcap",
            "PATH",
            "a capture file: reads pcap and pcapng, writes pcap",
            List.of(
                    receiving("loop", "N|forever", "read the file this often; default 1"),
                    receiving("pace", "max|capture", "as fast as possible, or with the recorded gaps; default max"),
                    receiving("limit", "N", "end after this many packets"),
                    sending("precision", "nano|micro", "of the timestamps written; default nano"),
                    sending("write", "PATH", "between <=> arrows: the file for the packets that arrive")),
            PcapEndpoint::open);

    /** Several may write here at once. */
    private static final String NOWHERE = "/dev/null";

    private PcapEndpoint() {}

    private static Endpoint open(EndpointRequest request) {
        final String write = request.text("write", "");
        if (request.receives() && request.sends() && write.isEmpty()) {
            throw request.wrong(
                    "is read here, and a file for the packets that arrive is missing: add write=PATH, or write="
                            + NOWHERE + " to count them only");
        }
        if (!request.receives() && !write.isEmpty()) {
            throw request.wrong("write", "only needed where the file before it is read; write pcap:" + write);
        }
        final var trouble = new Trouble(request.name());
        final PcapSource source = request.receives() ? source(request, trouble) : null;
        try {
            final PcapSink sink = request.sends() ? sink(request, trouble) : null;
            return new OpenedEndpoint(trouble, source, sink);
        } catch (RuntimeException e) {
            if (source != null) {
                source.close();
            }
            throw e;
        }
    }

    private static PcapSource source(EndpointRequest request, Trouble trouble) {
        final long passes = request.text("loop", "").equals("forever")
                ? PcapSource.FOREVER
                : request.count("loop", 1, PcapSource.FOREVER - 1).orElse(1);
        final boolean paced = request.choice("pace", List.of("max", "capture")).equals("capture");
        final long packets = request.count("limit", 1, PcapSource.FOREVER).orElse(PcapSource.FOREVER);
        final String path = request.address();
        if (Files.exists(Path.of(path)) && !Files.isRegularFile(Path.of(path))) {
            throw new EndpointException(request.name() + ": not a regular file; only such can be read");
        }
        final int descriptor = opened(request, path, OpenFile.READ_ONLY);
        try {
            if (OpenFile.lockShared(descriptor) == -Errno.EAGAIN) {
                throw new EndpointException(request.name() + ": another endpoint is writing this file");
            }
            return new PcapSource(descriptor, trouble, passes, packets, paced);
        } catch (CaptureException e) {
            Descriptors.close(descriptor);
            throw new EndpointException(request.name() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            Descriptors.close(descriptor);
            throw e;
        }
    }

    private static PcapSink sink(EndpointRequest request, Trouble trouble) {
        final boolean micro =
                request.choice("precision", List.of("nano", "micro")).equals("micro");
        final String path = request.text("write", request.address());
        // Without O_TRUNC: a file that another endpoint reads must not lose its packets to a mistake.
        final int descriptor = opened(request, path, OpenFile.WRITE_ONLY | OpenFile.CREATE | OpenFile.NON_BLOCKING);
        if (!path.equals(NOWHERE) && OpenFile.lockExclusive(descriptor) == -Errno.EAGAIN) {
            Descriptors.close(descriptor);
            throw new EndpointException(
                    request.name() + ": " + path + " is in use by another endpoint; write to a file of its own");
        }
        final boolean regular = Files.isRegularFile(Path.of(path));
        if (regular && SharedMemory.truncate(descriptor, 0) < 0) {
            Descriptors.close(descriptor);
            throw new EndpointException(request.name() + ": " + path + " cannot be emptied");
        }
        return new PcapSink(descriptor, !regular, micro, trouble);
    }

    private static int opened(EndpointRequest request, String path, int flags) {
        final int descriptor = OpenFile.open(path, flags);
        if (descriptor >= 0) {
            return descriptor;
        }
        throw new EndpointException(request.name() + ": "
                + switch (-descriptor) {
                    case Errno.ENOENT ->
                        flags == OpenFile.READ_ONLY
                                ? "there is no file " + path
                                : "the folder of " + path + " does not exist; make it first";
                    case Errno.EACCES -> "you may not open " + path + "; check its owner and mode";
                    case Errno.ENXIO -> path + " is a pipe that nobody reads; start its reader first";
                    default -> "open(" + path + "): " + Errno.describe(descriptor);
                });
    }
}
