// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.guest.port.GuestPort;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.WaitMode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process in which a {@link GuestProgram} is one guest after the other; ended when it is closed. */
final class OtherGuests implements AutoCloseable {
    private final Scratch scratch;
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private OtherGuests(Scratch scratch, Process process) {
        this.scratch = scratch;
        this.process = process;
        this.commands = process.outputWriter();
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    static OtherGuests start(Scratch scratch) throws IOException {
        final List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                GuestProgram.class.getName());
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(scratch.newLog("guests").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return new OtherGuests(scratch, builder.start());
    }

    /** What the process answers to {@code command} about the guest called {@code guest}. */
    String ask(String command, String guest) throws IOException {
        commands.write(command + " " + scratch.socket(guest) + "\n");
        commands.flush();
        final String answer = answers.readLine();
        return answer == null ? "the process has ended" : answer;
    }

    /** Something to do with a file or a socket. */
    interface Action {
        void run() throws IOException;
    }

    /** Does {@code action} while the guest called {@code guest} passes packets on, in this process. */
    void besides(String guest, Action action) throws IOException {
        try (GuestPort port = GuestPort.open("ptnet:" + scratch.socket(guest));
                AgentRunner _ =
                        port.start((packet, direction) -> {}, WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, e -> {
                            throw new UncheckedIOException(new IOException(e));
                        })) {
            action.run();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
