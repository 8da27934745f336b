// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.host.attach.SilenceLimits;
import io.sluice.shared.pacing.WaitMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChainOptionsTest {
    @Test
    void shouldTakeWhatTheUserWrites() {
        ChainOptions options = ChainOptions.DEFAULTS
                .with("slots", "4096")
                .with("buffer", "4KiB")
                .with("wait", "block")
                .with("cpus", "5, 0,2-3")
                .with("output-stall", "250ms")
                .with("memory", "/dev/hugepages");

        assertThat(options)
                .isEqualTo(new ChainOptions(
                        4096,
                        4096,
                        WaitMode.BLOCK,
                        List.of(5, 0, 2, 3),
                        250_000_000,
                        SilenceLimits.DEFAULTS,
                        Optional.of(Path.of("/dev/hugepages"))));
        assertThat(options.with("memory", "auto").memoryFolder()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slots        | 128      | a power of two from 256 to 4096",
                "slots        | 8192     | a power of two from 256 to 4096",
                "slots        | 300      | a power of two from 256 to 4096",
                "slots        | many     | a power of two from 256 to 4096",
                "slots        | 99999999999 | a power of two from 256 to 4096",
                "buffer       | 1024     | a multiple of 64 from 2048 to 32768 bytes, for example 2048 or 4KiB",
                "buffer       | 2000     | a multiple of 64 from 2048 to 32768 bytes, for example 2048 or 4KiB",
                "buffer       | 8GiB     | a multiple of 64 from 2048 to 32768 bytes, for example 2048 or 4KiB",
                "buffer       | 4kb      | a multiple of 64 from 2048 to 32768 bytes, for example 2048 or 4KiB",
                "wait         | sleep    | spin, adaptive or block",
                "cpus         | 1,1      | processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
                "cpus         | 3-2      | processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
                "cpus         | 1-2-3    | processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
                "cpus         | 0-999999999 | processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
                "cpus         | 1,       | processor numbers from 0 to 1023, each once, for example 2,3 or 2-5",
                "memory       | pages    | auto, or the folder of a mounted hugetlbfs, for example /dev/hugepages",
                "output-stall | 1        | a duration from 1ms to 60min, for example 250ms or 1s",
                "output-stall | 10us     | a duration from 1ms to 60min, for example 250ms or 1s",
                "output-stall | 999999999999999999s | a duration from 1ms to 60min, for example 250ms or 1s",
                "suspect      | 100ms    | a duration from 200ms to 20min and shorter than lost, for example 500ms or 1s",
                "suspect      | 999999999s | a duration from 200ms to 20min and shorter than lost, for example 500ms or 1s",
                "lost         | 200ms    | a duration from 300ms to 60min and longer than suspect, for example 3s",
                "lost         | 2h       | a duration from 300ms to 60min and longer than suspect, for example 3s",
            })
    void shouldSayWhatWouldBeRight(String name, String value, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainOptions.DEFAULTS.with(name, value))
                .withMessage(name + "=" + value + ": must be " + rule);
    }

    @Test
    void shouldKeepLostLongerThanSuspect() {
        assertThat(ChainOptions.DEFAULTS.with("suspect", "4s").silence())
                .isEqualTo(new SilenceLimits(4_000_000_000L, 12_000_000_000L, true, false));
        assertThat(ChainOptions.DEFAULTS.with("lost", "600ms").silence())
                .isEqualTo(new SilenceLimits(200_000_000L, 600_000_000L, false, true));
        assertThat(ChainOptions.DEFAULTS
                        .with("lost", "9s")
                        .with("suspect", "2s")
                        .silence())
                .isEqualTo(new SilenceLimits(2_000_000_000L, 9_000_000_000L));
    }

    @Test
    void shouldRefuseSuspectAndLostThatContradictEachOther() {
        // One that nobody gave gives way to the other; both of them given, neither does.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainOptions.DEFAULTS.with("suspect", "1s").with("lost", "500ms"))
                .withMessage(
                        "lost=500ms: must be a duration from 300ms to 60min and longer than suspect, for example 3s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainOptions.DEFAULTS.with("lost", "3s").with("suspect", "4s"))
                .withMessageStartingWith("suspect=4s: must be")
                .withMessageContaining("shorter than lost");
    }

    @Test
    void shouldNameTheOptionsThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChainOptions.DEFAULTS.with("slot", "512"))
                .withMessage("'slot' is no option of a chain; there are slots, buffer, wait, cpus, output-stall,"
                        + " suspect, lost, memory");
    }

    @ParameterizedTest
    @CsvSource({"slot,slots", "otuput-stall,output-stall", "Wait,wait", "cpu,cpus", "bufer,buffer"})
    void shouldFindTheWordThatWasMeant(String word, String meant) {
        assertThat(Suggestion.closest(word, ChainOptions.NAMES)).contains(meant);
    }

    @Test
    void shouldNotGuess() {
        assertThat(Suggestion.closest("banana", ChainOptions.NAMES)).isEmpty();
        assertThat(Suggestion.closest("", ChainOptions.NAMES)).isEmpty();
        assertThat(Suggestion.closest("x".repeat(1000), ChainOptions.NAMES)).isEmpty();
    }
}
