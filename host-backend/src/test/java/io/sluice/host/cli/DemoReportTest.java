// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.demo.Account;
import io.sluice.host.demo.CardEntry;
import io.sluice.host.demo.DemoJson;
import io.sluice.host.demo.DemoResult;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Help.Ansi;

class DemoReportTest {
    private static DemoResult result(long sent) {
        final Account.Entry entry = new Account.Entry(
                Direction.FORWARD,
                "pcap:/tmp/demo/capture.pcap",
                "gen:",
                1_000,
                sent,
                Map.of(DropReason.DENIED, 10L),
                0,
                10,
                10,
                Optional.empty());
        return new DemoResult(new Account(List.of(entry)), List.of(), 3_000_000_000L, List.of());
    }

    @Test
    void shouldShowTheAccount() {
        assertThat(DemoReport.lines(result(990), Ansi.OFF))
                .containsExactlyElementsOf("""

                            DIRECTION  FROM                   TO    RECEIVED  = SENT  + DROPPED  + IN RING  BY REASON
                            forward    pcap:.../capture.pcap  gen:     1,000     990         10          0  denied 10

                        every packet accounted for: 1,000 in 3.00 s
                        """.lines().toList());
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThat(DemoReport.lines(result(989), Ansi.OFF))
                .endsWith(
                        "pcap:/tmp/demo/capture.pcap to gen:: of 1000 packets received, 989 were sent and 10 dropped:"
                                + " 1 are missing",
                        "the account does not close");
    }

    @Test
    void shouldHoldTheCardsCountersAgainstTheChains() {
        final Account account = result(990).account();
        final CardEntry right = new CardEntry("model0", "pcap:/tmp/demo/capture.pcap", 1_000, 1_000, 77, 77, 12);
        final CardEntry wrong = new CardEntry("model1", "gen:", 76, 77, 991, 990, 0);

        assertThat(DemoReport.lines(new DemoResult(account, List.of(right), 1, List.of()), Ansi.OFF))
                .contains(
                        "    CARD    WIRE                   RECEIVED  = ENTERED  TRANSMITTED  = LEFT  NOT TAKEN",
                        "    model0  pcap:.../capture.pcap     1,000      1,000           77      77         12",
                        "every packet accounted for: 1,000 in 1 ns");
        assertThat(DemoReport.lines(new DemoResult(account, List.of(right, wrong), 1, List.of()), Ansi.OFF))
                .endsWith(
                        "model1 has received 76 packets, and 77 have entered the chain there",
                        "model1 has transmitted 991 packets, and 990 have left the chain there",
                        "the account does not close");
    }

    @Test
    void shouldWriteTheAccountAsJson() throws IOException {
        final StringWriter out = new StringWriter();
        DemoJson.write(out, result(989));

        assertThat(new Load(LoadSettings.builder().build()).loadFromString(out.toString()))
                .isEqualTo(new Load(LoadSettings.builder().build()).loadFromString("""
                                format: 1
                                success: false
                                accounted: false
                                faults: []
                                trafficMillis: 3000
                                rings:
                                - direction: forward
                                  from: 'pcap:/tmp/demo/capture.pcap'
                                  to: 'gen:'
                                  received: 1000
                                  sent: 989
                                  dropped: 10
                                  drops: {denied: 10}
                                  inRing: 0
                                  emptySlots: 10
                                  faults: ['of 1000 packets received, 989 were sent and 10 dropped: 1 are missing']
                                cards: []
                                """));
    }
}
