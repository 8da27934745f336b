// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which threads of this process spin on which processor: two on one take its time from each other. */
final class SpinningProcessors {
    private static final System.Logger LOG = System.getLogger(SpinningProcessors.class.getName());
    private static final Map<Integer, String> CLAIMS = new ConcurrentHashMap<>();

    private SpinningProcessors() {}

    /**
     * Notes a spinning thread, and warns where it shares its processor with another.
     *
     * @return whether the thread was noted and is to be {@link #release released}
     */
    static boolean claim(int processor, String roleName) {
        final String other = CLAIMS.putIfAbsent(processor, roleName);
        if (other != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "two spinning threads share processor {0}: {1} and {2}; each will wait while the other"
                            + " has its time slice. Give them processors of their own, or wait=adaptive",
                    processor,
                    other,
                    roleName);
        }
        return other == null;
    }

    static void release(int processor) {
        CLAIMS.remove(processor);
    }
}
