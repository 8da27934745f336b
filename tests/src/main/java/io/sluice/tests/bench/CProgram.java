// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer in C, compiled for this processor as the JIT compiles for it. */
final class CProgram {
    private static final List<String> OPTIONS = List.of("-O3", "-march=native", "-Wall", "-Wextra", "-Werror");

    private CProgram() {}

    /**
     * Compiles a source of the checkout at {@code home} into {@code folder}; the program.
     *
     * @param options of the compiler, before the source and after it: headers and libraries
     */
    static Path compile(Path home, String name, Path folder, List<String> options, List<String> libraries)
            throws IOException, InterruptedException {
        final Path program = folder.resolve(name);
        final Path sources = home.resolve("tests/src");
        final List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(OPTIONS);
        command.addAll(options);
        command.add("-I" + sources.resolve("test/c"));
        command.addAll(List.of(
                "-o",
                program.toString(),
                sources.resolve("main/c/" + name + ".c").toString()));
        command.addAll(libraries);
        final Tool.Result result = Tool.run(command);
        if (result.isMissing()) {
            throw new BenchException(
                    "the peers are written in C, and there is no gcc to compile them: install packages gcc and libc6-dev");
        }
        if (!result.succeeded()) {
            throw new BenchException("a peer in C could not be compiled: " + String.join(" ", command) + "\n"
                    + result.output() + "(on missing headers, install package libc6-dev)");
        }
        return program;
    }

    /** Which compiler, and how it is told to. */
    static String description() throws IOException, InterruptedException {
        final String version =
                Tool.run(List.of("gcc", "-dumpfullversion")).output().strip();
        return "gcc " + version + " " + String.join(" ", OPTIONS.subList(0, 2));
    }
}
