// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import io.sluice.host.attach.SilenceLimits;
import io.sluice.host.endpoint.Quantity;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.ring.RegionDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a chain is run, as the command line or a configuration file says.
 *
 * @param slots of each ring, a power of two from {@value #MIN_SLOTS} to {@value #MAX_SLOTS}
 * @param bufferBytes of each slot, a multiple of 64 from {@value #MIN_BUFFER_BYTES} to {@value #MAX_BUFFER_BYTES}
 * @param waitMode what the host's threads do when there is nothing to do
 * @param cpus the processors for the host's threads, in the order in which threads take them; empty for all
 * @param outputStallNanos how long an output may refuse packets before they are dropped and counted
 * @param silence how long guests may be silent
 * @param memoryFolder of a mounted hugetlbfs, in which packets' memory is made; empty for memfds
 */
public record ChainOptions(
        int slots,
        int bufferBytes,
        WaitMode waitMode,
        List<Integer> cpus,
        long outputStallNanos,
        SilenceLimits silence,
        Optional<Path> memoryFolder) {
    public static final int MIN_SLOTS = 256;
    public static final int MAX_SLOTS = 4096;
    public static final int MIN_BUFFER_BYTES = 2048;
    public static final int MAX_BUFFER_BYTES = RegionDescriptor.MAX_BUFFER_BYTES;
    public static final long MIN_OUTPUT_STALL_NANOS = 1_000_000;
    public static final long MAX_OUTPUT_STALL_NANOS = 3_600_000_000_000L;

    /** One more than the largest processor number, as in sched_setaffinity(2). */
    public static final int MAX_CPUS = 1024;

    /** The names by which {@link #with} knows the options, in the order to show. */
    public static final List<String> NAMES =
            List.of("slots", "buffer", "wait", "cpus", "output-stall", "suspect", "lost", "memory");

    public static final ChainOptions DEFAULTS = new ChainOptions(
            1024, 2048, WaitMode.ADAPTIVE, List.of(), 1_000_000_000L, SilenceLimits.DEFAULTS, Optional.empty());

    private static final Map<String, String> RULES = Map.of(
            "slots", "a power of two from 256 to 4096",
            "buffer", "a multiple of 64 from 2048 to 32768 bytes, for example 2048 or 4KiB",
            "wait", "spin, adaptive or block",
            "cpus", "processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
            "output-stall", "a duration from 1ms to 60min, for example 250ms or 1s",
            "suspect", "a duration from 200ms to 20min and shorter than lost, for example 500ms or 1s",
            "lost", "a duration from 300ms to 60min and longer than suspect, for example 3s",
            "memory", "auto, or the folder of a mounted hugetlbfs, for example /dev/hugepages");

    public ChainOptions {
        cpus = List.copyOf(cpus);
        require(inRange(slots, MIN_SLOTS, MAX_SLOTS) && Integer.bitCount(slots) == 1, "slots", slots);
        require(
                inRange(bufferBytes, MIN_BUFFER_BYTES, MAX_BUFFER_BYTES) && bufferBytes % 64 == 0,
                "buffer",
                bufferBytes);
        require(
                isProcessorList(cpus),
                "cpus",
                cpus.stream().map(String::valueOf).collect(joining(",")));
        boolean stallInRange = inRange(outputStallNanos, MIN_OUTPUT_STALL_NANOS, MAX_OUTPUT_STALL_NANOS);
        require(stallInRange, "output-stall", outputStallNanos + "ns");
    }

    /**
     * These options with one changed.
     *
     * @param name one of {@link #NAMES}
     * @param value as the user writes it: {@code 512}, {@code 4KiB}, {@code spin}, {@code 2,4-7}, {@code 250ms}
     * @throws IllegalArgumentException with a message for the user: {@code name=value} and what would be right
     */
    public ChainOptions with(String name, String value) {
        if (!NAMES.contains(name)) {
            String known = String.join(", ", NAMES);
            throw new IllegalArgumentException("'" + name + "' is no option of a chain; there are " + known);
        }
        try {
            return changed(name, value.strip());
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new IllegalArgumentException(message(name, value), wrong);
        }
    }

    private ChainOptions changed(String name, String value) {
        return switch (name) {
            case "slots" ->
                new ChainOptions(
                        Integer.parseInt(value), bufferBytes, waitMode, cpus, outputStallNanos, silence, memoryFolder);
            case "buffer" ->
                new ChainOptions(
                        slots,
                        Math.toIntExact(Quantity.bytes(value)),
                        waitMode,
                        cpus,
                        outputStallNanos,
                        silence,
                        memoryFolder);
            case "wait" ->
                new ChainOptions(
                        slots, bufferBytes, WaitMode.parse(value), cpus, outputStallNanos, silence, memoryFolder);
            case "cpus" ->
                new ChainOptions(
                        slots, bufferBytes, waitMode, processors(value), outputStallNanos, silence, memoryFolder);
            case "suspect" -> with(silence.suspectAfter(Quantity.nanos(value)));
            case "lost" -> with(silence.lostAfter(Quantity.nanos(value)));
            case "memory" ->
                new ChainOptions(slots, bufferBytes, waitMode, cpus, outputStallNanos, silence, folder(value));
            default ->
                new ChainOptions(slots, bufferBytes, waitMode, cpus, Quantity.nanos(value), silence, memoryFolder);
        };
    }

    private ChainOptions with(SilenceLimits limits) {
        return new ChainOptions(slots, bufferBytes, waitMode, cpus, outputStallNanos, limits, memoryFolder);
    }

    private static Optional<Path> folder(String value) {
        if (value.equals("auto")) {
            return Optional.empty();
        }
        if (!value.startsWith("/")) {
            throw new IllegalArgumentException(value);
        }
        return Optional.of(Path.of(value));
    }

    /** What packets' memory is to be made of, as far as this says. */
    Backing backing() {
        return memoryFolder.map(Backing.USUAL::inFolder).orElse(Backing.USUAL);
    }

    /** Reads {@code 2,4-7}, as taskset(1) writes it. */
    private static List<Integer> processors(String value) {
        List<Integer> processors = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            String[] ends = part.strip().split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (ends.length > 2 || first < 0 || last < first || last >= MAX_CPUS) {
                throw new IllegalArgumentException(part);
            }
            IntStream.rangeClosed(first, last).forEach(processors::add);
        }
        return processors;
    }

    private static boolean isProcessorList(List<Integer> cpus) {
        return cpus.size() == new HashSet<>(cpus).size() && cpus.stream().allMatch(cpu -> cpu >= 0 && cpu < MAX_CPUS);
    }

    private static boolean inRange(long value, long least, long most) {
        return value >= least && value <= most;
    }

    private static void require(boolean valid, String name, Object value) {
        if (!valid) {
            throw new IllegalArgumentException(message(name, value));
        }
    }

    private static String message(String name, Object value) {
        return name + '=' + ChainCharacters.printable(String.valueOf(value)) + ": must be " + RULES.get(name);
    }
}
