// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @Test
    void shouldReadCountsInPowersOfTen() {
        assertThat(Quantity.count("0")).isZero();
        assertThat(Quantity.count("1k")).isEqualTo(1_000);
        assertThat(Quantity.count("14.88M")).isEqualTo(14_880_000);
    }

    @Test
    void shouldReadSizesInPowersOfTwo() {
        assertThat(Quantity.bytes("1500")).isEqualTo(1500);
        assertThat(Quantity.bytes("1k")).isEqualTo(1024);
        assertThat(Quantity.bytes("1.5MiB")).isEqualTo(3 << 19);
    }

    @Test
    void shouldReadDurations() {
        assertThat(Quantity.nanos("30s")).isEqualTo(30_000_000_000L);
        assertThat(Quantity.nanos("0.5us")).isEqualTo(500);
        assertThat(Quantity.nanos("2min")).isEqualTo(120_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1x", "k", "1.0001k1", "0.5", "9999999999999G", "1 k"})
    void shouldSayHowANumberIsWritten(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.count(text))
                .withMessageContaining("14.88M");
    }
}
