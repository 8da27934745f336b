// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "0.25, 0.25",
        "12.34, 12.3",
        "999.4, 999",
        "999.6, 1.00 k",
        "1000, 1.00 k",
        "9996, 10.0 k",
        "14880952, 14.9 M",
        "2.5e12, 2.50 T"
    })
    void shouldShowThreeDigitsOfARate(double value, String expected) {
        assertThat(Figures.rate(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ns",
        "999, 999 ns",
        "1500, 1.50 us",
        "12345678, 12.3 ms",
        "1500000000, 1.50 s",
        "90000000000, 90 s"
    })
    void shouldShowAShortTime(long nanos, String expected) {
        assertThat(Figures.nanos(nanos)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 s", "119, 119 s", "120, 2 min", "7199, 119 min", "7260, 2 h 1 min", "180000, 2 d 2 h"})
    void shouldShowALongTime(long seconds, String expected) {
        assertThat(Figures.duration(seconds * 1_000_000_000L)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, ........", "1, #.......", "512, ####....", "1023, ########", "1024, ########", "5000, ########"})
    void shouldFillABarAsFarAsThereIsSomething(long part, String expected) {
        assertThat(Figures.bar(part, 1024)).isEqualTo(expected);
    }

    @Test
    void shouldShowCountsAndBytes() {
        assertThat(Figures.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Figures.bytes(1_234_567)).isEqualTo("1.23 MB");
        assertThat(Figures.bytes(0)).isEqualTo("0 B");
    }
}
