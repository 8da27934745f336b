// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.keeper.CardGuards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardRequestTest {
    private static CardRequest request(String address, Map<String, String> options) {
        return CardRequest.of(address, options, true, true);
    }

    @ParameterizedTest
    @CsvSource({
        "model0, model0, 0, MODEL",
        "model0-3, model0, 3, MODEL",
        "modelwan-15, modelwan, 15, MODEL",
        "/run/nic.sock, /run/nic.sock, 0, SOCKET",
        "/run/nic-3, /run/nic-3, 0, SOCKET",
        "0000:03:00.0, 0000:03:00.0, 0, SLOT",
        "03:00.1-2, 03:00.1, 2, SLOT"
    })
    void shouldReadWhichCardAndQueuePair(String text, String card, int pair, CardAddress.Place place) {
        final CardAddress address = request(text, Map.of()).address();
        assertThat(address).isEqualTo(new CardAddress(card, pair));
        assertThat(address.place()).isEqualTo(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "model0-16", "model0-", "03:00", "0000:03:00.9", "nic.sock"})
    void shouldRefuseWhatIsNoCard(String text) {
        assertThatThrownBy(() -> request(text, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ixgbe:" + text);
    }

    @ParameterizedTest
    @CsvSource({
        "model0, pool, 3, needs mac=",
        "model0, mac, 52:54:00:00:00:01, needs pool=",
        "model0, vlan, 5, needs pool=",
        "model0, mtu, 100000, must be from 576",
        "model0, queues, 17, must be from 1 to 16",
        "model0, wire, lan, tap:lan",
        "model0, speed, 10, no option speed=10",
        "/run/a.sock, wire, tap:lan, this one has a wire"
    })
    void shouldSayWhatAnOptionShouldBe(String address, String option, String value, String remedy) {
        assertThatThrownBy(() -> request(address, Map.of(option, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(remedy);
    }

    @Test
    void shouldTakeTheWiresOptions() {
        final CardRequest request = request("model0", Map.of("wire", "gen:", "wire.size", "64", "mtu", "9000"));
        assertThat(request.wire()).contains(new CardRequest.Wire("gen", "", Map.of("size", "64")));
        assertThat(request.maxFrameBytes()).isEqualTo(9018);
        assertThat(request.bufferBytes()).isEqualTo(9216);
        assertThat(request("model1", Map.of("wire.netns", "lan")).wire())
                .contains(new CardRequest.Wire("tap", "model1", Map.of("netns", "lan")));
        assertThat(request("model1", Map.of()).wire()).isEmpty();
    }

    @Test
    void shouldGiveEachPlaceQueuesOfItsOwn() {
        assertThat(request("model0-3", Map.of()).queueNumbers()).isEqualTo(new QueueNumbers(3, 3, 19));
        assertThat(request("model0", Map.of("pool", "5", "mac", "52:54:00:00:00:01"))
                        .queueNumbers())
                .isEqualTo(new QueueNumbers(10, 10, 11));
    }

    @Test
    void shouldRefuseChainsThatAskOneCardForDifferentThings() {
        final CardRequest first = request("model0-0", Map.of("wire", "tap:a"));
        shouldContradict(first, request("model0-1", Map.of("wire", "tap:b")), "two wires");
        shouldContradict(first, request("model0-1", Map.of("mtu", "9000")), "different mtu=");
        shouldContradict(first, request("model0", Map.of("pool", "1", "mac", "52:54:00:00:00:01")), "without a pool");
        final CardRequest both = first.with(request("model0-1", Map.of("flow-control", "true")));
        assertThat(both.wire()).isPresent();
        assertThat(both.cardOptions().flowControl()).isTrue();
    }

    private static void shouldContradict(CardRequest first, CardRequest second, String what) {
        final List<Cards.Use> uses = List.of(new Cards.Use("a", first), new Cards.Use("b", second));
        assertThatThrownBy(() -> new Cards(
                        uses, RuntimeDirectory.ofProcess(), new CardGuards(RuntimeDirectory.ofProcess(), null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }
}
