// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuccessionTest {
    private static ConfiguredChain chain(String text, ChainOptions options) {
        return new ConfiguredChain("c", Chain.parse(text), options);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tap:a <=> guest:g <=> tap:b",
                "tap:a <=> tap:b",
                "packet:a <=> guest:g <=> packet:b",
                "gen:?rate=1k => guest:g => null:",
                "guest:a <=> guest:b",
            })
    void shouldKeepWhatGoesOn(String text) {
        assertThat(Succession.keeps(chain(text, ChainOptions.DEFAULTS))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pcap:in.pcap => guest:g => null:",
                "tap:a => guest:g => pcap:out.pcap",
                "gen:?count=5 => guest:g => null:",
                "gen: => guest:g => null:?check=true",
                "packet:a <=> packet:b",
                "gen: => null:",
            })
    void shouldNotKeepWhatBeginsAnewOrHasNothingToKeep(String text) {
        assertThat(Succession.keeps(chain(text, ChainOptions.DEFAULTS))).isFalse();
    }

    @Test
    void shouldTellPlansApartByWhatShapesTheRegionAndByNothingElse() {
        final String text = "tap:a <=> guest:g <=> tap:b";
        final String plan = Succession.plan(chain(text, ChainOptions.DEFAULTS));
        assertThat(plan).startsWith("tap:a <=> guest:g <=> tap:b slots=1024 buffer=2048 threads=");
        assertThat(Succession.plan(chain("tap:a<=>guest:g<=>tap:b", ChainOptions.DEFAULTS)))
                .isEqualTo(plan);
        assertThat(Succession.plan(chain(text, ChainOptions.DEFAULTS.with("wait", "spin"))))
                .isEqualTo(plan);
        assertThat(Succession.plan(chain(text, ChainOptions.DEFAULTS.with("slots", "512"))))
                .isNotEqualTo(plan);
        assertThat(Succession.plan(chain("tap:a <=> guest:g <=> tap:c", ChainOptions.DEFAULTS)))
                .isNotEqualTo(plan);
        assertThat(Succession.plan(chain("tap:a => guest:g => tap:b", ChainOptions.DEFAULTS)))
                .isNotEqualTo(plan);
    }
}
