// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class SelfTestReportTest {
    private static final SelfTestReport REPORT = new SelfTestReport(
            "/home/ada/secret/card.sock",
            "vfio-user socket /home/ada/secret/card.sock",
            Instant.parse("2026-01-02T03:04:05Z"),
            "Linux 6.1, amd64",
            "sluice 1",
            List.of(
                    new CheckResult(
                            "address",
                            Outcome.FAILED,
                            "00:1b:21:0a:0b:0c is wrong; its EEPROM has a0:36:9f:00:00:01",
                            List.of(),
                            1_500_000_000),
                    new CheckResult(
                            "module",
                            Outcome.PASSED,
                            "10GBASE-SR, Finisar FTLX8571",
                            List.of(new Fact("serial", "ABC123"), new Fact("temperature", "35.0 C")),
                            20_000_000),
                    new CheckResult("link", Outcome.SKIPPED, "not wanted", List.of(), 0)));

    @Test
    void shouldTellAPerson() {
        assertThat(REPORT.good()).isFalse();
        assertThat(REPORT.verdict()).isEqualTo("1 of 2 checks are good, 1 failed, 1 not tried");
        assertThat(REPORT.lines())
                .contains("  FAIL  address       1.50 s  00:1b:21:0a:0b:0c is wrong; its EEPROM has a0:36:9f:00:00:01")
                .anyMatch(line -> line.matches(" +temperature +35.0 C"));
    }

    @Test
    void shouldKeepToItselfWhichCardItIs() {
        assertThat(String.join("\n", REPORT.anonymous().lines()))
                .contains("00:1b:21:xx:xx:xx", "a0:36:9f:xx:xx:xx", "10GBASE-SR", "35.0 C", "card.sock")
                .doesNotContain("0a:0b:0c", "00:00:01", "ABC123", "ada", "secret");
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldTellAProgram() throws IOException {
        final StringWriter out = new StringWriter();
        REPORT.writeJson(out);
        final var document =
                (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertThat(document).containsEntry("good", false).containsEntry("format", 1);
        final var checks = (List<Map<String, Object>>) document.get("checks");
        assertThat(checks).extracting(check -> check.get("outcome")).containsExactly("failed", "passed", "skipped");
        assertThat((Map<String, Object>) checks.get(1).get("facts")).containsEntry("temperature", "35.0 C");
    }
}
