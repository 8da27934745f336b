// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static io.sluice.host.ixgbe.register.InterruptRegisters.EIMC;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.ixgbe.LinkState.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CardInitializationTest {
    private static final int SFP = 0x10FB;
    private static final int BACKPLANE = 0x10F7;
    private static final int X540 = 0x1528;
    private static final int X550 = 0x1563;

    private final ScriptedDevice device = new ScriptedDevice(BACKPLANE);
    private final TestClock clock = new TestClock();

    private Card open(ScriptedDevice scripted) throws CardException {
        return Card.open(scripted, CardOptions.defaults().withClock(clock));
    }

    static Stream<Arguments> cards() {
        return Stream.of(
                Arguments.of("82599-sfp", SFP),
                Arguments.of("82599-backplane", BACKPLANE),
                Arguments.of("x540", X540),
                Arguments.of("x550", X550));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cards")
    void shouldWriteRegistersInTheRecordedOrder(String name, int deviceId) throws IOException {
        final TracingDevice tracing = new TracingDevice(new ScriptedDevice(deviceId));
        final Card card = Card.open(tracing, CardOptions.defaults().withClock(clock));
        card.enableTransmit(0, new TransmitRing(0x1_2345_6000L, 256, 0x1_2345_7000L));
        card.enableReceive(0, new ReceiveRing(0x1_2345_6000L, 256, 2, true, false));
        card.close();

        final String written = tracing.trace().writes();

        final Path actual = Files.writeString(Path.of("target", "initialization-" + name + ".txt"), written);
        final List<String> now = written.lines().toList();
        final List<String> before = recorded("initialization-" + name + ".txt");
        for (int line = 0; line < Math.min(now.size(), before.size()); line++) {
            assertThat(now.get(line))
                    .as("write %d, remarks not counted; all of them are in %s", line, actual.toAbsolutePath())
                    .isEqualTo(before.get(line));
        }
        assertThat(now).hasSameSizeAs(before);
    }

    /** The lines of a record, without what is a remark. */
    private static List<String> recorded(String name) throws IOException {
        try (InputStream in = CardInitializationTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
        }
    }

    @Test
    void shouldMaskInterruptsBeforeAndAfterTheReset() throws CardException {
        final TracingDevice tracing = new TracingDevice(device);
        Card.open(tracing, CardOptions.defaults().withClock(clock));

        final List<Integer> written = tracing.trace().written();

        assertThat(written.indexOf(EIMC)).isLessThan(written.indexOf(CTRL));
        assertThat(written.lastIndexOf(EIMC)).isGreaterThan(written.lastIndexOf(CTRL));
    }

    @Test
    void shouldStartReceivingAfterAllElse() throws CardException {
        final TracingDevice tracing = new TracingDevice(device);
        final Card card = Card.open(tracing, CardOptions.defaults().withClock(clock));
        assertThat(device.peek(RXCTRL) & RXCTRL_ENABLE).isZero();
        card.enableReceive(3, new ReceiveRing(0x1000, 64, 2, true, false));

        final List<Integer> written = tracing.trace().written();

        assertThat(written.lastIndexOf(RXCTRL))
                .isGreaterThan(written.lastIndexOf(rxdctl(3)))
                .isGreaterThan(written.lastIndexOf(FCTRL));
        assertThat(device.peek(rxdctl(3)) & RXDCTL_ENABLE).isNotZero();
        assertThat(device.peek(rdlen(3))).isEqualTo(64 * 16);
        assertThat(device.peek(srrctl(3))).isEqualTo(2 | SRRCTL_DROP_ENABLE);
        assertThat(device.peek(SECRXCTRL) & SECRXCTRL_RX_DISABLE).isZero();
    }

    @Test
    void shouldPutBothHalvesOfAnAddressIntoTheirRegisters() throws CardException {
        final Card card = open(device);
        card.enableTransmit(127, new TransmitRing(0xFEDC_BA98_7654_3280L, 4096, 0x1234_5678_9ABC_DEF0L));

        assertThat(device.peek(tdbal(127))).isEqualTo(0x7654_3280);
        assertThat(device.peek(tdbah(127))).isEqualTo(0xFEDC_BA98);
        assertThat(device.peek(tdlen(127))).isEqualTo(65_536);
        assertThat(device.peek(tdwbal(127))).isEqualTo(0x9ABC_DEF0 | TDWBAL_HEAD_WRITE_BACK);
        assertThat(device.peek(tdwbah(127))).isEqualTo(0x1234_5678);
        assertThat(device.peek(dcaTxctrl(127)) & DCA_TXCTRL_WRITE_BACK_RELAXED).isZero();
    }

    @Test
    void shouldKnowTheCardItOpened() throws CardException {
        final Card card = open(device);

        assertThat(card.identity().kind()).isEqualTo("82599");
        assertThat(card.identity().media()).isEqualTo(Media.BACKPLANE);
        assertThat(card.macAddress()).hasToString("02:00:5e:10:20:30");
        assertThat(card.link().state().phase()).isEqualTo(Phase.NEGOTIATING);
    }

    @Test
    void shouldTakeTheAddressFromTheEepromWhereTheCardHasNotLoadedIt() throws CardException {
        device.answer(ral(0), held -> 0);
        device.answer(rah(0), held -> 0);
        device.eeprom(0x09, 0x80);
        device.eeprom(0x80, 3);
        device.eeprom(0x81, 0x1B00);
        device.eeprom(0x82, 0x2221);
        device.eeprom(0x83, 0x2423);
        device.fixChecksum(0x1B00, 0x2221, 0x2423);

        assertThat(open(device).macAddress()).hasToString("00:1b:21:22:23:24");
    }

    static Stream<Arguments> silences() {
        return Stream.of(
                Arguments.of(CTRL, CTRL_RESET, "CTRL.RST"),
                Arguments.of(EEC, 0, "auto-read"),
                Arguments.of(EEC, EEC_AUTO_READ_DONE, "no EEPROM"),
                Arguments.of(FWSM, 7 << 19, "firmware reports error 7"),
                Arguments.of(EERD, 0, "word 0x00 of the EEPROM"),
                Arguments.of(RDRXCTL, 0, "DMA initialization"),
                Arguments.of(SWSM, SWSM_SMBI, "another try"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("silences")
    void shouldSayWhatACardDoesNotDo(int offset, int stuck, String words) throws CardException {
        device.answer(offset, held -> stuck);

        if (offset == SWSM) {
            // a link that cannot be asked for is asked for again; the rest of the card works
            assertThat(open(device).link().state().waitingFor()).contains(words).contains("SWSM.SMBI");
            return;
        }
        assertThatThrownBy(() -> open(device))
                .isInstanceOf(CardException.class)
                .hasMessageStartingWith("card0: ")
                .hasMessageContaining(words);
        assertThat(device.readConfig(4, 2) & 4).as("bus mastering").isZero();
    }

    @Test
    void shouldSayThatAQueueIsNotEnabled() throws CardException {
        final Card card = open(device);
        device.answer(rxdctl(5), held -> 0);
        device.answer(txdctl(6), held -> 0);

        assertThatThrownBy(() -> card.enableReceive(5, new ReceiveRing(0, 8, 2, true, false)))
                .hasMessageContaining("receive queue 5 being enabled (4.6.7)")
                .hasMessageContaining("must be 0x02000000");
        assertThatThrownBy(() -> card.enableTransmit(6, new TransmitRing(0, 8, 0)))
                .hasMessageContaining("transmit queue 6 being enabled (4.6.8)");
        assertThat(device.peek(rxdctl(5)) & RXDCTL_ENABLE)
                .as("what is asked for still")
                .isZero();
        assertThat(device.peek(txdctl(6)) & TXDCTL_ENABLE)
                .as("what is asked for still")
                .isZero();
    }

    @Test
    void shouldWaitForNothingOfACardThatIsGone() throws CardException {
        final Card card = open(device);
        card.enableReceive(1, new ReceiveRing(0, 8, 2, true, false));
        device.gone(true);
        final long before = clock.nanos();

        card.disableReceive(1);
        assertThatThrownBy(() -> card.enableTransmit(1, new TransmitRing(0, 8, 0)))
                .hasMessageContaining("the card no longer answers");
        assertThat(clock.nanos() - before).isLessThan(1_000_000L);
    }

    @Test
    void shouldResetTwiceWhereTheBusDoesNotGetQuiet() throws CardException {
        device.answer(STATUS, held -> STATUS_MASTER_ENABLED);
        final TracingDevice tracing = new TracingDevice(device);
        Card.open(tracing, CardOptions.defaults().withClock(clock));

        assertThat(tracing.trace().accesses())
                .filteredOn(access -> access.kind() == RegisterTrace.Kind.WRITE
                        && access.offset() == CTRL
                        && (access.value() & CTRL_RESET) != 0)
                .hasSize(2);
        assertThat(tracing.trace().written()).contains(GCR_EXT);
    }

    @Test
    void shouldStopQueuesThatSomeoneLeftRunning() throws CardException {
        device.poke(rxdctl(17), RXDCTL_ENABLE);
        device.poke(txdctl(100), TXDCTL_ENABLE);
        final TracingDevice tracing = new TracingDevice(device);
        Card.open(tracing, CardOptions.defaults().withClock(clock));

        final List<Integer> written = tracing.trace().written();

        assertThat(written.subList(0, written.indexOf(CTRL))).contains(rxdctl(17), txdctl(100));
    }

    @Test
    void shouldNotWriteToWhatIsNoCard() {
        final ScriptedDevice other = new ScriptedDevice(0x100E);

        assertThatThrownBy(() -> open(other)).hasMessageContaining("8086:100e").hasMessageContaining("not an 82599");
        assertThat(other.writes()).isZero();
    }

    @Test
    void shouldNotWriteToACardThatSleeps() {
        device.config(ScriptedDevice.POWER_CAPABILITY + 4, 2, 3);

        assertThatThrownBy(() -> open(device))
                .hasMessageContaining("power state D3")
                .hasMessageContaining("power/control");
        assertThat(device.writes()).isZero();
    }

    @Test
    void shouldNotWriteToACardWithoutItsRegisters() {
        device.shrinkBar(65_536);

        assertThatThrownBy(() -> open(device)).hasMessageContaining("BAR 0 is memory of 65536 bytes");
        assertThat(device.writes()).isZero();
    }

    @Test
    void shouldNotWriteToPorts() {
        device.config(0x10, 4, 1);

        assertThatThrownBy(() -> open(device)).hasMessageContaining("I/O ports");
        assertThat(device.writes()).isZero();
    }

    @Test
    void shouldNotWriteToAnEmptySlot() {
        device.gone(true);

        assertThatThrownBy(() -> open(device)).hasMessageContaining("nothing answers here");
        assertThat(device.writes()).isZero();
    }

    @Test
    void shouldRefuseADamagedEeprom() {
        device.eeprom(0x10, 0x1234);

        assertThatThrownBy(() -> open(device))
                .hasMessageContaining("add up to 0x")
                .hasMessageContaining("0xBABA");
    }

    @Test
    void shouldRefuseAnAddressOfManyStations() {
        device.answer(ral(0), held -> 0x0000_0001);

        assertThatThrownBy(() -> open(device)).hasMessageContaining("not that of one station");
    }

    @Test
    void shouldRefuseBuffersThatAreShorterThanFrames() throws CardException {
        final Card card =
                Card.open(device, CardOptions.defaults().withClock(clock).withMaxFrameBytes(9018));

        assertThatThrownBy(() -> card.enableReceive(0, new ReceiveRing(0, 256, 8, true, false)))
                .hasMessageContaining("8 KiB")
                .hasMessageContaining("maxFrameBytes=9018");
        card.enableReceive(0, new ReceiveRing(0, 256, 9, true, false));
        assertThat(device.peek(HLREG0) & HLREG0_JUMBO).isNotZero();
        assertThat(device.peek(MAXFRS) >>> 16).isEqualTo(9022);
    }

    @Test
    void shouldRefuseAQueueThatIsInUse() throws CardException {
        final Card card = open(device);
        card.enableTransmit(1, new TransmitRing(0, 8, 0));

        assertThatThrownBy(() -> card.enableTransmit(1, new TransmitRing(0, 8, 0)))
                .hasMessageContaining("in use");
        card.disableTransmit(1);
        card.disableTransmit(1);
        card.enableTransmit(1, new TransmitRing(0, 8, 0));
    }

    @Test
    void shouldNotTakeAQueueForDisabledThatTheCardDoesNotLetGoOf() throws CardException {
        final Card card = open(device);
        card.enableReceive(1, new ReceiveRing(0, 8, 2, true, false));
        card.enableTransmit(1, new TransmitRing(0, 8, 0));
        device.answer(rxdctl(1), held -> held | RXDCTL_ENABLE);
        device.answer(txdctl(1), held -> held | TXDCTL_ENABLE);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> card.disableReceive(1)).hasMessageContaining("receive queue 1 is still enabled");
            assertThatThrownBy(() -> card.disableTransmit(1)).hasMessageContaining("transmit queue 1 is still enabled");
        }

        device.answer(rxdctl(1), held -> held);
        device.answer(txdctl(1), held -> held);
        card.disableReceive(1);
        card.disableTransmit(1);
        card.enableReceive(1, new ReceiveRing(0, 8, 2, true, false));
        card.enableTransmit(1, new TransmitRing(0, 8, 0));
    }

    @Test
    void shouldTakeOverFromASemaphoresDeadHolder() throws CardException {
        final ScriptedDevice sfp = new ScriptedDevice(SFP);
        sfp.poke(SWSM, SWSM_SMBI);
        sfp.poke(SW_FW_SYNC, SW_FW_SYNC_PHY0 << SW_FW_SYNC_FIRMWARE_SHIFT);

        final Card card = open(sfp);

        assertThat(card.link().state().phase()).isEqualTo(Phase.NO_MODULE);
        assertThat(card.link().state().waitingFor()).contains("a module in the SFP+ cage");
        assertThat(sfp.peek(SW_FW_SYNC)).isZero();
    }

    @Test
    void shouldLeaveACardThatItClosesWithoutTheBus() throws CardException {
        final Card card = open(device);
        assertThat(device.readConfig(4, 2)).isEqualTo(0x406);
        card.close();
        card.close();

        assertThat(device.readConfig(4, 2)).isEqualTo(0x402);
    }
}
