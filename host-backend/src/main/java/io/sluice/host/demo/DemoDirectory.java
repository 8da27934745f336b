// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The demo's own runtime directory, in the temporary directory, its user's alone and gone when closed. */
final class DemoDirectory implements AutoCloseable {
    private static final String CAPTURE = "capture.pcap";

    private final Path path;

    DemoDirectory() throws IOException {
        path = Files.createTempDirectory("sluice-demo-");
    }

    RuntimeDirectory runtime() {
        return RuntimeDirectory.at(path);
    }

    Path path() {
        return path;
    }

    /** Unpacks the capture that the project has recorded between two network namespaces. */
    Path capture() throws IOException {
        final Path file = path.resolve(CAPTURE);
        try (InputStream packed = DemoDirectory.class.getResourceAsStream(CAPTURE)) {
            if (packed == null) {
                throw new IOException(CAPTURE + " is not on the class path; was it left out of the jar?");
            }
            Files.copy(packed, file);
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        final List<Path> deepestFirst;
        try (Stream<Path> entries = Files.walk(path)) {
            deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : deepestFirst) {
            Files.deleteIfExists(entry);
        }
    }
}
