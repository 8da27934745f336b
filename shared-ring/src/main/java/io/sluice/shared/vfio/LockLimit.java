// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory this process may lock, which is what memory that a device reaches is (getrlimit(2), RLIMIT_MEMLOCK).
 *
 * @param limitBytes -1 where there is no limit, or it is not known
 * @param lockedBytes what is locked already
 * @param moreBytes what was to be locked besides
 */
record LockLimit(long limitBytes, long lockedBytes, long moreBytes) {
    /** What {@code /proc} under {@code root} says of this process. */
    static LockLimit of(Path root, long moreBytes) {
        final Path self = root.resolve("proc/self");
        return new LockLimit(
                number(self.resolve("limits"), "Max locked memory", 1),
                // Counted in either place, by the way in which it was locked.
                1024
                        * (Math.max(0, number(self.resolve("status"), "VmLck:", 1))
                                + Math.max(0, number(self.resolve("status"), "VmPin:", 1))),
                moreBytes);
    }

    /** The first word behind {@code name} as a number, -1 where there is none. */
    private static long number(Path file, String name, long unit) {
        try {
            final List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                if (line.startsWith(name)) {
                    final String word = line.substring(name.length()).strip().split("\\s+")[0];
                    return word.chars().allMatch(Character::isDigit) ? unit * Long.parseLong(word) : -1;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
        return -1;
    }

    /** What to do, for a person. */
    String words() {
        final long needed = lockedBytes + moreBytes;
        if (limitBytes < 0 || limitBytes >= needed) {
            return "memory is short ('free -m' tells), or the cgroup's memory.max is reached";
        }
        final long kibibytes = (needed + 1023) / 1024;
        return "the process may lock " + limitBytes + " bytes and needs " + needed + ": type 'ulimit -l " + kibibytes
                + "' before the command, or 'prlimit --pid $$ --memlock=" + 1024 * kibibytes
                + ":' as root in its shell, or set LimitMEMLOCK=infinity in its unit";
    }
}
