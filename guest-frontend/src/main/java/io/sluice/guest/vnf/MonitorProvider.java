// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.function.PacketFunctionProvider;
import java.util.List;
import java.util.Map;

/** Makes a {@link Monitor}. */
public final class MonitorProvider implements PacketFunctionProvider {
    @Override
    public String name() {
        return "monitor";
    }

    @Override
    public String summary() {
        return "counts packets and bytes by protocol and passes all of them on";
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public PacketFunction create(Map<String, List<String>> options) {
        new Options(name(), options(), options);
        return new Monitor();
    }
}
