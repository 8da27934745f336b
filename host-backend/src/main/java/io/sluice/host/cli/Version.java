// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        final String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "sluice " + (version == null ? "(not packaged)" : version),
            "ring format " + io.sluice.shared.ring.RegionDescriptor.VERSION,
            "Java " + Runtime.version()
        };
    }
}
