// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.uio;

import io.sluice.host.keeper.CardGuard;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.DoorMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.SysfsFunction;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.Mmio;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NumaNode;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The door to a card on this machine's bus that uio_pci_generic has, or no driver at all: registers are those of the card
 * itself, and what it is told of memory are physical addresses. There are no interrupts.
 *
 * <p><b>Nothing keeps such a card from overwriting any memory of the machine.</b> The region's pages are pinned, and stay
 * so until the card is off its bus: who stops it where this process is killed is the one that {@code kept} holds it with.
 * Only one process has the card at a time; that one's place is free when the card is quiet, not before.
 */
public final class SysfsDoor implements PciDevice {
    private static final System.Logger LOG = System.getLogger(SysfsDoor.class.getName());
    private static final int BARS = 6;
    private static final long RELEASE_NANOS = 10_000_000_000L;
    private static final long RETRY_MILLIS = 20;

    private final SlotFolder folder;
    private final long[] barBytes = new long[BARS];
    private final Map<DoorMapping, CardMemory> mappings = new LinkedHashMap<>();
    private KeptDescriptors kept;
    private int config = -1;
    private int reset = -1;
    private int userDevice = -1;
    private long registers;
    private volatile boolean closed;

    private SysfsDoor(SlotFolder folder) {
        this.folder = folder;
    }

    /**
     * Opens the way to the card in {@code slot}, which is off its bus then, whatever it did before.
     *
     * @param guard by which another process stops the card where this one cannot any more; asked once the card may be had
     * @throws IOException where the card cannot be had, with what to do
     */
    public static SysfsDoor open(String slot, CardGuard guard) throws IOException {
        return open(SlotFolder.of(slot), guard);
    }

    /** As the other, of a function by its folder. */
    static SysfsDoor open(SlotFolder folder, CardGuard guard) throws IOException {
        check(folder);
        final SysfsDoor door = new SysfsDoor(folder);
        try {
            door.takeCard();
            door.mapRegisters();
            door.guard(guard.get());
            return door;
        } catch (IOException | RuntimeException e) {
            if (door.kept != null) {
                door.kept.forget();
            }
            door.release();
            throw e;
        }
    }

    private static void check(SlotFolder folder) throws IOException {
        final String slot = folder.slot();
        if (!folder.exists()) {
            throw new IOException("slot " + slot + " has no PCI device; 'sluice nic list' shows where there are cards");
        }
        if (!folder.isNetworkCard()) {
            // What stops a card would stop a bridge, and all that is behind it.
            throw new IOException(slot + " is no network card; 'sluice nic list' shows where there are cards");
        }
        final String driver = folder.driver();
        if (!driver.isEmpty() && !driver.equals(SlotFolder.GENERIC)) {
            throw new IOException(
                    "the kernel's driver " + driver + " has " + slot + "; take it away first: sluice nic bind " + slot);
        }
        final String group = folder.translatingGroup();
        if (!group.isEmpty()) {
            throw new IOException(
                    "an IOMMU translates what " + slot + " asks of memory (group " + group + "), so that the"
                            + " physical addresses of this way lead nowhere; vfio-pci is the better way: sluice nic bind "
                            + slot
                            + " --driver vfio-pci");
        }
    }

    /** The lock goes with the last descriptor of this opening, and so does that of whoever stops a killed one's card. */
    private void takeCard() throws IOException {
        config = folder.open("config", OpenFile.READ_WRITE);
        if (config < 0) {
            throw folder.refused("config", config);
        }
        awaitLock();
        enable();
        reset = Math.max(-1, folder.open("reset", OpenFile.WRITE_ONLY));
        if (SysfsFunction.busMaster(config)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} was running, though nobody drives it: it is stopped; a backend was killed, and nobody held"
                            + " the switch",
                    folder.slot());
            stop();
        }
    }

    private void guard(KeptDescriptors guard) throws IOException {
        kept = guard;
        kept.hold(KeptItems.CARD_CONFIG, config);
        if (reset >= 0) {
            kept.hold(KeptItems.CARD_RESET, reset);
        }
        checkGuard();
    }

    private void checkGuard() throws IOException {
        if (!kept.held()) {
            throw new IOException(folder.slot() + " is not driven, for the keeper does not look after it: it has no"
                    + " room for another card, or has just ended. Should this process be killed, nothing would keep"
                    + " the card from writing to memory that belongs to others by then. Start this again; where that"
                    + " does not help, end backends that are not needed, or give the card an IOMMU");
        }
    }

    /** uio_pci_generic has enabled the card, and takes it off its bus when its device is closed. */
    private void enable() throws IOException {
        if (folder.driver().isEmpty()) {
            folder.write("enable", "1");
            return;
        }
        final Path user = folder.userDevice();
        if (user != null) {
            userDevice = OpenFile.open(user.toString(), OpenFile.READ_WRITE);
            if (userDevice < 0) {
                throw new IOException(user + " cannot be opened: " + Errno.describe(userDevice) + "; run this as root");
            }
        }
    }

    private void awaitLock() throws IOException {
        final long deadline = System.nanoTime() + RELEASE_NANOS;
        int result = OpenFile.lockExclusive(config);
        while (result == -Errno.EAGAIN && System.nanoTime() < deadline) {
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            result = OpenFile.lockExclusive(config);
        }
        if (result < 0) {
            throw new IOException(folder.slot() + " is in use by another process, or being stopped after one ("
                    + Errno.describe(result) + "); 'fuser " + folder.path().resolve("config") + "' names it");
        }
    }

    private void mapRegisters() throws IOException {
        for (int bar = 0; bar < BARS; bar++) {
            barBytes[bar] = folder.barBytes(bar);
        }
        final int descriptor = folder.open("resource0", OpenFile.READ_WRITE);
        if (descriptor < 0) {
            throw folder.refused("resource0", descriptor);
        }
        final long address = SharedMemory.mapDevice(descriptor, barBytes[0]);
        Descriptors.close(descriptor);
        if (address < 0 && address > -4096) {
            throw folder.refused("resource0", (int) address);
        }
        registers = address;
    }

    @Override
    public String name() {
        return folder.slot();
    }

    @Override
    public synchronized int readConfig(int offset, int bytes) {
        return closed ? GONE >>> Integer.SIZE - 8 * bytes : SysfsFunction.read(config, offset, bytes);
    }

    @Override
    public synchronized void writeConfig(int offset, int bytes, int value) {
        if (!closed) {
            SysfsFunction.write(config, offset, bytes, value);
        }
    }

    @Override
    public long barBytes(int bar) {
        return barBytes[bar];
    }

    @Override
    public int read32(int offset) {
        return closed ? GONE : Mmio.read32(registers + offset);
    }

    @Override
    public void write32(int offset, int value) {
        if (!closed) {
            Mmio.write32(registers + offset, value);
        }
    }

    @Override
    public TailRegister tail(int offset) {
        return new TailRegister(this, offset, registers + offset);
    }

    /** In one piece: a card without an IOMMU has no other way to see a region as one. */
    @Override
    public Backing backing() {
        return Backing.USUAL.asContiguous().onNode(NumaNode.ofDevice(folder.path()));
    }

    @Override
    public synchronized DmaMapping map(SharedRegion memory) throws IOException {
        final CardMemory pinned = CardMemory.of(folder.slot(), memory);
        final DoorMapping mapping = new DoorMapping(pinned.physicalAddress(), memory.lengthBytes(), this::unmap);
        mappings.put(mapping, pinned);
        kept.hold(item(mapping), pinned.pinned().descriptor());
        try {
            checkGuard();
        } catch (IOException e) {
            unmap(mapping);
            throw e;
        }
        return mapping;
    }

    private static String item(DoorMapping mapping) {
        return KeptItems.CARD_MEMORY + Long.toHexString(mapping.deviceAddress());
    }

    private synchronized void unmap(DoorMapping mapping) {
        final CardMemory memory = mappings.remove(mapping);
        if (memory != null) {
            kept.drop(item(mapping));
            memory.close();
        }
    }

    /** There is INTx alone, which nobody needs who polls. */
    @Override
    public int vectors() {
        return 0;
    }

    @Override
    public void interrupt(int vector, int eventDescriptor) throws IOException {
        throw new IOException(folder.slot() + " has no interrupts by this way: vector=" + vector
                + "; bind it to vfio-pci to have them");
    }

    @Override
    public synchronized void reset() throws IOException {
        if (closed) {
            throw new IOException(folder.slot() + " has been given back");
        }
        if (reset < 0) {
            throw new IOException(folder.slot() + " cannot be reset by the kernel, which knows no way to do it");
        }
        SysfsFunction.takeOffBus(config); // the reset gives it back as it is
        if (!SysfsFunction.reset(reset)) {
            throw new IOException(folder.slot() + ": the kernel could not reset it; its log may say why");
        }
    }

    /** Off the bus, and reset, so that it does not go on where it was once somebody puts it there again. */
    private void stop() throws IOException {
        if (!SysfsFunction.takeOffBus(config)) {
            throw new IOException(folder.slot() + " cannot be taken off its bus: its memory is not given back before"
                    + " that; switch the machine off");
        }
        if (reset >= 0) {
            SysfsFunction.reset(reset);
        }
    }

    @Override
    public void close() {
        final List<DoorMapping> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                stop();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.ERROR, e.getMessage());
                return;
            }
            closed = true;
            left = List.copyOf(mappings.keySet());
        }
        left.forEach(DoorMapping::close);
        synchronized (this) {
            kept.forget();
            release();
        }
    }

    private void release() {
        if (registers != 0) {
            SharedMemory.unmap(registers, barBytes[0]);
        }
        for (int descriptor : new int[] {userDevice, reset, config}) {
            if (descriptor >= 0) {
                Descriptors.close(descriptor);
            }
        }
    }
}
