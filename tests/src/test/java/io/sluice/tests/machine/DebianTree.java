// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.Precondition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The smallest root tree of a Debian release, made by debootstrap(8) from the archive that this machine's own apt uses,
 * and kept for later runs in {@code ~/.cache/sluice-tests}, together with the packages that machines download.
 */
record DebianTree(String suite, Path base, Path packages) {
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "sluice-tests");
    private static final int ANSWER_LIMIT_MILLIS = 10_000;
    private static final Duration DEBOOTSTRAP_LIMIT = Duration.ofMinutes(5);

    /** The tree of {@code suite}, such as {@code trixie}; made now unless an earlier run did. */
    static DebianTree of(String suite) throws IOException {
        String archive = archiveOfThisMachine();
        Path base = CACHE.resolve(suite);
        Path packages = CACHE.resolve(suite + "-packages");
        Files.createDirectories(packages.resolve("partial"));
        if (!Files.exists(base)) {
            Path partial = CACHE.resolve(suite + ".partial");
            Shell.output("rm", "-rf", partial.toString());
            List<String> command = List.of("debootstrap", "--variant=minbase", suite, partial.toString(), archive);
            Shell.Result made = Shell.run("debootstrap " + suite, DEBOOTSTRAP_LIMIT, command);
            assertThat(made.exitCode()).as(made.output()).isZero();
            Files.move(partial, base);
        }
        return new DebianTree(suite, base, packages);
    }

    /** Asks apt, which knows every way to write its sources, for the archive it takes Debian itself from. */
    private static String archiveOfThisMachine() {
        String targets =
                Shell.output("apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages");
        List<String> archives = targets.lines()
                .filter(line -> line.endsWith(" Debian"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        Precondition.require(!archives.isEmpty(), "a Debian archive among the sources of this machine's apt");
        String archive = archives.getFirst();
        Precondition.require(answers(archive), "an answer from " + archive);
        return archive;
    }

    private static boolean answers(String archive) {
        String host = URI.create(archive).getHost();
        if (host == null) {
            return true; // a local archive, such as file:
        }
        int port = URI.create(archive).getPort();
        try (Socket socket = new Socket()) {
            boolean secure = archive.startsWith("https");
            socket.connect(new InetSocketAddress(host, port > 0 ? port : secure ? 443 : 80), ANSWER_LIMIT_MILLIS);
            return true;
        } catch (IOException unreachable) {
            return false;
        }
    }
}
