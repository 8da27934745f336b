// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Linux's own driver and a card for a backplane (KX4), which has no module. */
final class StockDriverBackplaneTest extends StockDriverChecks {
    StockDriverBackplaneTest() {
        super("10f7", 52);
    }

    @Test
    @Order(20)
    void shouldHaveNoModule() {
        assertThat(machine.attempt("ethtool -m eth0", LIMIT).exitCode()).isNotZero();
    }
}
