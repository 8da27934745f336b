// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NetworkLink;
import io.sluice.shared.posix.NetworkNamespace;
import io.sluice.shared.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What endpoints on network interfaces share: names of interfaces, and opening them in another namespace. */
final class Namespaces {
    static final EndpointOption OPTION =
            EndpointOption.of("netns", "NAME|PATH", "the network namespace of the interface; default our own");

    private Namespaces() {}

    /** The interface that a request names. */
    static String checkedLink(EndpointRequest request) {
        if (!NetworkLink.validName(request.address())) {
            throw request.wrong("is no name of an interface: 1 to " + NetworkLink.MAX_NAME_BYTES
                    + " letters, digits and signs other than / : %");
        }
        return request.address();
    }

    /** Does {@code work} in the namespace that the request names, with its errors told of the endpoint. */
    static <T> T in(EndpointRequest request, Supplier<T> work) {
        final String namespace = request.text(OPTION.name(), "");
        if (namespace.isEmpty()) {
            return work.get();
        }
        try {
            return NetworkNamespace.call(namespace, work);
        } catch (PosixException e) {
            throw new EndpointException(request.name() + ": netns=" + namespace + ": " + e.getMessage(), e);
        }
    }

    /** {@code result} unless it is negative. */
    static int check(EndpointRequest request, int result, String problem) {
        if (result < 0) {
            throw new EndpointException(request.name() + ": " + problem + ": " + Errno.describe(result));
        }
        return result;
    }

    /** The interfaces that the calling thread's namespace has, for a message. */
    static String links() {
        // Not /proc/net, which shows the namespace of the process.
        try (var lines = Files.lines(Path.of("/proc/thread-self/net/dev"))) {
            return lines.filter(line -> line.contains(":"))
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .collect(Collectors.joining(", "));
        } catch (IOException e) {
            return "not readable (" + e.getMessage() + ')';
        }
    }
}
