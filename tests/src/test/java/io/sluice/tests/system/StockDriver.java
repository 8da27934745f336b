// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Linux's own driver in a machine, its interface eth0, and the host's namespace at the other end of the card's wire. */
record StockDriver(JudgeMachine machine, String host) {
    static final Duration LIMIT = Duration.ofSeconds(60);
    /** The machine's address, in the host's network. */
    static final String ADDRESS4 = "10.77.0.20";

    static final String ADDRESS6 = "fd77::20";

    private static final int PORT = 5201;

    /** Loads the driver; the seconds until it has probed the card, by the machine's clock. */
    double load() {
        final String[] times = machine.run(
                        "read a rest </proc/uptime; modprobe ixgbe && read b rest </proc/uptime && echo $a $b", LIMIT)
                .strip()
                .split(" ");
        final double seconds = Double.parseDouble(times[1]) - Double.parseDouble(times[0]);
        assertThat(machine.run("ls /sys/class/net", LIMIT)).as(machine::log).contains("eth0");
        return seconds;
    }

    void unload() {
        machine.run("rmmod ixgbe", LIMIT);
        assertThat(machine.run("ls /sys/class/net", LIMIT)).doesNotContain("eth0");
    }

    /** Resets the card's function as a process may that hands it on (PCI Express 6.6.2); nothing drives it meanwhile. */
    void resetFunction() {
        final String methods = machine.run(
                "for file in $(grep -l 0x020000 /sys/bus/pci/devices/*/class); do"
                        + " cat ${file%class}reset_method && echo 1 >${file%class}reset || exit; done",
                LIMIT);
        assertThat(methods).contains("flr");
    }

    /** Gives the interface its addresses and takes it up; answers how long the link took, in seconds. */
    double up() {
        machine.run("ip addr add " + ADDRESS4 + "/24 dev eth0; ip -6 addr add " + ADDRESS6 + "/64 dev eth0", LIMIT);
        final long start = System.nanoTime();
        machine.run("ip link set eth0 up", LIMIT);
        awaitCarrier(true);
        return (System.nanoTime() - start) / 1e9;
    }

    void awaitCarrier(boolean up) {
        // The file cannot be read while the interface is down.
        Await.until(
                "the link of eth0 " + (up ? "up" : "down"),
                LIMIT,
                () -> machine.attempt("cat /sys/class/net/eth0/carrier", LIMIT)
                        .output()
                        .strip()
                        .equals(up ? "1" : "0"),
                machine::log);
    }

    /** Pings both ways. */
    void ping() {
        Namespaces.awaitAnswer(host, ADDRESS4, LIMIT);
        Namespaces.ping(host, ADDRESS4, 3);
        machine.run("ping -c 3 -W 10 " + LEFT4, LIMIT);
    }

    /** Sends bytes by TCP to the machine, which sends them back; what arrived in either place is what was sent. */
    void transfer(String what, long bytes, long seed) {
        try (ServerSocketChannel listener = Peers.listen(host, LEFT4, PORT)) {
            long start = System.nanoTime();
            final CompletableFuture<String> sent = Background.start("peer", () -> {
                try (SocketChannel channel = listener.accept()) {
                    return Peers.send(channel, bytes, seed);
                }
            });
            machine.run("nc " + LEFT4 + " " + PORT + " </dev/null >/tmp/data", LIMIT);
            final double in = bytes / 1e-3 / (System.nanoTime() - start);
            final String digest = Background.await(sent, LIMIT, "sending to the machine");
            assertThat(machine.run("wc -c </tmp/data; sha256sum </tmp/data", LIMIT))
                    .startsWith(bytes + "\n" + digest);

            start = System.nanoTime();
            final CompletableFuture<String> arrived = Background.start("peer", () -> {
                try (SocketChannel channel = listener.accept()) {
                    return Peers.receive(channel);
                }
            });
            machine.run("nc " + LEFT4 + " " + PORT + " </tmp/data", LIMIT);
            final double out = bytes / 1e-3 / (System.nanoTime() - start);
            assertThat(Background.await(arrived, LIMIT, "receiving from the machine"))
                    .isEqualTo(bytes + " " + digest);
            System.out.printf("%s: %.1f MB/s to the machine, %.1f MB/s from it%n", what, in, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The driver's statistic {@code name}. */
    long statistic(String name) {
        return machine.run("ethtool -S eth0", LIMIT)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the driver has no statistic " + name));
    }

    /** The driver's statistics whose names match, those alone that are not 0. */
    String statistics(String pattern) {
        return machine.attempt("ethtool -S eth0 | grep -E '" + pattern + "' | grep -v ': 0$'", LIMIT)
                .output();
    }
}
