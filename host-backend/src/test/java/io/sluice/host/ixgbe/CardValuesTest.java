// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CardValuesTest {
    @Test
    void shouldReadAndWriteAddresses() {
        final MacAddress address = MacAddress.parse("02:11:22:33:44:55");

        assertThat(address).hasToString("02:11:22:33:44:55");
        assertThat(address.low()).isEqualTo(0x3322_1102);
        assertThat(address.high()).isEqualTo(0x5544);
        assertThat(MacAddress.ofRegisters(0x3322_1102, 0x8000_5544)).isEqualTo(address);
        assertThat(address.unicast()).isTrue();
        assertThat(new MacAddress(0).unicast()).isFalse();
        assertThat(MacAddress.parse("01:00:5e:00:00:01").multicast()).isTrue();
    }

    @Test
    void shouldSayWhatIsNoAddress() {
        for (String text : new String[] {"", "02:11:22:33:44", "02:11:22:33:44:55:66", "02-11-22-33-44-55", "zz:0"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MacAddress.parse(text))
                    .withMessageContaining("address=" + text);
        }
    }

    @Test
    void shouldRefuseRingsThatACardCannotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReceiveRing(64, 64, 2, true, false))
                .withMessageContaining("descriptorsDeviceAddress=0x40");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReceiveRing(0, 4104, 2, true, false))
                .withMessageContaining("descriptors=4104");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TransmitRing(0, 12, 0))
                .withMessageContaining("descriptors=12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReceiveRing(0, 8, 17, true, false))
                .withMessageContaining("bufferKibibytes=17");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TransmitRing(0, 8, 8))
                .withMessageContaining("headDeviceAddress=0x8");
    }

    @Test
    void shouldRefuseOptionsThatACardCannotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardOptions.defaults().withMaxFrameBytes(15_869))
                .withMessageContaining("maxFrameBytes=15869");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CardOptions.defaults().withStuckNanos(0))
                .withMessageContaining("stuckNanos=0");
    }

    @Test
    void shouldKnowTheCardsOfTheFamily() {
        assertThat(CardKind.of(0x10FB))
                .hasValueSatisfying(kind -> assertThat(kind.label()).isEqualTo("82599"));
        assertThat(CardKind.of(0x1528))
                .hasValueSatisfying(
                        kind -> assertThat(kind.receiveBufferKibibytes()).isEqualTo(384));
        assertThat(CardKind.of(0x1563))
                .hasValueSatisfying(kind -> assertThat(kind.readsEeprom()).isFalse());
        assertThat(CardKind.of(0x10ED)).as("a virtual function").isEmpty();
    }

    @Test
    void shouldSleepAsLongAsItIsToldAndKeepAnInterrupt() {
        final CardClock clock = CardClock.system();
        for (long nanos : new long[] {0, 5_000, 300_000}) {
            final long begin = clock.nanos();
            Thread.currentThread().interrupt();
            clock.sleep(nanos);
            assertThat(clock.nanos() - begin).isGreaterThanOrEqualTo(nanos);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
