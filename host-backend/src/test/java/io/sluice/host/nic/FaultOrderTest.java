// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.host.ixgbe.model.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultOrderTest {
    private final Faults faults = new Faults();

    @ParameterizedTest
    @CsvSource({
        "link-down, link-up, the link is lost",
        "unplug, plug, removed: everything reads as ones",
        "eeprom-missing, eeprom-sound, the EEPROM is missing",
        "eeprom-damaged, eeprom-sound, a bit of the EEPROM reads wrong",
        "interrupts-lost, interrupts-back, interrupts get lost",
        "receive-stuck=3, receive-free=3, receive queue 3 is stuck",
        "receive-stuck, receive-free, every receive queue is stuck",
        "transmit-stuck=127, transmit-free, transmit queue 127 is stuck",
        "write-backs-late=7, write-backs-late=0, write-backs come 7 ns late",
        "semaphore-held, semaphore-free, somebody else holds the software semaphore",
        "master-stuck, master-free, bus mastering does not end",
    })
    void shouldLetSomethingGoWrongAndMendIt(String fault, String mends, String words) {
        FaultOrder.obey(faults, fault);
        assertThat(FaultWords.of(faults)).containsExactly(words);
        FaultOrder.obey(faults, mends);
        assertThat(FaultWords.of(faults)).isEmpty();
        FaultOrder.obey(faults, fault);
        FaultOrder.obey(faults, "none");
        assertThat(FaultWords.of(faults)).isEmpty();
    }

    @Test
    void shouldNameQueuesThatAreStuck() {
        FaultOrder.obey(faults, "transmit-stuck=2");
        FaultOrder.obey(faults, "transmit-stuck=65");
        assertThat(FaultWords.of(faults)).containsExactly("transmit queue 2, 65 are stuck");
    }

    @Test
    void shouldResetOnce() {
        FaultOrder.obey(faults, "reset=2");
        assertThat(faults.resetsNow()).isFalse();
        assertThat(faults.resetsNow()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "link",
                "LINK-DOWN",
                "link-down=1",
                "receive-stuck=",
                "receive-stuck=128",
                "receive-stuck=-1",
                "write-backs-late=99999999999999999999",
                "reset=1e3"
            })
    void shouldRefuseWhatIsNoFault(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultOrder.check(text))
                .withMessageContaining("fault '");
        assertThatIllegalArgumentException().isThrownBy(() -> FaultOrder.obey(faults, text));
        assertThat(FaultWords.of(faults)).isEmpty();
    }
}
