// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.chain.Chain;
import io.sluice.host.chain.Hop;
import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.nic.ServedModel;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Linux's own driver and a card for a backplane, whose link goes and comes back. */
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class StockDriverLinkTest {
    private static final long SEED = 52;
    private static final long BYTES = 2 << 20;
    private static final double PROBE_SECONDS = 3;

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private ServedModel card;
    private JudgeMachine machine;

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, card, net, scratch}) {
            Closing.close(thing);
        }
    }

    @Test
    void shouldNoticeThatTheLinkIsLostAndThere() throws IOException {
        Requirements.networkNamespaces();
        Requirements.judges();
        final Path socket = scratch.file("card.sock");
        net = new Namespaces();
        final Hop wire = Chain.parse(net.leftTap() + " => null:").first();
        final Endpoint tap = Endpoints.open(wire.kind(), wire.address(), wire.singleOptions(), true, true);
        final ModelOptions options = ModelOptions.of("model0").with(Personality.KX4);
        card = new ServedModel(options, tap, socket, RuntimeDirectory.at(scratch.runDirectory()));
        net.addLeftAddresses();
        machine = JudgeMachine.start(scratch, socket);
        machine.forgetLog();

        final StockDriver driver = new StockDriver(machine, net.left());
        final double probe = driver.load();
        System.out.printf("the stock driver has probed a card for a backplane after %.2f s%n", probe);
        driver.up();
        driver.ping();
        card.faults().loseLink(true);
        driver.awaitCarrier(false);
        card.faults().loseLink(false);
        driver.awaitCarrier(true);
        driver.ping();
        driver.transfer("stock driver, backplane", BYTES, SEED);

        assertThat(machine.log()).contains("NIC Link is Down").containsPattern("(?s)Up 10 Gbps.*Down.*Up 10 Gbps");
        assertThat(machine.warnings()).isEmpty();
        assertThat(probe).isLessThan(PROBE_SECONDS);
        machine.powerOff();
    }
}
