// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.chain.ConfiguredChain;
import io.sluice.host.chain.Succession;
import io.sluice.host.keeper.DescriptorStore;
import io.sluice.host.keeper.KeeperLink;
import io.sluice.host.keeper.SystemdStore;
import io.sluice.shared.posix.RuntimeDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who holds a backend's descriptors: systemd where it runs the backend and offers to, else a process of our own. */
final class Keepers {
    private static final System.Logger LOG = System.getLogger(Keepers.class.getName());

    private Keepers() {}

    /** The store for {@code chains}; none where nothing is to be kept and nothing can have been left to end. */
    static Optional<DescriptorStore> open(RuntimeDirectory directory, List<ConfiguredChain> chains, Duration keep) {
        final boolean wanted = !keep.isZero() && chains.stream().anyMatch(Succession::keeps);
        final Map<String, String> environment = System.getenv();
        if (!wanted && !SystemdStore.handsOver(environment) && (keep.isZero() || !KeeperLink.exists(directory))) {
            return Optional.empty();
        }
        final Optional<SystemdStore> systemd = SystemdStore.of(environment);
        if (systemd.isPresent()) {
            return systemd.map(store -> store);
        }
        if (keep.isZero()) {
            return Optional.empty();
        }
        if (environment.containsKey("NOTIFY_SOCKET")) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "systemd runs this backend and offers no descriptor store, so guests end with it if it is killed;"
                            + " give its unit FileDescriptorStoreMax=512 and Environment=FDSTORE=512");
        }
        return Optional.of(KeeperLink.open(directory, keep));
    }
}
