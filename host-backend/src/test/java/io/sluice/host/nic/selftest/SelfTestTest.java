// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.TestWire;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.nic.FaultOrder;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The test of a card on a model, whose time passes only while the test waits. */
class SelfTestTest {
    private static final long SECOND = 1_000_000_000L;
    private static final SelfTestOptions OPTIONS = new SelfTestOptions(SECOND / 50, SECOND, Set.of());

    private final TestWire wire = new TestWire();
    private Model82599 model;

    /** The model takes a turn for every sleep of its driver. */
    private final class Clock implements CardClock {
        private long now = SECOND;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            now += nanos;
            model.doWork();
        }
    }

    private static ModelOptions plain() {
        return ModelOptions.of("model0").with(RegisterAccess.TRAPPED);
    }

    private Map<String, CheckResult> run(ModelOptions options, SelfTestOptions how, Consumer<String> atBegin) {
        final Clock clock = new Clock();
        model = new Model82599(options, clock::nanos, parts -> new PacketEngine(parts, wire));
        return run(new InProcessDoor(model), clock, how, atBegin);
    }

    private Map<String, CheckResult> run(
            InProcessDoor door, Clock clock, SelfTestOptions how, Consumer<String> atBegin) {
        try (Model82599 _ = model;
                door) {
            final List<CheckResult> results = SelfTest.run(door, clock, how, new SelfTest.Progress() {
                @Override
                public void begins(String check) {
                    atBegin.accept(check);
                }

                @Override
                public void ended(CheckResult result) {
                    System.out.println(SelfTestReport.line(result));
                }
            });
            assertThat(results).extracting(CheckResult::check).containsExactlyElementsOf(SelfTest.names());
            assertThat(model.details().get("dma-violations")).isZero();
            return results.stream().collect(Collectors.toMap(CheckResult::check, result -> result));
        }
    }

    private Map<String, CheckResult> run(Consumer<Faults> fault) {
        return run(plain(), OPTIONS, check -> {
            if (check.equals("bus")) {
                fault.accept(model.faults());
            }
        });
    }

    private static List<String> with(Map<String, CheckResult> results, Outcome outcome) {
        return SelfTest.names().stream()
                .filter(check -> results.get(check).outcome() == outcome)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(value = RegisterAccess.class, names = "POLLED", mode = EnumSource.Mode.EXCLUDE)
    void shouldFindACardGood(RegisterAccess access) {
        final var results = run(plain().with(access).withMemorySeed(1), OPTIONS, _ -> {});

        assertThat(with(results, Outcome.PASSED)).isEqualTo(SelfTest.names());
        assertThat(results.get("bus").words()).contains("82599 8086:10fb");
        assertThat(results.get("address").words()).startsWith("00:1b:21:");
        assertThat(results.get("module").facts()).contains(new Fact("temperature", "35.0 C"));
        assertThat(results.get("eeprom").facts()).contains(new Fact("board", "SLUICE-001"));
        assertThat(results.get("interrupts").words()).contains("each of 64 vectors");
        assertThat(results.get("throughput").words()).contains("Gbit/s");
        assertThat(wire.fromCard).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "eeprom-damaged, eeprom, add up to",
        "eeprom-missing, eeprom, auto-read",
        "link-down, link, it waits for",
        "interrupts-lost, interrupts, none of 64 vectors",
        "receive-stuck=0, loopback, receive queue 0",
        "transmit-stuck=0, loopback, transmit queue 0",
        "transmit-stuck=5, queues, transmit queue 5",
        "receive-stuck=15, queues, receive queue 15",
        "write-backs-late=9000000000, dma, not marked as done",
        "unplug, bus, nothing answers here",
    })
    void shouldNameWhatIsWrong(String fault, String check, String words) {
        final var results = run(faults -> FaultOrder.obey(faults, fault));

        assertThat(with(results, Outcome.FAILED)).contains(check);
        assertThat(results.get(check).words()).contains(words);
    }

    @Test
    void shouldGoOnWithoutALink() {
        assertThat(with(run(faults -> faults.loseLink(true)), Outcome.FAILED)).containsExactly("link");
    }

    @Test
    void shouldGoOnBesideAStuckQueue() {
        assertThat(with(run(faults -> faults.stickTransmit(7, true)), Outcome.FAILED))
                .containsExactly("queues");
    }

    @Test
    void shouldEndWhereTheCardGoesAway() {
        final var results = run(plain(), OPTIONS, check -> {
            if (check.equals("loopback")) {
                model.faults().remove(true);
            }
        });

        assertThat(with(results, Outcome.FAILED)).containsExactly("loopback");
        assertThat(results.get("loopback").words()).contains("no longer answers");
        assertThat(with(results, Outcome.SKIPPED)).containsExactly("dma", "queues", "throughput", "counters");
        assertThat(results.get("dma").words()).contains("the card is gone");
    }

    @Test
    void shouldSayWhatACardWithoutAModuleNeeds() {
        final var results = run(plain().with(Personality.SFP_EMPTY), OPTIONS, _ -> {});

        assertThat(with(results, Outcome.WARNED)).containsExactly("module");
        assertThat(with(results, Outcome.FAILED)).containsExactly("link");
        assertThat(results.get("link").words()).contains("a module in the SFP+ cage");
    }

    @ParameterizedTest
    @EnumSource(
            value = Personality.class,
            names = {"KX4", "XAUI", "BASE_T"})
    void shouldLookIntoNoCageWhereThereIsNone(Personality personality) {
        final var results = run(plain().with(personality), OPTIONS, _ -> {});

        assertThat(with(results, Outcome.SKIPPED)).containsExactly("module");
        assertThat(with(results, Outcome.FAILED)).isEmpty();
    }

    @Test
    void shouldFindARegisterThatForgetsABit() {
        final Clock clock = new Clock();
        model = new Model82599(plain(), clock::nanos, parts -> new PacketEngine(parts, wire));
        final PciFunction forgetful = new ForgetfulFunction(model, ReceiveRegisters.mta(5), 1 << 3);
        final var results = run(new InProcessDoor(forgetful), clock, OPTIONS, _ -> {});

        assertThat(with(results, Outcome.FAILED)).containsExactly("registers");
        assertThat(results.get("registers").words())
                .contains("1 of ", "MTA[5] at 0x05214 was given 0x5A5A5A5A and reads 0x5A5A5A52");
    }

    @Test
    void shouldNotMistakeFramesFromTheWireForItsOwn() {
        final var results = run(plain(), OPTIONS, _ -> {
            for (int i = 0; i < 50; i++) {
                final byte[] frame = new byte[60 + i];
                Arrays.fill(frame, (byte) 0xFF);
                wire.toCard.add(frame);
            }
        });

        assertThat(with(results, Outcome.PASSED)).isEqualTo(SelfTest.names());
    }

    @Test
    void shouldLeaveOutWhatIsNotWanted() {
        final var results = run(plain(), new SelfTestOptions(SECOND / 50, 0, Set.of("link", "queues")), _ -> {});

        assertThat(with(results, Outcome.SKIPPED)).containsExactly("link", "queues");
        assertThat(with(results, Outcome.FAILED)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelfTestOptions(SECOND, 0, Set.of("lnk")))
                .withMessageContainingAll("lnk", "loopback");
    }

    @Test
    void shouldLeaveTheCardOffItsBus() {
        run(plain(), OPTIONS, _ -> {});

        assertThat(model.registers().peek(ReceiveRegisters.HLREG0) & ReceiveRegisters.HLREG0_LOOPBACK)
                .isZero();
        assertThat(model.registers().peek(ReceiveRegisters.rxdctl(0)) & ReceiveRegisters.RXDCTL_ENABLE)
                .isZero();
        assertThat(model.dma().size()).isZero();
    }
}
