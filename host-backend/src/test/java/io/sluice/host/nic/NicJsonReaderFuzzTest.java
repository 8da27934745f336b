// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

class NicJsonReaderFuzzTest {
    private static final long LIMIT_BYTES = 64 << 20;

    @FuzzTest
    void shouldReadAnyBytesOrSayWhatIsWrong(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> {
            final Nic nic;
            try {
                nic = NicJsonReader.read(input);
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotBlank();
                return;
            }
            final StringWriter text = new StringWriter();
            NicJson.writeReport(text, nic.holder().orElseThrow(), nic.card());
            assertThat(NicJsonReader.read(text.toString().getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(nic);
        });
    }
}
