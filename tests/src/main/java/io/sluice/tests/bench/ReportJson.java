// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reports as JSON.
 *
 * <pre>
 * {"machine": {"cpu": ..., ...},
 *  "rows": [{"name", "unit", "min", "median", "max", "peer", "peerMedian", "ratio"}, ...]}
 * </pre>
 *
 * The figures of a peer that was missing are null.
 */
public final class ReportJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String NULL = "null"; // as the parser gives a null's text

    private ReportJson() {}

    public static void write(Report report, Path file) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("machine");
            for (Map.Entry<String, String> entry : report.machine().entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("rows");
            for (Row row : report.rows()) {
                json.writeStartObject();
                json.writeStringField("name", row.name());
                json.writeStringField("unit", row.unit());
                json.writeNumberField("min", rounded(row.min()));
                json.writeNumberField("median", rounded(row.median()));
                json.writeNumberField("max", rounded(row.max()));
                json.writeStringField("peer", row.peer());
                write(json, "peerMedian", row.peerMedian());
                write(json, "ratio", row.ratio());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, String name, double figure) throws IOException {
        if (Double.isNaN(figure)) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, rounded(figure));
        }
    }

    private static double rounded(double value) {
        return Math.rint(value * 1000) / 1000;
    }

    /**
     * Reads what {@link #write} has written; fields that it does not know are left out.
     *
     * @throws BenchException where {@code file} holds something else
     */
    public static Report read(Path file) throws IOException {
        try (JsonParser json = JSON.createParser(Files.newBufferedReader(file))) {
            final Map<String, String> machine = new LinkedHashMap<>();
            final List<Row> rows = new ArrayList<>();
            require(json.nextToken() == JsonToken.START_OBJECT, file, json);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                final String field = json.currentName();
                final JsonToken value = json.nextToken();
                if (field.equals("machine")) {
                    require(value == JsonToken.START_OBJECT, file, json);
                    machine.putAll(object(json, file));
                } else if (field.equals("rows")) {
                    require(value == JsonToken.START_ARRAY, file, json);
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        rows.add(row(object(json, file), file, json));
                    }
                } else {
                    json.skipChildren();
                }
            }
            return new Report(machine, rows);
        } catch (JsonParseException e) {
            throw new BenchException("not the JSON of a benchmark: file=" + file + ": " + e.getOriginalMessage());
        }
    }

    private static Map<String, String> object(JsonParser json, Path file) throws IOException {
        final Map<String, String> fields = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            final String name = json.currentName();
            require(json.nextToken().isScalarValue(), file, json);
            fields.put(name, json.getText());
        }
        return fields;
    }

    private static Row row(Map<String, String> fields, Path file, JsonParser json) {
        try {
            return new Row(
                    text(fields, "name"),
                    text(fields, "unit"),
                    number(fields, "min"),
                    number(fields, "median"),
                    number(fields, "max"),
                    text(fields, "peer"),
                    number(fields, "peerMedian"),
                    number(fields, "ratio"));
        } catch (IllegalArgumentException e) {
            throw new BenchException("not the JSON of a benchmark: file=" + file + " line="
                    + json.currentLocation().getLineNr() + ": " + e.getMessage());
        }
    }

    private static String text(Map<String, String> fields, String name) {
        final String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a row has no field " + name);
        }
        return value;
    }

    private static double number(Map<String, String> fields, String name) {
        final String text = text(fields, name);
        return text.equals(NULL) ? Double.NaN : Double.parseDouble(text);
    }

    private static void require(boolean condition, Path file, JsonParser json) {
        if (!condition) {
            throw new BenchException("not the JSON of a benchmark: file=" + file + " line="
                    + json.currentLocation().getLineNr());
        }
    }
}
