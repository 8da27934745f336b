// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.host.control.StatusJson;
import java.io.IOException;
import java.io.Writer;

/**
 * The demo's account as JSON, with names as stable as {@link StatusJson}'s.
 *
 * <pre>
 *   format          1
 *   success         true where packets crossed both ways, all are accounted for and all guests ended well
 *   accounted       true where every packet is accounted for
 *   faults[]        what went wrong beside the account, in words
 *   trafficMillis   for how long packets could enter
 *   rings[]
 *     direction     forward | backward
 *     from, to      labels of the first and the last stage
 *     received      packets that entered
 *     sent          packets that left
 *     dropped       the sum of drops
 *     drops         reason: count
 *     inRing        packets that neither left nor were dropped
 *     emptySlots    slots that the last stage met empty
 *     faults[]      what does not add up, in words
 *     latencyNanos  where measured: samples, p50, p99, p999, max
 *   cards[]         at the chain's ends
 *     card, wire
 *     received      packets that the card has put into buffers, as it has counted them
 *     entered       packets that have entered the ring that begins there
 *     transmitted   packets that the card has sent, as it has counted them
 *     left          packets that have left the ring that ends there
 *     dropped       packets that came while the card had no descriptors
 *     faults[]      what does not add up, in words
 * </pre>
 */
public final class DemoJson {
    private static final int FORMAT = 1;

    private DemoJson() {}

    /** Writes {@code result} as one document. */
    public static void write(Writer out, DemoResult result) throws IOException {
        try (JsonGenerator json = StatusJson.generator(out, true)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeBooleanField("success", result.success());
            json.writeBooleanField("accounted", result.accounted());
            writeTexts(json, result.faults());
            json.writeNumberField("trafficMillis", result.trafficNanos() / 1_000_000);
            json.writeArrayFieldStart("rings");
            for (Account.Entry entry : result.account().entries()) {
                write(json, entry);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("cards");
            for (CardEntry card : result.cards()) {
                write(json, card);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    private static void write(JsonGenerator json, Account.Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("direction", StatusJson.word(entry.direction()));
        json.writeStringField("from", entry.from());
        json.writeStringField("to", entry.to());
        json.writeNumberField("received", entry.received());
        json.writeNumberField("sent", entry.sent());
        json.writeNumberField("dropped", entry.droppedPackets());
        StatusJson.writeDrops(json, "drops", entry.dropped());
        json.writeNumberField("inRing", entry.inRing());
        json.writeNumberField("emptySlots", entry.emptySlots());
        writeTexts(json, entry.faults());
        if (entry.latency().isPresent()) {
            StatusJson.writeLatency(json, entry.latency().get());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, CardEntry card) throws IOException {
        json.writeStartObject();
        json.writeStringField("card", card.card());
        json.writeStringField("wire", card.wire());
        json.writeNumberField("received", card.received());
        json.writeNumberField("entered", card.entered());
        json.writeNumberField("transmitted", card.transmitted());
        json.writeNumberField("left", card.left());
        json.writeNumberField("dropped", card.dropped());
        writeTexts(json, card.faults());
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, Iterable<String> texts) throws IOException {
        json.writeArrayFieldStart("faults");
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
