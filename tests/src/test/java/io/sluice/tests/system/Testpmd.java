// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * DPDK's testpmd in a machine, with the machine's first two cards as its ports: what comes in at one goes out at the other,
 * unchanged. It is steered by words that it reads from a pipe.
 */
final class Testpmd {
    private static final String NAME = "testpmd";
    private static final String PROMPT = "testpmd> ";
    private static final Pattern COMPLAINT =
            Pattern.compile("\\b(error|fail|failed|cannot|panic|invalid)\\b", Pattern.CASE_INSENSITIVE);
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * What a port has counted.
     *
     * @param receivedBytes without check sequence, as {@code transmittedBytes}
     * @param missed packets that found no room
     * @param errors of either direction
     */
    record Counters(
            long receivedPackets,
            long receivedBytes,
            long transmittedPackets,
            long transmittedBytes,
            long missed,
            long errors) {
        Counters since(Counters before) {
            return new Counters(
                    receivedPackets - before.receivedPackets,
                    receivedBytes - before.receivedBytes,
                    transmittedPackets - before.transmittedPackets,
                    transmittedBytes - before.transmittedBytes,
                    missed - before.missed,
                    errors - before.errors);
        }
    }

    private final JudgeMachine machine;

    private Testpmd(JudgeMachine machine) {
        this.machine = machine;
    }

    /**
     * Gives the cards to {@code driver}, and starts testpmd and its forwarding.
     *
     * @param addresses {@code pa} or {@code va}: what testpmd takes for a bus address
     */
    static Testpmd start(JudgeMachine machine, MachineOptions options, String driver, String addresses) {
        final StringBuilder ports = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            machine.bind(options.slot(i), driver);
            ports.append(" -a ").append(options.slot(i));
        }
        // The shell keeps the pipe open, or testpmd would take the first word's end for the user's.
        machine.run("mkfifo /tmp/words && exec 7<>/tmp/words", LIMIT);
        machine.background(
                NAME,
                "dpdk-testpmd -l 0,1 --no-telemetry --iova-mode=" + addresses + ports
                        + " -- -i --forward-mode=io --total-num-mbufs=8192 </tmp/words");
        final Testpmd testpmd = new Testpmd(machine);
        machine.awaitOutput(NAME, PROMPT, START);
        testpmd.say("start");
        return testpmd;
    }

    /** Says {@code words} and answers what comes before the next prompt. */
    String say(String words) {
        final int from = machine.output(NAME).length();
        machine.run("echo '" + words + "' >/tmp/words", LIMIT);
        Await.until(
                "testpmd's answer to " + words,
                LIMIT,
                () -> machine.output(NAME).substring(from).contains(PROMPT),
                this::output);
        final String output = machine.output(NAME);
        return output.substring(from, output.length() - PROMPT.length());
    }

    /** What port {@code port} has counted, 0 or 1. */
    Counters counters(int port) {
        final String text = say("show port stats " + port);
        return new Counters(
                number(text, "RX-packets"),
                number(text, "RX-bytes"),
                number(text, "TX-packets"),
                number(text, "TX-bytes"),
                number(text, "RX-missed"),
                number(text, "RX-errors") + number(text, "TX-errors") + number(text, "RX-nombuf"));
    }

    private static long number(String text, String name) {
        final Matcher matcher = Pattern.compile(name + ": +(\\d+)").matcher(text);
        assertThat(matcher.find()).as("%s in %s", name, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Ends it in order. */
    void quit() {
        machine.run("echo quit >/tmp/words", LIMIT);
        machine.awaitOutput(NAME, "Bye...", LIMIT);
        assertThat(complaints()).as(output()).isEmpty();
    }

    /** Lines of what it has said that tell of a failure. */
    String complaints() {
        return output().lines()
                .filter(line -> COMPLAINT.matcher(line).find())
                .filter(line -> !line.contains("-errors:") && !line.startsWith("Device error handling mode:"))
                .collect(Collectors.joining("\n"));
    }

    String output() {
        return machine.output(NAME);
    }
}
