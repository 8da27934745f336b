// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

final class BackendConfigTest {
    @Test
    void shouldNameTheChainsOfACommandLine() {
        BackendConfig config = BackendConfig.ofCommandLine(
                List.of("tap:a <=> guest:x <=> tap:b", "gen: => guest:y => null:", "gen: => null:"),
                ChainOptions.DEFAULTS.with("slots", "256"));

        assertThat(config.chains()).extracting(ConfiguredChain::name).containsExactly("chain1", "chain2", "chain3");
        assertThat(config.chains().getLast().options().slots()).isEqualTo(256);
        assertThat(config.runDirectory()).isEmpty();
    }

    @Test
    void shouldKeepOneGuestInOnePlace() {
        assertTogether("tap:a <=> guest:x <=> tap:b", "gen: => guest:y => guest:x")
                .withMessage("""
                    chain: 'guest:x' already stands in the chain tap:a <=> guest:x <=> tap:b
                      gen: => guest:y => guest:x
                                         ^
                      one guest stands in one place; give this one a name of its own\
                    """);
    }

    @Test
    void shouldKeepOneInterfaceInOnePlace() {
        assertTogether("tap:a <=> guest:x <=> tap:b", "tap:a <=> tap:c")
                .withMessageContaining("one interface stands in one place");
        assertTogether("packet:a => null:", "packet:a => null:")
                .withMessageContaining("one interface stands in one place");
    }

    @Test
    void shouldNotReadAFileThatIsWritten() {
        assertTogether("pcap:a => null:", "gen: => pcap:a")
                .withMessageContaining("a file that is written stands in one place");
        assertTogether("gen: => pcap:a", "pcap:a => null:")
                .withMessageContaining("a file that is written stands in one place");
    }

    @Test
    void shouldRefuseTwoChainsOfOneName() {
        var edge = new ConfiguredChain("edge", Chain.parse("gen: => null:"), ChainOptions.DEFAULTS);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackendConfig(Optional.empty(), List.of(edge, edge)))
                .withMessage("name=edge: must be the name of one chain only");
    }

    @Test
    void shouldRefuseAChainThatIsCalledAsAnothersSegment() {
        Chain chain = Chain.parse("guest:x?domain=red => guest:y => null:");
        var edge = new ConfiguredChain("edge", chain, ChainOptions.DEFAULTS);
        var other = new ConfiguredChain("edge.2", Chain.parse("gen: => null:"), ChainOptions.DEFAULTS);

        assertThat(edge.regionNames()).containsExactly("edge.1", "edge.2");
        assertThat(other.regionNames()).containsExactly("edge.2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackendConfig(Optional.empty(), List.of(edge, other)))
                .withMessage("name=edge.2: a part of the chain edge is called so; give the other chain another name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConfiguredChain("e".repeat(62), chain, ChainOptions.DEFAULTS))
                .withMessageContaining("a part of this chain would be called")
                .withMessageContaining("a name has 1 to 63");
    }

    @Test
    void shouldRefuseNoChainAndTooMany() {
        List<String> tooMany = Collections.nCopies(65, "gen: => null:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendConfig.ofCommandLine(List.of(), ChainOptions.DEFAULTS))
                .withMessage("chains=0: must be from 1 to 64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendConfig.ofCommandLine(tooMany, ChainOptions.DEFAULTS))
                .withMessage("chains=65: must be from 1 to 64");
    }

    private static ThrowableAssertAlternative<ChainSyntaxException> assertTogether(String... chains) {
        return assertThatExceptionOfType(ChainSyntaxException.class)
                .isThrownBy(() -> BackendConfig.ofCommandLine(List.of(chains), ChainOptions.DEFAULTS));
    }
}
