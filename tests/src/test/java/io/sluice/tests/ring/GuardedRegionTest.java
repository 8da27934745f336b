// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.guest.vnf.firewall.FirewallProvider;
import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All kinds of host stages work in a small region between guard pages, in which a guest writes whatever it likes: by
 * seed between their turns, and in a thread of its own while they run, so that words change between two reads. Nothing
 * outside the region is touched.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class GuardedRegionTest {
    private static final int ROUNDS = Boolean.getBoolean("sluice.long") ? 400_000 : 5_000;
    private static final int TURNS = 60;
    private static final int SLOTS = 8;
    private static final int BUFFER_BYTES = 256;
    private static final int LINES = 8;
    private static final int GUEST = 1;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void shouldHaveGuardsThatWork() {
        try (GuardedMemory memory = new GuardedMemory(8192)) {
            Memory.longAt(memory.address(), 1);
            Memory.byteAt(memory.address() + 8191, (byte) 1);
            assertThatThrownBy(() -> Memory.byteAt(memory.address() - 1)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> Memory.byteAt(memory.address() + 8192)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> Memory.longOpaque(memory.address() + 8192 + 65_528, 1))
                    .isInstanceOf(InternalError.class);
        }
    }

    /** Receive, guest, firewall, guest, transmit; a guest that fills; a guest that empties. */
    private static RingSpec spec(int shape) {
        final int[] parties = new int[][] {{0, GUEST, 0, GUEST, 0}, {GUEST, 0, 0}, {0, 0, GUEST}}[shape];
        final List<StageSpec> stages = new ArrayList<>();
        for (int party : parties) {
            stages.add(new StageSpec(party, 0, "stage" + stages.size()));
        }
        return new RingSpec(SLOTS, BUFFER_BYTES, 64, SLOTS, Direction.FORWARD, stages);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTouchNothingOutsideTheRegion(int shape) throws Exception {
        final RegionFormat format =
                new RegionFormat(new RegionSpec("test", List.of("host", "guest"), List.of(spec(shape))), LINES);
        final long own = arena.allocate(format.controlBytes(), 4096).address();
        final PacketFunction firewall = new FirewallProvider().create(Map.of());
        final Map<Violation, Integer> ends = new EnumMap<>(Violation.class);
        final AtomicReference<Throwable> flipperFailure = new AtomicReference<>();
        try (GuardedMemory memory = new GuardedMemory(format.regionBytes());
                Endpoint gen = Endpoints.open("gen", "", Map.of("size", "64-180"), true, false);
                Endpoint sink = Endpoints.open("null", "", Map.of("check", "true"), false, true)) {
            final long shared = memory.address();
            format.write(own);
            format.write(shared);
            final Flipper flipper = new Flipper(
                    Directory.ofHost(own, format.controlBytes(), shared).ring(0), shape);
            flipper.setUncaughtExceptionHandler((_, e) -> flipperFailure.set(e));
            flipper.start();
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    final SplittableRandom random = new SplittableRandom(round);
                    Memory.zero(own, format.controlBytes());
                    format.write(own);
                    for (long line = 0; line < LINES; line++) {
                        Memory.zero(shared + Memory.intAt(own + LINES_OFFSET_OFFSET) + line * LINE_BYTES, LINE_BYTES);
                    }
                    format.write(shared);
                    final Violation end = round(
                            Directory.ofHost(own, format.controlBytes(), shared),
                            gen,
                            sink,
                            firewall,
                            shared,
                            format,
                            random);
                    ends.merge(end, 1, Integer::sum);
                }
            } catch (InternalError e) {
                throw new AssertionError("an access outside the region", e);
            } finally {
                flipper.end();
            }
        }
        assertThat(flipperFailure.get()).isNull();
        System.out.println("rounds by what ended them: " + ends);
        assertThat(ends)
                .containsKeys(
                        Violation.NONE,
                        Violation.POSITION_BACKWARDS,
                        Violation.POSITION_BEYOND,
                        Violation.WAKE_BACKWARDS);
    }

    private static Violation round(
            Directory directory,
            Endpoint gen,
            Endpoint sink,
            PacketFunction firewall,
            long shared,
            RegionFormat format,
            SplittableRandom random) {
        final Ring ring = directory.ring(0);
        final List<Agent> agents = new ArrayList<>();
        final List<Stage> stages = new ArrayList<>();
        final Liar liar = new Liar(ring, shared, format, random);
        final int last = ring.stageCount() - 1;
        for (int s = 0; s <= last; s++) {
            if (ring.party(s) == 0) {
                final Stage stage = new Stage(ring, s, Doorbell.NONE);
                stages.add(stage);
                if (s == 0) {
                    agents.add(new ReceiveAgent("gen", stage, gen.source()));
                } else if (s == last) {
                    agents.add(new TransmitAgent("null", stage, sink.sink(), null, 1_000_000));
                } else {
                    agents.add(new FunctionAgent("firewall", stage, firewall));
                }
            }
        }
        for (int turn = 0; turn < TURNS; turn++) {
            liar.turn();
            agents.get(random.nextInt(agents.size())).doWork();
            for (Stage stage : stages) {
                if (stage.violation() != Violation.NONE) {
                    return stage.violation();
                }
                if (random.nextInt(8) == 0) {
                    stage.arm(1);
                    stage.disarm();
                }
            }
        }
        return Violation.NONE;
    }

    /** A guest that mostly moves on as it should, so that the host's stages get far, and lies now and then. */
    private static final class Liar {
        private final Ring ring;
        private final long shared;
        private final RegionFormat format;
        private final SplittableRandom random;

        Liar(Ring ring, long shared, RegionFormat format, SplittableRandom random) {
            this.ring = ring;
            this.shared = shared;
            this.format = format;
            this.random = random;
        }

        void turn() {
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.party(stage) != 0) {
                    final long line = ring.lineAddress(stage);
                    final long limit = stage == 0
                            ? ring.positionAcquire(ring.stageCount() - 1) + SLOTS
                            : ring.positionAcquire(stage - 1);
                    final long position = ring.positionAcquire(stage);
                    final long lie = random.nextInt(200) == 0 ? number() : 0;
                    final long honest = position + Math.clamp(limit - position, 0, random.nextInt(SLOTS + 1));
                    Memory.longRelease(line + LINE_POSITION_OFFSET, honest + lie);
                    Memory.longOpaque(
                            line + LINE_WAKE_OFFSET, random.nextInt(20) == 0 ? number() : limit - random.nextInt(3));
                }
            }
            if (random.nextInt(10) == 0) {
                // Anything anywhere, but for what says which lines there are; the host has its own copy of that, too.
                Memory.longAt(shared + random.nextLong(format.regionBytes() - 8), number());
            }
        }

        private long number() {
            return switch (random.nextInt(4)) {
                case 0 -> random.nextInt(-20, 20);
                case 1 -> Long.MAX_VALUE - random.nextInt(20);
                case 2 -> Long.MIN_VALUE + random.nextInt(20);
                default -> random.nextLong();
            };
        }
    }

    /** Changes slot words and the packets' first bytes all the time. */
    private static final class Flipper extends Thread {
        private final Ring ring;
        private final Stage view;
        private volatile boolean running = true;

        Flipper(Ring ring, int seed) {
            super("flipper " + seed);
            this.ring = ring;
            this.view = new Stage(ring, 0, Doorbell.NONE);
        }

        @Override
        public void run() {
            final SplittableRandom random = new SplittableRandom(ring.stageCount());
            while (running) {
                final long position = random.nextInt(SLOTS);
                final long slot = view.slotAddress(position);
                final long buffer = view.bufferAddress(position);
                // Mostly words that pass, so that much is parsed.
                final boolean bad = random.nextInt(1_000) == 0;
                final int offset = bad ? random.nextInt(1 << 16) : random.nextInt(BUFFER_BYTES - 64);
                final int length = bad ? random.nextInt(1 << 16) : random.nextInt(BUFFER_BYTES - offset + 1);
                Memory.longOpaque(slot, SlotWord.pack(length, offset, random.nextInt(2), random.nextInt(4)));
                final long header = buffer + Math.min(offset, BUFFER_BYTES - 64);
                Memory.shortNetwork(header + 12, (short) (random.nextBoolean() ? 0x0800 : 0x86DD));
                Memory.byteAt(header + 14, (byte) (random.nextBoolean() ? 0x40 + random.nextInt(16) : 0x60));
                Memory.shortNetwork(header + 16, (short) random.nextInt());
                Memory.byteAt(header + 20, (byte) random.nextInt(64));
                Memory.byteAt(header + 23, (byte) (random.nextBoolean() ? 6 : 17));
                Memory.longAt(header + 26 + random.nextInt(20), random.nextLong());
            }
        }

        void end() throws InterruptedException {
            running = false;
            join();
        }
    }
}
