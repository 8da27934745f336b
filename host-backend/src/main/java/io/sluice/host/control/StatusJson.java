// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A status as JSON. Names are stable: a release may add some and never changes what one means; {@code format} grows
 * when that could not be kept. Numbers are whole, in the unit that their name ends with.
 *
 * <pre>
 *   format            1
 *   backends[]
 *     process         process id
 *     state           running | silent | gone
 *     started         2026-01-31T12:00:00Z
 *     silentMillis    since its last heartbeat
 *     chains[]
 *       name          of the chain, or of one segment of a chain with several trust domains
 *       segment       only then: chain, number (from 1), of, domain ("" for that of guests which name none)
 *       state         live | retired
 *       retireReason  only where a guest caused it: position-beyond, ...
 *       guests[]
 *         name
 *         attached    true | false
 *         state       absent | present | suspect | lost
 *         stateMillis since it came into this state
 *         onLoss      hold | drop | bypass
 *         standIn     true | false: whether the host drops or passes on its packets now
 *         peer        the ivshmem id of who holds its socket, only while somebody does
 *         attachments how often it has been attached
 *       rings[]
 *         direction   forward | backward
 *         slots
 *         inRing      packets that have entered and not left
 *         stages[]    in the order of the packets' way
 *           label     tap:lan
 *           party     host, or a guest's name
 *           packets   received, drawn from the ring or sent
 *           bytes
 *           dropped   the sum of drops
 *           drops     reason: count, without those that are 0
 *           waiting   packets that wait for this stage
 *           asleep    true | false: whether it sleeps until somebody wakes it
 *           emptySlots  at the last stage: slots whose packet was dropped before
 *           latencyNanos  once measured, at the last stage: samples, p50, p99, p999, max
 * </pre>
 */
public final class StatusJson {
    private static final int FORMAT = 1;
    private static final JsonFactory FACTORY = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    private StatusJson() {}

    /**
     * Writes {@code backends} as one document.
     *
     * @param pretty over several lines, else in one
     */
    public static void write(Writer out, List<BackendStatus> backends, boolean pretty) throws IOException {
        try (JsonGenerator json = generator(out, pretty)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeArrayFieldStart("backends");
            for (BackendStatus backend : backends) {
                write(json, backend);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    /** A generator that leaves {@code out} open when it is closed. */
    public static JsonGenerator generator(Writer out, boolean pretty) throws IOException {
        final JsonGenerator json = FACTORY.createGenerator(out);
        return pretty ? json.useDefaultPrettyPrinter() : json;
    }

    private static void write(JsonGenerator json, BackendStatus backend) throws IOException {
        json.writeStartObject();
        json.writeNumberField("process", backend.processId());
        json.writeStringField("state", word(backend.life()));
        json.writeStringField(
                "started", Instant.ofEpochSecond(0, backend.startedNanos()).toString());
        json.writeNumberField("silentMillis", backend.silentNanos() / 1_000_000);
        json.writeArrayFieldStart("chains");
        for (ChainStatus chain : backend.chains()) {
            write(json, chain);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ChainStatus chain) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", chain.name());
        if (chain.segment().isPresent()) {
            write(json, chain.segment().get());
        }
        json.writeStringField("state", word(chain.state()));
        if (chain.retireReason() != Violation.NONE) {
            json.writeStringField("retireReason", chain.retireReason().label());
        }
        json.writeArrayFieldStart("guests");
        for (GuestStatus guest : chain.guests()) {
            json.writeStartObject();
            json.writeStringField("name", guest.name());
            json.writeBooleanField("attached", guest.attached());
            json.writeStringField("state", word(guest.life().state()));
            json.writeNumberField("stateMillis", guest.ageNanos() / 1_000_000);
            json.writeStringField("onLoss", guest.life().policy().word());
            json.writeBooleanField("standIn", guest.life().stoodIn());
            if (guest.connected()) {
                json.writeNumberField("peer", guest.peerId());
            }
            json.writeNumberField("attachments", guest.life().grants());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rings");
        for (RingStatus ring : chain.rings()) {
            write(json, ring);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ChainStatus.Segment segment) throws IOException {
        json.writeObjectFieldStart("segment");
        json.writeStringField("chain", segment.chain());
        json.writeNumberField("number", segment.number());
        json.writeNumberField("of", segment.count());
        json.writeStringField("domain", segment.domain());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RingStatus ring) throws IOException {
        json.writeStartObject();
        json.writeStringField("direction", word(ring.direction()));
        json.writeNumberField("slots", ring.slots());
        json.writeNumberField("inRing", ring.inRing());
        json.writeArrayFieldStart("stages");
        for (StageStatus stage : ring.stages()) {
            json.writeStartObject();
            json.writeStringField("label", stage.label());
            json.writeStringField("party", stage.party());
            json.writeNumberField("packets", stage.packets());
            json.writeNumberField("bytes", stage.bytes());
            json.writeNumberField("dropped", stage.dropped());
            writeDrops(json, "drops", stage.drops());
            json.writeNumberField("waiting", stage.waiting());
            json.writeBooleanField("asleep", stage.asleep());
            json.writeNumberField("emptySlots", stage.emptySlots());
            if (stage.latency().isPresent()) {
                writeLatency(json, stage.latency().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Writes drops by reason as an object called {@code name}. */
    public static void writeDrops(JsonGenerator json, String name, Map<DropReason, Long> drops) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<DropReason, Long> drop : drops.entrySet()) {
            json.writeNumberField(drop.getKey().label(), drop.getValue());
        }
        json.writeEndObject();
    }

    /** Writes percentiles as the object {@code latencyNanos}. */
    public static void writeLatency(JsonGenerator json, StageStatus.Latency latency) throws IOException {
        json.writeObjectFieldStart("latencyNanos");
        json.writeNumberField("samples", latency.samples());
        json.writeNumberField("p50", latency.p50Nanos());
        json.writeNumberField("p99", latency.p99Nanos());
        json.writeNumberField("p999", latency.p999Nanos());
        json.writeNumberField("max", latency.maxNanos());
        json.writeEndObject();
    }

    /** The word for a constant, in lower case. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
