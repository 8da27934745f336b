// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the system uses a network interface for: who would lose it if its card went to a program. Reads what proc(5) says of
 * this network namespace, and sysfs.
 *
 * <pre>
 *   net/route         eth2 00000000 0102000A 0003 ...        destination and gateway in hex, mask in column 7
 *   net/ipv6_route    0000... 00 0000... 00 ... flags eth2   destination and length, flags in column 8
 *   net/packet        sk RefCnt Type Proto Iface ...         sockets of packet(7), by the interface's index
 * </pre>
 *
 * @param addresses an interface's addresses with the lengths of their prefixes, {@code 10.0.0.2/24}, without those that
 *     every interface gets by itself
 */
record InterfaceUse(Path proc, Function<String, List<String>> addresses) {
    private static final String ANY_IPV4 = "00000000";
    private static final String ANY_IPV6 = "0".repeat(32);
    private static final int RTF_REJECT = 0x200;

    /** Each use of the interface whose folder in sysfs is {@code folder}, in words that follow on its name. */
    List<String> of(Path folder) throws IOException {
        final String name = folder.getFileName().toString();
        final List<String> uses = new ArrayList<>();
        if (defaultRoute(name)) {
            uses.add("carries the default route");
        }
        addresses.apply(name).forEach(address -> uses.add("has the address " + address));
        SysfsDevice.names(folder).stream()
                .filter(entry -> entry.startsWith("upper_"))
                .forEach(entry -> uses.add("is under " + entry.substring("upper_".length())));
        if (captured(new SysfsFolder(folder).text("ifindex"))) {
            uses.add("has a program that sends or captures on it (a packet socket)");
        }
        return uses;
    }

    private boolean defaultRoute(String name) throws IOException {
        for (String[] route : table("net/route")) {
            if (route.length > 7 && route[0].equals(name) && route[1].equals(ANY_IPV4) && route[7].equals(ANY_IPV4)) {
                return true;
            }
        }
        for (String[] route : table("net/ipv6_route")) {
            if (route.length > 9
                    && route[9].equals(name)
                    && route[0].equals(ANY_IPV6)
                    && route[1].equals("00")
                    && (Long.parseLong(route[8], 16) & RTF_REJECT) == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean captured(String index) throws IOException {
        return table("net/packet").stream().anyMatch(socket -> socket.length > 4 && socket[4].equals(index));
    }

    /** Lines in columns; none where the kernel has no such file, without IPv6 for example. */
    private List<String[]> table(String file) throws IOException {
        final Path path = proc.resolve(file);
        if (!Files.isReadable(path)) {
            return List.of();
        }
        return Files.readAllLines(path).stream()
                .map(line -> line.strip().split("\\s+"))
                .toList();
    }

    /** The addresses that the kernel has for an interface of this network namespace. */
    static List<String> kernelAddresses(String name) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(name);
            return found == null
                    ? List.of()
                    : found.getInterfaceAddresses().stream()
                            .filter(address -> !address.getAddress().isLinkLocalAddress())
                            .map(InterfaceUse::text)
                            .toList();
        } catch (SocketException e) {
            return List.of("(unknown: " + e.getMessage() + ")");
        }
    }

    private static String text(InterfaceAddress address) {
        final String host = address.getAddress().getHostAddress();
        final int scope = host.indexOf('%');
        return (scope < 0 ? host : host.substring(0, scope)) + '/' + address.getNetworkPrefixLength();
    }
}
