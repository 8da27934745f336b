// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.pci.PciConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A card that a dead program may have left running: it goes on writing by DMA into memory that is others' by now, until its
 * bus-master bit is cleared, and would go on where it stopped when the next driver sets that bit, until it is reset.
 *
 * <p>vfio-pci sees to both when a program ends.
 */
record RunningCard(SysfsDevice function, SysfsWriter writer) {
    /** The lower half of the command register. */
    private static final int COMMAND = 0x04;

    private static final int GONE = 0xFF;

    /** Stops its DMA and resets it, where nobody has answered for that. */
    void quiet() throws IOException {
        final Path config = function.folder().resolve("config");
        if (function.driver().equals(SysfsDevice.VFIO) || !Files.isReadable(config)) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(config.toFile(), "rw")) {
            file.seek(COMMAND);
            final int command = file.read();
            if (command == GONE) {
                return;
            }
            file.seek(COMMAND);
            file.write(command & ~PciConfig.COMMAND_BUS_MASTER);
        }
        // Also where the bit was clear: uio_pci_generic clears it when a program ends, and resets nothing.
        final Path reset = function.folder().resolve("reset");
        if (Files.exists(reset)) {
            writer.write(reset, "1");
        }
    }
}
