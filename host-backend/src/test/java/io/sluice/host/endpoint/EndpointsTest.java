// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private static void shouldRefuse(String kind, String address, Map<String, String> options, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Endpoints.open(kind, address, options, true, false).close())
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    @Test
    void shouldNameTheKindsThereAre() {
        shouldRefuse("tub", "lan", Map.of(), "tub", "tap, packet, pcap, gen, null");
    }

    @Test
    void shouldNameAnUnknownOptionAndTheOnesThereAre() {
        shouldRefuse("gen", "", Map.of("sise", "64"), "gen:", "sise=64", "size=N|N-M|imix", "count=N");
        shouldRefuse("null", "", Map.of("rate", "1"), "rate=1", "check=true|false");
    }

    @Test
    void shouldSayWhatWouldBeRight() {
        shouldRefuse("gen", "", Map.of("flows", "many"), "flows=many", "100k");
        shouldRefuse("gen", "", Map.of("flows", "0"), "flows=0", "from 1 to 1048576");
        shouldRefuse("gen", "", Map.of("ip", "5"), "ip=5", "4 or 6");
        shouldRefuse("gen", "", Map.of("size", "63"), "size=63", "from 64 to 9216");
        shouldRefuse("gen", "", Map.of("size", "64", "ip", "6"), "size=64", "from 82 to 9216");
        shouldRefuse("gen", "", Map.of("size", "small"), "size=small", "imix");
        shouldRefuse("tap", "lan", Map.of("up", "perhaps"), "up=perhaps", "true or false");
        shouldRefuse("tap", "lan", Map.of("mtu", "20"), "mtu=20", "from 68 to 65521");
        shouldRefuse("tap", "a-name-too-long-for-it", Map.of(), "1 to 15");
        shouldRefuse("tap", "a/b", Map.of(), "1 to 15");
        shouldRefuse("tap", "", Map.of(), "tap:NAME");
        shouldRefuse("gen", "x", Map.of(), "takes no address");
        shouldRefuse("pcap", "in.pcap", Map.of("pace", "slow"), "pace=slow", "max or capture");
    }

    @Test
    void shouldRefuseAnOptionForTheOtherDirection() {
        shouldRefuse("gen", "", Map.of("check", "true"), "check=true", "packets go to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoints.open("pcap", "x.pcap", Map.of("loop", "2"), false, true))
                .withMessageContaining("loop=2")
                .withMessageContaining("packets come from");
    }

    @Test
    void shouldDescribeEveryOptionInOneLine() {
        assertThat(Endpoints.kinds()).hasSize(5).allSatisfy(kind -> {
            assertThat(kind.summary()).isNotBlank().hasLineCount(1);
            assertThat(kind.options())
                    .allSatisfy(option -> assertThat(option.help()).isNotBlank().hasLineCount(1));
        });
    }

    @Test
    void shouldSwallowAndCountInNull() {
        try (Endpoint endpoint = Endpoints.open("null", "", Map.of(), true, true)) {
            final var slot = new Slot();
            assertThat(slot.transmit(endpoint.sink(), TestPackets.frame(60, 1), 0))
                    .isEqualTo(PacketSink.Result.SENT);
            assertThat(endpoint.details()).containsEntry("taken", 1L).containsEntry("taken-bytes", 60L);
            assertThat(endpoint.source().receive(slot.address(), slot.capacity()))
                    .isEqualTo(PacketSource.NOTHING);
            assertThat(endpoint.source().nextDueNanos()).isEqualTo(PacketSource.NEVER);
        }
    }

    @Test
    void shouldHaveNoSinkWhereNothingIsSent() {
        try (Endpoint endpoint = Endpoints.open("gen", "", Map.of(), true, false)) {
            assertThatIllegalStateException().isThrownBy(endpoint::sink);
        }
    }
}
