// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import java.nio.charset.StandardCharsets;

class KeeperMessageFuzzTest {
    private static final long LIMIT_BYTES = 16 << 20;

    @FuzzTest
    void shouldReadAnyTextOrRefuseIt(byte[] input) throws Exception {
        final String text = new String(input, StandardCharsets.ISO_8859_1);
        Limits.hold(LIMIT_BYTES, () -> {
            final KeeperMessage message;
            try {
                message = KeeperMessage.parse(text);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("no message of the keeper's");
                return;
            }
            assertThat(message.format()).isEqualTo(text);
            assertThat(text.length()).isLessThan(KeeperMessage.MAX_BYTES);
        });
    }
}
