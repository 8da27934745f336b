// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * One host of a network that is a judge's machine, or a namespace in one: commands run there.
 *
 * @param enter what a command is put behind to run in the namespace; nothing for the machine's own
 */
record JudgeHost(JudgeMachine machine, String enter) {
    private static final int PORT = 5201;

    /** The machine itself. */
    static JudgeHost of(JudgeMachine machine) {
        return new JudgeHost(machine, "");
    }

    /** A namespace of its own in {@code machine}, which has interface {@code name} from now on. */
    static JudgeHost namespaceWith(JudgeMachine machine, String name) {
        final String process = machine.run("unshare -n sleep 1000000 </dev/null >/dev/null 2>&1 & echo $!", LIMIT)
                .strip();
        Await.until(
                "a namespace in a machine",
                LIMIT,
                () -> !machine.run("readlink /proc/" + process + "/ns/net", LIMIT)
                        .equals(machine.run("readlink /proc/self/ns/net", LIMIT)));
        machine.run("ip link set " + name + " netns " + process, LIMIT);
        final JudgeHost host = new JudgeHost(machine, "nsenter -t " + process + " -n ");
        host.run("ip link set lo up");
        return host;
    }

    /** Runs {@code command}, which has no single quotes, and answers what it prints; fails where it does. */
    String run(String command) {
        return machine.run(enter + "sh -c '" + command + "'", LIMIT);
    }

    /** Runs {@code command}, whatever it answers. */
    Commands.Result attempt(String command) {
        return machine.attempt(enter + "sh -c '" + command + "'", LIMIT);
    }

    void awaitCarrier(String name) {
        // Files of /sys are those of the first namespace.
        Await.until(
                "the link of " + name, LIMIT, () -> run("ip link show " + name).contains("LOWER_UP"), machine::log);
    }

    /** Waits for the first answer from {@code address}, and pings it. */
    void ping(String address) {
        Await.until(
                "an answer from " + address,
                LIMIT,
                () -> attempt("ping -c 1 -W 5 " + address).exitCode() == 0);
        run("ping -c 3 -W 10 " + address);
    }

    /** Sends {@code mebibytes} of noise by TCP to {@code to}; what arrives there is what was sent. Answers MB/s. */
    double transfer(JudgeHost to, String address, int mebibytes) {
        run("dd if=/dev/urandom of=/tmp/sent bs=1M count=" + mebibytes + " 2>/dev/null");
        // Each end leaves when the other one ends its stream: the listener has none that could end.
        to.run("[ -p /tmp/open ] || mkfifo /tmp/open; nc -l -p " + PORT
                + " 0<>/tmp/open >/tmp/arrived 2>/dev/null & echo $! >/tmp/listener");
        Await.until(
                "somebody who listens",
                LIMIT,
                () -> to.run("cat /proc/net/tcp /proc/net/tcp6").contains(":%04X ".formatted(PORT)));
        final long start = System.nanoTime();
        run("nc " + address + " " + PORT + " </tmp/sent");
        Await.until(
                "the end of a transfer",
                LIMIT,
                () -> to.run("kill -0 $(cat /tmp/listener) 2>/dev/null || echo ended")
                        .contains("ended"));
        final double rate = (mebibytes << 20) / 1e-3 / (System.nanoTime() - start);
        assertThat(to.run("sha256sum </tmp/arrived")).isEqualTo(run("sha256sum </tmp/sent"));
        return rate;
    }

    /** The statistic {@code name} of the driver of interface {@code device}. */
    long statistic(String device, String name) {
        return run("ethtool -S " + device)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the driver has no statistic " + name));
    }
}
