// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chains over cards that interrupt: they sleep while there is nothing to do, and are there when there is. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class CardIdleTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration OBSERVED = Duration.ofSeconds(3);
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(60);
    /** Ten of them are there to notice that a peer has died; some more are the system's own packets. */
    private static final double WAKEUPS_A_SECOND = 25;

    private static final double LIMIT_OF_A_CORE = 0.03;
    private static final int PINGS = 20;

    /** A round trip with four wake-ups; no sleep exceeds 100 ms, also where nobody wakes. */
    private static final double FAST_MILLIS = 5;

    @ParameterizedTest
    @ValueSource(strings = {"adaptive", "block"})
    void shouldSleepOverACardBehindASocket(String wait) {
        Requirements.networkNamespaces();
        try (Scratch scratch = new Scratch();
                Namespaces net = new Namespaces();
                SluiceProcess card = served(scratch, net);
                SluiceProcess backend = SluiceProcess.backend(
                        scratch,
                        "--keep",
                        "none",
                        "--wait",
                        wait,
                        "ixgbe:" + scratch.file("card.sock") + " <=> vnf:forward <=> " + net.rightTap())) {
            net.addAddresses();
            Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
            awaitRest(backend, "behind a socket, " + wait, LIMIT_OF_A_CORE, "chain1");
            shouldAnswerAfterRests(net, "behind a socket, " + wait);
            assertThat(card.alive()).isTrue();
        }
    }

    /** A card in this process that has a thread of its own, because the chain has two. */
    @Test
    void shouldSleepOverACardInAThreadOfItsOwn() {
        Requirements.networkNamespaces();
        try (Scratch scratch = new Scratch();
                Namespaces net = new Namespaces();
                SluiceProcess backend = SluiceProcess.backend(
                        scratch,
                        "--keep",
                        "none",
                        "--cpus",
                        "0,1",
                        net.leftCard("model0") + " <=> " + net.rightTap())) {
            net.addAddresses();
            Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
            // The card's own thread looks at memory that nobody tells it of: only the others rest.
            awaitRest(backend, "in this process", 1, "chain1/0", "chain1/1");
            shouldAnswerAfterRests(net, "in this process");
        }
    }

    private static SluiceProcess served(Scratch scratch, Namespaces net) {
        return SluiceProcess.card(scratch, "model0", scratch.file("card.sock"), "--wire", net.leftTap());
    }

    /** Sooner or later: what a new process compiles, and the first packets of new interfaces, are to be behind it. */
    private static void awaitRest(SluiceProcess backend, String what, double limitOfACore, String... threads) {
        final String[] seen = {""};
        Await.until(
                "rest, " + what,
                QUIET_LIMIT,
                () -> {
                    final Wakeups before = Wakeups.of(backend.processId());
                    final ProcessorTime timeBefore = ProcessorTime.of(backend.processId());
                    final double seconds = observe();
                    final Wakeups wakeups = Wakeups.of(backend.processId()).since(before);
                    final ProcessorTime time =
                            ProcessorTime.of(backend.processId()).since(timeBefore);
                    seen[0] = "%.2f %% of a core (%s), wake-ups in %.1f s: %s"
                            .formatted(time.nanos() / seconds / 1e7, time.busiest(4), seconds, wakeups.countByThread());
                    return time.nanos() / seconds / 1e9 < limitOfACore
                            && Stream.of(threads).allMatch(thread -> wakeups.of(thread) / seconds < WAKEUPS_A_SECOND);
                },
                () -> seen[0]);
        System.out.printf("idle, %s: %s%n", what, seen[0]);
    }

    /** Lets the time of observation pass; how many seconds it were. */
    private static double observe() {
        final long start = System.nanoTime();
        Await.until(
                "the time of observation",
                OBSERVED.multipliedBy(10),
                () -> System.nanoTime() - start >= OBSERVED.toNanos());
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * Each echo finds both directions asleep. On a busy machine some take long all the same, so a quarter of them has to
     * be fast, sooner or later: of echoes that wait for the end of bounded sleeps hardly any is.
     */
    private static void shouldAnswerAfterRests(Namespaces net, String what) {
        final List<List<Double>> seen = new ArrayList<>();
        Await.until(
                "fast answers, " + what,
                LIMIT,
                () -> {
                    seen.add(echoMillis(net));
                    return seen.getLast().get(PINGS / 4) < FAST_MILLIS;
                },
                seen::toString);
        final List<Double> millis = seen.getLast();
        System.out.printf(
                "echo after a rest, %s: %.2f ms at best, %.2f ms median, %.2f ms at worst%n",
                what, millis.getFirst(), millis.get(PINGS / 2), millis.getLast());
    }

    private static List<Double> echoMillis(Namespaces net) {
        final String output = Commands.run(
                "ip", "netns", "exec", net.left(), "ping", "-n", "-c", Integer.toString(PINGS), "-i", "0.2", RIGHT4);
        final List<Double> millis = output.lines()
                .filter(line -> line.contains(" time="))
                .map(line -> line.replaceAll(".* time=([0-9.]+) ms.*", "$1"))
                .map(Double::valueOf)
                .sorted()
                .toList();
        assertThat(millis).as("%s", output).hasSize(PINGS);
        return millis;
    }
}
