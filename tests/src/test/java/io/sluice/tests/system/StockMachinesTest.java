// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
 * Two machines with Linux's own driver, each with a card of its own, and a cable between the cards: machines are reset,
 * killed and replaced, and programs come that are no machine and mean no good; the cards stay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 600, unit = TimeUnit.SECONDS)
final class StockMachinesTest {
    private static final long SEED = 54;
    private static final int MEBIBYTES = Boolean.getBoolean("sluice.long") ? 64 : 2;
    private static final int HOSTILE_ROUNDS = Boolean.getBoolean("sluice.long") ? 200 : 10;
    private static final String NEAR = "10.78.0.1";
    private static final String FAR = "10.78.0.2";

    private final Scratch scratch = new Scratch();
    private Path nearSocket;
    private Path farSocket;
    private SluiceProcess cards;
    private JudgeMachine nearMachine;
    private JudgeMachine farMachine;
    private JudgeHost near;
    private JudgeHost far;

    @BeforeAll
    void boot() {
        Requirements.judges();
        nearSocket = scratch.file("near.sock");
        farSocket = scratch.file("far.sock");
        cards = SluiceProcess.card(scratch, "near", nearSocket, "--cable", "far=" + farSocket);
        nearMachine = boot(nearSocket);
        near = join(nearMachine, NEAR);
        farMachine = boot(farSocket);
        far = join(farMachine, FAR);
    }

    private JudgeMachine boot(Path socket) {
        return JudgeMachine.start(
                scratch, MachineOptions.of(socket).withProcessors(2).withMemory(256));
    }

    private static JudgeHost join(JudgeMachine machine, String address) {
        final JudgeHost host = JudgeHost.of(machine);
        machine.forgetLog();
        machine.run("modprobe ixgbe", LIMIT);
        host.run("ip link set lo up; ip addr add " + address + "/24 dev eth0; ip link set eth0 up");
        host.awaitCarrier("eth0");
        return host;
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {nearMachine, farMachine, cards, scratch}) {
            Closing.close(thing);
        }
    }

    private void shouldReachEachOther(String when) {
        near.ping(FAR);
        far.ping(NEAR);
        System.out.printf(
                "between two machines %s: %.1f MB/s there, %.1f MB/s back%n",
                when, near.transfer(far, FAR, MEBIBYTES), far.transfer(near, NEAR, MEBIBYTES));
        for (JudgeMachine machine : List.of(nearMachine, farMachine)) {
            assertThat(machine.warnings()).isEmpty();
        }
    }

    @Test
    @Order(1)
    void shouldJoinTwoMachines() {
        shouldReachEachOther("by a cable");
    }

    /** Firmware and kernel map the machine's memory anew, dozens of times, while the card is there. */
    @Test
    @Order(2)
    void shouldStayThroughAReset() {
        nearMachine.reboot();
        near = join(nearMachine, NEAR);
        shouldReachEachOther("of which one was reset");
    }

    @Test
    @Order(3)
    void shouldServeTheNextMachineAfterOneThatWasKilled() {
        final CardCounts before = CardCounts.now(scratch, "far");
        // Under way to a card whose memory goes with its machine.
        near.run("ping -i 0.01 -W 1 " + FAR + " </dev/null >/dev/null 2>&1 & echo $! >/tmp/pings");
        farMachine.kill();
        near.run("kill $(cat /tmp/pings)");
        Await.until(
                "the end of the session", LIMIT, () -> cards.output().contains("is free of process"), cards::output);
        for (int round = 0; round < HOSTILE_ROUNDS; round++) {
            HostileDriver.visit(farSocket, SEED + round);
        }
        farMachine = boot(farSocket);
        far = join(farMachine, FAR);
        shouldReachEachOther("of which one was killed and replaced");
        assertThat(CardCounts.now(scratch, "far").since(before, "memory-faults"))
                .isZero();
    }

    @Test
    @Order(4)
    void shouldHaveReachedNoMemoryOfOthers() {
        for (JudgeMachine machine : List.of(nearMachine, farMachine)) {
            machine.powerOff();
        }
        assertThat(CardCounts.now(scratch, "near").of("dma-violations")).isZero();
        cards.stop();
        assertThat(cards.output()).doesNotContain("SEVERE", "cannot be left");
        assertThat(scratch.leftovers()).isEmpty();
    }
}
