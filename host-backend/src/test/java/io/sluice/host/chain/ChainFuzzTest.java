// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import java.nio.charset.StandardCharsets;

class ChainFuzzTest {
    private static final long LIMIT_BYTES = 64 << 20;

    @FuzzTest
    void shouldAnswerAnyTextWithAChainOrAPicture(byte[] input) throws Exception {
        final String text = new String(input, StandardCharsets.UTF_8);
        Limits.hold(LIMIT_BYTES, () -> ChainMutationTest.answered(text));
    }
}
