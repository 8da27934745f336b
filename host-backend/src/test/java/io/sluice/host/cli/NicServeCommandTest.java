// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sluice nic serve} refuses before it serves anything. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NicServeCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    private int serve(String... arguments) {
        final List<String> all = new ArrayList<>(List.of(
                "nic",
                "serve",
                "model0",
                "--vfio-user",
                folder.resolve("a.sock").toString()));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--run-directory", folder.resolve("run").toString()));
        return Main.commandLine().setErr(new PrintWriter(err, true)).execute(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--cable model0=@/b.sock | must name one card other than model0",
                "--cable model1=@/a.sock | with a socket of its own",
                "--cable model1=@/b.sock --cable model2=@/c.sock | must name one card",
                "--cable model1=@/b.sock --wire null: | one port; give one of the two",
                "--cable model1 | NAME=PATH",
                "--personality 1234 | 10fb",
                "--wire nonsense | nonsense"
            })
    void shouldSayWhatIsWrongWithItsArguments(String arguments, String words) {
        assertThat(serve(arguments.replace("@", folder.toString()).split(" ")))
                .as(err.toString())
                .isEqualTo(2);
        assertThat(err.toString()).contains(words);
        assertThat(folder.resolve("a.sock")).doesNotExist();
    }
}
