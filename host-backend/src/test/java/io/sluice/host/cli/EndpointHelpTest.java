// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Endpoints;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EndpointHelpTest {
    @Test
    void shouldShowEveryOptionOfEveryEndpoint() {
        final var out = new StringWriter();
        final CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        assertThat(commandLine.execute("run", "--help")).isZero();
        assertThat(Endpoints.kinds()).allSatisfy(kind -> {
            assertThat(out.toString()).contains(kind.name() + ':' + kind.address() + "  " + kind.summary());
            assertThat(kind.options())
                    .allSatisfy(option -> assertThat(out.toString())
                            .contains(option.toString())
                            .contains(option.help()));
        });
    }
}
