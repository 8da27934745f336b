// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardGuardsTest {
    private static final String SLOT = "0000:03:00.0";

    @TempDir
    private Path folder;

    private RuntimeDirectory directory;

    @BeforeEach
    void create() throws IOException {
        directory = RuntimeDirectory.at(folder.resolve("run")).create();
    }

    @Test
    void shouldWaitForAKeeperThatIsYetToStart() throws IOException {
        try (CardGuards guards = new CardGuards(directory, null)) {
            assertThat(KeeperLink.exists(directory)).isFalse();
            guards.of(SLOT).forget();
            assertThat(KeeperLink.exists(directory)).isTrue();
        }
    }

    /** Whoever has the directory's lock is its keeper, and this one listens to nobody. */
    @Test
    void shouldHaveNoCardDrivenWithoutAKeeper() {
        final int lock = OpenFile.open(directory.path().toString(), OpenFile.READ_ONLY);
        assertThat(OpenFile.lockExclusive(lock)).isZero();
        try (CardGuards guards = new CardGuards(directory, null, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> guards.of(SLOT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(SLOT + " is not driven, for no keeper came within 1 s")
                    .hasMessageContaining("sluice nic bind " + SLOT + " --driver vfio-pci");
        } finally {
            Descriptors.close(lock);
        }
    }
}
