// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.SfpModule.Type;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SfpModuleTest {
    private static byte[] memory(int ethernet10g, int ethernet1g, int cable) {
        final byte[] memory = new byte[SfpModule.BYTES];
        memory[0] = 3;
        memory[3] = (byte) ethernet10g;
        memory[6] = (byte) ethernet1g;
        memory[8] = (byte) cable;
        put(memory, 20, "Intel Corp      ");
        put(memory, 40, "FTLX8571D3BCV-IT");
        put(memory, 56, "A   ");
        put(memory, 68, "AB\u001B[2J0042      ");
        int sum = 0;
        for (int i = 0; i < 63; i++) {
            sum += memory[i];
        }
        memory[63] = (byte) sum;
        return memory;
    }

    private static void put(byte[] memory, int at, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, memory, at, bytes.length);
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "0x10, 0, 0, SHORT_REACH",
        "0x30, 1, 0, SHORT_REACH",
        "0x20, 2, 0, LONG_REACH",
        "0x40, 0, 0, LONG_REACH_MULTIMODE",
        "0x80, 0, 0, EXTENDED_REACH",
        "0, 0, 4, DIRECT_ATTACH_PASSIVE",
        "0x10, 0, 8, DIRECT_ATTACH_ACTIVE",
        "0, 1, 0, GIGABIT_SHORT",
        "0, 2, 0, GIGABIT_LONG",
        "0, 8, 0, GIGABIT_COPPER",
        "0, 0, 0, UNKNOWN"
    })
    void shouldTellModulesApart(String ethernet10g, int ethernet1g, int cable, Type type) {
        assertThat(SfpModule.parse(memory(Integer.decode(ethernet10g), ethernet1g, cable))
                        .type())
                .isEqualTo(type);
    }

    @Test
    void shouldSayWhoMadeIt() {
        assertThat(SfpModule.parse(memory(0x10, 0, 0)))
                .hasToString("10GBASE-SR, Intel Corp FTLX8571D3BCV-IT rev A, serial AB?[2J0042");
    }

    @Test
    void shouldSayThatADescriptionIsDamaged() {
        final byte[] memory = memory(0x10, 0, 0);
        memory[21]++;

        assertThat(SfpModule.parse(memory).checksumGood()).isFalse();
        assertThat(SfpModule.parse(memory).toString()).endsWith("(its check code is wrong)");
    }
}
