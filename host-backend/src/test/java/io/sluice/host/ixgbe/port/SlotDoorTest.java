// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.keeper.KeptDescriptors;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlotDoorTest {
    @Test
    void shouldAskForAGuardOnlyWhereThereIsACard() {
        final AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> SlotDoor.open("ffff:ff:1f.7", () -> {
                    asked.incrementAndGet();
                    return KeptDescriptors.none();
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("slot ffff:ff:1f.7 has no PCI device; 'sluice nic list' shows where there are cards");
        assertThat(asked).hasValue(0);
    }
}
