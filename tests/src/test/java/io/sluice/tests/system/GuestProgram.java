// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is an honest or a hostile guest, again and again, as the lines on its standard input say.
 *
 * <pre>
 *   honest KIND SEED SOCKET          passes some packets on             done
 *   lie KIND,KIND... SEED SOCKET     tells those lies one after the     done NANOS REASON: how long after the last lie the
 *                                    other in one attachment            region was retired, and for what
 * </pre>
 */
final class GuestProgram {
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final int HONEST_PACKETS = 400;

    private GuestProgram() {}

    static void main(String[] arguments) throws IOException {
        final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                answer = run(line.split(" "));
            } catch (Exception | AssertionError e) {
                e.printStackTrace();
                answer = "failed " + e;
            }
            System.out.println(answer.replace('\n', ' '));
            System.out.flush();
        }
    }

    private static String run(String[] words) throws Exception {
        final List<Lie> all = Lies.all();
        final List<Lie> lies = Arrays.stream(words[1].split(","))
                .map(kind -> all.get(Integer.parseInt(kind)))
                .toList();
        final SplittableRandom random = new SplittableRandom(Long.parseLong(words[2]));
        final Path socket = Path.of(words[3]);
        if (words[0].equals("honest")) {
            HonestGuest.run(socket, lies.getFirst().shape(), HONEST_PACKETS);
            return "done";
        }
        return lie(socket, lies, random);
    }

    private static String lie(Path socket, List<Lie> lies, SplittableRandom random) throws Exception {
        try (RawGuest guest = new RawGuest(socket, lies.getFirst().shape())) {
            for (Lie lie : lies) {
                if (!guest.retired()) {
                    lie.deed().by(guest, random);
                }
            }
            final long told = System.nanoTime();
            while (!guest.retired() && System.nanoTime() - told < PATIENCE_NANOS) {
                LockSupport.parkNanos(100_000);
            }
            return "done " + (System.nanoTime() - told) + " "
                    + (guest.retired() ? guest.reason().label() : "alive");
        }
    }
}
