// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import io.sluice.guest.vnf.firewall.FirewallProvider;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a packet function on frames, with a clock that the test sets. */
public final class Bench {
    private static final int OFFSET = 128;

    private final MemorySegment buffer = Arena.ofAuto().allocate(1 << 17);
    private final Packet packet = new Packet();
    private final PacketFunction function;
    private long nowNanos = TimeUnit.SECONDS.toNanos(1_800_000_000L);

    public Bench(PacketFunction function) {
        this.function = function;
    }

    /** A firewall with options given as {@code name=value}. */
    public static Bench firewall(String... options) {
        return new Bench(new FirewallProvider().create(options(options)));
    }

    /** Options as a chain or a command line would give them. */
    public static Map<String, List<String>> options(String... options) {
        final Map<String, List<String>> map = new LinkedHashMap<>();
        for (final String option : options) {
            final int equals = option.indexOf('=');
            map.merge(option.substring(0, equals), List.of(option.substring(equals + 1)), Bench::joined);
        }
        return map;
    }

    private static List<String> joined(List<String> before, List<String> more) {
        return Stream.concat(before.stream(), more.stream()).toList();
    }

    public Bench advance(long seconds) {
        nowNanos += TimeUnit.SECONDS.toNanos(seconds);
        return this;
    }

    /** Null when the frame passed. */
    public DropReason forward(Frame frame) {
        return process(frame.bytes(), Direction.FORWARD);
    }

    /** Null when the frame passed. */
    public DropReason backward(Frame frame) {
        return process(frame.bytes(), Direction.BACKWARD);
    }

    /** Null when the frame passed. */
    public DropReason process(byte[] frame, Direction direction) {
        Memory.copyFromArray(frame, 0, buffer.address() + OFFSET, frame.length);
        packet.wrap(
                buffer.address(),
                (int) buffer.byteSize(),
                SlotWord.pack(frame.length, OFFSET, 0, SlotWord.OUTPUT_FORWARD),
                nowNanos);
        function.process(packet, direction);
        return packet.dropReason();
    }

    /** The packet last processed. */
    public byte[] bytes() {
        final byte[] bytes = new byte[packet.length()];
        Memory.copyToArray(packet.address(), bytes, 0, bytes.length);
        return bytes;
    }
}
