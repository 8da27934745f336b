// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.LossPolicy;
import org.junit.jupiter.api.Test;

class GuestOptionsTest {
    @Test
    void shouldHoldPacketsForAGuestThatSaysNothingElse() {
        assertThat(optionsOf("tap:a <=> guest:fw <=> tap:b")).isEqualTo(new GuestOptions(LossPolicy.HOLD, ""));
    }

    @Test
    void shouldTakeWhatAGuestSays() {
        assertThat(optionsOf("tap:a <=> guest:fw?on-loss=bypass&domain=red <=> tap:b"))
                .isEqualTo(new GuestOptions(LossPolicy.BYPASS, "red"));
        assertThat(optionsOf("tap:a <=> guest:fw?on-loss=drop")).isEqualTo(new GuestOptions(LossPolicy.DROP, ""));
    }

    private static GuestOptions optionsOf(String chain) {
        return GuestOptions.of(Chain.parse(chain).hops().get(1));
    }
}
