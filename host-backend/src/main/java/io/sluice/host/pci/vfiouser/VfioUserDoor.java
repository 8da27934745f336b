// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.DeviceAddresses;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.DoorMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The door to a device that another process plays and serves by vfio-user. Each access is a message and its reply, so that
 * a write has been seen when it returns; pages of BAR 0 that the server lets be mapped are stored to.
 *
 * <p>A server that has gone, does not answer in time or answers what it should not leaves a device that reads as all ones
 * and ignores what is written; that is logged once. Mapped pages stay until the door is closed: nobody may write to a
 * {@link TailRegister} after that.
 */
public final class VfioUserDoor implements PciDevice {
    private static final System.Logger LOG = System.getLogger(VfioUserDoor.class.getName());
    private static final long TIMEOUT_NANOS = 5_000_000_000L;
    /** A reset may take so many times as long as another command: the protocol lets it take as long as it likes. */
    private static final int RESET_TIMES = 12;
    /** As many as an MSI-X table can have (PCI Local Bus 3.0, 6.8.2.3). */
    private static final int MAX_VECTORS = 2048;

    private final String name;
    private final long timeoutNanos;
    private final ServerConnection connection;
    private final long[] barBytes = new long[Protocol.BARS];
    private final List<Page> pages = new ArrayList<>();
    private final List<DoorMapping> mappings = new ArrayList<>();
    private final DeviceAddresses deviceAddresses = new DeviceAddresses();
    private boolean resettable;
    private int vectors;
    private boolean gone;
    private boolean closed;
    private boolean refusalLogged;

    /** Pages of BAR 0 from {@code offset} on, as memory. */
    private record Page(long offset, long lengthBytes, MappedFile memory) {}

    private VfioUserDoor(String name, ServerConnection connection, long timeoutNanos) {
        this.name = name;
        this.connection = connection;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * Connects to the server that listens at {@code socket}.
     *
     * @throws IOException where nobody listens there, it serves somebody else, or it serves no PCI device
     */
    public static VfioUserDoor connect(Path socket) throws IOException {
        return connect(socket, TIMEOUT_NANOS);
    }

    /** As the other, for a server that answers each command within {@code timeoutNanos}. */
    static VfioUserDoor connect(Path socket, long timeoutNanos) throws IOException {
        final ServerConnection connection = ServerConnection.open(socket, timeoutNanos);
        final VfioUserDoor door = new VfioUserDoor(socket.toString(), connection, timeoutNanos);
        try {
            door.discover();
            return door;
        } catch (DisconnectedException | PosixException e) {
            door.release();
            throw new IOException("the vfio-user server at socket=" + socket + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void discover() throws DisconnectedException {
        connection.command().putInt(Protocol.INFO_BYTES).putInt(0).putInt(0).putInt(0);
        require(connection.call(Protocol.DEVICE_GET_INFO, Protocol.INFO_BYTES), "what it serves");
        final int flags = connection.data().getInt(4);
        final int regions = connection.data().getInt(8);
        final int interruptTypes = connection.data().getInt(12);
        if ((flags & Protocol.INFO_PCI) == 0 || regions <= Protocol.CONFIG_REGION) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED, "no PCI device: flags=" + flags + " regions=" + regions);
        }
        resettable = (flags & Protocol.INFO_RESET) != 0;
        for (int bar = 0; bar < Protocol.BARS; bar++) {
            barBytes[bar] = region(bar).lengthBytes();
        }
        if (interruptTypes > Protocol.MSIX) {
            connection
                    .command()
                    .putInt(Protocol.IRQ_INFO_BYTES)
                    .putInt(0)
                    .putInt(Protocol.MSIX)
                    .putInt(0);
            require(connection.call(Protocol.DEVICE_GET_IRQ_INFO, Protocol.IRQ_INFO_BYTES), "its interrupts");
            vectors = connection.data().getInt(12);
            if (vectors < 0 || vectors > MAX_VECTORS) {
                throw new DisconnectedException(Disconnect.MALFORMED, "vectors=" + vectors);
            }
        }
    }

    private RegionInfo region(int index) throws DisconnectedException {
        connection
                .command()
                .putInt(RegionInfo.ROOM_BYTES)
                .putInt(0)
                .putInt(index)
                .putInt(0)
                .putLong(0)
                .putLong(0);
        require(connection.call(Protocol.DEVICE_GET_REGION_INFO, Protocol.REGION_INFO_BYTES), "region " + index);
        final RegionInfo info = RegionInfo.parse(connection.data(), index);
        final MessageStream reply = connection.reply();
        if (index == 0 && reply.descriptors() > 0) {
            final int descriptor = reply.takeDescriptor();
            try {
                for (RegionInfo.Area area : info.areas()) {
                    final MappedFile memory =
                            MappedFile.map(descriptor, info.fileOffset() + area.offset(), area.lengthBytes());
                    pages.add(new Page(area.offset(), area.lengthBytes(), memory));
                }
            } finally {
                Descriptors.close(descriptor);
            }
        }
        return info;
    }

    private static void require(int result, String what) throws DisconnectedException {
        if (result != 0) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED, "it does not say " + what + ": " + Errno.describe(result));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int readConfig(int offset, int bytes) {
        return (int) read(Protocol.CONFIG_REGION, offset, bytes);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        write(Protocol.CONFIG_REGION, offset, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return barBytes[bar];
    }

    @Override
    public int read32(int offset) {
        return (int) read(0, offset, Integer.BYTES);
    }

    @Override
    public void write32(int offset, int value) {
        write(0, offset, Integer.BYTES, value);
    }

    private synchronized long read(int region, int offset, int bytes) {
        final long allOnes = -1L >>> (Long.SIZE - Byte.SIZE * bytes);
        if (gone) {
            return allOnes;
        }
        try {
            connection.command().putLong(offset).putInt(region).putInt(bytes);
            final int result = connection.call(Protocol.REGION_READ, Protocol.ACCESS_BYTES + bytes);
            if (result != 0) {
                logRefusal("read", region, offset, result);
                return allOnes;
            }
            final ByteBuffer data = connection.data();
            if (data.getInt(12) != bytes) {
                throw new DisconnectedException(
                        Disconnect.MALFORMED, "read of bytes=" + bytes + " answered by count=" + data.getInt(12));
            }
            return switch (bytes) {
                case 1 -> data.get(Protocol.ACCESS_BYTES) & 0xFFL;
                case 2 -> data.getShort(Protocol.ACCESS_BYTES) & 0xFFFFL;
                default -> data.getInt(Protocol.ACCESS_BYTES) & 0xFFFF_FFFFL;
            };
        } catch (DisconnectedException e) {
            lose(e);
            return allOnes;
        }
    }

    private synchronized void write(int region, int offset, int bytes, int value) {
        if (gone) {
            return;
        }
        try {
            final ByteBuffer command =
                    connection.command().putLong(offset).putInt(region).putInt(bytes);
            switch (bytes) {
                case 1 -> command.put((byte) value);
                case 2 -> command.putShort((short) value);
                default -> command.putInt(value);
            }
            final int result = connection.call(Protocol.REGION_WRITE, Protocol.ACCESS_BYTES);
            if (result != 0) {
                logRefusal("write", region, offset, result);
            }
        } catch (DisconnectedException e) {
            lose(e);
        }
    }

    /** The bus ignores such an access, and so does this; but whoever looks for a mistake should find it. */
    private void logRefusal(String what, int region, int offset, int result) {
        if (!refusalLogged) {
            refusalLogged = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} refuses a {1}: region={2} offset=0x{3}: {4}; further ones are not logged",
                    name,
                    what,
                    region,
                    Integer.toHexString(offset),
                    Errno.describe(result));
        }
    }

    private void lose(DisconnectedException end) {
        gone = true;
        connection.reply().shutdown();
        LOG.log(
                System.Logger.Level.WARNING,
                "the vfio-user server at {0} is lost: reason={1}, {2}; the device reads as all ones until it is opened"
                        + " again",
                name,
                end.reason(),
                end.getMessage());
    }

    @Override
    public TailRegister tail(int offset) {
        for (Page page : pages) {
            final long inside = offset - page.offset;
            if (inside >= 0 && inside <= page.lengthBytes - Integer.BYTES) {
                return new TailRegister(this, offset, page.memory.address() + inside);
            }
        }
        return new TailRegister(this, offset, 0);
    }

    @Override
    public synchronized DmaMapping map(SharedRegion memory) throws IOException {
        final long pageBytes = connection.server().pageBytes();
        if (connection.server().descriptors() == 0 || memory.lengthBytes() % pageBytes != 0) {
            throw new IOException(
                    name + " cannot use this memory: bytes=" + memory.lengthBytes() + " must be a multiple of "
                            + pageBytes + ", and the server must take descriptors: max_msg_fds="
                            + connection.server().descriptors());
        }
        final DoorMapping mapping =
                new DoorMapping(deviceAddresses.next(memory.lengthBytes()), memory.lengthBytes(), this::unmap);
        final String what = "mapping " + mapping.lengthBytes() + " bytes for DMA";
        connection
                .command()
                .putInt(Protocol.DMA_MAP_BYTES)
                .putInt(Protocol.DMA_READABLE | Protocol.DMA_WRITABLE)
                .putLong(0)
                .putLong(mapping.deviceAddress())
                .putLong(mapping.lengthBytes());
        call(what, Protocol.DMA_MAP, timeoutNanos, memory.descriptor());
        mappings.add(mapping);
        return mapping;
    }

    /** A lost server has no more use for the memory than it makes of its own mapping. */
    private synchronized void unmap(DoorMapping mapping) {
        if (!mappings.remove(mapping) || gone) {
            return;
        }
        connection
                .command()
                .putInt(Protocol.DMA_UNMAP_BYTES)
                .putInt(0)
                .putLong(mapping.deviceAddress())
                .putLong(mapping.lengthBytes());
        try {
            call("unmapping", Protocol.DMA_UNMAP, timeoutNanos);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    @Override
    public int vectors() {
        return vectors;
    }

    @Override
    public synchronized void interrupt(int vector, int eventDescriptor) throws IOException {
        connection
                .command()
                .putInt(Protocol.SET_IRQS_BYTES)
                .putInt(Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER)
                .putInt(Protocol.MSIX)
                .putInt(vector)
                .putInt(1);
        final int[] toPass = eventDescriptor < 0 ? new int[0] : new int[] {eventDescriptor};
        call("setting vector=" + vector, Protocol.DEVICE_SET_IRQS, timeoutNanos, toPass);
    }

    @Override
    public synchronized void reset() throws IOException {
        if (!resettable) {
            throw new IOException(name + " cannot be reset: its server offers no reset; restart that");
        }
        connection.command();
        call("the reset", Protocol.DEVICE_RESET, RESET_TIMES * timeoutNanos);
    }

    /** A command without data in its reply, which must not fail. */
    private void call(String what, int command, long timeoutNanos, int... toPass) throws IOException {
        if (gone) {
            throw new IOException(what + " is too late: the vfio-user server at " + name
                    + " is lost or the door closed; open it again");
        }
        final int result;
        try {
            result = connection.call(command, 0, timeoutNanos, toPass);
        } catch (DisconnectedException e) {
            lose(e);
            throw new IOException(
                    what + " was not answered by the vfio-user server at " + name + ": " + e.getMessage(), e);
        }
        if (result != 0) {
            throw new IOException(what + " was refused by the vfio-user server at " + name + ": "
                    + Errno.describe(result) + "; its log may say why");
        }
    }

    @Override
    public void close() {
        final List<DoorMapping> left;
        final boolean stoppable;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = List.copyOf(mappings);
            stoppable = !gone && resettable;
        }
        try {
            if (stoppable) {
                reset();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the device stops only with its connection: " + e.getMessage());
        }
        left.forEach(DoorMapping::close);
        synchronized (this) {
            gone = true;
            release();
        }
    }

    private void release() {
        connection.close();
        pages.forEach(page -> page.memory.close());
        pages.clear();
    }
}
