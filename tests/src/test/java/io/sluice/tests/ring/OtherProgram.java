// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process of a test; what it prints goes to a file, and it ends with the test at the latest. */
final class OtherProgram implements AutoCloseable {
    private final Process process;
    private final Path output;

    private OtherProgram(Path folder, List<String> command) throws IOException {
        output = Files.createTempFile(folder, "output", ".txt");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
    }

    static OtherProgram start(Path folder, String... command) throws IOException {
        return new OtherProgram(folder, List.of(command));
    }

    /** Starts {@code main} in a JVM like this one: the same java, class path and flags. */
    static OtherProgram startJava(Path folder, Class<?> main, String... arguments) throws IOException {
        return startJava(folder, List.of(), main, arguments);
    }

    /** As above, with further {@code options} of the JVM. */
    static OtherProgram startJava(Path folder, List<String> options, Class<?> main, String... arguments)
            throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new OtherProgram(folder, command);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits for its end and answers its exit code. */
    int end(Duration limit) throws IOException, InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("did not end in " + limit.toSeconds() + " s; it said:\n" + output());
        }
        return process.exitValue();
    }

    /** What it has printed so far. */
    String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
