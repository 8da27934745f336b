// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SparksTest {
    @Test
    void shouldDrawEachNumberBesideTheLargest() {
        assertThat(Sparks.bars().draw(List.of(0.0, 1.0, 50.0, 100.0))).isEqualTo(" \u2581\u2584\u2588");
        assertThat(Sparks.letters().draw(List.of(0.0, 1.0, 50.0, 100.0))).isEqualTo(" .=@");
    }

    @Test
    void shouldDrawNothingOfNothing() {
        assertThat(Sparks.bars().draw(List.of(0.0, 0.0))).isEqualTo("  ");
        assertThat(Sparks.bars().draw(List.of())).isEmpty();
    }
}
