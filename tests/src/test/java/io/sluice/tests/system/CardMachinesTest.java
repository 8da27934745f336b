// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The whole path: namespace, TAP, model of an 82599, a chain of two virtual machines, another model, TAP, namespace. One
 * pair of machines serves all tests.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class CardMachinesTest extends TwoGuests {
    private static final long SEED = 42;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 20 : 2) << 20;

    @BeforeAll
    void join() {
        joinByMachines(net.leftCard("model0"), net.rightCard("model1"), "--default", "allow");
    }

    @Test
    @Order(1)
    void shouldAnswerPingsBothWays() {
        pingBothWays();
    }

    @Test
    @Order(2)
    void shouldCarryBytesUnchanged() {
        transferBothWays("two cards and two virtual machines", BYTES, SEED);
    }

    @Test
    @Order(3)
    void shouldHaveCountedThem() {
        for (String card : new String[] {"model0", "model1"}) {
            CardStatus.awaitFrames(scratch, card, BYTES / 1514, LIMIT);
        }
    }

    @Test
    @Order(4)
    void shouldEndWithTheBackend() {
        endWithTheBackend(firewall, nat);
    }
}
