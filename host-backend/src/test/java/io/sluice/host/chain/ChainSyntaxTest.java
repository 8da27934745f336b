// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the user reads of a chain that is wrong. */
final class ChainSyntaxTest {
    static Stream<String> pictures() throws IOException {
        try (InputStream table = ChainSyntaxTest.class.getResourceAsStream("wrong-chains.txt")) {
            String[] parts = new String(table.readAllBytes(), UTF_8).strip().split("\n\n");
            return Stream.of(parts).filter(part -> !part.startsWith("#"));
        }
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void shouldShowWhereAChainIsWrong(String picture) {
        String text = picture.lines().skip(1).findFirst().orElseThrow().substring(2);

        assertThat(wrong(text)).hasMessage(picture);
    }

    @Test
    void shouldAskForAChainWhereThereIsNone() {
        for (String text : new String[] {"", "  ", "\t\n"}) {
            assertThat(wrong(text)).hasMessageStartingWith("chain: expected a chain here\n");
        }
    }

    @Test
    void shouldNotSendControlCharactersToATerminal() {
        assertThat(wrong("tap:\u001b[31mlan => null:")).hasMessage("""
            chain: U+001B cannot stand in an address
              tap: [31mlan => null:
                  ^\
            """);
    }

    @Test
    void shouldShowThePartOfALongChainThatIsWrong() {
        String text = "tap:" + "a".repeat(150) + " <-> tap:" + "b".repeat(200);

        assertThat(wrong(text))
                .hasMessage("chain: expected '=>' or '<=>' here\n  ... " + "a".repeat(59) + " <-> tap:" + "b".repeat(32)
                        + " ...\n  " + " ".repeat(64) + "^\n  did you mean '<=>'?");
    }

    @Test
    void shouldPointBehindCharactersOfTwoUnits() {
        ChainSyntaxException wrong = wrong("pcap:\uD840\uDC00.pcap -> null:");

        assertThat(wrong.position()).isEqualTo(13);
        assertThat(wrong).hasMessageContaining("\n" + " ".repeat(2 + 12) + "^\n");
    }

    @Test
    void shouldRefuseAChainBeyondItsLimits() {
        assertThat(wrong("tap:a" + " ".repeat(4092)).problem())
                .isEqualTo("the chain has 4097 characters, at most 4096");
        assertThat(wrong("tap:" + "a".repeat(257) + " => null:").problem())
                .isEqualTo("this address has 257 characters");
        assertThat(wrong("tap:a" + " => vnf:b".repeat(30) + " => null:").problem())
                .isEqualTo("a chain has at most 31 hops");
    }

    @Test
    void shouldRefuseMoreGuestsThanARegionHasParties() {
        String guests =
                IntStream.rangeClosed(1, 30).mapToObj(i -> "guest:g" + i).collect(joining(" => "));

        assertThat(Plan.of(Chain.parse(guests + " => null:"))
                        .segments()
                        .getFirst()
                        .parties())
                .hasSize(31);
        assertThat(wrong(guests + " => guest:g31").problem()).isEqualTo("a chain has at most 30 guests");
    }

    @Test
    void shouldTakeAChainAtItsLimits() {
        String text = "tap:" + "a".repeat(256) + " => vnf:b".repeat(29) + " => null:";
        Chain chain = Chain.parse(text + " ".repeat(4096 - text.length()));

        assertThat(chain.hops()).hasSize(31);
        assertThat(chain.first().address()).hasSize(256);
    }

    @Test
    void shouldShowTheOptionThatAProviderRefuses() {
        Chain chain = Chain.parse("gen:?size=64&flows=0 => null:");
        var refused =
                new IllegalArgumentException("gen: flows=0: must be at least 1 (its options are size=N, flows=N)");

        assertThat(chain.wrong(chain.first(), refused)).hasCause(refused);
        assertThat(chain.wrong(chain.first(), refused).position()).isEqualTo(13);
        assertThat(positionOf(chain, "flows: must be at least 1")).isEqualTo(13);
        assertThat(positionOf(chain, "--flows must be at least 1")).isEqualTo(13);
        assertThat(positionOf(chain, "myflows must be at least 1")).isZero();
        assertThat(chain.wrong(chain.last(), refused).position()).isEqualTo(24);
        assertThat(chain.wrong(chain.first().written().getLast(), "a", "b").position())
                .isEqualTo(19);
    }

    private static int positionOf(Chain chain, String refusal) {
        return chain.wrong(chain.first(), new IllegalArgumentException(refusal)).position();
    }

    private static ChainSyntaxException wrong(String text) {
        ChainSyntaxException wrong = catchThrowableOfType(ChainSyntaxException.class, () -> Chain.parse(text));
        assertThat(wrong).as("%s", text).isNotNull();
        return wrong;
    }
}
