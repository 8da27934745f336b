// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.Precondition;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the memory tests of this package by jcstress: millions of rounds in which two stages meet, with what they may
 * then have seen. The long version also compiles each of the two differently, in every combination.
 */
class MemoryOrderTest {
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final int STRIDES = 8;
    private static final int LIMIT_MINUTES = LONG ? 60 : 5;

    @TempDir
    private Path folder;

    @Test
    void shouldNeverSeeWhatTheOrderOfMemoryForbids() throws IOException, InterruptedException {
        Precondition.require(Runtime.getRuntime().availableProcessors() > 1, "two processors");
        final List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-m", LONG ? "default" : "quick", "-sc", Boolean.toString(LONG)));
        command.addAll(List.of("-f", "1", "-fsm", "1", "-iters", LONG ? "10" : "3", "-time", "1000"));
        command.addAll(List.of("-t", getClass().getPackageName().replace(".", "\\."), "-r", folder.toString()));
        command.addAll(List.of(
                "-strideSize", Integer.toString(SmallRegion.ROUNDS_AT_ONCE / STRIDES),
                "-strideCount", Integer.toString(STRIDES)));
        command.addAll(List.of(
                "-jvmArgs",
                "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=deny -XX:+UseSerialGC"));
        final Path output = folder.resolve("output");
        final Process harness = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            final boolean ended = harness.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            final String said = Files.readString(output);
            assertThat(ended).as(said).isTrue();
            assertThat(harness.exitValue()).as(said).isZero();
            // One that was not run is none that has passed.
            assertThat(said).contains("All remaining tests: 7 matching");
        } finally {
            harness.descendants().forEach(ProcessHandle::destroyForcibly);
            harness.destroyForcibly();
        }
    }
}
