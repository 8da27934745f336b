// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.StageGauges;
import io.sluice.tests.Precondition;
import java.lang.foreign.Arena;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Freezes the ring format: a program in another language, written from docs/ring-format.md, agrees with every constant
 * and takes a stage on a live ring between two Java stages.
 */
class CRingStageTest {
    private static final Path SOURCE =
            Path.of(System.getProperty("sluice.home"), "tests", "src", "test", "c", "ring_stage.c");
    private static final Duration COMPILING = Duration.ofSeconds(60);
    private static final long DEADLINE_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long PACKETS = 2_000_000;
    private static final int BURSTS = 300;

    @TempDir
    private Path folder;

    private String program;

    @BeforeEach
    void compile() throws Exception {
        Precondition.requireCommands("gcc");
        program = folder.resolve("ring_stage").toString();
        try (OtherProgram gcc = OtherProgram.start(
                folder,
                "gcc",
                "-std=c11",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-o",
                program,
                SOURCE.toString())) {
            final int exitCode = gcc.end(COMPILING);
            Precondition.require(
                    !gcc.output().contains("stdio.h: No such file"), "the C library's headers (libc6-dev)");
            assertThat(exitCode).as(gcc.output()).isZero();
        }
    }

    @Test
    void shouldAgreeOnEveryConstantOfTheFormat() throws Exception {
        final Map<String, Long> c = new TreeMap<>();
        try (OtherProgram offsets = OtherProgram.start(folder, program, "offsets")) {
            assertThat(offsets.end(COMPILING)).isZero();
            offsets.output().lines().forEach(line -> {
                final int equals = line.lastIndexOf('=');
                c.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
            });
        }
        final Map<String, Long> java = new TreeMap<>();
        constants(RegionDescriptor.class, java);
        constants(SlotWord.class, java);
        constants(StageCounters.class, java);
        java.remove("LENGTH"); // of the counters line, a line pair like any other
        gauges(java);
        for (DropReason reason : DropReason.values()) {
            java.put(reason.name(), (long) reason.ordinal());
        }
        java.put("slot_pack(1,2,3,4)", SlotWord.pack(1, 2, 3, 4));
        assertThat(c).isEqualTo(java);
    }

    private static void constants(Class<?> descriptor, Map<String, Long> constants) throws IllegalAccessException {
        for (Field field : descriptor.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && Modifier.isPublic(field.getModifiers())) {
                constants.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
    }

    /** The gauges have no constants in Java: they are written, and found again. */
    private static void gauges(Map<String, Long> constants) {
        try (Arena arena = Arena.ofConfined()) {
            final long line = arena.allocate(Memory.LINE_PAIR_BYTES, 8).address();
            final StageGauges gauges = new StageGauges(line);
            gauges.latency(101, 102, 103, 104, 105);
            gauges.addEmptySlot();
            final Map<Long, String> names = Map.of(
                    101L, "LATENCY_SAMPLES_OFFSET",
                    102L, "LATENCY_P50_OFFSET",
                    103L, "LATENCY_P99_OFFSET",
                    104L, "LATENCY_P999_OFFSET",
                    105L, "LATENCY_MAX_OFFSET",
                    1L, "EMPTY_SLOTS_OFFSET");
            for (long offset = 0; offset < Memory.LINE_PAIR_BYTES; offset += 8) {
                final String name = names.get(Memory.longAt(line + offset));
                if (name != null) {
                    constants.put(name, offset);
                }
            }
        }
    }

    @Test
    void shouldTakeAStageBetweenTwoOfJava() throws Exception {
        try (RingHost host = new RingHost(folder, 0, 1, 0)) {
            final NumberedSender sender = new NumberedSender(host.stage(0), PACKETS, BURSTS);
            final NumberedChecker checker = new NumberedChecker(host.stage(2), 1);
            host.start(sender, sender.stage());
            host.start(checker, checker.stage());
            try (OtherProgram guest =
                    OtherProgram.start(folder, program, "attach", host.socket().toString())) {
                final long start = System.nanoTime();
                host.awaitPosition(2, PACKETS, guest, start + DEADLINE_NANOS);
                final long nanos = System.nanoTime() - start;
                assertThat(checker.mismatches())
                        .as("packets changed, the first is %d", checker.firstMismatch())
                        .isZero();
                final StageCounters counters = host.ring().counters(1);
                NumberedPackets.checkCounters(counters, PACKETS);
                assertThat(counters.drops(DropReason.BAD_SLOT)).isZero();
                assertThat(host.region().retired()).isFalse();
                host.retire();
                assertThat(guest.end(COMPILING)).as(guest.output()).isZero();
                checkSleep(guest.output(), sender.stage().kicks());
                System.out.printf(
                        "%,d packets through Java, C and Java: %.1f ns each%n", PACKETS, (double) nanos / PACKETS);
            }
        }
    }

    /** Every burst found the C stage asleep; hardly ever may its sleep have ended by its time-out. */
    private static void checkSleep(String output, long kicksOfSender) {
        final Matcher matcher = Pattern.compile("position=(\\d+) kicks=(\\d+) sleeps=(\\d+) timeouts=(\\d+)")
                .matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        assertThat(Long.parseLong(matcher.group(1))).isEqualTo(PACKETS);
        assertThat(Long.parseLong(matcher.group(3))).isGreaterThanOrEqualTo(BURSTS);
        assertThat(Long.parseLong(matcher.group(4))).isLessThan(BURSTS / 2);
        assertThat(kicksOfSender).isGreaterThanOrEqualTo(BURSTS / 2);
        assertThat(Long.parseLong(matcher.group(2))).as("kicks by the C stage").isPositive();
    }
}
