// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The peers in C, compiled for this processor as the JIT compiles for it. */
final class CProgram {
    private static final List<String> OPTIONS =
            List.of("-std=c11", "-O3", "-march=native", "-Wall", "-Wextra", "-Werror");

    private CProgram() {}

    /** Compiles the peers of the checkout at {@code home} into {@code folder}; the program. */
    static Path compile(Path home, Path folder) throws IOException, InterruptedException {
        final Path program = folder.resolve("bench_peers");
        final Path sources = home.resolve("tests/src");
        run(
                "gcc",
                "-I" + sources.resolve("test/c"),
                "-o",
                program.toString(),
                sources.resolve("main/c/bench_peers.c").toString());
        return program;
    }

    /** Which compiler, and how it is told to. */
    static String description() throws IOException, InterruptedException {
        return "gcc " + run("gcc", "-dumpfullversion").strip() + " " + String.join(" ", OPTIONS.subList(0, 3));
    }

    private static String run(String compiler, String... arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(compiler);
        command.addAll(OPTIONS);
        command.addAll(List.of(arguments));
        final Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new BenchException("the peers are written in C, and there is no " + compiler
                    + " to compile them: install packages gcc and libc6-dev");
        }
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new BenchException("the peers in C could not be compiled: " + String.join(" ", command) + "\n"
                    + output + "(on missing headers, install package libc6-dev)");
        }
        return output;
    }
}
