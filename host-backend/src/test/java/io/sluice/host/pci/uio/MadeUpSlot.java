// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.uio;

import io.sluice.host.pci.PciConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A card's folder in a sysfs made of ordinary files: what is written to them can be read. */
public final class MadeUpSlot {
    public static final String SLOT = "0000:03:00.0";
    public static final int BAR_BYTES = 128 << 10;

    private static final int COMMAND = 4;

    private final Path root;
    private final Path folder;

    /** Makes an 82599 that no driver has in the sysfs at {@code root}. */
    public MadeUpSlot(Path root) throws IOException {
        this.root = root;
        folder = Files.createDirectories(root.resolve("bus/pci/devices").resolve(SLOT));
        final ByteBuffer space = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        space.putInt(0, 0x10FB_8086);
        space.putInt(8, 0x0200_0001);
        Files.write(config(), space.array());
        Files.write(folder.resolve("resource0"), new byte[BAR_BYTES]);
        write("resource", """
                0x00000000febc0000 0x00000000febdffff 0x0000000000140204
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x000000000000c000 0x000000000000c01f 0x0000000000040101
                """);
        write("class", "0x020000\n");
        write("numa_node", "-1\n");
        write("reset", "");
        write("enable", "0\n");
    }

    SlotFolder folder() {
        return SlotFolder.of(root, SLOT);
    }

    /** The file of its configuration space. */
    public Path config() {
        return folder.resolve("config");
    }

    void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    /** What was written last to {@code file}. */
    public String read(String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    /** Takes {@code file} away, as a function without it. */
    void remove(String file) throws IOException {
        Files.delete(folder.resolve(file));
    }

    void driver(String name) throws IOException {
        link("driver", Files.createDirectories(root.resolve("bus/pci/drivers").resolve(name)));
    }

    void iommuGroup(String number, String type) throws IOException {
        final Path group =
                Files.createDirectories(root.resolve("kernel/iommu_groups").resolve(number));
        Files.writeString(group.resolve("type"), type + '\n');
        link("iommu_group", group);
    }

    private void link(String name, Path target) throws IOException {
        Files.createSymbolicLink(folder.resolve(name), target);
    }

    /** Whether the card may reach memory. */
    public boolean busMaster() throws IOException {
        return (Files.readAllBytes(config())[COMMAND] & PciConfig.COMMAND_BUS_MASTER) != 0;
    }

    /** Lets the card reach memory, as a driver does that runs it. */
    public void putOnBus() throws IOException {
        try (RandomAccessFile space = new RandomAccessFile(config().toFile(), "rw")) {
            space.seek(COMMAND);
            space.write(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
        }
    }

    /** The register at {@code offset}, as the card has it. */
    int register(int offset) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve("resource0")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(offset);
    }
}
