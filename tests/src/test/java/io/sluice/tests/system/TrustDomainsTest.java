// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.port.GuestPort;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.RunningChain;
import io.sluice.host.control.Backend;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.DropReason;
import io.sluice.tests.Precondition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Guests who do not trust each other: a chain across two domains, and what is left when a guest of one goes wrong. Where
 * every packet counts, the later guests come first: what one domain does not take soon enough is dropped.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class TrustDomainsTest {
    private static final long SEED = 31;
    private static final int PORT = 5203;
    private static final long BYTES = 128L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long FAR_AHEAD = Long.MAX_VALUE / 2;

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private String status(String... arguments) {
        final String[] command = new String[arguments.length + 1];
        command[0] = "status";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try (SluiceProcess status = SluiceProcess.start(scratch, command)) {
            assertThat(status.awaitExit(LIMIT)).isZero();
            return status.output();
        }
    }

    @Test
    void shouldCarryTcpAcrossDomainsAndKeepTheNeighbourOfABrokenOneAlive() {
        Requirements.networkNamespaces();
        try (Namespaces net = new Namespaces();
                SluiceProcess backend = SluiceProcess.backend(
                        scratch,
                        net.leftTap() + " <=> guest:x?domain=red <=> guest:y?domain=blue <=> " + net.rightTap());
                SluiceProcess x = SluiceProcess.startGuest(scratch, "x", "forward");
                SluiceProcess y = SluiceProcess.startGuest(scratch, "y", "forward");
                ChainStatus red = ChainStatus.open(scratch, "chain1.1");
                ChainStatus blue = ChainStatus.open(scratch, "chain1.2")) {
            net.addAddresses();
            x.awaitAttached();
            y.awaitAttached();
            Namespaces.ping(net.left(), RIGHT4, 3);
            Namespaces.ping(net.left(), RIGHT6, 3);
            Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, 60);
            Peers.transfer(net.right(), net.left(), LEFT4, PORT, BYTES, SEED, 60);
            Await.until("both sides to agree", LIMIT, () -> red.packets("copy") == blue.packets("copy"));
            assertThat(red.packets("copy")).isPositive();
            assertThat(red.drops("copy") + blue.drops("copy")).isZero();
            assertThat(status())
                    .contains("chain chain1.1 (segment 1 of 2 of chain chain1, domain red)\n  guests: x attached")
                    .contains("chain chain1.2 (segment 2 of 2 of chain chain1, domain blue)\n  guests: y attached")
                    .containsPattern("copy +[1-9]");

            breakGuest(backend, "chain1.1", "guest:x");
            Await.until("the end of x", LIMIT, () -> !x.alive());
            final long sent = blue.packets("guest:y");
            Commands.attempt("ip", "netns", "exec", net.right(), "ping", "-c", "2", "-W", "1", LEFT4);
            Await.until("y to see them", LIMIT, () -> blue.packets("guest:y") > sent);
            Await.until("nobody to take them", LIMIT, () -> blue.drops("copy", DropReason.OUTPUT_ERROR) > 0);

            assertThat(y.alive()).isTrue();
            assertThat(backend.alive()).isTrue();
            assertThat(status("--json"))
                    .containsPattern("\"name\" : \"chain1.1\",\\s+\"segment\" : \\{\\s+\"chain\" : \"chain1\"")
                    .containsPattern("\"domain\" : \"red\"\\s+},\\s+\"state\" : \"retired\"")
                    .containsPattern("\"domain\" : \"blue\"\\s+},\\s+\"state\" : \"live\"");
            assertThat(status()).contains("domain red): retired, a guest broke the ring's rules: position-beyond");
            backend.stop();
            assertThat(scratch.leftovers()).isEmpty();
            assertThat(net.links()).isEmpty();
        }
    }

    @Test
    void shouldNotFreezeTheGuestBeforeABrokenDomain() {
        Precondition.requireRoot(); // to write another process's memory
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch, "gen:?rate=20k => guest:x?domain=red => guest:y?domain=blue => null:?check=true");
                SluiceProcess y = SluiceProcess.guest(scratch, "y", "forward");
                SluiceProcess x = SluiceProcess.guest(scratch, "x", "forward");
                ChainStatus red = ChainStatus.open(scratch, "chain1.1");
                ChainStatus blue = ChainStatus.open(scratch, "chain1.2")) {
            Await.until("packets", LIMIT, () -> blue.packets("null:") > 10_000);
            breakGuest(backend, "chain1.2", "guest:y");
            final long before = red.packets("guest:x");
            final long carried = red.packets("copy");
            Await.until("x to carry on", LIMIT, () -> red.packets("guest:x") > before + 20_000);
            assertThat(red.drops("copy", DropReason.OUTPUT_ERROR)).isGreaterThan(10_000);
            assertThat(red.packets("copy")).isEqualTo(carried);
            assertThat(x.alive()).isTrue();
            Await.until("the end of y", LIMIT, () -> !y.alive());
            backend.stop();
            assertThat(backend.output()).contains("lost=0, reordered=0, duplicate=0, corrupt=0, foreign=0");
        }
    }

    @Test
    void shouldEndWhenNothingCanEnterTheRestOfAChain() {
        Precondition.requireRoot();
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch, "gen:?rate=20k => guest:x?domain=red => guest:y?domain=blue => null:");
                SluiceProcess y = SluiceProcess.guest(scratch, "y", "forward");
                SluiceProcess x = SluiceProcess.guest(scratch, "x", "forward");
                ChainStatus blue = ChainStatus.open(scratch, "chain1.2")) {
            Await.until("packets", LIMIT, () -> blue.packets("null:") > 1_000);
            breakGuest(backend, "chain1.1", "guest:x");
            assertThat(backend.awaitExit(LIMIT)).isNotZero();
            assertThat(backend.output()).contains("position-beyond");
            Await.until("the end of both", LIMIT, () -> !x.alive() && !y.alive());
        }
    }

    @Test
    void shouldFinishWhenTheLastPacketHasCrossedAllDomains() {
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch,
                        "gen:?count=30000&flows=100 => guest:x?domain=red => vnf:forward => guest:y => guest:z?domain=red"
                                + " => null:?check=true");
                SluiceProcess z = SluiceProcess.guest(scratch, "z", "forward");
                SluiceProcess y = SluiceProcess.guest(scratch, "y", "forward");
                SluiceProcess x = SluiceProcess.startGuest(scratch, "x", "forward")) {
            assertThat(backend.awaitExit(LIMIT)).isZero();
            assertThat(backend.output())
                    .contains("in-order=30000")
                    .contains("lost=0, reordered=0, duplicate=0, corrupt=0, foreign=0");
            Await.until("the end of all", LIMIT, () -> !x.alive() && !y.alive() && !z.alive());
        }
    }

    @Test
    void shouldBypassGuestsThatAreNotThereInEachDomain() {
        try (SluiceProcess backend = SluiceProcess.start(
                scratch,
                "run",
                "gen:?count=30000 => guest:x?domain=red&on-loss=bypass => guest:y?domain=blue&on-loss=bypass"
                        + " => null:?check=true")) {
            assertThat(backend.awaitExit(LIMIT)).as(backend::output).isZero();
            assertThat(backend.output()).contains("in-order=30000");
        }
    }

    @Test
    void shouldCarryAnAnswerThroughTheNextDomainBackToWhereThePacketCameFrom() throws IOException {
        final int packets = 10_000;
        final AtomicInteger seenByX = new AtomicInteger();
        final AtomicInteger seenByY = new AtomicInteger();
        final AtomicReference<Throwable> error = new AtomicReference<>();
        try (Backend backend = new Backend(
                        BackendConfig.ofCommandLine(
                                List.of("gen:?count=" + packets
                                        + " <=> guest:x?domain=red <=> guest:y?domain=blue <=> null:"),
                                ChainOptions.DEFAULTS),
                        RuntimeDirectory.at(scratch.runDirectory()));
                GuestPort y = GuestPort.open("ptnet:" + scratch.socket("y"));
                AgentRunner atY = y.start(
                        (packet, way) -> seenByY.incrementAndGet(),
                        WaitMode.ADAPTIVE,
                        AgentRunner.ANY_PROCESSOR,
                        error::set);
                GuestPort x = GuestPort.open("ptnet:" + scratch.socket("x"));
                AgentRunner atX = x.start(
                        (packet, way) -> {
                            if (seenByX.incrementAndGet() % 2 == 0) {
                                packet.answer();
                            }
                        },
                        WaitMode.ADAPTIVE,
                        AgentRunner.ANY_PROCESSOR,
                        error::set)) {
            assertThat(atX.alive() && atY.alive()).isTrue();
            final RunningChain chain = backend.chains().getFirst();
            Await.until(
                    "every packet at one end or the other",
                    LIMIT,
                    () -> taken(chain, "gen:") + taken(chain, "null:") == packets,
                    () -> chain.endpointDetails().toString());
            assertThat(taken(chain, "gen:")).isEqualTo(packets / 2);
            assertThat(seenByX).hasValue(packets);
            assertThat(seenByY).as("answers pass it untouched").hasValue(packets / 2);
            assertThat(chain.failure()).isNull();
        }
        assertThat(error).hasNullValue();
    }

    private static long taken(RunningChain chain, String endpoint) {
        return chain.endpointDetails().get(endpoint).getOrDefault("taken", 0L);
    }

    /** What a guest can do: say that it has finished slots that there are not. */
    private static void breakGuest(SluiceProcess backend, String region, String guest) {
        try (RegionMemory memory = RegionMemory.open(backend.processId(), region)) {
            Await.until("the end of " + region, LIMIT, () -> {
                // Again and again: the guest itself goes on writing its own position.
                memory.forgePosition(0, guest, FAR_AHEAD);
                return memory.retired();
            });
        }
    }
}
