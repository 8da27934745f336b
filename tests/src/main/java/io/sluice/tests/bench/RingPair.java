// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two processes, each on a core of its own, with a region between them. */
final class RingPair implements AutoCloseable {
    private final SharedRegion region;
    private final WorkerPair workers;

    /**
     * Starts both processes.
     *
     * @param program what to run; it is told the region's file, its bytes, the processor and its role
     * @param roles the words for the one that is measured, and for the other
     */
    RingPair(RegionSpec spec, List<String> program, List<Integer> cores, List<String> roles) throws IOException {
        final RegionFormat format = new RegionFormat(
                spec,
                spec.rings().stream().mapToInt(ring -> ring.stages().size()).sum());
        region = SharedRegion.create("sluice-bench", format.regionBytes());
        format.write(region.address());
        final String file = "/proc/" + ProcessHandle.current().pid() + "/fd/" + region.descriptor();
        final List<Worker> started = new ArrayList<>();
        try {
            for (int i = 0; i < roles.size(); i++) {
                final List<String> command = new ArrayList<>(program);
                command.addAll(List.of(
                        file, Long.toString(region.lengthBytes()), cores.get(i).toString()));
                command.addAll(List.of(roles.get(i).split(" ")));
                started.add(new Worker(command, Map.of()));
            }
        } catch (IOException e) {
            started.forEach(Worker::close);
            region.close();
            throw e;
        }
        workers = new WorkerPair(started);
    }

    /** Figures of the measured process for {@code packets} packets on {@code ring}. */
    double[] slice(int ring, long packets) throws IOException, InterruptedException {
        return workers.slice(ring, packets);
    }

    @Override
    public void close() {
        workers.close();
        region.close();
    }
}
