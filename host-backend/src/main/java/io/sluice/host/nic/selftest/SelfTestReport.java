// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.control.StatusJson;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A test's results, for a person, for a program, and for whoever is sent them. Made of what the checks have found and of a
 * few words on the machine: no names, no addresses of networks, nothing of other devices.
 *
 * @param card as the user has named it
 * @param door how it was reached
 * @param started when the test began
 * @param machine system and Java, in words
 * @param version of this program
 */
public record SelfTestReport(
        String card, String door, Instant started, String machine, String version, List<CheckResult> results) {
    private static final int FORMAT = 1;
    private static final int FACT_COLUMN = 30;

    /** An Ethernet address: who made the card, and which one it is. */
    private static final Pattern ADDRESS = Pattern.compile("((?:[0-9a-f]{2}:){3})(?:[0-9a-f]{2}:){2}[0-9a-f]{2}");

    public SelfTestReport {
        results = List.copyOf(results);
    }

    /** Whether no check has failed. */
    public boolean good() {
        return count(Outcome.FAILED) == 0;
    }

    private long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /** How it went, in a sentence. */
    public String verdict() {
        final long tried = results.size() - count(Outcome.SKIPPED);
        final StringBuilder text = new StringBuilder();
        text.append(count(Outcome.PASSED)).append(" of ").append(tried).append(" checks are good");
        append(text, Outcome.FAILED, " failed");
        append(text, Outcome.WARNED, " with a warning");
        append(text, Outcome.SKIPPED, " not tried");
        return text.toString();
    }

    private void append(StringBuilder text, Outcome outcome, String words) {
        if (count(outcome) > 0) {
            text.append(", ").append(count(outcome)).append(words);
        }
    }

    /**
     * The same without what tells one card from another of its kind: the last half of each Ethernet address, serial
     * numbers, and paths.
     */
    public SelfTestReport anonymous() {
        final List<CheckResult> shortened = new ArrayList<>();
        for (CheckResult result : results) {
            shortened.add(new CheckResult(
                    result.check(),
                    result.outcome(),
                    anonymous(result.words()),
                    result.facts().stream()
                            .map(fact -> new Fact(
                                    fact.name(), fact.name().equals("serial") ? "..." : anonymous(fact.value())))
                            .toList(),
                    result.nanos()));
        }
        return new SelfTestReport(anonymous(card), anonymous(door), started, machine, version, shortened);
    }

    private static String anonymous(String text) {
        return ADDRESS.matcher(text).replaceAll("$1xx:xx:xx").replaceAll("/[^\\s,;]+/", ".../");
    }

    /** All of it, to be read and to be sent. */
    public List<String> lines() {
        final List<String> lines = new ArrayList<>();
        lines.add("sluice nic selftest of " + card + ", reached by " + door);
        lines.add("  started  " + started);
        lines.add("  sluice   " + version);
        lines.add("  machine  " + machine);
        lines.add("");
        for (CheckResult result : results) {
            lines.add(line(result));
            for (Fact fact : result.facts()) {
                lines.add(("         %-" + FACT_COLUMN + "s %s").formatted(fact.name(), fact.value()));
            }
        }
        lines.add("");
        lines.add(verdict());
        return lines;
    }

    /** One check in a line. */
    public static String line(CheckResult result) {
        return String.format(
                Locale.ROOT,
                "  %-4s  %-11s %6.2f s  %s",
                result.outcome().mark(),
                result.check(),
                result.nanos() / 1e9,
                result.words());
    }

    /**
     * Writes it as a JSON document: {@code format, card, door, started, version, machine, good, verdict, checks[{name,
     * outcome, words, seconds, facts{}}]}.
     */
    public void writeJson(Writer out) throws IOException {
        try (var json = StatusJson.generator(out, true)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("card", card);
            json.writeStringField("door", door);
            json.writeStringField("started", started.toString());
            json.writeStringField("version", version);
            json.writeStringField("machine", machine);
            json.writeBooleanField("good", good());
            json.writeStringField("verdict", verdict());
            json.writeArrayFieldStart("checks");
            for (CheckResult result : results) {
                json.writeStartObject();
                json.writeStringField("name", result.check());
                json.writeStringField("outcome", StatusJson.word(result.outcome()));
                json.writeStringField("words", result.words());
                json.writeNumberField("seconds", result.nanos() / 1_000_000 / 1e3);
                json.writeObjectFieldStart("facts");
                for (Fact fact : result.facts()) {
                    json.writeStringField(fact.name(), fact.value());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }
}
