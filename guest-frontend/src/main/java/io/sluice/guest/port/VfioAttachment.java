// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.vfio.VfioDevice;
import io.sluice.shared.vfio.VfioMapping;
import io.sluice.shared.vfio.VfioRegion;
import java.io.IOException;

/**
 * A virtual machine's attachment by a ring device that vfio-pci has: as {@link PciAttachment}, and the host's calls arrive
 * as interrupts, so that threads sleep until they are woken. For that the machine needs a (virtual) IOMMU.
 *
 * <pre>
 *   kick, guest to host:   this process ── BAR0's doorbell ──▶ QEMU ── the host's eventfd ──▶ backend
 *   call, host to guest:   backend ── this guest's eventfd ──▶ QEMU ── MSI-X vector 0 ──▶ eventfd ──▶ this process
 * </pre>
 */
final class VfioAttachment implements Attachment {
    /** Registers of BAR 0, which is shorter than a page: they are reached by calls. */
    private static final int REGISTERS = 0;

    private static final int IV_POSITION = 8;
    private static final int DOORBELL = 12;
    private static final int MEMORY = 2;
    /** The host has one bell for each guest. */
    private static final int VECTOR = 0;

    private final VfioDevice device;
    private final VfioMapping memory;
    private final int bell;
    private final String warning;
    private boolean closed;

    private VfioAttachment(VfioDevice device, VfioMapping memory, int bell) {
        this.device = device;
        this.memory = memory;
        this.bell = bell;
        this.warning = MappingProbe.warning(memory.address(0, Long.BYTES));
    }

    /**
     * Takes the device at {@code slot}, {@code 0000:00:05.0}.
     *
     * @throws IOException with what to do, where it cannot be had
     */
    static VfioAttachment open(String slot) throws IOException {
        final VfioDevice device = VfioDevice.open(slot);
        VfioMapping memory = null;
        int bell = -1;
        try {
            memory = map(device);
            bell = EventFd.create();
            device.interrupt(VECTOR, bell);
            // An interrupt is a write to memory: QEMU drops those of a device that may not write there.
            device.busMaster(true);
            return new VfioAttachment(device, memory, bell);
        } catch (IOException | RuntimeException e) {
            if (memory != null) {
                memory.close(); // which would keep the device open
            }
            device.close();
            if (bell >= 0) {
                Descriptors.close(bell);
            }
            throw e;
        }
    }

    private static VfioMapping map(VfioDevice device) throws IOException {
        final VfioRegion region = device.region(MEMORY);
        for (VfioRegion.Area area : region.areas()) {
            if (area.offset() == 0 && area.lengthBytes() == region.lengthBytes()) {
                return device.map(region, area);
            }
        }
        throw new IOException("the memory of PCI device " + device.slot() + " cannot be mapped: bytes="
                + region.lengthBytes() + " areas=" + region.areas());
    }

    @Override
    public long address() {
        return memory.address(0, 1);
    }

    @Override
    public long lengthBytes() {
        return memory.area().lengthBytes();
    }

    @Override
    public int peerId() {
        return device.read(REGISTERS, IV_POSITION, Integer.BYTES);
    }

    @Override
    public Doorbell doorbell() {
        return (peer, vector) -> device.write(REGISTERS, DOORBELL, Integer.BYTES, peer << 16 | vector & 0xFFFF);
    }

    @Override
    public Sleeper newSleeper() {
        return new Sleeper(bell);
    }

    @Override
    public String note() {
        return "device " + device.slot() + ": woken by interrupts" + (warning.isEmpty() ? "" : "; " + warning);
    }

    /** A device has no connection that could end: the region's state tells. */
    @Override
    public boolean hostPresent() {
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            memory.close();
            device.close();
            Descriptors.close(bell);
        }
    }
}
