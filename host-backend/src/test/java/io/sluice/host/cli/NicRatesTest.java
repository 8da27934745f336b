// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicHolder;
import io.sluice.host.nic.TestCards;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class NicRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final NicRates rates = new NicRates(Ansi.OFF, true, Sparks.letters());

    /** A look at a card that has counted {@code thousands} packets by {@code atSeconds}, and seen so many links. */
    private static Nic look(long atSeconds, long thousands, long linkChanges, NicHolder.Life life) {
        final NicCard card = TestCards.model("model0", 1);
        return TestCards.held(
                new NicCard(
                        card.identity(),
                        new NicCard.Link("up", 10_000, "", linkChanges),
                        "",
                        new NicCard.Traffic(
                                atSeconds * SECOND,
                                thousands * 1_000,
                                thousands * 64_000,
                                thousands * 500,
                                thousands * 32_000,
                                thousands),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                1,
                life,
                atSeconds * SECOND);
    }

    private static Nic look(long atSeconds, long thousands) {
        return look(atSeconds, thousands, 0, NicHolder.Life.RUNNING);
    }

    @Test
    void shouldTellWhatHappenedBetweenTwoLooks() {
        rates.add(List.of(look(10, 4)));
        assertThat(rates.of(look(10, 4))).isEmpty();

        final Nic nic = look(12, 8, 3, NicHolder.Life.RUNNING);
        rates.add(List.of(nic));

        assertThat(rates.of(nic)).contains(new Nic.Rate(2_000, 1_024_000, 1_000, 512_000, 2, 3));
        final List<String> lines = rates.lines(List.of(nic));
        assertThat(lines)
                .startsWith(
                        "CARD    LINK    RX PACKET/S  RX BIT/S  TX PACKET/S  TX BIT/S  DROPPED/S  LINK CHANGES",
                        "model0  up 10G       2.00 k    1.02 M       1.00 k     512 k          2             3");
        assertThat(lines).anyMatch(line -> line.contains("received") && line.contains("@| at most 2.00 k/s"));
    }

    @Test
    void shouldKeepARateUntilCountersAreReadAgain() {
        rates.add(List.of(look(10, 4)));
        rates.add(List.of(look(11, 5)));
        rates.add(List.of(look(11, 5)));

        assertThat(rates.of(look(11, 5)).orElseThrow().received()).isEqualTo(1_000);
    }

    @Test
    void shouldForgetTheRateOfAProcessThatStandsStill() {
        rates.add(List.of(look(10, 4)));
        rates.add(List.of(look(11, 5)));
        final Nic silent = look(11, 5, 0, NicHolder.Life.SILENT);
        rates.add(List.of(silent));

        assertThat(rates.of(silent)).isEmpty();
        assertThat(rates.lines(List.of(silent)).get(1)).matches("model0 +up 10G +- .*");
    }

    @Test
    void shouldForgetTheRateOfACardThatBeganAnew() {
        rates.add(List.of(look(10, 4)));
        rates.add(List.of(look(11, 1)));

        assertThat(rates.of(look(11, 1))).isEmpty();
    }
}
