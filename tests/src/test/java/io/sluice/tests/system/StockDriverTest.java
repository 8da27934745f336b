// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Linux's own driver and a card with a module in its cage. */
final class StockDriverTest extends StockDriverChecks {
    StockDriverTest() {
        super("10fb", 51);
    }

    @Test
    @Order(20)
    void shouldShowTheModulesMemory() {
        assertThat(machine.run("ethtool -m eth0", LIMIT)).contains("(SFP)", "10G Base-SR", "Vendor name");
    }
}
