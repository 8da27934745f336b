// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.system.MachineOptions.Part;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tests of the driver, the very classes that module host-backend runs on a model in its own process, run by JUnit in a
 * {@link JudgeMachine} with {@link Part#SUITE} on a card of its PCI bus.
 */
final class DriverSuite {
    private static final String PACKAGE = "io.sluice.host.ixgbe.";
    /** Those that know a card by its door and its wire alone. */
    private static final List<String> CLASSES = List.of("CardTest", "CardSharingTest", "queue.ManyQueuesTest");

    private static final Pattern LIBRARY =
            Pattern.compile("(junit-|opentest4j-|open-test-reporting|assertj-core|byte-buddy-|picocli-).*\\.jar");
    private static final Duration LIMIT = Duration.ofSeconds(600);

    private DriverSuite() {}

    /** What the machine needs beside the project itself. */
    static List<Path> jars() throws IOException {
        final Path tests = Path.of(System.getProperty("sluice.home"), "target", "dist", "tests");
        try (Stream<Path> own = Files.list(tests)) {
            final Stream<Path> libraries = Stream.of(
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                    .split(File.pathSeparator))
                    .map(Path::of)
                    .filter(path ->
                            LIBRARY.matcher(path.getFileName().toString()).matches());
            return Stream.concat(own, libraries.filter(path -> !isShipped(path)))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isShipped(Path jar) {
        return Files.exists(Path.of(System.getProperty("sluice.home"), "target", "dist", "lib")
                .resolve(jar.getFileName()));
    }

    /** How many tests there are. */
    static long size() {
        try {
            long tests = 0;
            for (String name : CLASSES) {
                final Path source = Path.of(
                        System.getProperty("sluice.home"),
                        "host-backend/src/test/java",
                        (PACKAGE + name).replace('.', '/') + ".java");
                tests += Files.readString(source).split("@Test\\s", -1).length - 1;
            }
            return tests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs them on the card in {@code slot}, whose wire leads to {@code machine}'s interface {@code wire}: all succeed. */
    static void run(JudgeMachine machine, String slot, String wire) {
        final StringBuilder command = new StringBuilder("SLUICE_JAVA_OPTS='-Dsluice.card=" + slot)
                .append(" -Dsluice.wire=")
                .append(wire)
                .append("' SLUICE_MAIN=org.junit.platform.console.ConsoleLauncher sluice execute")
                .append(" --disable-banner --disable-ansi-colors --details=tree --details-theme=ascii");
        CLASSES.forEach(
                name -> command.append(" --select-class=").append(PACKAGE).append(name));
        final Commands.Result result = machine.attempt(command.toString(), LIMIT);
        System.out.println(result.output());
        assertThat(result.exitCode()).isZero();
        assertThat(count(result.output(), "successful")).isEqualTo(size());
    }

    private static long count(String output, String outcome) {
        final Matcher matcher = Pattern.compile("(\\d+) tests " + outcome).matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
