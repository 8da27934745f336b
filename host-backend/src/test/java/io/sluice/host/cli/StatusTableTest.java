// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.control.BackendStatus;
import io.sluice.host.control.BackendStatus.Life;
import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.GuestStatus;
import io.sluice.host.control.RingStatus;
import io.sluice.host.control.StageStatus;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

class StatusTableTest {
    private static final long SECOND = 1_000_000_000L;

    private static ChainStatus chain(long atNanos, long factor, Violation reason) {
        final StageStatus receive = new StageStatus(
                "tap:lan", "host", atNanos, 1_000 * factor, 64_000 * factor, Map.of(), 0, false, 0, Optional.empty());
        final StageStatus firewall = new StageStatus(
                "guest:fw",
                "fw",
                atNanos,
                900 * factor,
                57_600 * factor,
                Map.of(DropReason.MALFORMED, factor, DropReason.DENIED, 1_200 * factor),
                100,
                false,
                0,
                Optional.empty());
        final StageStatus transmit = new StageStatus(
                "tap:wan",
                "host",
                atNanos,
                700 * factor,
                44_800 * factor,
                Map.of(),
                1_000,
                true,
                0,
                Optional.of(new StageStatus.Latency(9, 1_500, 22_000, 3_000_000, 4_000_000)));
        return new ChainStatus(
                "edge",
                Optional.empty(),
                reason == Violation.NONE ? ChainStatus.State.LIVE : ChainStatus.State.RETIRED,
                reason,
                List.of(
                        guest("fw", GuestState.PRESENT, LossPolicy.HOLD, 2),
                        guest("nat", GuestState.ABSENT, LossPolicy.HOLD, 0),
                        guest("ids", GuestState.ABSENT, LossPolicy.BYPASS, 1),
                        guest("lb", GuestState.LOST, LossPolicy.DROP, 1),
                        guest("mon", GuestState.SUSPECT, LossPolicy.DROP, 1)),
                List.of(new RingStatus(Direction.FORWARD, 1024, 1_100, List.of(receive, firewall, transmit))));
    }

    private static GuestStatus guest(String name, GuestState state, LossPolicy policy, int grants) {
        final boolean gone = state == GuestState.ABSENT || state == GuestState.LOST;
        final GuestLife life = new GuestLife(state, policy, 0, gone && policy != LossPolicy.HOLD, grants);
        return new GuestStatus(name, state == GuestState.ABSENT ? -1 : 3, life, 12 * SECOND);
    }

    @Test
    void shouldShowWhatEachStageHasDone() {
        assertThat(new StatusTable(Ansi.OFF).lines(chain(0, 1, Violation.NONE), null))
                .containsExactlyElementsOf("""
                        chain edge
                          guests: fw attached for 12 s (2 times), nat not attached yet; packets wait, ids gone for 12 s; \
                        packets pass it by, lb lost for 12 s; packets are dropped, mon suspect for 12 s
                          forward: 1,024 slots, 1,100 in the ring
                            STAGE     PACKETS    BYTES  WAITING         DROPPED
                            tap:lan     1,000  64.0 kB
                            guest:fw      900  57.6 kB  #....... 100    denied 1,200, malformed 1
                            tap:wan       700  44.8 kB  ######## 1,000
                            latency p50 1.50 us, p99 22.0 us, p99.9 3.00 ms, max 4.00 ms
                        """.lines().toList());
    }

    @Test
    void shouldShowRatesWhereThereIsAnEarlierReading() {
        assertThat(new StatusTable(Ansi.OFF).lines(chain(2 * SECOND, 3, Violation.NONE), chain(0, 1, Violation.NONE)))
                .contains(
                        "    STAGE     PACKETS   BYTES  PACKET/S  BIT/S  WAITING         DROPPED",
                        "    tap:lan     3,000  192 kB    1.00 k  512 k");
    }

    @Test
    void shouldSayWhyAChainIsRetired() {
        assertThat(new StatusTable(Ansi.OFF)
                        .lines(chain(0, 1, Violation.POSITION_BEYOND), null)
                        .getFirst())
                .isEqualTo("chain edge: retired, a guest broke the ring's rules: position-beyond");
    }

    @Test
    void shouldSayWhichPartOfWhichChainItShows() {
        assertThat(new StatusTable(Ansi.OFF).lines(part("red", Violation.NONE), null))
                .first()
                .isEqualTo("chain edge.2 (segment 2 of 3 of chain edge, domain red)");
        assertThat(new StatusTable(Ansi.OFF).lines(part("", Violation.POSITION_BEYOND), null))
                .first()
                .isEqualTo("chain edge.2 (segment 2 of 3 of chain edge, no domain named): retired, a guest broke the"
                        + " ring's rules: position-beyond");
    }

    private static ChainStatus part(String domain, Violation reason) {
        return new ChainStatus(
                "edge.2",
                Optional.of(new ChainStatus.Segment("edge", 2, 3, domain)),
                reason == Violation.NONE ? ChainStatus.State.LIVE : ChainStatus.State.RETIRED,
                reason,
                List.of(),
                List.of());
    }

    @Test
    void shouldLookTheSameInColours() {
        final List<String> plain = new StatusTable(Ansi.OFF).lines(chain(0, 1, Violation.NONE), null);
        final List<String> coloured = new StatusTable(Ansi.ON).lines(chain(0, 1, Violation.NONE), null);

        assertThat(coloured).isNotEqualTo(plain);
        assertThat(coloured.stream().map(line -> line.replaceAll("\033\\[[0-9;]*m", "")))
                .containsExactlyElementsOf(plain);
    }

    @ParameterizedTest
    @CsvSource({
        "tap:lan, tap:lan",
        "pcap:/var/lib/captures/today/office.pcap, pcap:.../office.pcap",
        "pcap:a-file-with-a-name-that-is-too-long.pcap, pcap:...is-too-long.pcap",
        "guest:a-guest-with-quite-a-long-name, guest:...ite-a-long-name"
    })
    void shouldShortenLabelsToTheirTellingPart(String label, String expected) {
        assertThat(StatusTable.shortened(label)).isEqualTo(expected).hasSizeLessThanOrEqualTo(24);
    }

    @Test
    void shouldSayWhoIsGoneAndWhoIsSilent() {
        final BackendStatus gone =
                new BackendStatus(7, Life.GONE, 0, 90 * SECOND, List.of(chain(0, 1, Violation.NONE)));
        final BackendStatus silent = new BackendStatus(8, Life.SILENT, 0, 5 * SECOND, List.of());

        assertThat(StatusCommand.lines(List.of(gone, silent), List.of(), Ansi.OFF))
                .containsExactly(
                        "stale: its process 7 is gone since 90 s; the next backend removes what it left",
                        "backend, process 8: no heartbeat for 5 s; is the process stopped?");
    }
}
