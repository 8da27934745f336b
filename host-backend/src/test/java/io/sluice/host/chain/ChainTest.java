// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChainTest {
    @Test
    void shouldReadHopsWithTheirPlaces() {
        Chain chain = Chain.parse("gen:?size=64&flows=1000 => guest:fw => null:");

        assertThat(chain.bothWays()).isFalse();
        assertThat(chain.hops()).extracting(Hop::name).containsExactly("gen:", "guest:fw", "null:");
        assertThat(chain.hops()).extracting(Hop::position).containsExactly(0, 27, 39);
        assertThat(chain.hops()).extracting(Hop::addressPosition).containsExactly(4, 33, 44);
        assertThat(chain.first().written())
                .containsExactly(new HopOption("size", "64", 5, 10), new HopOption("flows", "1000", 13, 19));
    }

    @Test
    void shouldKeepRepeatedOptionsInOrder() {
        Chain chain = Chain.parse("pcap:in.pcap => vnf:firewall?allow=10.0.0.0/8&deny=any&allow=fd00::/8 => null:");

        Map<String, List<String>> options = chain.hops().get(1).options();
        assertThat(options)
                .containsExactly(entry("allow", List.of("10.0.0.0/8", "fd00::/8")), entry("deny", List.of("any")));
        assertThatIllegalStateException().isThrownBy(() -> chain.hops().get(1).singleOptions());
    }

    @Test
    void shouldGiveAnEndpointEachOptionOnce() {
        assertThat(Chain.parse("gen:?size=64&flows=2 => null:").first().singleOptions())
                .containsExactly(entry("size", "64"), entry("flows", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tap:lan<=>guest:fw<=>tap:wan",
                "  tap:lan\t<=>\n guest:fw <=>tap:wan  ",
            })
    void shouldNotNeedBlanksAroundArrows(String text) {
        Chain chain = Chain.parse(text);

        assertThat(chain.format()).isEqualTo("tap:lan <=> guest:fw <=> tap:wan");
        assertThat(chain.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "packet:0000:03:00.0 => null:, 0000:03:00.0",
        "packet:eth0-1=> null:, eth0-1",
        "packet:eth0^ => null:, eth0^",
        "packet:eth0{3 => null:, eth0{3",
        "packet:eth0}3/rtz => null:, eth0}3/rtz",
        "pcap:/a/b_c.pcap => null:, /a/b_c.pcap",
        "pcap:my%20file => null:, my file",
        "pcap:gr\u00f6\u00dfe => null:, gr\u00f6\u00dfe",
        "pcap:gr%C3%B6%c3%9fe => null:, gr\u00f6\u00dfe",
    })
    void shouldReadAddresses(String text, String address) {
        assertThat(Chain.parse(text).first().address()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "a=b, a=b",
        "%26%3F%25%3C, &?%<",
        "[fd00::1]:80, [fd00::1]:80",
        "tcp%20port%2080, tcp port 80",
        "%F0%9F%98%80, \uD83D\uDE00",
        "x=, x=",
    })
    void shouldReadValues(String written, String meant) {
        Chain chain = Chain.parse("tap:a => vnf:f?x=" + written + "=>null:");

        assertThat(chain.hops().get(1).options()).containsExactly(entry("x", List.of(meant)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tap:lan <=> guest:fw <=> tap:wan",
                "guest:a <=> guest:b",
                "guest:a => vnf:x => vnf:x => guest:b",
                "gen:?size=64&flows=1000 => guest:fw => null:",
                "pcap:in.pcap => vnf:firewall?allow=10.0.0.0/8&allow=fd00::/8 => pcap:out.pcap",
                "pcap:a%20%25%3D%26b => vnf:f?x=%00%0A%22%26%3C=%3E%3F\u00f6\uD840\uDC00%F0%9F%98%80 => null:",
            })
    void shouldFormatAChainAsItIsParsed(String text) {
        Chain chain = Chain.parse(text);
        Chain again = Chain.parse(chain.format());

        assertThat(chain.format()).isEqualTo(text);
        assertThat(again.bothWays()).isEqualTo(chain.bothWays());
        assertThat(again.hops()).isEqualTo(chain.hops());
    }

    @Test
    void shouldLetSeveralPlacesReadOneFile() {
        Chain reads = Chain.parse("pcap:in.pcap => null:");

        ChainRules.checkTogether(List.of(reads, reads));
    }
}
