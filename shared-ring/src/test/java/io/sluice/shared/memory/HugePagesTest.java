// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static io.sluice.shared.memory.Backing.HUGE_PAGE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PinnedPages;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With huge pages that the system is asked for, and gets back. */
class HugePagesTest {
    private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");
    private static final int PAGES = 6;

    private long before;

    @BeforeEach
    void reserve() throws IOException {
        before = Long.parseLong(Files.readString(RESERVED).strip());
        assumeTrue(Files.isWritable(RESERVED), "only root reserves huge pages");
        Files.writeString(RESERVED, Long.toString(before + PAGES));
        assumeTrue(free() >= PAGES, "the system has no " + PAGES + " huge pages left");
    }

    @AfterEach
    void giveBack() throws IOException {
        if (Files.isWritable(RESERVED)) {
            Files.writeString(RESERVED, Long.toString(before));
        }
    }

    private static long free() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("HugePages_Free:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    private static long physical(SharedRegion region, long offset) throws IOException {
        return PageMap.physicalAddresses(region.address() + offset, HUGE_PAGE_BYTES, HUGE_PAGE_BYTES)[0];
    }

    @Test
    void shouldKnowWhereAHugePageLies() throws IOException {
        try (SharedRegion region = SharedRegion.create("huge", HUGE_PAGE_BYTES, Backing.USUAL.asContiguous())) {
            assertThat(region.hugePages()).isTrue();
            assertThat(physical(region, 0) % HUGE_PAGE_BYTES).isZero();
            assertThat(PageMap.physicalAddresses(region.address() + 4096, 4096, 4096)[0])
                    .isEqualTo(physical(region, 0) + 4096);
            try (SharedRegion other = SharedRegion.attach(again(region), HUGE_PAGE_BYTES)) {
                assertThat(other.hugePages()).isTrue();
                assertThat(other.address()).isNotEqualTo(region.address());
                assertThat(physical(other, 0)).isEqualTo(physical(region, 0));
            }
        }
    }

    private static int again(SharedRegion region) {
        return OpenFile.open("/proc/self/fd/" + region.descriptor(), OpenFile.READ_WRITE);
    }

    /** Whether there are two free pages in a row is up to the system; what it says of that has to be right. */
    @Test
    void shouldFindPagesInARow() throws IOException {
        final long bytes = 2 * HUGE_PAGE_BYTES;
        final SharedRegion region;
        try {
            region = SharedRegion.create("row", bytes, Backing.USUAL.asContiguous());
        } catch (PosixException e) {
            assertThat(e).hasMessageContaining("no 2 follow each other").hasMessageContaining("'hugepages=64'");
            assertThat(free()).isGreaterThanOrEqualTo(PAGES);
            return;
        }
        try (region) {
            assertThat(physical(region, HUGE_PAGE_BYTES)).isEqualTo(physical(region, 0) + HUGE_PAGE_BYTES);
        }
    }

    @Test
    void shouldSayThatThereAreTooFew() throws IOException {
        final long bytes = (free() + 1) * HUGE_PAGE_BYTES;
        for (Backing backing : new Backing[] {
            Backing.USUAL.asContiguous(), Backing.USUAL.asContiguous().onNode(0)
        }) {
            assertThatThrownBy(() -> SharedRegion.create("many", bytes, backing))
                    .isInstanceOf(PosixException.class)
                    .hasMessageContaining("name=many bytes=" + bytes)
                    .hasMessageContaining("sysctl vm.nr_hugepages=");
        }
        assertThat(free()).isGreaterThanOrEqualTo(PAGES);
    }

    @Test
    void shouldRefuseWhatIsNoMultipleOfAPage() {
        assertThatThrownBy(() -> SharedRegion.create("small", 1 << 20, Backing.USUAL.asContiguous()))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("bytes=1048576")
                .hasMessageContaining("more or larger slots");
    }

    @Test
    void shouldRefuseANodeThatThereIsNot() {
        assertThatThrownBy(() -> SharedRegion.create(
                        "nowhere", HUGE_PAGE_BYTES, Backing.USUAL.asContiguous().onNode(500)))
                .hasMessageContaining("node=500");
    }

    @Test
    void shouldUseAFileOfAFileSystem(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> SharedRegion.create("file", HUGE_PAGE_BYTES, Backing.USUAL.inFolder(folder)))
                .hasMessageContaining("memory=" + folder)
                .hasMessageContaining("mount -t hugetlbfs");
        assertThat(folder).isEmptyDirectory();
        assertThat(run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", folder.toString()))
                .isZero();
        try (SharedRegion region = SharedRegion.create(
                "file", HUGE_PAGE_BYTES, Backing.USUAL.inFolder(folder).asContiguous())) {
            assertThat(folder).isEmptyDirectory();
            assertThat(region.hugePages()).isTrue();
            assertThat(physical(region, 0)).isPositive();
        } finally {
            assertThat(run("umount", folder.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void shouldHoldPagesThatAreGivenBack() throws IOException {
        final long before = free();
        try (SharedRegion region = SharedRegion.create("pinned", HUGE_PAGE_BYTES, Backing.USUAL.asContiguous());
                PinnedPages pinned = PinnedPages.of(region.address(), HUGE_PAGE_BYTES, HUGE_PAGE_BYTES)) {
            assertThat(pinned.descriptor()).isPositive();
            final long pinnedAddress = physical(region, 0);
            assertThat(SharedMemory.punchHole(region.descriptor(), 0, HUGE_PAGE_BYTES))
                    .isZero();
            assertThat(free()).isEqualTo(before - 1);
            try (SharedRegion next = SharedRegion.create("next", HUGE_PAGE_BYTES, Backing.USUAL.asContiguous())) {
                assertThat(physical(next, 0)).isNotEqualTo(pinnedAddress);
            }
        }
        assertThat(free()).isEqualTo(before);
    }
}
