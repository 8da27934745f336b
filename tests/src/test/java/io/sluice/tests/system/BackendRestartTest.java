// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A backend that is killed under traffic, at random instants, and started again: its guests go on without noticing, and
 * TCP between two real Linux stacks loses no byte. Some backends are killed while they take over from the one before.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
final class BackendRestartTest {
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final long SEED = Long.getLong("sluice.seed", 41);
    private static final int PORT = 5301;
    private static final Pattern ETHERNET = Pattern.compile("link/ether ([0-9a-f:]+)");
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private final List<AutoCloseable> things = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger transfers = new AtomicInteger();
    private Namespaces net;
    private String chain;
    private SluiceProcess backend;

    @BeforeEach
    void join() {
        Requirements.networkNamespaces();
        net = new Namespaces();
        chain = net.leftTap() + " <=> guest:fw <=> guest:nat <=> " + net.rightTap();
        start().awaitOutput("running; ", Await.START);
        net.addAddresses();
        // A connection begun while no backend runs shall wait, and not fail for want of an answer to who has its
        // address.
        know(net.left(), net.right(), RIGHT4, RIGHT6);
        know(net.right(), net.left(), LEFT4, LEFT6);
    }

    /** Tells {@code namespace} the hardware address of the interface in {@code other}. */
    private static void know(String namespace, String other, String address4, String address6) {
        final Matcher link = ETHERNET.matcher(Commands.run("ip", "-n", other, "-o", "link", "show", other));
        assertThat(link.find()).isTrue();
        for (String address : List.of(address4, address6)) {
            Commands.run(
                    "ip",
                    "-n",
                    namespace,
                    "neigh",
                    "replace",
                    address,
                    "lladdr",
                    link.group(1),
                    "dev",
                    namespace,
                    "nud",
                    "permanent");
        }
    }

    @AfterEach
    void clearUp() {
        enough.set(true);
        things.reversed().forEach(Closing::close);
        Closing.close(net);
        Closing.close(scratch);
    }

    private SluiceProcess start() {
        backend = SluiceProcess.start(scratch, "run", chain);
        things.add(backend);
        return backend;
    }

    private SluiceProcess with(SluiceProcess guest) {
        things.add(guest);
        return guest;
    }

    @Test
    void shouldLetProcessGuestsGoOn() {
        final List<SluiceProcess> guests = List.of(
                with(SluiceProcess.guest(scratch, "fw", "firewall", "--default", "allow")),
                with(SluiceProcess.guest(scratch, "nat", "forward")));
        killUnderTraffic(LONG ? 100 : 5, 8L << 20, guests);
        end(guests);
    }

    @Test
    void shouldLetVirtualMachinesGoOn() {
        Requirements.virtualMachines();
        final List<SluiceProcess> guests = List.of(
                with(SluiceProcess.startMachine(scratch, "fw", "firewall", "--default", "allow")),
                with(SluiceProcess.startMachine(scratch, "nat", "forward")));
        guests.forEach(guest -> guest.awaitAttached(BOOT));
        killUnderTraffic(LONG ? 10 : 1, 1L << 20, guests);
        end(guests);
    }

    private void killUnderTraffic(int kills, long bytes, List<SluiceProcess> guests) {
        System.out.println("seed " + SEED + ", " + kills + " kills");
        final CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> transfer(bytes));
        long outageNanos = 0;
        for (int kill = 0; kill < kills; kill++) {
            awaitTransfers(1, traffic);
            pause(random.nextInt(800));
            final long killed = System.nanoTime();
            backend.kill();
            for (int early = random.nextInt(3); early > 1; early--) {
                // One that has hardly begun, or has just taken over.
                start();
                pause(random.nextInt(1500));
                backend.kill();
            }
            start().awaitOutput("running; ", Await.START);
            outageNanos = Math.max(outageNanos, System.nanoTime() - killed);
            assertThat(backend.output()).contains("goes on where a backend that has died left it");
            for (SluiceProcess guest : guests) {
                assertThat(guest.alive()).as(guest::output).isTrue();
            }
        }
        awaitTransfers(2, traffic);
        enough.set(true);
        traffic.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        System.out.printf(
                "%d transfers of %d MiB, longest outage %.1f s%n", transfers.get(), bytes >> 20, outageNanos / 1e9);
    }

    /** Transfers of equal bytes, alternately in both directions, one after the other. */
    private void transfer(long bytes) {
        for (int i = 0; !enough.get(); i++) {
            final boolean there = i % 2 == 0;
            Peers.transfer(
                    there ? net.left() : net.right(),
                    there ? net.right() : net.left(),
                    there ? RIGHT4 : LEFT6,
                    PORT + i % 1000,
                    bytes,
                    SEED + i,
                    LIMIT.toSeconds());
            transfers.incrementAndGet();
        }
    }

    private void awaitTransfers(int more, CompletableFuture<Void> traffic) {
        final int before = transfers.get();
        Await.until(
                "another transfer",
                LIMIT,
                () -> transfers.get() >= before + more || traffic.isDone(),
                () -> backend.output());
        if (traffic.isDone()) {
            traffic.join();
        }
    }

    /** The instant of the kill is the test's subject: it is drawn, not waited for. */
    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void end(List<SluiceProcess> guests) {
        backend.stop();
        for (SluiceProcess guest : guests) {
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
            assertThat(guest.output()).contains("the backend has ended chain chain1");
        }
        assertThat(net.links()).isEmpty();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(scratch.processes()).isEmpty();
    }
}
