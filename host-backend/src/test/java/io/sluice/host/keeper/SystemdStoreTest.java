// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SystemdStoreTest {
    @Test
    void shouldNotBeUsedWhereSystemdDoesNotOfferIt() {
        assertThat(SystemdStore.of(Map.of())).isEmpty();
        assertThat(SystemdStore.of(Map.of("NOTIFY_SOCKET", "/run/systemd/notify")))
                .isEmpty();
        assertThat(SystemdStore.of(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "FDSTORE", "0")))
                .isEmpty();
        assertThat(SystemdStore.of(Map.of("FDSTORE", "10"))).isEmpty();
    }

    @Test
    void shouldTellWhetherAnEarlierStartHasStoredSomething() {
        assertThat(SystemdStore.handsOver(Map.of("FDSTORE", "10"))).isFalse();
        assertThat(SystemdStore.handsOver(Map.of("LISTEN_FDNAMES", "http.socket")))
                .isFalse();
        assertThat(SystemdStore.handsOver(Map.of("LISTEN_FDNAMES", "c~0~0a~7-1/tap-0")))
                .isTrue();
    }
}
