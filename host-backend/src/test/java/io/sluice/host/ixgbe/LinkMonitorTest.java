// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.LinkState.Phase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkMonitorTest {
    private static final int BACKPLANE = 0x10F7;
    private static final int X550 = 0x1563;
    private static final int UP = LINKS_UP | LINKS_SPEED_10G;
    private static final long SECOND = 1_000_000_000L;

    private final ScriptedDevice device = new ScriptedDevice(BACKPLANE);
    private final TestClock clock = new TestClock();
    private final CardOptions options = CardOptions.defaults().withClock(clock).withLinkRetryNanos(4 * SECOND);
    private Card card;

    @BeforeEach
    void open() throws CardException {
        device.onReset(() -> device.poke(AUTOC, AUTOC_LINK_MODE_BACKPLANE));
        card = Card.open(device, options);
    }

    @Test
    void shouldSayWhatItWaitsForUntilTheLinkIsUp() {
        card.maintain();
        assertThat(card.link().state().phase()).isEqualTo(Phase.NEGOTIATING);
        assertThat(card.link().state().waitingFor()).contains("the other end of the backplane");

        device.poke(LINKS, UP);
        card.maintain();

        assertThat(card.link().up()).isTrue();
        assertThat(card.link().state()).isEqualTo(new LinkState(Phase.UP, 10_000, ""));
    }

    @Test
    void shouldOfferWhatTheEepromSaysTheBoardHas() throws CardException {
        final ScriptedDevice board = new ScriptedDevice(BACKPLANE);
        board.onReset(() -> board.poke(AUTOC, AUTOC_LINK_MODE_BACKPLANE | AUTOC_KX4));
        Card.open(board, options);
        assertThat(board.peek(AUTOC)).isEqualTo(AUTOC_LINK_MODE_BACKPLANE | AUTOC_KX4 | AUTOC_RESTART);

        board.onReset(() -> board.poke(AUTOC, AUTOC_LINK_MODE_BACKPLANE));
        Card.open(board, options);
        assertThat(board.peek(AUTOC) & (AUTOC_KR | AUTOC_KX4 | AUTOC_KX)).isEqualTo(AUTOC_KR | AUTOC_KX4 | AUTOC_KX);

        board.onReset(() -> board.poke(AUTOC, 1 << AUTOC_LINK_MODE_SHIFT));
        Card.open(board, options);
        assertThat(board.peek(AUTOC)).isEqualTo(1 << AUTOC_LINK_MODE_SHIFT | AUTOC_RESTART);
    }

    @Test
    void shouldAskAgainForALinkThatDoesNotCome() {
        for (int tenths = 0; tenths < 39; tenths++) {
            card.maintain();
            clock.sleep(SECOND / 10);
        }
        assertThat(card.link().attempts()).isEqualTo(1);
        for (int tenths = 0; tenths < 42; tenths++) {
            card.maintain();
            clock.sleep(SECOND / 10);
        }

        assertThat(card.link().attempts()).isEqualTo(3);
        assertThat(card.link().state().waitingFor()).contains("asked 3 times").contains("no signal arrives");
    }

    @Test
    void shouldNoticeALinkThatGoesAndComes() {
        device.poke(LINKS, UP);
        card.maintain();
        device.poke(LINKS, 0);
        card.maintain();

        assertThat(card.link().state().phase()).isEqualTo(Phase.NEGOTIATING);
        assertThat(card.link().state().waitingFor()).contains("which was lost");
        assertThat(card.link().losses()).isEqualTo(1);
        device.poke(LINKS, UP);
        card.maintain();
        assertThat(card.link().up()).isTrue();
        assertThat(card.link().attempts()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeALatchedLossForTheLinkBeingDown() {
        final int[] reads = {0};
        device.answer(LINKS, held -> reads[0]++ % 2 == 0 ? 0 : UP);

        card.maintain();

        assertThat(card.link().up()).isTrue();
    }

    @Test
    void shouldGoOnWhereThePipelineDoesNotRestart() throws CardException {
        device.answer(ANLP1, held -> 0);

        final Card stubborn = Card.open(device, options);

        assertThat(stubborn.link().state().phase()).isEqualTo(Phase.NEGOTIATING);
        assertThat(stubborn.link().state().waitingFor()).contains("did not leave its idle state");
    }

    @Test
    void shouldLeaveALinkAloneThatIsManagements() throws CardException {
        device.onReset(() -> {
            device.poke(AUTOC, AUTOC_LINK_MODE_BACKPLANE);
            device.poke(MMNGC, MMNGC_VETO);
            device.poke(LINKS, UP);
        });
        final Card shared = Card.open(device, options);

        assertThat(device.peek(AUTOC)).isEqualTo(AUTOC_LINK_MODE_BACKPLANE);
        assertThat(shared.link().awaitUp(SECOND)).isTrue();
    }

    @Test
    void shouldWaitForTheLinkAsLongAsItIsTold() {
        final long begin = clock.nanos();

        assertThat(card.link().awaitUp(SECOND)).isFalse();
        assertThat(clock.nanos() - begin).isBetween(SECOND, SECOND + SECOND / 50);
        device.poke(LINKS, LINKS_UP | LINKS_SPEED_1G);
        assertThat(card.link().awaitUp(SECOND)).isTrue();
        assertThat(card.link().state().speedMegabits()).isEqualTo(1_000);
    }

    @Test
    void shouldKnowTheSpeedsThatOnlyTheX550Has() throws CardException {
        final ScriptedDevice copper = new ScriptedDevice(X550);
        final Card x550 = Card.open(copper, options);
        copper.poke(LINKS, UP | 1 << 27);

        assertThat(x550.link().awaitUp(SECOND)).isTrue();
        assertThat(x550.link().state().speedMegabits()).isEqualTo(2_500);
    }
}
