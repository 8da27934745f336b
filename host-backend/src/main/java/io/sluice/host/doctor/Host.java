// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.BindNote;
import io.sluice.host.nic.BindNotes;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.PciSlot;
import io.sluice.host.nic.Prompt;
import io.sluice.host.nic.SysfsCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The host as a tree of files: {@code /proc}, {@code /sys}, {@code /dev}, {@code /etc} and {@code /lib/modules}, of this
 * machine or of one that a test makes up. What is not there, or may not be read, is empty.
 *
 * @param root {@code /}
 * @param directory where backends keep their files
 * @param prompt how the user types commands
 * @param user whom the user is called
 * @param cards the cards of the 82599's family on the PCI bus
 * @param notes what of the bus was taken from the kernel
 */
record Host(
        Path root,
        RuntimeDirectory directory,
        Prompt prompt,
        String user,
        Programs programs,
        List<PciSlot> cards,
        List<BindNote> notes) {
    Host {
        cards = List.copyOf(cards);
        notes = List.copyOf(notes);
    }

    static Host at(Path root, RuntimeDirectory directory, Prompt prompt, String user, Programs programs)
            throws IOException {
        final List<BindNote> notes = trusted(directory) ? new BindNotes(directory).all() : List.of();
        final List<PciSlot> cards = new SysfsCards(root.resolve("sys"), notes, prompt)
                .find().stream().map(Nic::slot).flatMap(Optional::stream).toList();
        return new Host(root, directory, prompt, user, programs, cards, notes);
    }

    /** What others may have written there counts for nothing; {@link PermissionsCheck} says what is wrong. */
    private static boolean trusted(RuntimeDirectory directory) {
        try {
            directory.check();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    Path path(String name) {
        return root.resolve(name);
    }

    boolean exists(String name) {
        return Files.exists(path(name));
    }

    /** Whether this user may read and write {@code name}. */
    boolean open(String name) {
        return Files.isReadable(path(name)) && Files.isWritable(path(name));
    }

    /** A file's text without the last line's end. */
    String text(String name) {
        try {
            return Files.readString(path(name), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    List<String> lines(String name) {
        return text(name).lines().toList();
    }

    long number(String name) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The entries of a folder, sorted. */
    List<String> names(String folder) {
        try (Stream<Path> entries = Files.list(path(folder))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Whether there is a card of the family. */
    boolean hasCards() {
        return !cards.isEmpty();
    }

    boolean hasIommu() {
        return !names("sys/kernel/iommu_groups").isEmpty();
    }

    /** Whether this is Debian itself, whose packages a remedy may name. */
    boolean debian() {
        return lines("etc/os-release").contains("ID=debian");
    }
}
