// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.keeper.KeptDescriptors;
import org.junit.jupiter.api.Test;

class HostDoorbellTest {
    @Test
    void shouldSayWhenAGuestHasComeAndGoneTooOften() {
        try (HostDoorbell doorbell = new HostDoorbell(1, KeptDescriptors.none())) {
            for (int peer = 1; peer <= HostDoorbell.MAX_RETIRED; peer++) {
                assertThat(doorbell.crowded()).isFalse();
                doorbell.install(peer);
                doorbell.remove(peer);
                doorbell.sweep();
            }
            assertThat(doorbell.crowded()).isTrue();
        }
    }
}
