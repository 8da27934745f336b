// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Capture files (pcap, nanoseconds, Ethernet) of made-up traffic: TCP, UDP and ICMP over IPv4 and IPv6, some tagged, some
 * in fragments, each packet with its number in it.
 */
final class Capture {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int HEADER_BYTES = 24;
    private static final int RECORD_BYTES = 16;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final int SNAP_BYTES = 262_144;
    private static final long START_NANOS = 1_700_000_000_000_000_000L;
    private static final int[] PORTS = {22, 53, 80, 443, 5201, 40_000};
    private static final int[] PROTOCOLS = {1, 6, 6, 6, 17, 17};

    private Capture() {}

    /** Writes {@code count} packets, {@code gapNanos} apart, to {@code file}; alike for alike seeds. */
    static Path write(Path file, int count, long gapNanos, long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(ByteBuffer.allocate(HEADER_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(MAGIC_NANOSECONDS)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0)
                    .putInt(SNAP_BYTES)
                    .putInt(LINKTYPE_ETHERNET)
                    .array());
            for (int i = 0; i < count; i++) {
                final byte[] frame = frame(random, i);
                final long nanos = START_NANOS + i * gapNanos;
                out.write(ByteBuffer.allocate(RECORD_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) (nanos / 1_000_000_000))
                        .putInt((int) (nanos % 1_000_000_000))
                        .putInt(frame.length)
                        .putInt(frame.length)
                        .array());
                out.write(frame);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The records of {@code file}, headers included, one behind the other. */
    static byte[] records(Path file) {
        try {
            final byte[] bytes = Files.readAllBytes(file);
            return Arrays.copyOfRange(bytes, Math.min(HEADER_BYTES, bytes.length), bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The frames of {@code file}. */
    static List<byte[]> frames(Path file) {
        final ByteBuffer records = ByteBuffer.wrap(records(file)).order(ByteOrder.LITTLE_ENDIAN);
        final List<byte[]> frames = new ArrayList<>();
        while (records.hasRemaining()) {
            final byte[] frame = new byte[records.getInt(records.position() + 8)];
            records.position(records.position() + RECORD_BYTES).get(frame);
            frames.add(frame);
        }
        return frames;
    }

    private static byte[] frame(SplittableRandom random, int number) {
        final ByteBuffer frame = ByteBuffer.allocate(2048);
        frame.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
        if (random.nextInt(10) == 0) {
            frame.putShort((short) 0x8100).putShort((short) (1 + random.nextInt(100)));
        }
        final int protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        final byte[] payload = new byte[4 + random.nextInt(100)];
        random.nextBytes(payload);
        ByteBuffer.wrap(payload).putInt(number);
        if (random.nextInt(3) == 0) {
            ipv6(frame, random, protocol, payload);
        } else {
            ipv4(frame, random, protocol, payload);
        }
        return Arrays.copyOf(frame.array(), Math.max(60, frame.position()));
    }

    /** RFC 791 §3.1. */
    private static void ipv4(ByteBuffer frame, SplittableRandom random, int protocol, byte[] payload) {
        final ByteBuffer transport = transport(random, protocol, payload);
        // More fragments follow, or one from further on, now and then.
        final int fragment = random.nextInt(20) == 0 ? 0x2000 : random.nextInt(20) == 0 ? 3 : 0;
        frame.putShort((short) 0x0800);
        final int start = frame.position();
        frame.putShort((short) 0x4500).putShort((short) (20 + transport.remaining()));
        frame.putShort((short) random.nextInt(64)).putShort((short) fragment);
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(0x0a000001 + random.nextInt(4)).putInt(0x0a010001 + random.nextInt(4));
        frame.putShort(start + 10, checksum(frame, start, 20));
        frame.put(transport);
    }

    /** RFC 8200 §3. */
    private static void ipv6(ByteBuffer frame, SplittableRandom random, int protocol, byte[] payload) {
        final ByteBuffer transport = transport(random, protocol == 1 ? 58 : protocol, payload);
        frame.putShort((short) 0x86dd).putInt(0x60000000).putShort((short) transport.remaining());
        frame.put((byte) (protocol == 1 ? 58 : protocol)).put((byte) 64);
        frame.putLong(0x20010db800000000L).putLong(1 + random.nextInt(4));
        frame.putLong(0x20010db800010000L).putLong(1 + random.nextInt(4));
        frame.put(transport);
    }

    private static ByteBuffer transport(SplittableRandom random, int protocol, byte[] payload) {
        final ByteBuffer header = ByteBuffer.allocate(256);
        final short source = (short) (1024 + random.nextInt(8));
        final short destination = (short) PORTS[random.nextInt(PORTS.length)];
        switch (protocol) {
            case 6 -> header.putShort(source)
                    .putShort(destination)
                    .putLong(random.nextLong())
                    .putShort((short) (0x5000 | (random.nextInt(2) == 0 ? 0x02 : 0x10)))
                    .putShort((short) 65_000)
                    .putInt(0);
            case 17 -> header.putShort(source)
                    .putShort(destination)
                    .putShort((short) (8 + payload.length))
                    .putShort((short) 0);
            case 58 -> header.putShort((short) 0x8000).putShort((short) 0).putInt(number(random));
            default -> header.putShort((short) 0x0800).putShort((short) 0).putInt(number(random));
        }
        return header.put(payload).flip();
    }

    private static int number(SplittableRandom random) {
        return random.nextInt(4) << 16 | 1;
    }

    /** RFC 1071. */
    private static short checksum(ByteBuffer bytes, int start, int length) {
        int sum = 0;
        for (int i = start; i < start + length; i += 2) {
            sum += bytes.getShort(i) & 0xffff;
        }
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }
}
