// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfigFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadBothFormsOfAChain() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
            run-directory: /run/sluice
            wait: block
            chains:
              - chain: 'tap:lan <=> guest:fw <=> tap:wan'
                name: edge
                slots: 512
              - hops:
                  - gen:
                    options: {size: 64, note: 'a & b'}
                  - vnf: firewall
                    options: {allow: [10.0.0.0/8, 'fd00::/8'], deny: any}
                  - guest: nat
                  - pcap: my file.pcap
                output-stall: 2s
                cpus: [2, 3]
              - both-ways: true
                wait: spin
                hops: [{tap: x}, {null: ''}]
            """);

        BackendConfig config = ConfigFile.read(file);

        assertThat(config.runDirectory()).contains(Path.of("/run/sluice"));
        assertThat(config.chains()).extracting(ConfiguredChain::name).containsExactly("edge", "chain2", "chain3");
        assertThat(config.chains())
                .extracting(chain -> chain.chain().format())
                .containsExactly(
                        "tap:lan <=> guest:fw <=> tap:wan",
                        "gen:?size=64&note=a%20%26%20b => vnf:firewall?allow=10.0.0.0/8&allow=fd00::/8&deny=any"
                                + " => guest:nat => pcap:my%20file.pcap",
                        "tap:x <=> null:");
        assertThat(config.chains())
                .extracting(ConfiguredChain::options)
                .containsExactly(
                        ChainOptions.DEFAULTS.with("slots", "512").with("wait", "block"),
                        ChainOptions.DEFAULTS
                                .with("wait", "block")
                                .with("cpus", "2,3")
                                .with("output-stall", "2s"),
                        ChainOptions.DEFAULTS.with("wait", "spin"));
    }

    @Test
    void shouldReadTheTrustDomainsOfGuests() {
        BackendConfig config = ConfigFile.parse("f", """
            chains:
              - name: edge
                hops:
                  - gen:
                  - guest: x
                    options: {domain: red}
                  - guest: y
                    options: {domain: blue}
                  - 'null':
            """);

        assertThat(config.chains().getFirst().regionNames()).containsExactly("edge.1", "edge.2");
        assertThat(Plan.of(config.chains().getFirst().chain()).segments())
                .extracting(SegmentPlan::domain)
                .containsExactly("red", "blue");
    }

    @Test
    void shouldNotMakeUpANameThatIsGiven() {
        BackendConfig config = ConfigFile.parse("f", """
            chains:
              - chain: 'gen: => null:'
              - chain: 'gen: => null:'
                name: chain1
            """);

        assertThat(config.chains()).extracting(ConfiguredChain::name).containsExactly("chain2", "chain1");
    }

    @Test
    void shouldTakeAByteOrderMark() throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "\uFEFFchains: [{chain: 'gen: => null:'}]\n");

        assertThat(ConfigFile.read(file).chains()).hasSize(1);
    }

    static Stream<Arguments> wrongConfigurations() throws IOException {
        try (InputStream table = ConfigFileTest.class.getResourceAsStream("wrong-configurations.txt")) {
            return Stream.of(new String(table.readAllBytes(), UTF_8).split("====\n"))
                    .map(part -> part.split("----\n"))
                    .map(part -> Arguments.of(part[0], part[1].stripTrailing()));
        }
    }

    @ParameterizedTest
    @MethodSource("wrongConfigurations")
    void shouldShowWhereAConfigurationIsWrong(String text, String message) {
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse("sluice.yaml", text)))
                .hasMessage(message);
    }

    @Test
    void shouldSayWhichCharacterIsNone() {
        ConfigException wrong =
                catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse("f", "wait: spin\nname: \u0007\n"));

        assertThat(wrong).hasMessage("f:2:7: the character U+0007 cannot stand in YAML");
        assertThat(wrong.line()).isEqualTo(2);
        assertThat(wrong.column()).isEqualTo(7);
    }

    @Test
    void shouldRefuseAnEscapeThatIsNoCharacter() {
        for (String text : List.of("a: \"\\u", "a: \"\\U7FFFFFFF\"", "a: \"\\UFFFFFFFF\"")) {
            assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse("f", text)))
                    .as(text)
                    .isNotNull();
        }
    }

    @Test
    void shouldRefuseHalfACharacter() {
        String text = "chains: [{hops: [{pcap: \"\\ud800\"}, {'null': ''}]}]";

        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse("f", text)))
                .hasMessage("f:1:25: half a surrogate pair in this value");
    }

    @Test
    void shouldAnswerEveryMutationWithAConfigurationOrAMessage() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("ConfigFileTest sluice.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder(
                    "wait: spin\nchains:\n- {chain: 'tap:a <=> tap:b', slots: 256}\n- hops:\n  - gen: ''\n"
                            + "    options: {size: [64, 65]}\n  - 'null': ''\n");
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                text.replace(at, at + random.nextInt(2), ":-[]{}'\"&*!|>%#? \n\tx0".substring(random.nextInt(21)));
            }
            try {
                assertThat(ConfigFile.parse("f", text.toString()).chains()).isNotEmpty();
            } catch (ConfigException wrong) {
                assertThat(wrong).hasMessageStartingWith("f:");
            }
        }
    }

    @Test
    void shouldSayThatAFileCannotBeUsed() throws IOException {
        Path missing = directory.resolve("missing");
        Path large = Files.writeString(directory.resolve("large"), " ".repeat(ConfigFile.MAX_BYTES + 1));
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xFF, 0});

        assertThat(wrong(missing)).hasMessage(missing + ": there is no such file");
        assertThat(wrong(large)).hasMessage(large + ": larger than 1 MiB, which no configuration is");
        assertThat(wrong(binary)).hasMessage(binary + ": not UTF-8 text");
        assertThat(wrong(directory)).hasMessageStartingWith(directory + ": cannot be read: ");
    }

    private static ConfigException wrong(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file));
    }
}
