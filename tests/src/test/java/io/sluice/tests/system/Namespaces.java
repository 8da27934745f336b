// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two network namespaces of one test's own, which nothing joins but what the test runs between them: each with a TAP
 * interface of its own name, 10.77.0.1 and fd77::1 at the left, 10.77.0.2 and fd77::2 at the right.
 */
final class Namespaces implements AutoCloseable {
    static final String LEFT4 = "10.77.0.1";
    static final String LEFT6 = "fd77::1";
    static final String RIGHT4 = "10.77.0.2";
    static final String RIGHT6 = "fd77::2";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String left;
    private final String right;

    Namespaces() {
        final String name = "sl" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        left = name + "l";
        right = name + "r";
        try {
            Commands.run("ip", "netns", "add", left);
            Commands.run("ip", "netns", "add", right);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    String left() {
        return left;
    }

    String right() {
        return right;
    }

    /** The endpoint at the left, as a chain names it. */
    String leftTap() {
        return "tap:" + left + "?netns=" + left;
    }

    /** The endpoint at the right, as a chain names it. */
    String rightTap() {
        return "tap:" + right + "?netns=" + right;
    }

    /** A model of a card, as a chain names it, whose wire is the endpoint at the left. */
    String leftCard(String name) {
        return card(name, left);
    }

    /** A model of a card whose wire is the endpoint at the right. */
    String rightCard(String name) {
        return card(name, right);
    }

    private static String card(String name, String namespace) {
        return "ixgbe:" + name + "?wire=tap:" + namespace + "&wire.netns=" + namespace;
    }

    /** Gives the interfaces that a backend has made their addresses. */
    void addAddresses() {
        addLeftAddresses();
        addRightAddresses();
    }

    /** The same for the one at the left alone. */
    void addLeftAddresses() {
        addAddresses(left, LEFT4, LEFT6);
    }

    /** The same for the one at the right alone, where it is a new one. */
    void addRightAddresses() {
        addAddresses(right, RIGHT4, RIGHT6);
    }

    private static void addAddresses(String namespace, String address4, String address6) {
        Commands.run("ip", "-n", namespace, "link", "set", "lo", "up");
        Commands.run("ip", "-n", namespace, "addr", "add", address4 + "/24", "dev", namespace);
        // Without duplicate address detection, which would take a second and need the chain's guests.
        Commands.run("ip", "-n", namespace, "addr", "add", address6 + "/64", "dev", namespace, "nodad");
    }

    /** Interfaces that are left in either namespace besides the loopback. */
    String links() {
        final StringBuilder links = new StringBuilder();
        for (String namespace : new String[] {left, right}) {
            Commands.run("ip", "-n", namespace, "-o", "link")
                    .lines()
                    .filter(line -> !line.contains(": lo:"))
                    .forEach(links::append);
        }
        return links.toString();
    }

    /**
     * Waits until {@code address} answers {@code namespace} for the first time: a kernel gives up on an address after three
     * seconds without an answer, and a guest that has just begun may take longer for its first packets.
     */
    static void awaitAnswer(String namespace, String address, Duration limit) {
        Await.until(
                "an answer from " + address,
                limit,
                () -> Commands.attempt("ip", "netns", "exec", namespace, "ping", "-n", "-c", "1", "-W", "5", address)
                                .exitCode()
                        == 0);
    }

    /**
     * Pings {@code address} from {@code namespace}; each of {@code count} echoes must be answered. One command for each:
     * once it has had an answer, ping gives later ones no more than twice that time, which guests may not keep to.
     */
    static void ping(String namespace, String address, int count) {
        for (int i = 0; i < count; i++) {
            Commands.run("ip", "netns", "exec", namespace, "ping", "-n", "-c", "1", "-W", "20", address);
        }
    }

    @Override
    public void close() {
        Commands.attempt("ip", "netns", "del", left);
        Commands.attempt("ip", "netns", "del", right);
    }
}
