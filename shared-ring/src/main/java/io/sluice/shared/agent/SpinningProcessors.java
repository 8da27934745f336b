// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.UnixSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which threads spin on which processor: two on one take its time from each other, whether they are of one process or of
 * two, as a backend and its guest are. Processes know of each other's by a name that each holds while it spins.
 */
final class SpinningProcessors {
    private static final System.Logger LOG = System.getLogger(SpinningProcessors.class.getName());
    private static final Map<Integer, String> CLAIMS = new ConcurrentHashMap<>();
    /** The socket that holds a processor's name, or negative where another process has it. */
    private static final Map<Integer, Integer> NAMES = new ConcurrentHashMap<>();

    private SpinningProcessors() {}

    /**
     * Notes a spinning thread, and warns where it shares its processor with another.
     *
     * @return whether the thread was noted and is to be {@link #release released}
     */
    static boolean claim(int processor, String roleName) {
        final String other = CLAIMS.putIfAbsent(processor, roleName);
        if (other != null) {
            warn(processor, other, roleName);
            return false;
        }
        final int name = UnixSocket.claimName("sluice-spins-on-" + processor);
        NAMES.put(processor, name);
        if (name == -Errno.EADDRINUSE) {
            warn(processor, "one of another process", roleName);
        }
        return true;
    }

    private static void warn(int processor, String other, String roleName) {
        LOG.log(
                System.Logger.Level.WARNING,
                "two spinning threads share processor {0}: {1} and {2}; each will wait while the other"
                        + " has its time slice. Give them processors of their own, or wait=adaptive",
                Integer.toString(processor),
                other,
                roleName);
    }

    static void release(int processor) {
        final Integer name = NAMES.remove(processor);
        if (name != null && name >= 0) {
            Descriptors.close(name);
        }
        CLAIMS.remove(processor);
    }
}
