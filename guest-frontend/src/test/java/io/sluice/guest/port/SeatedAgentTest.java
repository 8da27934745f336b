// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SeatedAgentTest {
    /** It tells its user what became of its place. Held, because loggers are held weakly. */
    private static final Logger LOG = Logger.getLogger(SeatedAgent.class.getName());

    private final SeatHost host = new SeatHost();
    private final GuestSeat seat = host.seat();
    private final List<Program> programs = new ArrayList<>();

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** Works on the stages that the seat had when it was made; ends when one of them is gone. */
    private final class Program implements Agent {
        private final List<Stage> stages = seat.stages();
        private boolean done;
        private boolean closed;
        private int turns;

        private Program() {
            programs.add(this);
        }

        @Override
        public String roleName() {
            return "program";
        }

        @Override
        public int doWork() {
            assertThat(closed).isFalse();
            done = !stages.getFirst().refresh();
            return done ? 0 : ++turns;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            return false;
        }

        @Override
        public void disarm() {
            // never armed
        }

        @Override
        public boolean done() {
            return done;
        }

        @Override
        public void onClose() {
            closed = true;
        }
    }

    private SeatedAgent seated() {
        seat.ask();
        host.grant();
        assertThat(seat.granted()).isTrue();
        return new SeatedAgent("guest fw", seat, Program::new);
    }

    @Test
    void shouldRunTheProgramWhileItHasItsPlace() {
        final SeatedAgent agent = seated();
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(agent.doWork()).isEqualTo(2);
        assertThat(agent.arm(new Due())).as("as the program says").isFalse();
        assertThat(agent.done()).isFalse();
        assertThat(programs).hasSize(1);
        agent.onClose();
        assertThat(programs.getFirst().closed).isTrue();
    }

    @Test
    void shouldAskAgainAfterTheHostTookItsPlaceAndRunAnotherProgram() {
        final SeatedAgent agent = seated();
        agent.doWork();
        final int asked = host.requested();
        final int second = host.line(1);
        host.takeBack();
        assertThat(agent.doWork()).isZero();
        assertThat(programs.getFirst().closed).isTrue();
        assertThat(agent.done()).isFalse();
        assertThat(host.requested()).isNotEqualTo(asked);
        assertThat(host.left(second))
                .as("also where the program has not looked")
                .isTrue();

        final Due due = new Due();
        assertThat(agent.arm(due)).isTrue();
        assertThat(due.nanos).as("it looks again soon").isBetween(1L, 10_000_000L);
        agent.disarm();
        assertThat(agent.doWork()).isZero();
        assertThat(programs).hasSize(1);

        host.grant();
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(programs).hasSize(2);
        assertThat(programs.getLast().stages).isNotEqualTo(programs.getFirst().stages);
        assertThat(agent.done()).isFalse();
    }

    @Test
    void shouldEndWhereAnotherProgramHasItsPlace() {
        final SeatedAgent agent = seated();
        agent.doWork();
        host.give(SeatHost.PEER);
        host.grant(host.requested() + 1);
        assertThat(agent.doWork()).isZero();
        assertThat(agent.done()).isTrue();
        assertThat(programs.getFirst().closed).as("its runner closes it").isFalse();
        agent.onClose();
        assertThat(programs.getFirst().closed).isTrue();
    }

    @Test
    void shouldEndWithTheChain() {
        final SeatedAgent agent = seated();
        agent.doWork();
        host.retire();
        agent.doWork();
        assertThat(agent.done()).isTrue();
    }

    @Test
    void shouldEndWhereAnotherProgramAsksAfterIt() {
        final SeatedAgent agent = seated();
        host.takeBack();
        agent.doWork();
        assertThat(agent.done()).isFalse();
        final GuestSeat other = host.seat();
        other.ask();
        agent.doWork();
        assertThat(agent.done()).isTrue();
        host.grant();
        assertThat(other.granted()).isTrue();
    }

    @Test
    void shouldEndWithTheChainWhileItAsks() {
        final SeatedAgent agent = seated();
        host.takeBack();
        agent.doWork();
        host.retire();
        agent.doWork();
        assertThat(agent.done()).isTrue();
    }

    @Test
    void shouldCloseNothingTwiceWhileItAsks() {
        final SeatedAgent agent = seated();
        host.takeBack();
        agent.doWork();
        agent.onClose();
        assertThat(programs).hasSize(1);
        assertThat(programs.getFirst().closed).isTrue();
    }

    /** Notes when a sleep is to end. */
    private static final class Due implements WaitSet {
        private long nanos;

        @Override
        public boolean canBeKicked() {
            return true;
        }

        @Override
        public void awaitKick(Bell bell) {}

        @Override
        public void awaitReadable(int descriptor) {}

        @Override
        public void awaitWritable(int descriptor) {}

        @Override
        public void dueIn(long after) {
            nanos = after;
        }
    }
}
