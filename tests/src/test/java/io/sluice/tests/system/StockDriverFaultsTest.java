// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Linux's own driver and a card at which something goes wrong: the driver does what it does with a card of Intel's, and
 * works again once the fault is gone, by itself or loaded anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class StockDriverFaultsTest {
    private static final long SEED = 53;
    private static final long BYTES = 1 << 20;
    private static final String CARD = "model0";
    /** For what a driver finds out by waiting: Linux gives a queue five seconds, and a busy host makes them longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess card;
    private JudgeMachine machine;
    private StockDriver driver;

    @BeforeAll
    void boot() {
        Requirements.networkNamespaces();
        Requirements.judges();
        final Path socket = scratch.file("card.sock");
        net = new Namespaces();
        card = SluiceProcess.card(scratch, CARD, socket, "--personality", "10f7", "--wire", net.leftTap());
        net.addLeftAddresses();
        machine = JudgeMachine.start(scratch, MachineOptions.of(socket).withProcessors(2));
        driver = new StockDriver(machine, net.left());
        driver.load();
        driver.up();
        driver.ping();
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, card, net, scratch}) {
            Closing.close(thing);
        }
    }

    private void order(String... faults) {
        CardStatus.fault(scratch, CARD, faults);
    }

    private void awaitLog(String text) {
        Await.until(
                "'" + text + "' in the machine's log",
                PATIENCE,
                () -> machine.log().contains(text),
                machine::log);
    }

    /** The driver works, by itself or after what was done to it. */
    private void shouldWork(String what, int seed) {
        driver.awaitCarrier(true);
        driver.ping();
        driver.transfer("stock driver after " + what, BYTES, SEED + seed);
    }

    @Test
    @Order(1)
    void shouldNoticeThatTheLinkIsLostAndThere() {
        machine.forgetLog();
        order("link-down");
        driver.awaitCarrier(false);
        order("link-up");
        shouldWork("a lost link", 1);
        assertThat(machine.log()).containsPattern("(?s)NIC Link is Down.*Up 10 Gbps");
        assertThat(machine.warnings()).isEmpty();
    }

    @Test
    @Order(2)
    void shouldTakeItsTimeWithLateWriteBacks() {
        machine.forgetLog();
        order("write-backs-late=2000000");
        shouldWork("late write-backs", 2);
        order("write-backs-late=0");
        assertThat(machine.warnings()).isEmpty();
    }

    @Test
    @Order(3)
    void shouldResetACardWhoseQueuesAreStuck() {
        machine.forgetLog();
        order("transmit-stuck");
        // What is sent meanwhile waits in the card.
        machine.attempt("ping -c 1 -W 1 " + Namespaces.LEFT4, LIMIT);
        awaitLog("Tx Unit Hang");
        order("transmit-free");
        shouldWork("stuck queues", 3);
    }

    @Test
    @Order(9)
    void shouldGoOnOnceInterruptsArriveAgain() {
        order("interrupts-lost");
        assertThat(machine.attempt("ping -c 1 -W 2 " + Namespaces.LEFT4, LIMIT).exitCode())
                .isNotZero();
        order("interrupts-back");
        // The card has masked those that it has sent, and the driver waits for them.
        machine.run("ip link set eth0 down; ip link set eth0 up", LIMIT);
        shouldWork("lost interrupts", 9);
    }

    @Test
    @Order(4)
    void shouldSetUpACardThatHasResetItself() {
        order("reset=8");
        machine.attempt("ping -c 10 -i 0.1 -W 1 " + Namespaces.LEFT4, LIMIT);
        // It has no way to notice: a card that was reset has nothing to do and raises no interrupt.
        machine.run("ip link set eth0 down; ip link set eth0 up", LIMIT);
        shouldWork("a reset of the card's own", 4);
    }

    @Test
    @Order(5)
    void shouldNoticeThatTheCardIsGone() {
        machine.forgetLog();
        order("unplug");
        awaitLog("Adapter removed");
        order("plug");
        reload();
        shouldWork("a card that was gone", 5);
    }

    private void reload() {
        driver.unload();
        driver.load();
        driver.up();
    }

    @Test
    @Order(6)
    void shouldNotDriveACardWithoutAnEeprom() {
        driver.unload();
        machine.forgetLog();
        order("eeprom-missing");
        driver.resetFunction();
        shouldRefuse("EEPROM Checksum Is Not Valid");
        order("eeprom-sound", "eeprom-damaged");
        driver.resetFunction();
        shouldRefuse("EEPROM Checksum Is Not Valid");
        order("eeprom-sound");
        driver.resetFunction();
        driver.load();
        driver.up();
        shouldWork("an EEPROM that was missing", 6);
    }

    private void shouldRefuse(String why) {
        machine.forgetLog();
        machine.attempt("modprobe ixgbe", LIMIT);
        assertThat(machine.run("ls /sys/class/net", LIMIT)).doesNotContain("eth0");
        assertThat(machine.log()).contains(why);
        machine.run("rmmod ixgbe", LIMIT);
    }

    /** The driver tries for a tenth of a second, and then for everything that it wants of the EEPROM again. */
    @Test
    @Order(7)
    void shouldWaitForASemaphoreThatSomebodyHolds() {
        driver.unload();
        machine.forgetLog();
        order("semaphore-held");
        machine.background("modprobe", "modprobe ixgbe");
        awaitLog("Intel(R) 10 Gigabit PCI Express Network Driver");
        order("semaphore-free");
        Await.until(
                "the driver's interface",
                PATIENCE,
                () -> machine.run("ls /sys/class/net", LIMIT).contains("eth0"),
                machine::log);
        driver.up();
        shouldWork("a semaphore that somebody held", 7);
    }

    @Test
    @Order(8)
    void shouldGiveUpAMasterThatDoesNotEnd() {
        order("master-stuck");
        machine.run("ip link set eth0 down; ip link set eth0 up", LIMIT);
        driver.awaitCarrier(true);
        order("master-free");
        reload();
        shouldWork("a transaction that did not end", 8);
    }

    @Test
    @Order(30)
    void shouldHaveTouchedNoMemoryOfOthers() {
        final CardCounts counts = CardCounts.now(scratch, CARD);
        assertThat(counts.of("dma-violations")).isZero();
        assertThat(counts.of("refused-commands")).isZero();
        machine.powerOff();
        card.stop();
    }
}
