// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ConfigFuzzTest {
    private static final long LIMIT_BYTES = 64 << 20;
    private static final Path FILE = file();

    private static Path file() {
        try {
            final Path file = Files.createTempFile("sluice-fuzz", ".yaml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @FuzzTest
    void shouldAnswerAnyFileWithAConfigurationOrItsFault(byte[] input) throws Exception {
        Files.write(FILE, input);
        Limits.hold(LIMIT_BYTES, ConfigFuzzTest::read);
    }

    private static void read() {
        try {
            assertThat(ConfigFile.read(FILE).chains()).isNotEmpty();
        } catch (ConfigException wrong) {
            assertThat(wrong).hasMessageStartingWith(FILE.toString());
        }
    }
}
