// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The notes of what was taken from the kernel, a file for each function in the runtime directory: written before anything
 * is done, removed when the kernel has the function back. The directory is one that does not outlive a restart of the
 * machine, and neither does a binding.
 *
 * <pre>
 *   bound-0000:03:00.0
 *     driver=vfio-pci
 *     before=ixgbe
 *     interfaces=eth2
 *     addresses=eth2 10.0.0.2/24,eth2 fd00::2/64
 * </pre>
 */
public final class BindNotes {
    private static final String PREFIX = "bound-";
    private static final String UNFINISHED = ".new";

    private final RuntimeDirectory directory;

    public BindNotes(RuntimeDirectory directory) {
        this.directory = directory;
    }

    /** All notes, by address; none where there is no such directory. */
    public List<BindNote> all() throws IOException {
        final List<BindNote> notes = new ArrayList<>();
        for (String name : SysfsDevice.names(directory.path())) {
            if (name.startsWith(PREFIX) && !name.endsWith(UNFINISHED)) {
                directory.check();
                of(name.substring(PREFIX.length())).ifPresent(notes::add);
            }
        }
        return notes;
    }

    /** The note about a function; empty where it was not taken, or not by this user. */
    Optional<BindNote> of(String address) throws IOException {
        final Path file = file(address);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        directory.check();
        final Map<String, String> values = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            final int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return Optional.of(new BindNote(
                address,
                values.getOrDefault("driver", ""),
                values.getOrDefault("before", ""),
                list(values.getOrDefault("interfaces", "")),
                list(values.getOrDefault("addresses", ""))));
    }

    void write(BindNote note) throws IOException {
        directory.create();
        final Path unfinished = directory.path().resolve(PREFIX + note.address() + UNFINISHED);
        Files.write(
                unfinished,
                List.of(
                        "driver=" + note.driver(),
                        "before=" + note.before(),
                        "interfaces=" + String.join(",", note.interfaces()),
                        "addresses=" + String.join(",", note.addresses())));
        Files.move(unfinished, file(note.address()), StandardCopyOption.ATOMIC_MOVE);
    }

    void remove(String address) throws IOException {
        Files.deleteIfExists(file(address));
    }

    private Path file(String address) {
        return directory.path().resolve(PREFIX + address);
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }
}
