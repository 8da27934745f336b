// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.function.PacketFunctionProvider;
import java.util.List;
import java.util.Map;

/** Makes a {@link Forward}. */
public final class ForwardProvider implements PacketFunctionProvider {
    private static final Map<String, String> OPTIONS =
            Map.of("swap-macs", "true: swap the Ethernet source and destination of each frame");

    @Override
    public String name() {
        return "forward";
    }

    @Override
    public String summary() {
        return "passes every packet on";
    }

    @Override
    public Map<String, String> options() {
        return OPTIONS;
    }

    @Override
    public PacketFunction create(Map<String, List<String>> options) {
        return new Forward(new Options(name(), OPTIONS, options).flag("swap-macs"));
    }
}
