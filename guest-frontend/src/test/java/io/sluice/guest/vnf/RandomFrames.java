// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import java.util.SplittableRandom;

/** Frames as no sender makes them: good ones with bytes changed, cut or grown, and now and then noise. */
public final class RandomFrames {
    private static final int MAX_BYTES = 300;
    private static final byte[][] GOOD = good();

    private final SplittableRandom random;
    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;

    public RandomFrames(long seed) {
        random = new SplittableRandom(seed);
    }

    private static byte[][] good() {
        final byte[] quote = Frame.ip("10.0.0.1", "192.0.2.1").udp(5000, 53).ipBytes();
        final byte[] quote6 =
                Frame.ip("2001:db8::1", "2001:db8::2").tcp(5000, 80, Frame.SYN).ipBytes();
        final int[] chain = {
            60, 0, 1, 4, 0, 0, 0, 0, 43, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 4, 0, 0, 0, 0, 0
        };
        return new byte[][] {
            Frame.arp(),
            Frame.ip("10.0.0.1", "192.0.2.1").tcp(5000, 80, Frame.SYN).bytes(),
            Frame.ip("192.0.2.1", "10.0.0.1")
                    .tcp(80, 5000, Frame.SYN | Frame.ACK)
                    .bytes(),
            Frame.ip("10.0.0.1", "192.0.2.1").tcp(5000, 80, Frame.ACK, 40).bytes(),
            Frame.ip("10.0.0.1", "192.0.2.1")
                    .options(1, 131, 7, 4, 1, 2, 3, 4)
                    .udp(5000, 53, 20)
                    .bytes(),
            Frame.ip("192.0.2.1", "10.0.0.1").vlan(10).udp(53, 5000, 20).bytes(),
            Frame.ip("10.0.0.1", "192.0.2.1")
                    .vlan(10, 20)
                    .udp(5000, 53, 100)
                    .fragment(7, 0, 56)
                    .bytes(),
            Frame.ip("10.0.0.1", "192.0.2.1")
                    .vlan(10, 20)
                    .udp(5000, 53, 100)
                    .fragment(7, 56, 108)
                    .bytes(),
            Frame.ip("192.0.2.1", "10.0.0.1").icmp(3, 0, quote).bytes(),
            Frame.ip("10.0.0.1", "192.0.2.1").icmp(8, 9).bytes(),
            Frame.ip("2001:db8::1", "2001:db8::2").tcp(5000, 80, Frame.SYN).bytes(),
            Frame.ip("2001:db8::1", "2001:db8::2")
                    .extensions(0, chain)
                    .tcp(5000, 80, Frame.ACK)
                    .bytes(),
            Frame.ip("2001:db8::1", "2001:db8::2")
                    .udp(5000, 53, 100)
                    .fragment(8, 0, 56)
                    .bytes(),
            Frame.ip("2001:db8::1", "2001:db8::2")
                    .udp(5000, 53, 100)
                    .fragment(8, 56, 108)
                    .bytes(),
            Frame.ip("2001:db8::9", "2001:db8::1").icmp(1, 0, quote6).bytes(),
            Frame.ip("fe80::1", "ff02::1")
                    .hopLimit(255)
                    .icmp(135, 0, new byte[16])
                    .bytes(),
        };
    }

    /** Makes the next frame, in {@link #bytes()} up to {@link #length()}. */
    public void next() {
        final int choice = random.nextInt(GOOD.length + 1);
        if (choice == GOOD.length) {
            length = random.nextInt(MAX_BYTES + 1);
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) random.nextInt();
            }
            return;
        }
        final byte[] good = GOOD[choice];
        System.arraycopy(good, 0, bytes, 0, good.length);
        length = good.length;
        if (random.nextInt(4) == 0) {
            length = random.nextInt(length + 1);
        }
        for (int changes = random.nextInt(4); changes > 0 && length > 0; changes--) {
            bytes[random.nextInt(length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(9));
        }
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** A number below {@code bound} from the same seed. */
    public int below(int bound) {
        return random.nextInt(bound);
    }
}
