// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.endpoint.Intake;
import io.sluice.host.keeper.CardGuards;
import io.sluice.host.keeper.KeeperLink;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.RegionDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuccessionTest {
    private static ConfiguredChain chain(String text, ChainOptions options) {
        return new ConfiguredChain("c", Chain.parse(text), options);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tap:a <=> guest:g <=> tap:b",
                "tap:a <=> tap:b",
                "packet:a <=> guest:g <=> packet:b",
                "gen:?rate=1k => guest:g => null:",
                "guest:a <=> guest:b",
            })
    void shouldKeepWhatGoesOn(String text) {
        assertThat(Succession.keeps(chain(text, ChainOptions.DEFAULTS))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pcap:in.pcap => guest:g => null:",
                "tap:a => guest:g => pcap:out.pcap",
                "gen:?count=5 => guest:g => null:",
                "gen: => guest:g => null:?check=true",
                "packet:a <=> packet:b",
                "gen: => null:",
            })
    void shouldNotKeepWhatBeginsAnewOrHasNothingToKeep(String text) {
        assertThat(Succession.keeps(chain(text, ChainOptions.DEFAULTS))).isFalse();
    }

    @Test
    void shouldTellPlansApartByWhatShapesTheRegionAndByNothingElse() {
        final String text = "tap:a <=> guest:g <=> tap:b";
        final String plan = Succession.plan(chain(text, ChainOptions.DEFAULTS));
        assertThat(plan).startsWith("tap:a <=> guest:g <=> tap:b slots=1024 buffer=2048 threads=");
        assertThat(Succession.plan(chain("tap:a<=>guest:g<=>tap:b", ChainOptions.DEFAULTS)))
                .isEqualTo(plan);
        assertThat(Succession.plan(chain(text, ChainOptions.DEFAULTS.with("wait", "spin"))))
                .isEqualTo(plan);
        assertThat(Succession.plan(chain(text, ChainOptions.DEFAULTS.with("slots", "512"))))
                .isNotEqualTo(plan);
        assertThat(Succession.plan(chain("tap:a <=> guest:g <=> tap:c", ChainOptions.DEFAULTS)))
                .isNotEqualTo(plan);
        assertThat(Succession.plan(chain("tap:a => guest:g => tap:b", ChainOptions.DEFAULTS)))
                .isNotEqualTo(plan);
    }

    @Test
    @Timeout(60)
    void shouldNotTakeOverFromABackendThatHasOnlyLostItsKeeper(@TempDir Path folder) throws IOException {
        final RuntimeDirectory directory =
                RuntimeDirectory.at(folder.resolve("run")).create();
        final List<ConfiguredChain> chains = List.of(chain("gen:?rate=1k => guest:g => null:", ChainOptions.DEFAULTS));
        final KeeperLink lost = KeeperLink.open(directory, Duration.ofSeconds(30));
        try (KeeperLink other = KeeperLink.open(directory, Duration.ofSeconds(30))) {
            final Succession succession = Succession.of(lost, true, directory, chains);
            try (RunningChain living = new RunningChain(
                    chains.getFirst(),
                    directory,
                    Intake.OPEN,
                    succession,
                    ChainCards.of(chains, directory, new CardGuards(directory, null)))) {
                assertThat(lost.awaitHeld(Duration.ofSeconds(20))).isTrue();
                assertThat(other.awaitHeld(Duration.ofSeconds(20))).isTrue();
                lost.close();
                assertThat(other.orphans()).hasSize(1);
                assertThatThrownBy(() -> Succession.of(other, true, directory, chains))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("chain c is still served by process "
                                + ProcessHandle.current().pid())
                        .hasMessageContaining("stop it");
                assertThat(other.orphans()).as("released again").hasSize(1);
                assertThat(living.segments().getFirst().region().directory().state())
                        .isEqualTo(RegionDescriptor.STATE_LIVE);
            }
            other.orphans().forEach(group -> {
                other.claim(group).values().forEach(Descriptors::close);
                other.forget(group);
            });
        }
    }
}
