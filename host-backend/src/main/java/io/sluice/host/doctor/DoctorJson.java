// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.host.control.StatusJson;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * Findings as JSON. Names are stable, as those of {@link StatusJson}.
 *
 * <pre>
 *   format          1
 *   findings[]
 *     subject       IOMMU, huge pages, card 0000:03:00.0, ...
 *     state         ok | warning | missing
 *     found         what was seen, in words
 *     why           what it is needed for
 *     commands[]    what to type to mend it, in order
 *     lasting[]     what to type besides, so that it stays so when the machine starts again
 * </pre>
 */
public final class DoctorJson {
    private static final int FORMAT = 1;

    private DoctorJson() {}

    /** Writes {@code findings} as one document. */
    public static void write(Writer out, List<Finding> findings) throws IOException {
        try (JsonGenerator json = StatusJson.generator(out, true)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeArrayFieldStart("findings");
            for (Finding finding : findings) {
                json.writeStartObject();
                json.writeStringField("subject", finding.subject());
                json.writeStringField("state", StatusJson.word(finding.state()));
                json.writeStringField("found", finding.found());
                json.writeStringField("why", finding.why());
                writeTexts(json, "commands", finding.commands());
                writeTexts(json, "lasting", finding.lasting());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
