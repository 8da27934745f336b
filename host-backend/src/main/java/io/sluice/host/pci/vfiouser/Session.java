// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.PciFunction;
import io.sluice.host.pci.PciFunction.MappedPages;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a server does for one client, from its version to its end: the commands, each answered by what it asks for or by an
 * error number.
 */
final class Session implements AutoCloseable {
    private static final int[] NOTHING_TO_PASS = {};

    private final PciFunction function;
    private final MessageStream stream;
    private final Regions regions;
    private final ClientMemory memory;
    private final Interrupts interrupts;
    private final long timeoutNanos;
    private final AtomicLong refused;
    private Capabilities client = Capabilities.NONE;

    // The reply to the command at hand.
    private ByteBuffer reply;
    private int[] toPass = NOTHING_TO_PASS;

    /**
     * A session of {@code function} with the client at the other end of {@code stream}.
     *
     * @param timeoutNanos for the rest of a message that has begun, for the version, and for the client to take a reply
     * @param refused counts the commands that are answered by an error
     */
    Session(PciFunction function, MessageStream stream, long timeoutNanos, AtomicLong refused) {
        this.function = function;
        this.stream = stream;
        this.timeoutNanos = timeoutNanos;
        this.refused = refused;
        this.regions = new Regions(function);
        this.memory = new ClientMemory(function);
        this.interrupts = new Interrupts(function);
    }

    /** Agrees on a version; the client sends the first message. */
    void begin() throws DisconnectedException {
        receive();
        final ByteBuffer data = stream.data();
        if (stream.command() != Protocol.VERSION) {
            throw new DisconnectedException(Disconnect.VERSION, "the first command is " + stream.command());
        }
        require(Protocol.VERSION_BYTES);
        if (data.limit() > Protocol.MAX_VERSION_BYTES) {
            throw new DisconnectedException(Disconnect.TOO_LONG, "version of " + data.limit() + " bytes");
        }
        final int major = Short.toUnsignedInt(data.getShort(0));
        if (major != Protocol.MAJOR) {
            answer(Errno.EINVAL);
            throw new DisconnectedException(Disconnect.VERSION, "major=" + major + ", this is " + Protocol.MAJOR);
        }
        final byte[] text = new byte[data.limit() - Protocol.VERSION_BYTES];
        data.get(Protocol.VERSION_BYTES, text);
        try {
            client = Capabilities.parse(text);
        } catch (IOException e) {
            answer(Errno.EINVAL);
            throw new DisconnectedException(Disconnect.VERSION, e.getMessage(), e);
        }
        reply = stream.outgoing();
        reply.putShort((short) Protocol.MAJOR);
        reply.putShort((short) Math.min(Short.toUnsignedInt(data.getShort(2)), Protocol.MINOR));
        reply.put(client.oursAmongThese().format().getBytes(StandardCharsets.UTF_8));
        reply.put((byte) 0);
        answer(0);
    }

    /** Receives one command, runs it and answers. */
    void turn() throws DisconnectedException {
        receive();
        reply = stream.outgoing();
        final int result;
        try {
            result = run();
        } catch (RuntimeException | InternalError e) {
            throw new DisconnectedException(Disconnect.FAILED, e.toString(), e);
        }
        answer(result);
    }

    private void receive() throws DisconnectedException {
        stream.receive(Protocol.MAX_MESSAGE_BYTES, timeoutNanos);
        if ((stream.flags() & Protocol.TYPE_MASK) != Protocol.TYPE_COMMAND) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED, "command=" + stream.command() + " flags=" + stream.flags());
        }
        if (stream.descriptors() > descriptorsOf(stream.command())) {
            throw new DisconnectedException(
                    Disconnect.DESCRIPTORS, "command=" + stream.command() + " descriptors=" + stream.descriptors());
        }
    }

    private static int descriptorsOf(int command) {
        return switch (command) {
            case Protocol.DMA_MAP -> 1;
            case Protocol.DEVICE_SET_IRQS -> Protocol.MAX_DESCRIPTORS;
            default -> 0;
        };
    }

    private void require(int bytes) throws DisconnectedException {
        if (stream.data().limit() < bytes) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED,
                    "command=" + stream.command() + " bytes=" + stream.data().limit() + " least=" + bytes);
        }
    }

    private void answer(int result) throws DisconnectedException {
        if (result != 0) {
            refused.incrementAndGet();
        }
        if ((stream.flags() & Protocol.NO_REPLY) == 0) {
            if (result != 0) {
                stream.outgoing();
            }
            final int flags = Protocol.TYPE_REPLY | (result == 0 ? 0 : Protocol.ERROR);
            stream.send(stream.id(), stream.command(), flags, result, timeoutNanos, toPass);
        }
        toPass = NOTHING_TO_PASS;
    }

    private int run() throws DisconnectedException {
        return switch (stream.command()) {
            case Protocol.DMA_MAP -> mapDma();
            case Protocol.DMA_UNMAP -> unmapDma();
            case Protocol.DEVICE_GET_INFO -> info();
            case Protocol.DEVICE_GET_REGION_INFO -> regionInfo();
            case Protocol.DEVICE_GET_IRQ_INFO -> interruptInfo();
            case Protocol.DEVICE_SET_IRQS -> {
                require(Protocol.SET_IRQS_BYTES);
                yield interrupts.set(stream);
            }
            case Protocol.REGION_READ -> read();
            case Protocol.REGION_WRITE -> write();
            case Protocol.REGION_WRITE_MULTI -> writeMultiple();
            case Protocol.DEVICE_RESET -> {
                function.reset();
                yield 0;
            }
            // What QEMU takes as "there is no such feature".
            case Protocol.DEVICE_FEATURE -> Errno.ENOTTY;
            default -> Errno.EOPNOTSUPP;
        };
    }

    private int mapDma() throws DisconnectedException {
        require(Protocol.DMA_MAP_BYTES);
        final ByteBuffer data = stream.data();
        final int descriptor = stream.descriptors() == 0 ? -1 : stream.takeDescriptor();
        try {
            return memory.map(data.getInt(4), data.getLong(8), data.getLong(16), data.getLong(24), descriptor);
        } finally {
            if (descriptor >= 0) {
                Descriptors.close(descriptor);
            }
        }
    }

    private int unmapDma() throws DisconnectedException {
        require(Protocol.DMA_UNMAP_BYTES);
        final ByteBuffer data = stream.data();
        int result = 0;
        switch (data.getInt(4)) {
            case 0 -> result = memory.unmap(data.getLong(8), data.getLong(16));
            case Protocol.DMA_UNMAP_ALL -> memory.clear();
            default -> result = Errno.EINVAL;
        }
        reply.put(data.slice(0, Protocol.DMA_UNMAP_BYTES));
        return result;
    }

    private int info() throws DisconnectedException {
        require(Protocol.INFO_BYTES);
        reply.putInt(Protocol.INFO_BYTES)
                .putInt(Protocol.INFO_RESET | Protocol.INFO_PCI)
                .putInt(Protocol.REGIONS)
                .putInt(Protocol.IRQ_TYPES);
        return stream.data().getInt(0) < Protocol.INFO_BYTES ? Errno.EINVAL : 0;
    }

    private int regionInfo() throws DisconnectedException {
        require(Protocol.REGION_INFO_BYTES);
        final int argumentBytes = stream.data().getInt(0);
        final int index = stream.data().getInt(8);
        if (argumentBytes < Protocol.REGION_INFO_BYTES || index < 0 || index >= Protocol.REGIONS) {
            return Errno.EINVAL;
        }
        final long bytes = regions.bytes(index);
        final List<MappedPages> mappable = client.descriptors() == 0 ? List.of() : regions.mappedPages(index);
        final boolean whole = mappable.size() == 1 && mappable.getFirst().lengthBytes() == bytes;
        // Some pages of a BAR have other registers beside the tails, whose stores would not be seen.
        final List<MappedPages> pages = whole || client.storesTailsAlone() ? mappable : List.of();
        final int areas = whole ? 0 : pages.size();
        final int fullBytes = Protocol.REGION_INFO_BYTES
                + (areas == 0 ? 0 : Protocol.SPARSE_MMAP_BYTES + areas * Protocol.SPARSE_AREA_BYTES);
        // A client that has less room than that learns how much it takes, and asks once more.
        final boolean mapped = !pages.isEmpty() && argumentBytes >= fullBytes;
        int flags = bytes == 0 ? 0 : Protocol.REGION_READABLE | Protocol.REGION_WRITABLE;
        if (mapped) {
            flags |= Protocol.REGION_MMAP | (areas == 0 ? 0 : Protocol.REGION_CAPABILITIES);
            toPass = new int[] {pages.getFirst().memory().descriptor()};
        }
        reply.putInt(fullBytes)
                .putInt(flags)
                .putInt(index)
                .putInt(mapped && areas > 0 ? Protocol.REGION_INFO_BYTES : 0)
                .putLong(bytes)
                .putLong(mapped ? Regions.fileOffset(pages.getFirst()) : 0);
        if (mapped && areas > 0) {
            reply.putShort((short) Protocol.SPARSE_MMAP)
                    .putShort((short) Protocol.SPARSE_MMAP_VERSION)
                    .putInt(0)
                    .putInt(areas)
                    .putInt(0);
            pages.forEach(area -> reply.putLong(area.offset()).putLong(area.lengthBytes()));
        }
        return 0;
    }

    private int interruptInfo() throws DisconnectedException {
        require(Protocol.IRQ_INFO_BYTES);
        final int index = stream.data().getInt(8);
        if (stream.data().getInt(0) < Protocol.IRQ_INFO_BYTES || index < 0 || index >= Protocol.IRQ_TYPES) {
            return Errno.EINVAL;
        }
        reply.putInt(Protocol.IRQ_INFO_BYTES)
                .putInt(interrupts.flags(index))
                .putInt(index)
                .putInt(interrupts.count(index));
        return 0;
    }

    private int read() throws DisconnectedException {
        require(Protocol.ACCESS_BYTES);
        final ByteBuffer data = stream.data();
        final long offset = data.getLong(0);
        final int region = data.getInt(8);
        final int count = data.getInt(12);
        if (count > Protocol.MAX_TRANSFER_BYTES || !regions.contains(region, offset, count)) {
            return Errno.EINVAL;
        }
        reply.putLong(offset).putInt(region).putInt(count);
        regions.read(region, offset, count, reply);
        return 0;
    }

    private int write() throws DisconnectedException {
        require(Protocol.ACCESS_BYTES);
        final ByteBuffer data = stream.data();
        final long offset = data.getLong();
        final int region = data.getInt();
        final int count = data.getInt();
        if (count != data.remaining()) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED, "write of count=" + count + " with bytes=" + data.remaining());
        }
        if (!regions.contains(region, offset, count)) {
            return Errno.EINVAL;
        }
        regions.write(region, offset, count, data);
        reply.putLong(offset).putInt(region).putInt(count);
        return 0;
    }

    private int writeMultiple() throws DisconnectedException {
        require(Protocol.WRITE_MULTI_BYTES);
        final ByteBuffer data = stream.data();
        final long writes = data.getLong();
        if (data.remaining() % Protocol.WRITE_BYTES != 0 || data.remaining() / Protocol.WRITE_BYTES != writes) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED, "writes=" + writes + " with bytes=" + data.remaining());
        }
        for (long done = 0; done < writes; done++) {
            final int next = data.position() + Protocol.WRITE_BYTES;
            final long offset = data.getLong();
            final int region = data.getInt();
            final int count = data.getInt();
            if (count > Protocol.WRITE_DATA_BYTES || !regions.contains(region, offset, count)) {
                return Errno.EINVAL;
            }
            regions.write(region, offset, count, data);
            data.position(next);
        }
        reply.putLong(writes);
        return 0;
    }

    /** Leaves the function as if no client had been there: no interrupts, reset, no memory. */
    @Override
    public void close() {
        try {
            interrupts.clear();
            function.reset();
        } finally {
            memory.clear();
        }
    }
}
