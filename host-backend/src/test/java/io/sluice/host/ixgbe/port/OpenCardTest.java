// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.CableWire;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciConfig;
import org.junit.jupiter.api.Test;

class OpenCardTest {
    private long nowNanos = 1_000;

    @Test
    void shouldTellAllChainsWhyTheirCardWasClosed() throws CardException {
        final CableWire wire = CableWire.pair().getFirst();
        try (Model82599 model =
                new Model82599(ModelOptions.of("model0"), () -> nowNanos, parts -> new PacketEngine(parts, wire))) {
            final InProcessDoor device = new InProcessDoor(model);
            final Card card = Card.open(device, CardOptions.defaults().withClock(clock(model)));
            final OpenCard opened = new OpenCard(null, card, () -> {});
            assertThat(opened.failure()).isEmpty();
            assertThat(opened.givenUp()).isFalse();

            opened.giveUp("transmit queue 3 is still enabled");
            opened.giveUp("the next one is so too");

            assertThat(opened.givenUp()).isTrue();
            assertThat(opened.failure().orElseThrow())
                    .startsWith("model0: the card was closed for all of its chains")
                    .contains("transmit queue 3 is still enabled")
                    .contains("start them again");
            assertThat(new PciConfig(device).commandHas(PciConfig.COMMAND_BUS_MASTER))
                    .isFalse();
            device.close();
        }
    }

    @Test
    void shouldGiveEachVectorToOneQueueAndTellWhenAllAreTaken() throws CardException {
        final CableWire wire = CableWire.pair().getFirst();
        try (Model82599 model =
                new Model82599(ModelOptions.of("model0"), () -> nowNanos, parts -> new PacketEngine(parts, wire))) {
            final InProcessDoor device = new InProcessDoor(model);
            final Card card = Card.open(device, CardOptions.defaults().withClock(clock(model)));
            final OpenCard opened = new OpenCard(null, card, () -> {});
            for (int vector = 0; vector < 64; vector++) {
                assertThat(opened.takeVector()).isEqualTo(vector);
            }
            assertThat(opened.takeVector()).isNegative();
            opened.giveVector(5);
            assertThat(opened.takeVector()).isEqualTo(5);
            card.close();
            device.close();
        }
    }

    private CardClock clock(Model82599 model) {
        return new CardClock() {
            @Override
            public long nanos() {
                return nowNanos;
            }

            @Override
            public void sleep(long nanos) {
                nowNanos += nanos;
                model.doWork();
            }
        };
    }
}
