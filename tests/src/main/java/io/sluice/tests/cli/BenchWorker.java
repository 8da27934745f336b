// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.cli;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.Threads;
import io.sluice.shared.ring.Directory;
import io.sluice.tests.bench.ring.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One process of a benchmark: {@code BenchWorker FILE BYTES PROCESSOR ROLE...}. Maps the region in FILE, pins itself,
 * and answers each line {@code RING PACKETS} on its input with a line of figures once that slice is done.
 */
public final class BenchWorker {
    private BenchWorker() {}

    public static void main(String[] args) throws IOException {
        final int descriptor =
                PosixException.check(OpenFile.open(args[0], OpenFile.READ_WRITE), "open(" + args[0] + ")");
        final SharedRegion region = SharedRegion.attach(descriptor, Long.parseLong(args[1]));
        final Directory directory = Directory.shared(region.address(), region.lengthBytes());
        PosixException.check(Threads.pinTo(Integer.parseInt(args[2])), "sched_setaffinity(" + args[2] + ")");
        final Role role = Role.of(directory, Arrays.copyOfRange(args, 3, args.length));
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            final String[] words = line.split(" ");
            final long[] figures = role.slice(Integer.parseInt(words[0]), Long.parseLong(words[1]));
            System.out.println(Arrays.stream(figures).mapToObj(Long::toString).collect(Collectors.joining(" ")));
        }
        // Printed, so that none of the reading can be left out; nobody reads it.
        System.out.println(role.checksum());
    }
}
