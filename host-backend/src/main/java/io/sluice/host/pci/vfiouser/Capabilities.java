// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/**
 * What one end of a connection says of itself in VERSION, as JSON; each member may be missing, and others are passed over.
 *
 * <pre>
 *   {"capabilities": {"max_msg_fds": 16, "max_data_xfer_size": 1048576, "max_dma_maps": 65535, "pgsizes": 4096,
 *                     "write_multiple": true, "sluice_mapped_tails": true}}
 * </pre>
 *
 * The last one is this project's own. A client that says it stores nothing but tails on pages that it maps, and reaches
 * every other register on them by calls. Another one, such as QEMU, stores there whatever its guest writes, and may
 * only have pages on which there is nothing to be seen. A member that is null was not said.
 */
record Capabilities(
        Long maxDescriptors,
        Long maxTransferBytes,
        Long maxDmaMaps,
        Long pageSizes,
        Boolean writeMultiple,
        Boolean mappedTails) {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final String MAX_DESCRIPTORS = "max_msg_fds";
    private static final String MAX_TRANSFER_BYTES = "max_data_xfer_size";
    private static final String MAX_DMA_MAPS = "max_dma_maps";
    private static final String PAGE_SIZES = "pgsizes";
    private static final String WRITE_MULTIPLE = "write_multiple";
    private static final String MAPPED_TAILS = "sluice_mapped_tails";

    /** Of an end that says nothing. */
    static final Capabilities NONE = new Capabilities(null, null, null, null, null, null);

    /** What both ends of this package offer. */
    static final Capabilities OURS = new Capabilities(
            (long) Protocol.MAX_DESCRIPTORS,
            (long) Protocol.MAX_TRANSFER_BYTES,
            (long) Protocol.MAX_DMA_MAPS,
            (long) Protocol.PAGE_BYTES,
            true,
            true);

    /** Ours, without what the peer has not named: a server's reply must be a subset of what was proposed. */
    Capabilities oursAmongThese() {
        return new Capabilities(
                maxDescriptors == null ? null : OURS.maxDescriptors,
                maxTransferBytes == null ? null : OURS.maxTransferBytes,
                maxDmaMaps == null ? null : OURS.maxDmaMaps,
                pageSizes == null ? null : OURS.pageSizes,
                writeMultiple == null ? null : OURS.writeMultiple,
                mappedTails == null ? null : OURS.mappedTails);
    }

    /** Whether this end stores nothing but tails on pages where other registers are. */
    boolean storesTailsAlone() {
        return mappedTails != null && mappedTails;
    }

    /** How many descriptors this end takes with one message. */
    long descriptors() {
        return maxDescriptors == null ? Protocol.DEFAULT_DESCRIPTORS : maxDescriptors;
    }

    /** How much memory at least is mapped at a time, and what its size is a multiple of. */
    long pageBytes() {
        return pageSizes == null ? Protocol.PAGE_BYTES : Long.lowestOneBit(pageSizes);
    }

    String format() {
        final StringJoiner members = new StringJoiner(",", "{\"capabilities\":{", "}}");
        add(members, MAX_DESCRIPTORS, maxDescriptors);
        add(members, MAX_TRANSFER_BYTES, maxTransferBytes);
        add(members, MAX_DMA_MAPS, maxDmaMaps);
        add(members, PAGE_SIZES, pageSizes);
        add(members, WRITE_MULTIPLE, writeMultiple);
        add(members, MAPPED_TAILS, mappedTails);
        return members.toString();
    }

    private static void add(StringJoiner members, String name, Object value) {
        if (value != null) {
            members.add("\"" + name + "\":" + value);
        }
    }

    /**
     * Reads what a peer says, with or without the terminating zero.
     *
     * @throws IOException where it is no such JSON, with the place and what was expected
     */
    static Capabilities parse(byte[] text) throws IOException {
        int length = text.length;
        if (length > 0 && text[length - 1] == 0) {
            length--;
        }
        if (length == 0) {
            return NONE;
        }
        Capabilities found = NONE;
        try (JsonParser json = FACTORY.createParser(new String(text, 0, length, StandardCharsets.UTF_8))) {
            expect(json, json.nextToken(), JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                final String name = json.currentName();
                final JsonToken value = json.nextToken();
                if (name.equals("capabilities")) {
                    expect(json, value, JsonToken.START_OBJECT, name);
                    found = parseMembers(json);
                } else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw new IOException("more text behind the object");
            }
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "no JSON at column " + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage(), e);
        }
        return found;
    }

    private static Capabilities parseMembers(JsonParser json) throws IOException {
        Long maxDescriptors = null;
        Long maxTransferBytes = null;
        Long maxDmaMaps = null;
        Long pageSizes = null;
        Boolean writeMultiple = null;
        Boolean mappedTails = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            final String name = json.currentName();
            json.nextToken();
            switch (name) {
                case MAX_DESCRIPTORS -> maxDescriptors = number(json, name, 0);
                case MAX_TRANSFER_BYTES -> maxTransferBytes = number(json, name, 1);
                case MAX_DMA_MAPS -> maxDmaMaps = number(json, name, 0);
                case PAGE_SIZES -> pageSizes = number(json, name, 1);
                case WRITE_MULTIPLE -> writeMultiple = flag(json, name);
                case MAPPED_TAILS -> mappedTails = flag(json, name);
                default -> json.skipChildren();
            }
        }
        return new Capabilities(maxDescriptors, maxTransferBytes, maxDmaMaps, pageSizes, writeMultiple, mappedTails);
    }

    private static boolean flag(JsonParser json, String name) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw new IOException(name + " is not true or false");
        }
        return json.getBooleanValue();
    }

    private static long number(JsonParser json, String name, long least) throws IOException {
        expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
        final long value = json.getLongValue();
        if (value < least) {
            throw new IOException(name + "=" + value + " is less than " + least);
        }
        return value;
    }

    private static void expect(JsonParser json, JsonToken found, JsonToken expected, String what) throws IOException {
        if (found != expected) {
            throw new IOException(what + " is not " + expected + " but " + found + " at column "
                    + json.currentLocation().getColumnNr());
        }
    }
}
