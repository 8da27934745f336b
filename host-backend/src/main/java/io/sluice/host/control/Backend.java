// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ConfiguredChain;
import io.sluice.host.chain.RunningChain;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All chains of one process: started together or not at all, independent of each other from then on. */
public final class Backend implements AutoCloseable {
    private final List<RunningChain> chains = new ArrayList<>();
    private boolean closed;

    /**
     * Starts every chain of {@code config}.
     *
     * @throws IOException where the system refuses something, with what to do; nothing is left running then
     */
    public Backend(BackendConfig config, RuntimeDirectory directory) throws IOException {
        directory.create();
        try {
            for (ConfiguredChain chain : config.chains()) {
                chains.add(new RunningChain(chain, directory));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public List<RunningChain> chains() {
        return List.copyOf(chains);
    }

    /** True once every chain has finished. */
    public boolean finished() {
        return chains.stream().allMatch(RunningChain::finished);
    }

    /** What ended a helper thread before its time, or null. */
    public Throwable failure() {
        for (RunningChain chain : chains) {
            if (chain.failure() != null) {
                return chain.failure();
            }
        }
        return null;
    }

    /** Stops all chains; idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            for (int i = chains.size() - 1; i >= 0; i--) {
                chains.get(i).close();
            }
        }
    }
}
