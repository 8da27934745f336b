// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what {@link NicReport} wrote. Names that it does not know are skipped: a newer release may have written them. What
 * is missing or of another kind is an {@link IOException} that names it.
 */
final class NicJsonReader {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int MAX_DEPTH = 8;

    private NicJsonReader() {}

    /** The card of a report and its holder, who runs as far as the report knows. */
    static Nic read(byte[] text) throws IOException {
        final Map<?, ?> root;
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            root = object("report", value(parser, 0));
        } catch (JsonProcessingException e) {
            // Its own message has more lines than one, and the text that was read.
            throw new IOException(e.getOriginalMessage(), e);
        }
        final long format = number(root, "format");
        if (format != NicJson.FORMAT) {
            throw new IOException("format=" + format + ", this release reads " + NicJson.FORMAT);
        }
        final Map<?, ?> holder = object("holder", root.get("holder"));
        return Nic.held(
                card(object("card", root.get("card"))),
                new NicHolder(
                        number(holder, "process"),
                        text(holder, "role"),
                        NicHolder.Life.RUNNING,
                        number(holder, "startedNanos"),
                        number(holder, "beatNanos")));
    }

    private static NicCard card(Map<?, ?> card) throws IOException {
        final List<NicCard.Counter> counters = new ArrayList<>();
        for (Object each : list(card, "counters")) {
            final Map<?, ?> counter = object("counters", each);
            counters.add(
                    new NicCard.Counter(text(counter, "register"), text(counter, "words"), number(counter, "count")));
        }
        final List<NicCard.Queue> queues = new ArrayList<>();
        for (Object each : list(card, "queues")) {
            queues.add(queue(object("queues", each)));
        }
        final List<NicCard.Pool> pools = new ArrayList<>();
        for (Object each : list(card, "pools")) {
            final Map<?, ?> pool = object("pools", each);
            pools.add(new NicCard.Pool(
                    (int) number(pool, "number"), text(pool, "user"), text(pool, "filter"), text(pool, "queues")));
        }
        final Map<?, ?> link = object("link", card.get("link"));
        final Map<?, ?> traffic = object("traffic", card.get("traffic"));
        return new NicCard(
                identity(card),
                new NicCard.Link(
                        text(link, "state"),
                        (int) number(link, "speedMegabits"),
                        known(link, "waitingFor"),
                        number(link, "changes")),
                known(card, "module"),
                new NicCard.Traffic(
                        number(traffic, "atNanos"),
                        number(traffic, "received"),
                        number(traffic, "receivedBytes"),
                        number(traffic, "transmitted"),
                        number(traffic, "transmittedBytes"),
                        number(traffic, "dropped")),
                counters,
                queues,
                pools,
                texts(card, "faults"),
                texts(card, "notes"));
    }

    private static NicCard.Identity identity(Map<?, ?> card) throws IOException {
        final int[] id = ids(card, "id");
        final int[] subsystem = ids(card, "subsystem");
        return new NicCard.Identity(
                text(card, "name"),
                text(card, "kind"),
                text(card, "door"),
                known(card, "wire"),
                new NicCard.PciIds(id[0], id[1], subsystem[0], subsystem[1], (int) number(card, "revision")),
                known(card, "mac"));
    }

    private static NicCard.Queue queue(Map<?, ?> queue) throws IOException {
        return new NicCard.Queue(
                text(queue, "direction").equals("receive"),
                (int) number(queue, "number"),
                text(queue, "user"),
                (int) number(queue, "descriptors"),
                (int) knownNumber(queue, "busy"),
                knownNumber(queue, "packets"),
                knownNumber(queue, "bytes"),
                knownNumber(queue, "dropped"));
    }

    private static int[] ids(Map<?, ?> object, String name) throws IOException {
        final String text = text(object, name);
        if (!text.matches("[0-9a-f]{4}:[0-9a-f]{4}")) {
            throw new IOException(name + "=" + text + " is no pair of ids");
        }
        return new int[] {HexFormat.fromHexDigits(text, 0, 4), HexFormat.fromHexDigits(text, 5, 9)};
    }

    private static Map<?, ?> object(String name, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IOException(name + " is no object");
    }

    private static List<?> list(Map<?, ?> object, String name) throws IOException {
        if (object.get(name) instanceof List<?> list) {
            return list;
        }
        throw new IOException(name + " is no list");
    }

    private static List<String> texts(Map<?, ?> object, String name) throws IOException {
        final List<String> texts = new ArrayList<>();
        for (Object each : list(object, name)) {
            texts.add(String.valueOf(each));
        }
        return texts;
    }

    private static String known(Map<?, ?> object, String name) throws IOException {
        return object.containsKey(name) ? text(object, name) : "";
    }

    private static String text(Map<?, ?> object, String name) throws IOException {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw new IOException(name + " is no text");
    }

    private static long knownNumber(Map<?, ?> object, String name) throws IOException {
        return object.containsKey(name) ? number(object, name) : NicCard.UNKNOWN;
    }

    private static long number(Map<?, ?> object, String name) throws IOException {
        if (object.get(name) instanceof Long number) {
            return number;
        }
        throw new IOException(name + " is no whole number");
    }

    /** The value that begins at the parser's token: a map, a list, a text, a long, or null for anything else. */
    private static Object value(JsonParser parser, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("it is nested more than " + MAX_DEPTH + " deep");
        }
        if (!parser.hasCurrentToken()) {
            return null;
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                final Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    final String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser, depth + 1));
                }
                yield object;
            }
            case START_ARRAY -> {
                final List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, depth + 1));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            default -> null;
        };
    }
}
