// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestMainTest {
    @ParameterizedTest
    @ValueSource(strings = {"echo", "forward"})
    void shouldRefuseAnUnknownWayToWaitBeforeItAttaches(String command) {
        final var err = new StringWriter();
        final int code = GuestMain.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(command, "--port", "ptnet:/nonexistent/g.sock", "--wait", "nonsense");
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).startsWith("wait=nonsense is not one of spin, adaptive, block");
    }
}
