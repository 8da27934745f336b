// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A network namespace of a test's own. */
final class Namespace implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "sluice-" + ProcessHandle.current().pid() + '-' + NUMBER.incrementAndGet();

    Namespace() {
        run("ip", "netns", "add", name);
        ip("link set lo up");
    }

    /** Skips the calling test, visibly, where namespaces cannot be made. */
    static void assumePossible() {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "needs root, to make network namespaces");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/sbin/ip")) || Files.exists(Path.of("/sbin/ip")), "needs iproute2");
    }

    String name() {
        return name;
    }

    /** {@code ip -n NAME arguments}: its output. */
    String ip(String arguments) {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments.split(" ")));
        return run(command.toArray(String[]::new));
    }

    /** Waits until an interface that was taken up sends: before, the kernel drops frames and reports success. */
    void awaitCarrier(String link) {
        final long deadline = System.nanoTime() + 10_000_000_000L;
        while (!ip("link show " + link).contains("state UP")) {
            assertThat(System.nanoTime()).as(link + " has no carrier").isLessThan(deadline);
        }
    }

    /** Runs {@code work} in this namespace, on a thread of its own, and waits for it. */
    <T> T call(Callable<T> work) {
        return NetworkNamespace.call(name, () -> {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    static String run(String... command) {
        try {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor())
                    .as(String.join(" ", command) + ": " + output)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run("ip", "netns", "delete", name);
    }
}
