// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.RunningChain;
import io.sluice.host.control.Backend;
import io.sluice.host.endpoint.Intake;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A numbered stream through a guest that is lost again and again: each packet arrives once, in order and unchanged, or is
 * counted as lost with the guest, whatever the guest still writes when it goes on.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class LostGuestStreamTest {
    private static final long SEED = 302;
    private static final int ROUNDS = Boolean.getBoolean("sluice.long") ? 60 : 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SINK = "null:";
    private static final String GUEST = "guest:a";

    private final Scratch scratch = new Scratch();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private Backend backend;
    private ChainStatus status;
    private SluiceProcess guest;

    @BeforeEach
    void sayTheSeed() {
        System.out.println("seed=" + SEED);
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {guest, status, backend, scratch}) {
            Closing.close(thing);
        }
    }

    private void begin(LossPolicy policy) throws IOException {
        final String chain =
                "gen:?size=256&flows=32&rate=100k => guest:a?on-loss=" + policy.word() + " => null:?check=true";
        backend = new Backend(
                BackendConfig.ofCommandLine(
                        List.of(chain),
                        ChainOptions.DEFAULTS
                                .with("slots", "256")
                                .with("suspect", "200ms")
                                .with("lost", "600ms")),
                RuntimeDirectory.at(scratch.runDirectory()));
        status = ChainStatus.open(scratch, "chain1");
    }

    private RunningChain chain() {
        return backend.chains().getFirst();
    }

    private Ring ring() {
        return chain().segments().getFirst().region().directory().ring(0);
    }

    private void attach(String... folder) {
        final String[] arguments = new String[1 + folder.length];
        arguments[0] = scratch.socket("a").toString();
        System.arraycopy(folder, 0, arguments, 1, folder.length);
        guest = SluiceProcess.startProgram(scratch, ScramblingGuest.class, arguments)
                .awaitAttached();
        status.await("a", GuestState.PRESENT, LIMIT);
    }

    /** Lets slots go round, whether they hold packets or not. */
    private void slots(long count) {
        final long goal = ring().positionAcquire(2) + count;
        Await.until(count + " more slots", LIMIT, () -> ring().positionAcquire(2) >= goal);
    }

    private void someSlots() {
        slots(random.nextLong(500, 20_000));
    }

    /** The sink's account, once the chain is empty; it is in order but for what is lost. */
    private Map<String, Long> account() {
        backend.intake(Intake.ENDED);
        Await.until("the last packet", LIMIT, backend::finished);
        assertThat(backend.failure()).isNull();
        assertThat(backend.status()).isNotEmpty();
        final long generated = detail("gen:", "generated");
        final Map<String, Long> sink = details(SINK);
        final long lost = status.drops(GUEST, DropReason.GUEST_LOST);
        System.out.printf("%,d packets, %,d lost with the guest, sink %s%n", generated, lost, sink);
        assertThat(sink).containsEntry("reordered", 0L).containsEntry("duplicate", 0L);
        assertThat(sink).containsEntry("corrupt", 0L).containsEntry("foreign", 0L);
        assertThat(generated - sink.get("in-order")).as("lost and counted").isEqualTo(lost);
        assertThat(sink).as("packets came after the last loss").containsEntry("lost", lost);
        assertThat(status.drops(GUEST)).isEqualTo(lost);
        assertThat(status.drops(SINK)).isZero();
        assertThat(ring().gauges(2).emptySlots()).isGreaterThanOrEqualTo(lost);
        return sink;
    }

    private Map<String, Long> details(String endpoint) {
        return chain().endpointDetails().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(endpoint))
                .findFirst()
                .orElseThrow(() -> new AssertionError(chain().endpointDetails()))
                .getValue();
    }

    private long detail(String endpoint, String name) {
        return details(endpoint).get(name);
    }

    /** Under drop and bypass the host runs the lost guest's stage; under hold nobody does. */
    private void awaitLoss(LossPolicy policy, GuestState state) {
        if (policy == LossPolicy.HOLD) {
            status.await("a", state, LIMIT);
            assertThat(status.life("a").stoodIn()).isFalse();
        } else {
            status.awaitStandIn("a", state, LIMIT);
            someSlots();
        }
    }

    @ParameterizedTest
    @EnumSource(LossPolicy.class)
    void shouldLoseWithAStoppedGuestExactlyWhatIsCounted(LossPolicy policy) throws IOException {
        begin(policy);
        attach();
        for (int round = 0; round < ROUNDS; round++) {
            someSlots();
            guest.suspend();
            awaitLoss(policy, GuestState.LOST);
            guest.resume();
            Await.until(
                    "the guest to be back",
                    LIMIT,
                    () -> status.life("a").state() == GuestState.PRESENT
                            && !status.life("a").stoodIn());
        }
        someSlots();
        final long lost = detail(SINK, "lost");
        switch (policy) {
            case HOLD -> assertThat(lost).isZero();
            case DROP -> assertThat(lost).isGreaterThan(ROUNDS * 400L);
            case BYPASS ->
                assertThat(lost)
                        .as("sixteen slots each time")
                        .isBetween(1L, 16L * status.life("a").grants());
        }
        slots(1_000);
        account();
    }

    @ParameterizedTest
    @EnumSource(LossPolicy.class)
    void shouldLoseWithAKilledGuestExactlyWhatIsCounted(LossPolicy policy) throws IOException {
        begin(policy);
        for (int round = 0; round < 2; round++) {
            // One that leaves packets as they are: what a killed guest has half changed may pass under bypass.
            guest = SluiceProcess.guest(scratch, "a", "forward");
            status.await("a", GuestState.PRESENT, LIMIT);
            someSlots();
            guest.kill();
            awaitLoss(policy, GuestState.ABSENT);
        }
        guest = SluiceProcess.guest(scratch, "a", "forward");
        status.await("a", GuestState.PRESENT, LIMIT);
        slots(2_000);
        account();
    }

    @ParameterizedTest
    @EnumSource(value = LossPolicy.class, mode = EnumSource.Mode.EXCLUDE, names = "HOLD")
    void shouldLetNobodySeeWhatALostGuestStoresLate(LossPolicy policy) throws IOException {
        begin(policy);
        final Path folder = Files.createDirectory(scratch.file("gate"));
        attach(folder.toString());
        Await.until(
                "the guest to stop in mid-packet", LIMIT, () -> Files.exists(folder.resolve(ScramblingGuest.INSIDE)));
        status.awaitStandIn("a", GuestState.LOST, LIMIT);
        assertThat(ring().quarantine().active()).isTrue();
        slots(5_000);
        final int held = held();
        assertThat(held).as("slots that it may still write to").isEqualTo(16);

        Files.createFile(folder.resolve(ScramblingGuest.GO));
        Await.until(
                "the guest to be back",
                LIMIT,
                () -> status.life("a").state() == GuestState.PRESENT
                        && !status.life("a").stoodIn());
        guest.awaitOutput("has its place again", LIMIT);
        assertThat(guest.output())
                .as("what it had not begun was taken out of its claim")
                .contains("late stores: 1\n");
        Await.until(
                "its slots to be used again", LIMIT, () -> !ring().quarantine().active());
        assertThat(held()).isZero();
        slots(2 * 256);
        final long emptyBefore = ring().gauges(2).emptySlots();
        final long dropsBefore = status.drops(GUEST, DropReason.GUEST_LOST);
        slots(5_000);
        if (status.life("a").grants() == 2) {
            assertThat(ring().gauges(2).emptySlots()).as("no slot stays empty").isEqualTo(emptyBefore);
            assertThat(status.drops(GUEST, DropReason.GUEST_LOST)).isEqualTo(dropsBefore);
        }
        account();
    }

    private int held() {
        int held = 0;
        for (int position = 0; position < ring().slots(); position++) {
            held += ring().quarantine().holds(position) ? 1 : 0;
        }
        return held;
    }

    @Test
    void shouldDropAndCountAllThatComesBeforeTheGuestDoes() throws IOException {
        begin(LossPolicy.DROP);
        status.awaitStandIn("a", GuestState.ABSENT, LIMIT);
        slots(5_000);
        assertThat(detail(SINK, "taken")).isZero();
        attach();
        slots(5_000);
        account();
    }
}
