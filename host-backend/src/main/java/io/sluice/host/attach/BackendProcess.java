// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The process that a status file or a card's report names: whether it is still there. */
public final class BackendProcess {
    /** How exactly the time at which a process started is known. */
    private static final long START_TOLERANCE_NANOS = 2_000_000_000L;

    private BackendProcess() {}

    /** Whether {@code file}'s backend can still do something, also after a pause: it may be stopped (SIGSTOP). */
    public static boolean lives(StatusFile file) {
        return lives(file.processId(), file.startedNanos());
    }

    /** Whether the process with this id is there, and is one that was running {@code startedNanos} after 1970. */
    public static boolean lives(long processId, long startedNanos) {
        return ProcessHandle.of(processId)
                .filter(process -> !startedAfter(process, startedNanos) && !ended(process.pid()))
                .isPresent();
    }

    /** Whether the process is a later one to which the system has given the same id. */
    private static boolean startedAfter(ProcessHandle process, long nanos) {
        return process.info()
                .startInstant()
                .map(start -> epochNanos(start) > nanos + START_TOLERANCE_NANOS)
                .orElse(false);
    }

    private static long epochNanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** Whether nothing is left of it but its exit code, for which nobody has asked yet: proc_pid_stat(5), Z and X. */
    private static boolean ended(long process) {
        try {
            final String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
            // The name before it may contain anything.
            final char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (IOException e) {
            return true;
        }
    }
}
