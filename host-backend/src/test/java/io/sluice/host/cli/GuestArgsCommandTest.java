// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GuestArgsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new GuestArgsCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void shouldPrintArgumentsThatAShellCanPaste() {
        assertThat(run("fw", "--qemu")).isZero();
        assertThat(out.toString().strip().lines()).singleElement().asString().contains("/fw.sock", "vectors=8");
        assertThat(err.toString()).contains("--port auto");
    }

    @Test
    void shouldPrintAnElementForLibvirt() {
        assertThat(run("fw", "--libvirt")).isZero();
        assertThat(out.toString()).contains("<model type='ivshmem-doorbell'/>", "/fw.sock'/>", "bus='0x00'");
    }

    @Test
    void shouldAskForOneForm() {
        assertThat(run("fw")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--qemu");
    }
}
