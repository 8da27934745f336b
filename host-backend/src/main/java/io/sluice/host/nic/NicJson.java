// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.host.control.StatusJson;
import io.sluice.shared.memory.EpochClock;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Cards as JSON. Names are stable: a release may add some and never changes what one means; {@code format} grows when that
 * could not be kept. What is not known is not there, lists are always there.
 *
 * <pre>
 *   format           1
 *   cards[]
 *     name           model0
 *     kind           82599ES SFP+
 *     door           how it is reached: model in this process, vfio-user, kernel driver ixgbe, ...
 *     wire           a model's other end
 *     id             8086:10fb
 *     subsystem      8086:0003
 *     revision
 *     mac
 *     link           state (up, down, or between), speedMegabits, waitingFor, changes
 *     module         what is in its cage
 *     traffic        atNanos (since 1970), received, receivedBytes, transmitted, transmittedBytes, dropped
 *     counters[]     register, words, count
 *     queues[]       direction (receive | transmit), number, user, descriptors, busy, packets, bytes, dropped
 *     pools[]        number, user, filter, queues
 *     faults[]       what is wrong now
 *     notes[]
 *     rate           by watch alone, since the line before, per second: received, receivedBits, transmitted,
 *                    transmittedBits, dropped; and linkChanges
 *     holder         of a card that a process of ours holds: process, role (run | nic serve), state (running | silent),
 *                    started, silentMillis
 *     slot           of a card that sysfs shows: address, driver, iommuGroup, groupMembers[], numaNode, pcieLink,
 *                    interfaces[], missing[], commands[]
 * </pre>
 * The file of one report has {@code format}, one {@code card}, and a {@code holder} with {@code process}, {@code role},
 * {@code startedNanos} and {@code beatNanos}.
 */
public final class NicJson {
    static final int FORMAT = 1;

    private NicJson() {}

    /**
     * Writes {@code nics} as one document.
     *
     * @param rates what is known of each card's rate
     * @param pretty over several lines, else in one
     */
    public static void write(Writer out, List<Nic> nics, Function<Nic, Optional<Nic.Rate>> rates, boolean pretty)
            throws IOException {
        try (JsonGenerator json = StatusJson.generator(out, pretty)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeArrayFieldStart("cards");
            for (Nic nic : nics) {
                json.writeStartObject();
                writeCard(json, nic.card());
                final Optional<Nic.Rate> rate = rates.apply(nic);
                if (rate.isPresent()) {
                    writeRate(json, rate.get());
                }
                if (nic.holder().isPresent()) {
                    writeHolder(json, nic.holder().get());
                }
                if (nic.slot().isPresent()) {
                    writeSlot(json, nic.slot().get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    /** Writes the report of one card, for {@link NicJsonReader}. */
    static void writeReport(Writer out, NicHolder holder, NicCard card) throws IOException {
        try (JsonGenerator json = StatusJson.generator(out, false)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeObjectFieldStart("holder");
            json.writeNumberField("process", holder.process());
            json.writeStringField("role", holder.role());
            json.writeNumberField("startedNanos", holder.startedNanos());
            json.writeNumberField("beatNanos", holder.beatNanos());
            json.writeEndObject();
            json.writeObjectFieldStart("card");
            writeCard(json, card);
            json.writeEndObject();
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void writeRate(JsonGenerator json, Nic.Rate rate) throws IOException {
        json.writeObjectFieldStart("rate");
        json.writeNumberField("received", Math.round(rate.received()));
        json.writeNumberField("receivedBits", Math.round(rate.receivedBits()));
        json.writeNumberField("transmitted", Math.round(rate.transmitted()));
        json.writeNumberField("transmittedBits", Math.round(rate.transmittedBits()));
        json.writeNumberField("dropped", Math.round(rate.dropped()));
        json.writeNumberField("linkChanges", rate.linkChanges());
        json.writeEndObject();
    }

    private static void writeHolder(JsonGenerator json, NicHolder holder) throws IOException {
        json.writeObjectFieldStart("holder");
        json.writeNumberField("process", holder.process());
        json.writeStringField("role", holder.role());
        json.writeStringField("state", StatusJson.word(holder.life()));
        json.writeStringField(
                "started", Instant.ofEpochSecond(0, holder.startedNanos()).toString());
        json.writeNumberField("silentMillis", (EpochClock.nanos() - holder.beatNanos()) / 1_000_000);
        json.writeEndObject();
    }

    private static void writeSlot(JsonGenerator json, PciSlot slot) throws IOException {
        json.writeObjectFieldStart("slot");
        json.writeStringField("address", slot.address());
        writeKnown(json, "driver", slot.driver());
        writeKnown(json, "iommuGroup", slot.iommuGroup());
        writeTexts(json, "groupMembers", slot.groupMembers());
        if (slot.numaNode() >= 0) {
            json.writeNumberField("numaNode", slot.numaNode());
        }
        writeKnown(json, "pcieLink", slot.pcieLink());
        writeTexts(json, "interfaces", slot.interfaces());
        writeTexts(
                json,
                "missing",
                slot.missing().stream().map(PciSlot.Missing::what).toList());
        writeTexts(json, "commands", slot.commands());
        json.writeEndObject();
    }

    private static void writeCard(JsonGenerator json, NicCard card) throws IOException {
        final NicCard.Identity identity = card.identity();
        json.writeStringField("name", identity.name());
        json.writeStringField("kind", identity.kind());
        json.writeStringField("door", identity.door());
        writeKnown(json, "wire", identity.wire());
        json.writeStringField("id", identity.ids().text());
        json.writeStringField("subsystem", identity.ids().subsystemText());
        json.writeNumberField("revision", identity.ids().revision());
        writeKnown(json, "mac", identity.mac());
        json.writeObjectFieldStart("link");
        json.writeStringField("state", card.link().phase());
        json.writeNumberField("speedMegabits", card.link().speedMegabits());
        writeKnown(json, "waitingFor", card.link().waitingFor());
        json.writeNumberField("changes", card.link().changes());
        json.writeEndObject();
        writeKnown(json, "module", card.module());
        json.writeObjectFieldStart("traffic");
        json.writeNumberField("atNanos", card.traffic().atNanos());
        json.writeNumberField("received", card.traffic().receivedPackets());
        json.writeNumberField("receivedBytes", card.traffic().receivedBytes());
        json.writeNumberField("transmitted", card.traffic().transmittedPackets());
        json.writeNumberField("transmittedBytes", card.traffic().transmittedBytes());
        json.writeNumberField("dropped", card.traffic().dropped());
        json.writeEndObject();
        writeLists(json, card);
    }

    private static void writeLists(JsonGenerator json, NicCard card) throws IOException {
        json.writeArrayFieldStart("counters");
        for (NicCard.Counter counter : card.counters()) {
            json.writeStartObject();
            json.writeStringField("register", counter.register());
            json.writeStringField("words", counter.words());
            json.writeNumberField("count", counter.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("queues");
        for (NicCard.Queue queue : card.queues()) {
            json.writeStartObject();
            json.writeStringField("direction", queue.receives() ? "receive" : "transmit");
            json.writeNumberField("number", queue.number());
            json.writeStringField("user", queue.user());
            json.writeNumberField("descriptors", queue.descriptors());
            writeKnown(json, "busy", queue.busy());
            writeKnown(json, "packets", queue.packets());
            writeKnown(json, "bytes", queue.bytes());
            writeKnown(json, "dropped", queue.dropped());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("pools");
        for (NicCard.Pool pool : card.pools()) {
            json.writeStartObject();
            json.writeNumberField("number", pool.number());
            json.writeStringField("user", pool.user());
            json.writeStringField("filter", pool.filter());
            json.writeStringField("queues", pool.queues());
            json.writeEndObject();
        }
        json.writeEndArray();
        writeTexts(json, "faults", card.faults());
        writeTexts(json, "notes", card.notes());
    }

    private static void writeKnown(JsonGenerator json, String name, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(name, text);
        }
    }

    private static void writeKnown(JsonGenerator json, String name, long number) throws IOException {
        if (number != NicCard.UNKNOWN) {
            json.writeNumberField(name, number);
        }
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
