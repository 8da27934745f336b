// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRegionTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path temporary;

    @Test
    void shouldGiveZeroedMemoryThatOthersCanMap() {
        try (SharedRegion region = SharedRegion.create("region-test", 2 * MIB)) {
            assertThat(region.lengthBytes()).isEqualTo(2 * MIB);
            for (long offset = 0; offset < 2 * MIB; offset += 8) {
                assertThat(Memory.longAt(region.address() + offset)).isZero();
            }
            Memory.longAt(region.address() + 2 * MIB - 8, 42);
            final long other = SharedMemory.map(region.descriptor(), 0, 2 * MIB);
            assertThat(Memory.longAt(other + 2 * MIB - 8)).isEqualTo(42);
            SharedMemory.unmap(other, 2 * MIB);
        }
    }

    @Test
    void shouldSayWhyItUsesNoHugePages() throws IOException {
        try (SharedRegion region = SharedRegion.create("region-test", 4 * MIB)) {
            if (freeHugePages() < 2) {
                assertThat(region.hugePages()).isFalse();
                assertThat(region.note()).contains("huge pages not used").contains("sysctl vm.nr_hugepages=2");
            } else {
                assertThat(region.hugePages()).isTrue();
                assertThat(region.note()).isEmpty();
            }
        }
        try (SharedRegion region = SharedRegion.create("region-test", MIB)) {
            assertThat(region.hugePages()).isFalse();
            assertThat(region.note()).contains("no multiple of 2 MiB");
        }
    }

    private static long freeHugePages() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("HugePages_Free:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    @Test
    void shouldSayThatThereIsNotEnoughMemory() {
        for (long bytes : new long[] {1L << 46, (1L << 46) + 4096, 1L << 62}) {
            assertThatThrownBy(() -> SharedRegion.create("absurd", bytes))
                    .isInstanceOfSatisfying(
                            PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM))
                    .hasMessageContaining("name=absurd bytes=" + bytes)
                    .hasMessageContaining("ENOMEM, cannot allocate memory")
                    .hasMessageContaining("fewer or smaller slots");
        }
    }

    @Test
    void shouldLetNobodyResizeIt() {
        try (SharedRegion region = SharedRegion.create("sealed", MIB)) {
            assertThat(SharedMemory.truncate(region.descriptor(), 4096)).isEqualTo(-Errno.EPERM);
            assertThat(SharedMemory.truncate(region.descriptor(), 2 * MIB)).isEqualTo(-Errno.EPERM);
            assertThat(SharedMemory.sealSize(region.descriptor())).isEqualTo(-Errno.EPERM);
        }
    }

    @Test
    void shouldCloseTwice() {
        final SharedRegion region = SharedRegion.create("twice", MIB);
        region.close();
        region.close();
    }

    @Test
    void shouldTakeTheLeastOfSystemAndControlGroups() throws IOException {
        final Map<String, String> version2 = Map.of(
                "proc/meminfo", "MemTotal: 900 kB\nMemAvailable:   800 kB\n",
                "proc/self/cgroup", "0::/a/b\n",
                "cgroup/a/memory.max", "600000\n",
                "cgroup/a/memory.current", "400000\n",
                "cgroup/a/memory.stat", "anon 1\ninactive_file 100000\n",
                "cgroup/a/b/memory.max", "max\n",
                "cgroup/a/b/memory.current", "5\n");
        assertThat(available(version2)).isEqualTo(300_000);
        final Map<String, String> version1 = Map.of(
                "proc/meminfo", "MemAvailable: 800 kB\n",
                "proc/self/cgroup", "4:memory:/a\n2:cpu,cpuacct:/\n0::/\n",
                "cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n",
                "cgroup/memory/memory.usage_in_bytes", "1000\n",
                "cgroup/memory/memory.stat", "inactive_file 2000\n",
                "cgroup/memory/a/memory.limit_in_bytes", "4096\n",
                "cgroup/memory/a/memory.usage_in_bytes", "5000\n");
        assertThat(available(version1)).isZero();
        final Map<String, String> none =
                Map.of("proc/meminfo", "MemAvailable: 800 kB\n", "proc/self/cgroup", "0::/gone\n");
        assertThat(available(none)).isEqualTo(800 << 10);
        assertThat(available(Map.of())).isEqualTo(Long.MAX_VALUE);
    }

    private long available(Map<String, String> files) throws IOException {
        final Path root = Files.createTempDirectory(temporary, "root");
        for (Map.Entry<String, String> file : files.entrySet()) {
            final Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return new AvailableMemory(root.resolve("proc"), root.resolve("cgroup")).read();
    }
}
