// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.guest.port.GuestPort;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.WaitMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** The options that every guest command has: where to attach, and how to wait; and what such a command does with them. */
final class PortOptions {
    /** There is no backend, or it went away without a word. */
    private static final int BACKEND_LOST = 3;

    private static final long POLL_MILLIS = 100;
    private static final long SILENT_NANOS = 3_000_000_000L;

    /** Starts a guest's thread. */
    interface Starter {
        AgentRunner start(GuestPort port, Consumer<Throwable> onError);
    }

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "auto",
            description = "auto: this virtual machine's ring device (default). pci:ADDRESS: that one."
                    + " ptnet:SOCKET: the backend's socket, from a process or container.")
    String port = "auto";

    @Option(
            names = "--wait",
            paramLabel = "MODE",
            defaultValue = "adaptive",
            description = "How to wait for packets: spin, adaptive (default) or block.")
    String wait = "adaptive";

    @Option(names = "--cpu", paramLabel = "N", description = "Run on this processor only.")
    int processor = AgentRunner.ANY_PROCESSOR;

    WaitMode waitMode() {
        return WaitMode.parse(wait);
    }

    /** Attaches and works until the backend ends or this process is told to end; the result is the exit code. */
    int run(CommandLine command, Starter starter) throws InterruptedException {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (GuestPort opened = open(command.getOut());
                AgentRunner runner = starter.start(opened, failure::set);
                ShutdownHook hook = new ShutdownHook(runner::close)) {
            boolean silent = false;
            while (opened.live() && runner.alive()) {
                runner.join(POLL_MILLIS);
                silent = tellSilence(opened, command.getErr(), silent);
            }
            if (failure.get() != null) {
                if (failure.get() instanceof IllegalArgumentException wrong) {
                    // Something that the user asked for, such as a processor that there is not.
                    command.getErr().println(wrong.getMessage());
                    return ExitCode.USAGE;
                }
                failure.get().printStackTrace(command.getErr());
                return ExitCode.SOFTWARE;
            }
            return farewell(opened, command, hook.begun());
        } catch (IOException | IllegalStateException e) {
            command.getErr().println(e.getMessage());
            return BACKEND_LOST;
        }
    }

    /** Says when the backend falls silent and when it is back: it may have been killed, and be started again. */
    private static boolean tellSilence(GuestPort port, PrintWriter err, boolean told) {
        final boolean silent = port.backendSilentNanos() > SILENT_NANOS;
        if (silent != told) {
            err.println(
                    silent
                            ? "the backend of chain " + port.chain()
                                    + " shows no sign of life; waiting for it, or for one" + " that takes over"
                            : "the backend of chain " + port.chain() + " is back");
        }
        return silent;
    }

    /** Attaches, and says so. */
    private GuestPort open(PrintWriter out) throws IOException {
        final GuestPort opened = GuestPort.open(port);
        out.println("guest " + opened.name() + " attached to chain " + opened.chain()
                + (opened.note().isEmpty() ? "" : " (" + opened.note() + ")"));
        out.flush();
        return opened;
    }

    private static int farewell(GuestPort ended, CommandLine command, boolean stopped) {
        if (ended.retired()) {
            command.getOut().println("the backend has ended chain " + ended.chain());
            return ExitCode.OK;
        }
        if (!ended.live()) {
            command.getErr()
                    .println(
                            "lost the backend of chain " + ended.chain() + ": it ended without a word, or turned guest "
                                    + ended.name() + " away; start it, and this guest again");
            return BACKEND_LOST;
        }
        if (!stopped) {
            // In a virtual machine nothing else tells that the backend has let another in.
            command.getErr()
                    .println("the place of guest " + ended.name() + " in chain " + ended.chain()
                            + " has gone to another that attached later; one at a time");
            return BACKEND_LOST;
        }
        return ExitCode.OK;
    }
}
