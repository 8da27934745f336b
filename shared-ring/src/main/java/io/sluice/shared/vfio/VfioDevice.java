// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import io.sluice.shared.posix.Vfio;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A PCI device that this process has, and nobody else. The kernel hands it over reset and off its bus: registers answer,
 * and it neither touches memory nor signals until {@link #busMaster} lets it, message-signalled interrupts included. So it
 * gets it back, from {@link #close} or from the end of the process, before the memory that was mapped for it is let go.
 *
 * <p>Any thread may call. A device that is gone reads as all ones and ignores what is written, as one on a bus does.
 */
public final class VfioDevice implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VfioDevice.class.getName());

    private static final int COMMAND = 4;
    private static final int COMMAND_BUS_MASTER = 1 << 2;
    /** As many as an MSI-X table can have (PCI Local Bus 3.0, 6.8.2.3). */
    private static final int MAX_VECTORS = 2048;
    /** What the kernel may take to reset the device of a process that has ended. */
    private static final long BUSY_NANOS = 5_000_000_000L;

    private static final long BUSY_POLL_NANOS = 20_000_000L;
    private static final Path ROOT = Path.of("/");

    private final SlotFiles files;
    private final int device;
    private final DmaSpace space;
    private final Arena arena = Arena.ofAuto();
    /** Room for one access; used under this object's lock. */
    private final long scratch = arena.allocate(Long.BYTES, Long.BYTES).address();

    private final boolean resettable;
    private final VfioRegion[] regions;
    private final int interrupts;
    /** Device addresses of what is mapped for it, and the lengths: others of its group may outlive it. */
    private final Map<Long, Long> mapped = new HashMap<>();

    /** Whether the space was left; under the lock of what is mapped. */
    private boolean left;

    private int vectors;
    private boolean interruptsOn;
    private boolean closed;

    private VfioDevice(SlotFiles files, DmaSpace.Opened opened) throws VfioException {
        this.files = files;
        this.device = opened.device();
        this.space = opened.space();
        final InfoBuffer info = InfoBuffer.ask(
                device, Vfio.DEVICE_INFO, InfoBuffer.structure(Vfio.DEVICE_INFO_BYTES), "VFIO_DEVICE_GET_INFO");
        resettable = (info.flags() & Vfio.DEVICE_RESETS) != 0;
        final int count = info.bytes().getInt(8);
        interrupts = info.bytes().getInt(12);
        if ((info.flags() & Vfio.DEVICE_IS_PCI) == 0 || count <= Vfio.PCI_CONFIG_REGION) {
            throw files.failure("VFIO has it, but not as a PCI device", "bind it to vfio-pci");
        }
        regions = new VfioRegion[Vfio.PCI_CONFIG_REGION + 1];
        for (int i = 0; i < regions.length; i++) {
            regions[i] = regionInfo(i);
        }
        vectors = Math.clamp(interruptCount(Vfio.PCI_MSIX), 0, MAX_VECTORS);
    }

    /**
     * Takes the device at {@code slot}, {@code 0000:03:00.0}, which vfio-pci has. One that another process has just let go
     * is waited for, a few seconds.
     *
     * @throws VfioException where it cannot be had, with what to do
     */
    public static VfioDevice open(String slot) throws VfioException {
        return open(new SlotFiles(ROOT, slot));
    }

    static VfioDevice open(SlotFiles files) throws VfioException {
        files.check();
        DmaSpace.Opened opened = null;
        VfioDevice open = null;
        try {
            opened = opened(files);
            open = new VfioDevice(files, opened);
            return open;
        } catch (PosixException e) {
            throw files.failure(e.getMessage(), "'dmesg' may say why");
        } finally {
            if (opened != null && open == null) {
                Descriptors.close(opened.device());
                opened.space().leave(files.slot());
            }
        }
    }

    private static DmaSpace.Opened opened(SlotFiles files) throws VfioException {
        final long deadline = System.nanoTime() + BUSY_NANOS;
        while (true) {
            try {
                return DmaSpace.open(files);
            } catch (BusyException e) {
                if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                    final String holders = files.holders(e.getMessage());
                    throw files.failure(
                            (holders.isEmpty() ? "somebody" : holders) + " has " + e.getMessage(),
                            "a device, with its whole IOMMU group, has one owner: stop that first");
                }
                LockSupport.parkNanos(BUSY_POLL_NANOS);
            }
        }
    }

    private VfioRegion regionInfo(int index) {
        final ByteBuffer structure = InfoBuffer.structure(Vfio.REGION_INFO_BYTES);
        structure.putInt(8, index);
        // A region that a device does not have is one of 0 bytes, or, of ROMs, an error.
        return Vfio.ask(device, Vfio.REGION_INFO, structure) < 0
                ? new VfioRegion(index, 0, 0, 0, List.of())
                : VfioRegion.parse(InfoBuffer.ask(device, Vfio.REGION_INFO, structure, "region " + index), index);
    }

    private int interruptCount(int index) {
        if (interrupts <= index) {
            return 0;
        }
        final ByteBuffer structure = InfoBuffer.structure(Vfio.INTERRUPT_INFO_BYTES);
        structure.putInt(8, index);
        return InfoBuffer.ask(device, Vfio.INTERRUPT_INFO, structure, "interrupts " + index)
                .bytes()
                .getInt(12);
    }

    /** Its address, {@code 0000:03:00.0}. */
    public String slot() {
        return files.slot();
    }

    /** Region {@code index}: BARs 0 to 5, the ROM, configuration space 7. One that it does not have is of 0 bytes. */
    public VfioRegion region(int index) {
        return regions[index];
    }

    /** Reads 1, 2 or 4 bytes of configuration space, little-endian; the value, without sign. */
    public int readConfig(int offset, int bytes) {
        return read(Vfio.PCI_CONFIG_REGION, offset, bytes);
    }

    /** Writes configuration space, of which the kernel lets through what does no harm to the system. */
    public void writeConfig(int offset, int bytes, int value) {
        write(Vfio.PCI_CONFIG_REGION, offset, bytes, value);
    }

    /**
     * Reads a register of 1, 2 or 4 bytes by a system call, little-endian. Unlike a load from a mapped page it is safe while
     * the device does not answer: a device that is asleep, being reset or gone reads as all ones.
     */
    public synchronized int read(int region, int offset, int bytes) {
        Memory.longAt(scratch, 0);
        if (closed || Descriptors.readAt(device, scratch, bytes, regions[region].fileOffset() + offset) != bytes) {
            return -1 >>> Integer.SIZE - Byte.SIZE * bytes;
        }
        return Memory.intAt(scratch);
    }

    /** Writes a register of 1, 2 or 4 bytes by a system call, after everything stored before. */
    public synchronized void write(int region, int offset, int bytes, int value) {
        if (!closed) {
            Memory.intAt(scratch, value);
            Descriptors.writeAt(device, scratch, bytes, regions[region].fileOffset() + offset);
        }
    }

    /** Whether the device may reach memory, and with that signal interrupts. */
    public synchronized void busMaster(boolean enabled) {
        final int command = readConfig(COMMAND, Short.BYTES);
        writeConfig(COMMAND, Short.BYTES, enabled ? command | COMMAND_BUS_MASTER : command & ~COMMAND_BUS_MASTER);
    }

    /**
     * Maps {@code area} of a region, one that the region names or a part of it.
     *
     * @throws VfioException where the kernel refuses
     */
    public synchronized VfioMapping map(VfioRegion region, VfioRegion.Area area) throws VfioException {
        if (closed) {
            throw closed();
        }
        final long address = SharedMemory.mapPart(device, region.fileOffset() + area.offset(), area.lengthBytes());
        if (address < 0 && address > -4096) {
            throw files.failure(
                    area + " of region " + region.index() + " cannot be mapped: " + Errno.describe((int) address),
                    "read and write it instead");
        }
        return new VfioMapping(area, address);
    }

    /**
     * Lets the device reach memory of this process, all of which is locked until it is unmapped.
     *
     * @param address of whole pages
     * @return the address by which the device knows the first byte
     * @throws VfioException where it cannot be locked or translated, with what to do
     */
    public long mapDma(long address, long lengthBytes) throws VfioException {
        synchronized (mapped) {
            if (left) {
                throw closed();
            }
            final long deviceAddress = space.map(files, address, lengthBytes);
            mapped.put(deviceAddress, lengthBytes);
            return deviceAddress;
        }
    }

    /** As the other, at a device address of the caller's, where nothing else is mapped. */
    public void mapDma(long address, long lengthBytes, long deviceAddress) throws VfioException {
        synchronized (mapped) {
            if (left) {
                throw closed();
            }
            space.map(files, address, lengthBytes, deviceAddress);
            mapped.put(deviceAddress, lengthBytes);
        }
    }

    /**
     * Takes memory from the device, which from then on gets errors of its bus for what is there.
     *
     * @return false where exactly that is not mapped
     */
    public boolean unmapDma(long lengthBytes, long deviceAddress) {
        synchronized (mapped) {
            return mapped.remove(deviceAddress, lengthBytes) && space.unmap(lengthBytes, deviceAddress);
        }
    }

    /** How many MSI-X vectors there are. */
    public synchronized int vectors() {
        return vectors;
    }

    /**
     * Makes {@code vector} signal {@code eventDescriptor}, an eventfd that stays the caller's, or nothing with -1. Nothing
     * comes while {@link #busMaster} is off.
     *
     * @throws VfioException where there is no such vector, or the kernel has none to spare
     */
    public synchronized void interrupt(int vector, int eventDescriptor) throws VfioException {
        if (closed) {
            throw closed();
        }
        if (vector < 0 || vector >= vectors) {
            throw files.failure("vector=" + vector + " of " + vectors, "");
        }
        if (!interruptsOn) {
            if (eventDescriptor < 0) {
                return;
            }
            switchInterruptsOn();
        }
        final int result = Vfio.setInterrupts(device, Vfio.PCI_MSIX, vector, eventDescriptor);
        if (result != 0) {
            throw files.failure("vector=" + vector + " cannot be used: " + Errno.describe(result), "");
        }
    }

    /** All at once: before Linux 6.4 there are never more than at the first time. A system may be short of them. */
    private void switchInterruptsOn() throws VfioException {
        int wanted = vectors;
        while (true) {
            final int[] nobody = new int[wanted];
            Arrays.fill(nobody, -1);
            final int result = Vfio.setInterrupts(device, Vfio.PCI_MSIX, 0, nobody);
            if (result == 0) {
                interruptsOn = true;
                vectors = wanted;
                return;
            }
            if (result < 0 || result >= wanted) {
                throw files.failure(
                        "its interrupts cannot be switched on: " + Errno.describe(result), "'dmesg' may say why");
            }
            wanted = result;
        }
    }

    /** Whether {@link #reset} can do anything. */
    public boolean resettable() {
        return resettable;
    }

    /**
     * Resets the function: registers as after power-on, no DMA by what they were told. Configuration space, interrupts and
     * mappings stay.
     *
     * @throws VfioException where the device has no reset, or it failed
     */
    public synchronized void reset() throws VfioException {
        if (closed) {
            throw closed();
        }
        final int result = resettable ? Vfio.reset(device) : -Errno.ENOTTY;
        if (result < 0) {
            throw files.failure("it cannot be reset: " + Errno.describe(result), "switch the machine off and on");
        }
    }

    private VfioException closed() {
        return files.failure("it was closed", "open it again");
    }

    /** Takes the device off its bus and gives it back; no thread may touch its mapped pages any more. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        busMaster(false);
        if (interruptsOn && Vfio.disableInterrupts(device, Vfio.PCI_MSIX) < 0) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: its interrupts end with its descriptor", slot());
        }
        closed = true;
        // The kernel resets it now; memory is let go afterwards.
        Descriptors.close(device);
        synchronized (mapped) {
            left = true;
            mapped.forEach((deviceAddress, lengthBytes) -> space.unmap(lengthBytes, deviceAddress));
            mapped.clear();
        }
        space.leave(files.slot());
    }
}
