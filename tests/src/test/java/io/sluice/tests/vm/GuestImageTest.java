// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for guest images, run as a user would cause it to run. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class GuestImageTest {
    @TempDir
    private Path folder;

    private static Path home() {
        return Path.of(System.getProperty("sluice.home"));
    }

    private static List<String> jars() throws IOException {
        final List<String> jars = new ArrayList<>();
        for (String name : List.of("shared-ring-*.jar", "guest-frontend-*.jar", "picocli-*.jar")) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(home().resolve("target/dist/lib"), name)) {
                found.forEach(jar -> jars.add(jar.toString()));
            }
        }
        return jars;
    }

    private Path build(Path cache) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(home().resolve("guest-frontend/image/build-image").toString());
        command.addAll(List.of("--java-home", System.getProperty("java.home")));
        command.addAll(jars());
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        final Path log = cache.resolve("log");
        builder.redirectError(log.toFile());
        final Process recipe = builder.start();
        final List<String> out;
        try (var reader = recipe.inputReader()) {
            out = reader.readAllLines();
        }
        assertThat(recipe.waitFor()).as(() -> read(log)).isZero();
        return Path.of(out.getLast());
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void shouldMakeTheSameBytesTwice() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cpio")), "cpio is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/lz4")), "lz4 is not installed");
        final Path first = build(Files.createDirectories(folder.resolve("first")));
        // Downloads are shared; everything that is made is made again.
        final Path cache =
                Files.createDirectories(folder.resolve("second/sluice")).getParent();
        Files.createSymbolicLink(cache.resolve("sluice/packages"), first.resolveSibling("packages"));
        final Path second = build(cache);

        assertThat(second.getFileName()).isEqualTo(first.getFileName());
        for (String file : List.of("bzImage", "initrd")) {
            assertThat(Files.mismatch(first.resolve(file), second.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
        assertThat(Files.size(first.resolve("initrd"))).isLessThan(48L << 20);
    }
}
