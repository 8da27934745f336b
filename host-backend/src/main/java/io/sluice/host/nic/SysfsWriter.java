// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes attributes of sysfs, each of which the kernel acts on before the write returns. */
interface SysfsWriter {
    /** The kernel's. */
    SysfsWriter KERNEL = (attribute, text) -> {
        try {
            Files.writeString(attribute, text, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new IOException("writing " + attribute + " needs root, and a kernel that is not locked down", e);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no " + attribute, e);
        } catch (IOException e) {
            throw new IOException("writing '" + text.strip() + "' to " + attribute + ": " + e.getMessage(), e);
        }
    };

    /**
     * Writes {@code text} in one system call.
     *
     * @throws IOException with the kernel's reason, where it refuses
     */
    void write(Path attribute, String text) throws IOException;
}
