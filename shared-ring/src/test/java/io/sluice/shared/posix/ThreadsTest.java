// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
    @Test
    void shouldPinTheCallingThreadAlone() throws Exception {
        final BitSet before = Threads.allowedProcessors();
        final int processor = before.nextSetBit(0);
        final FutureTask<BitSet> pinned = new FutureTask<>(() -> {
            assertThat(Threads.pinTo(processor)).isZero();
            Threads.timerSlackNanos(1_000);
            return Threads.allowedProcessors();
        });
        new Thread(pinned).start();
        final BitSet one = new BitSet();
        one.set(processor);
        assertThat(pinned.get()).isEqualTo(one);
        assertThat(Threads.allowedProcessors()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8191, 8192, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseAProcessorThatIsNotThere(int processor) {
        assertThat(Threads.pinTo(processor)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void shouldKeepOffOthersProcessorsWhereItMayRunElsewhere() throws InterruptedException {
        final BitSet allowed = Threads.allowedProcessors();
        final int first = allowed.nextSetBit(0);
        final AtomicReference<BitSet> kept = new AtomicReference<>();
        final AtomicReference<BitSet> keptOffAll = new AtomicReference<>();
        final Thread thread = new Thread(() -> {
            Threads.keepOff(List.of(first));
            kept.set(Threads.allowedProcessors());
            Threads.keepOff(allowed.stream().boxed().toList());
            keptOffAll.set(Threads.allowedProcessors());
        });
        thread.start();
        thread.join();
        assertThat(kept.get().get(first)).isEqualTo(allowed.cardinality() == 1);
        assertThat(keptOffAll.get()).isEqualTo(kept.get());
    }

    @Test
    void shouldKeepToProcessorsThatItMayHave() throws InterruptedException {
        final BitSet allowed = Threads.allowedProcessors();
        final int first = allowed.nextSetBit(0);
        final AtomicReference<BitSet> kept = new AtomicReference<>();
        final AtomicReference<BitSet> keptToOthers = new AtomicReference<>();
        final Thread thread = new Thread(() -> {
            Threads.keepTo(List.of(first, 1000));
            kept.set(Threads.allowedProcessors());
            Threads.keepTo(List.of(1000));
            keptToOthers.set(Threads.allowedProcessors());
        });
        thread.start();
        thread.join();
        assertThat(kept.get().stream()).containsExactly(first);
        assertThat(keptToOthers.get()).isEqualTo(kept.get());
    }

    @Test
    void shouldKnowTheProcessorsOfANode(@TempDir Path nodes) throws IOException {
        Files.writeString(Files.createDirectory(nodes.resolve("node0")).resolve("cpulist"), "0-2,8,10-11\n");
        Files.writeString(Files.createDirectory(nodes.resolve("node1")).resolve("cpulist"), "\n");
        assertThat(NumaNode.processors(nodes, 0)).containsExactly(0, 1, 2, 8, 10, 11);
        assertThat(NumaNode.processors(nodes, 1)).isEmpty();
        assertThat(NumaNode.processors(nodes, -1)).isEmpty();
    }

    @Test
    void shouldKnowTheNodeOfADevice(@TempDir Path device) throws IOException {
        assertThat(NumaNode.ofDevice(device)).isEqualTo(-1);
        Files.writeString(device.resolve("numa_node"), "1\n");
        assertThat(NumaNode.ofDevice(device)).isEqualTo(1);
    }
}
