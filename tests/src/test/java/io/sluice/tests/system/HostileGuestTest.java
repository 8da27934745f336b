// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.RunningChain;
import io.sluice.host.control.Backend;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Guests that lie, in a process of their own, each in one of many chains of one backend: the region of the liar ends
 * within a second and says why, all others carry on, and an honest guest in the same place is never accused.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class HostileGuestTest {
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final int COMBINATIONS = LONG ? 2_000 : 20;
    private static final long SEED = Long.getLong("sluice.seed", 3);
    /** Chains of one backend that are lied to; one more is not. */
    private static final int CHAINS = 50;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int RATE = 2_000;
    private static final String HONEST = "honest";

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    /** Lies to tell in one attachment, by their numbers, and what the region may be retired for. */
    private record Trial(List<Integer> kinds, LieShape shape, Set<Violation> expected) {
        @Override
        public String toString() {
            return kinds.stream().map(kind -> Lies.all().get(kind).toString()).collect(Collectors.joining(", then "));
        }
    }

    @Test
    void shouldRetireTheRegionOfEachLiarAndNoOther() throws Exception {
        final List<Lie> lies = Lies.all();
        assertThat(lies).hasSizeGreaterThanOrEqualTo(100);
        run(IntStream.range(0, lies.size())
                .mapToObj(kind -> new Trial(
                        List.of(kind), lies.get(kind).shape(), lies.get(kind).expected()))
                .toList());
    }

    @Test
    void shouldRetireTheRegionOfWhoTellsSeveralLies() throws Exception {
        final List<Lie> lies = Lies.all();
        final SplittableRandom random = new SplittableRandom(SEED);
        final List<Trial> trials = new ArrayList<>();
        while (trials.size() < COMBINATIONS) {
            final LieShape shape = LieShape.values()[random.nextInt(LieShape.values().length)];
            final List<Integer> kinds = new ArrayList<>();
            while (kinds.size() < 2 + random.nextInt(3)) {
                final int kind = random.nextInt(lies.size());
                if (lies.get(kind).shape() == shape) {
                    kinds.add(kind);
                }
            }
            // What one lie makes of the next is anybody's guess; that the region ends for one of all reasons is not.
            final Set<Violation> named = new HashSet<>(Set.of(Violation.values()));
            named.remove(Violation.NONE);
            trials.add(new Trial(kinds, shape, named));
        }
        run(trials);
    }

    private void run(List<Trial> trials) throws Exception {
        long slowest = 0;
        final long start = System.nanoTime();
        try (OtherGuests others = OtherGuests.start(scratch)) {
            for (int first = 0; first < trials.size(); first += CHAINS) {
                final List<Trial> batch = trials.subList(first, Math.min(first + CHAINS, trials.size()));
                slowest = Math.max(slowest, batch(batch, first, others));
            }
        }
        System.out.printf(
                "seed %d: %d trials of hostile guests in %.1f s, regions retired within %.0f ms%n",
                SEED, trials.size(), (System.nanoTime() - start) / 1e9, slowest / 1e6);
        assertThat(scratch.leftovers()).isEmpty();
    }

    /** Tries all of {@code trials} on one backend; the longest time that a liar was borne with. */
    private long batch(List<Trial> trials, int number, OtherGuests others) throws Exception {
        final List<String> chains =
                new ArrayList<>(List.of("gen:?rate=" + RATE + " => guest:" + HONEST + " => null:?check=true"));
        for (int i = 0; i < trials.size(); i++) {
            chains.add(trials.get(i).shape().chain("g" + i));
        }
        long slowest = 0;
        try (Backend backend = new Backend(
                        BackendConfig.ofCommandLine(chains, ChainOptions.DEFAULTS.with("slots", "256")),
                        RuntimeDirectory.at(scratch.runDirectory()));
                SluiceProcess honest = SluiceProcess.guest(scratch, HONEST, "forward");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            final long before = status.packets("null:");
            final long start = System.nanoTime();
            for (int i = 0; i < trials.size(); i++) {
                slowest = Math.max(slowest, tryOne(trials.get(i), i, number + i, backend, others));
                assertThat(retired(backend))
                        .as("retired after %s", trials.get(i))
                        .isEqualTo(i + 1);
            }
            final double seconds = (System.nanoTime() - start) / 1e9;
            assertThat(status.packets("null:") - before)
                    .as("packets of the honest guest in %.1f s", seconds)
                    .isGreaterThan((long) (seconds * RATE / 2));
            assertThat(honest.alive()).isTrue();
            checkStream(backend.chains().getFirst());
        }
        return slowest;
    }

    private static long tryOne(Trial trial, int index, int number, Backend backend, OtherGuests others)
            throws IOException {
        final RunningChain chain = backend.chains().get(1 + index);
        final String kinds = trial.kinds().stream().map(String::valueOf).collect(Collectors.joining(","));
        final String guest = "g" + index;
        if (trial.shape() == LieShape.PAIR) {
            others.besides(guest + "-next", () -> honest(trial, kinds, guest, number, chain, others));
        } else {
            honest(trial, kinds, guest, number, chain, others);
        }
        final String[] answer =
                others.ask("lie " + kinds + " " + (SEED + number), guest).split(" ");
        assertThat(answer)
                .as("seed %d: %s: %s", SEED, trial, String.join(" ", answer))
                .hasSize(3);
        final long nanos = Long.parseLong(answer[1]);
        assertThat(trial.expected().stream().map(Violation::label))
                .as("seed %d: %s", SEED, trial)
                .contains(answer[2]);
        assertThat(reason(chain).label()).as("seed %d: %s", SEED, trial).isEqualTo(answer[2]);
        assertThat(nanos)
                .as("seed %d: %s was borne with for so long", SEED, trial)
                .isLessThan(SECOND_NANOS);
        return nanos;
    }

    /** The same without the lie: nobody is accused. */
    private static void honest(
            Trial trial, String kinds, String guest, int number, RunningChain chain, OtherGuests others)
            throws IOException {
        assertThat(others.ask("honest " + kinds + " " + (SEED + number), guest))
                .as("honest at %s", trial)
                .isEqualTo("done");
        assertThat(retired(chain))
                .as("an honest guest was accused of %s at %s", reason(chain), trial)
                .isFalse();
    }

    private static Violation reason(RunningChain chain) {
        return chain.segments().getFirst().region().retireReason();
    }

    private static boolean retired(RunningChain chain) {
        return chain.segments().getFirst().region().retired();
    }

    private static int retired(Backend backend) {
        return (int) backend.chains().stream().filter(HostileGuestTest::retired).count();
    }

    private static void checkStream(RunningChain chain) {
        final Map<String, Long> sink = chain.endpointDetails().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("null:"))
                .findFirst()
                .orElseThrow()
                .getValue();
        assertThat(sink).containsEntry("lost", 0L).containsEntry("corrupt", 0L).containsEntry("reordered", 0L);
        assertThat(sink.get("in-order")).isPositive();
    }
}
