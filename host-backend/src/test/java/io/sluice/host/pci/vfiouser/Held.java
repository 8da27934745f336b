// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What this process holds that is not the virtual machine's own: sockets, eventfds and memfds, and mappings of those. */
record Held(long descriptors, long mappings) {
    private static final long LIMIT_NANOS = 10_000_000_000L;

    static Held now() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"));
                Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return new Held(
                    files.filter(Held::counts).count(),
                    maps.filter(line -> line.contains("memfd:")).count());
        }
    }

    private static boolean counts(Path descriptor) {
        try {
            final String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.contains("eventfd") || target.contains("memfd:");
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until no more is held than this. */
    void awaitAgain() throws IOException {
        final long start = System.nanoTime();
        while (!now().equals(this) && System.nanoTime() - start < LIMIT_NANOS) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(now()).isEqualTo(this);
    }

    /** Waits until {@code condition} holds. */
    static void await(String what, BooleanSupplier condition) {
        final long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(what).isLessThan(LIMIT_NANOS);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
