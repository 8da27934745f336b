// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The attributes of a device in sysfs: a line of text each. One that is not there, or that the kernel refuses to read at
 * the moment (an interface that is down has no speed), counts as not known.
 */
record SysfsFolder(Path path) {
    /** The text of {@code name} without the line's end; empty where it is not known. */
    String text(String name) {
        try {
            return Files.readString(path.resolve(name), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** A number in decimal; {@code unknown} where it is not known. */
    long number(String name, long unknown) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            return unknown;
        }
    }

    /** A number as {@code 0x8086}; 0 where it is not known. */
    int hex(String name) {
        try {
            return Integer.decode(text(name));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Where the link {@code name} points to; empty where there is no such link. */
    String link(String name) {
        try {
            return Files.readSymbolicLink(path.resolve(name)).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** The last part of where the link {@code name} points to; empty where there is no such link. */
    String target(String name) {
        final String link = link(name);
        return link.substring(link.lastIndexOf('/') + 1);
    }
}
