// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.control.BackendStatus.Life;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class StatusJsonTest {
    private static String json(List<BackendStatus> backends, boolean pretty) throws IOException {
        final StringWriter out = new StringWriter();
        StatusJson.write(out, backends, pretty);
        return out.toString();
    }

    /** Reads JSON, which is YAML as well. */
    private static Object parse(String json) {
        return new Load(LoadSettings.builder().build()).loadFromString(json);
    }

    private static BackendStatus backend() {
        final StageStatus first =
                new StageStatus("tap:\"lan\"", "host", 0, 10, 1_000, Map.of(), 0, false, 0, Optional.empty());
        final StageStatus last = new StageStatus(
                "guest:fw",
                "fw",
                0,
                5_000_000_000L,
                600,
                Map.of(DropReason.OUTPUT_STALL, 2L, DropReason.DENIED, 1L),
                3,
                true,
                4,
                Optional.of(new StageStatus.Latency(9, 1, 2, 3, 4)));
        return new BackendStatus(
                42,
                Life.RUNNING,
                1_700_000_000_000_000_000L,
                12_345_678,
                List.of(new ChainStatus(
                        "edge",
                        Optional.empty(),
                        ChainStatus.State.RETIRED,
                        Violation.POSITION_BEYOND,
                        List.of(
                                new GuestStatus(
                                        "fw",
                                        7,
                                        new GuestLife(GuestState.SUSPECT, LossPolicy.HOLD, 0, false, 2),
                                        1_500_000_000L),
                                new GuestStatus(
                                        "nat",
                                        -1,
                                        new GuestLife(GuestState.ABSENT, LossPolicy.BYPASS, 0, true, 0),
                                        2_000_000L)),
                        List.of(new RingStatus(Direction.BACKWARD, 1024, 3, List.of(first, last))))));
    }

    @Test
    void shouldKeepItsNames() throws IOException {
        final Object expected = parse("""
                format: 1
                backends:
                - process: 42
                  state: running
                  started: '2023-11-14T22:13:20Z'
                  silentMillis: 12
                  chains:
                  - name: edge
                    state: retired
                    retireReason: position-beyond
                    guests:
                    - {name: fw, attached: true, state: suspect, stateMillis: 1500, onLoss: hold, standIn: false,
                       peer: 7, attachments: 2}
                    - {name: nat, attached: false, state: absent, stateMillis: 2, onLoss: bypass, standIn: true,
                       attachments: 0}
                    rings:
                    - direction: backward
                      slots: 1024
                      inRing: 3
                      stages:
                      - {label: 'tap:"lan"', party: host, packets: 10, bytes: 1000, dropped: 0, drops: {}, waiting: 0,
                         asleep: false, emptySlots: 0}
                      - {label: 'guest:fw', party: fw, packets: 5000000000, bytes: 600, dropped: 3,
                         drops: {denied: 1, output-stall: 2}, waiting: 3, asleep: true, emptySlots: 4,
                         latencyNanos: {samples: 9, p50: 1, p99: 2, p999: 3, max: 4}}
                """);

        assertThat(parse(json(List.of(backend()), true))).isEqualTo(expected);
    }

    @Test
    void shouldSayWhichPartOfWhichChainItIs() throws IOException {
        final ChainStatus part = new ChainStatus(
                "edge.2",
                Optional.of(new ChainStatus.Segment("edge", 2, 3, "red")),
                ChainStatus.State.LIVE,
                Violation.NONE,
                List.of(),
                List.of());
        final BackendStatus whole = backend();

        assertThat(json(List.of(new BackendStatus(1, whole.life(), whole.startedNanos(), 0, List.of(part))), false))
                .contains("\"chains\":[{\"name\":\"edge.2\",\"segment\":{\"chain\":\"edge\",\"number\":2,\"of\":3,"
                        + "\"domain\":\"red\"},\"state\":\"live\",\"guests\":[],\"rings\":[]}]");
    }

    @Test
    void shouldFitOnOneLineWhereAsked() throws IOException {
        final String json = json(List.of(backend(), backend()), false);

        assertThat(json.lines()).hasSize(1);
        assertThat(json).endsWith("\n");
        assertThat(parse(json)).isEqualTo(parse(json(List.of(backend(), backend()), true)));
    }

    @Test
    void shouldBeADocumentWhereNobodyRuns() throws IOException {
        assertThat(parse(json(List.of(), true))).isEqualTo(Map.of("format", 1, "backends", List.of()));
    }
}
