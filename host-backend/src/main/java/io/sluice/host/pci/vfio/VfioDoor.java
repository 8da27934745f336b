// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfio;

import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.DoorMapping;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.NumaNode;
import io.sluice.shared.vfio.VfioDevice;
import io.sluice.shared.vfio.VfioException;
import io.sluice.shared.vfio.VfioMapping;
import io.sluice.shared.vfio.VfioRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The door to a card in a slot that vfio-pci has. Its IOMMU lets the card reach what is mapped here and nothing else; bus
 * mastering is off until the driver sets it, and off again before any memory goes.
 *
 * <p>Registers are read and written by system calls, which cost less than the access itself and answer all ones where a
 * load would kill the process, of a card that is asleep, say. Tails are stores to mapped pages; the pages with the MSI-X
 * table are not mapped, wherever it is: that is the kernel's. Nobody may write to a {@link TailRegister} after closing.
 */
public final class VfioDoor implements PciDevice {
    private static final System.Logger LOG = System.getLogger(VfioDoor.class.getName());
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");
    private static final int MSIX_ENTRY_BYTES = 16;

    private final VfioDevice device;
    private final List<VfioMapping> pages = new ArrayList<>();
    private final List<DoorMapping> mappings = new ArrayList<>();
    private boolean closed;

    private VfioDoor(VfioDevice device) {
        this.device = device;
    }

    /**
     * Opens the card at {@code slot}, {@code 0000:03:00.0} or {@code 03:00.0}; it has been reset.
     *
     * @throws IOException where it cannot be had, with what to type
     */
    public static VfioDoor open(String slot) throws IOException {
        final String full = slot.indexOf(':') == slot.lastIndexOf(':') ? "0000:" + slot : slot;
        final VfioDoor door = new VfioDoor(VfioDevice.open(full.toLowerCase(Locale.ROOT)));
        try {
            door.mapPages();
            return door;
        } catch (VfioException e) {
            door.close();
            throw e;
        }
    }

    private void mapPages() throws VfioException {
        final PciConfig.Msix msix = new PciConfig(this).msix();
        final VfioRegion registers = device.region(0);
        final List<VfioRegion.Area> areas = msix == null || msix.tableBar() != 0
                ? registers.areas()
                : registers.areasWithout(msix.tableOffset(), (long) MSIX_ENTRY_BYTES * msix.vectors());
        for (VfioRegion.Area area : areas) {
            pages.add(device.map(registers, area));
        }
    }

    @Override
    public String name() {
        return device.slot();
    }

    @Override
    public int readConfig(int offset, int bytes) {
        return device.readConfig(offset, bytes);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        device.writeConfig(offset, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return device.region(bar).lengthBytes();
    }

    @Override
    public int read32(int offset) {
        return device.read(0, offset, Integer.BYTES);
    }

    @Override
    public void write32(int offset, int value) {
        device.write(0, offset, Integer.BYTES, value);
    }

    @Override
    public TailRegister tail(int offset) {
        long address = 0;
        for (VfioMapping page : pages) {
            address = Math.max(address, page.address(offset, Integer.BYTES));
        }
        return new TailRegister(this, offset, address);
    }

    /** Wherever pages are: the IOMMU makes them follow each other. */
    @Override
    public Backing backing() {
        return Backing.USUAL.onNode(NumaNode.ofDevice(DEVICES.resolve(device.slot())));
    }

    @Override
    public synchronized DmaMapping map(SharedRegion memory) throws IOException {
        final long lengthBytes = memory.lengthBytes();
        final DoorMapping mapping =
                new DoorMapping(device.mapDma(memory.address(), lengthBytes), lengthBytes, this::unmap);
        mappings.add(mapping);
        return mapping;
    }

    private synchronized void unmap(DoorMapping mapping) {
        if (mappings.remove(mapping) && !device.unmapDma(mapping.lengthBytes(), mapping.deviceAddress())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: memory at 0x{1} stays mapped until the card is closed",
                    name(),
                    Long.toHexString(mapping.deviceAddress()));
        }
    }

    @Override
    public int vectors() {
        return device.vectors();
    }

    @Override
    public void interrupt(int vector, int eventDescriptor) throws IOException {
        device.interrupt(vector, eventDescriptor);
    }

    @Override
    public void reset() throws IOException {
        device.reset();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            mappings.clear();
        }
        pages.forEach(VfioMapping::close);
        // Takes the card off its bus and has it reset before it takes memory from it.
        device.close();
    }
}
