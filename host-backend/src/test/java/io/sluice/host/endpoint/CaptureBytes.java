// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Capture files put together number by number, as the formats' drafts say. */
final class CaptureBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private ByteOrder order;

    CaptureBytes(ByteOrder order) {
        this.order = order;
    }

    CaptureBytes order(ByteOrder next) {
        order = next;
        return this;
    }

    CaptureBytes u16(int value) {
        return raw(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
    }

    CaptureBytes u32(long value) {
        return raw(ByteBuffer.allocate(4).order(order).putInt((int) value).array());
    }

    CaptureBytes u64(long value) {
        return raw(ByteBuffer.allocate(8).order(order).putLong(value).array());
    }

    CaptureBytes raw(byte... more) {
        bytes.writeBytes(more);
        return this;
    }

    CaptureBytes padded(byte... more) {
        return raw(more).raw(new byte[-more.length & 3]);
    }

    /** A file header of the classic format. */
    CaptureBytes pcapHeader(long magic, long linkType) {
        return u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(linkType);
    }

    /** A record of the classic format. */
    CaptureBytes record(long seconds, long fraction, long originalBytes, byte[] data) {
        return u32(seconds).u32(fraction).u32(data.length).u32(originalBytes).raw(data);
    }

    /** A pcapng block around a body whose length is a multiple of four. */
    CaptureBytes block(long type, byte[] body) {
        return u32(type).u32(body.length + 12).raw(body).u32(body.length + 12);
    }

    CaptureBytes section() {
        return block(
                0x0A0D0D0AL,
                new CaptureBytes(order).u32(0x1A2B3C4D).u16(1).u16(0).u64(-1).toByteArray());
    }

    /** An interface description; {@code options} end themselves. */
    CaptureBytes link(int linkType, long snapBytes, byte[] options) {
        return block(
                1,
                new CaptureBytes(order)
                        .u16(linkType)
                        .u16(0)
                        .u32(snapBytes)
                        .raw(options)
                        .toByteArray());
    }

    CaptureBytes enhanced(int link, long units, long originalBytes, byte[] data, byte[] options) {
        return block(
                6,
                new CaptureBytes(order)
                        .u32(link)
                        .u32(units >>> 32)
                        .u32(units)
                        .u32(data.length)
                        .u32(originalBytes)
                        .padded(data)
                        .raw(options)
                        .toByteArray());
    }

    CaptureBytes simple(long originalBytes, byte[] data) {
        return block(3, new CaptureBytes(order).u32(originalBytes).padded(data).toByteArray());
    }

    CaptureBytes option(int code, byte... value) {
        return u16(code).u16(value.length).padded(value);
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    Path in(Path folder) {
        try {
            return Files.write(Files.createTempFile(folder, "capture", ".pcap"), toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
