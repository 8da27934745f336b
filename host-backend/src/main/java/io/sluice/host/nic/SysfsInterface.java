// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.memory.EpochClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A kernel's network interface as sysfs has it: address, link, and the counters of sysfs-class-net-statistics. */
record SysfsInterface(String mac, NicCard.Link link, NicCard.Traffic traffic, List<NicCard.Counter> counters) {
    static final SysfsInterface NONE =
            new SysfsInterface("", new NicCard.Link("unknown", 0, "a driver", 0), NicCard.Traffic.NONE, List.of());

    private static final List<Map.Entry<String, String>> COUNTERS = List.of(
            Map.entry("rx_packets", "received: good packets"),
            Map.entry("rx_bytes", "received: good bytes"),
            Map.entry("multicast", "received: multicast"),
            Map.entry("tx_packets", "transmitted: packets"),
            Map.entry("tx_bytes", "transmitted: bytes"),
            Map.entry("rx_dropped", "received and dropped by the kernel"),
            Map.entry("rx_missed_errors", "received and dropped for want of descriptors or room"),
            Map.entry("rx_errors", "receive errors, all"),
            Map.entry("rx_crc_errors", "receive errors: check sequence"),
            Map.entry("rx_length_errors", "receive errors: length"),
            Map.entry("tx_dropped", "not transmitted, dropped by the kernel"),
            Map.entry("tx_errors", "transmit errors, all"));

    SysfsInterface {
        counters = List.copyOf(counters);
    }

    static SysfsInterface read(Path path) {
        final SysfsFolder folder = new SysfsFolder(path);
        final SysfsFolder statistics = new SysfsFolder(path.resolve("statistics"));
        final List<NicCard.Counter> counters = new ArrayList<>();
        for (Map.Entry<String, String> counter : COUNTERS) {
            counters.add(
                    new NicCard.Counter(counter.getKey(), counter.getValue(), statistics.number(counter.getKey(), 0)));
        }
        return new SysfsInterface(
                folder.text("address"),
                link(folder),
                new NicCard.Traffic(
                        EpochClock.nanos(),
                        statistics.number("rx_packets", 0),
                        statistics.number("rx_bytes", 0),
                        statistics.number("tx_packets", 0),
                        statistics.number("tx_bytes", 0),
                        statistics.number("rx_missed_errors", 0)),
                counters);
    }

    /** operstate is RFC 2863's; carrier tells an interface that is down from one without a peer. */
    private static NicCard.Link link(SysfsFolder folder) {
        final long changes = folder.number("carrier_changes", 0);
        final String state = folder.text("operstate");
        if (state.equals(NicCard.Link.UP)) {
            return new NicCard.Link(state, (int) Math.max(0, folder.number("speed", 0)), "", changes);
        }
        final String waitingFor = folder.text("carrier").isEmpty()
                ? "somebody to bring it up: ip link set " + folder.path().getFileName() + " up"
                : "a cable, a module, or the other end";
        return new NicCard.Link(state.isEmpty() ? "unknown" : state, 0, waitingFor, changes);
    }
}
