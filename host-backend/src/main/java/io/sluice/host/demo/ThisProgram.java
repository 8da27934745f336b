// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start the {@code sluice} command once more: the same Java, options and class path that this process has. */
final class ThisProgram {
    private static final String MAIN_CLASS = "io.sluice.host.cli.Main";

    private ThisProgram() {}

    /** The command line of {@code sluice} with {@code arguments}. */
    static List<String> command(List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>(javaCommand(ownCommandLine()));
        command.add(MAIN_CLASS);
        command.addAll(arguments);
        return command;
    }

    /** What stands before the main class in {@code commandLine}, or the least that does where it is not this program's. */
    static List<String> javaCommand(List<String> commandLine) {
        final String java =
                Path.of(System.getProperty("java.home"), "bin", "java").toString();
        final List<String> command = new ArrayList<>(List.of(java));
        final int main = commandLine.indexOf(MAIN_CLASS);
        if (main > 0) {
            command.addAll(commandLine.subList(1, main));
        } else {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
        }
        return command;
    }

    /** This process's arguments as they were given, proc_pid_cmdline(5). */
    private static List<String> ownCommandLine() throws IOException {
        final String raw = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
        return List.of(raw.split("\0"));
    }
}
