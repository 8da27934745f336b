// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.pacing.WaitSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositeAgentTest {
    private final List<String> log = new ArrayList<>();

    private final class Part implements Agent {
        private final String name;
        private boolean done;
        private boolean sleeps = true;
        private boolean failsToClose;

        Part(String name) {
            this.name = name;
        }

        @Override
        public String roleName() {
            return name;
        }

        @Override
        public int doWork() {
            log.add("work " + name);
            return 2;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            log.add("arm " + name);
            return sleeps;
        }

        @Override
        public void disarm() {
            log.add("disarm " + name);
        }

        @Override
        public boolean done() {
            return done;
        }

        @Override
        public void onClose() {
            log.add("close " + name);
            if (failsToClose) {
                throw new IllegalStateException(name);
            }
        }
    }

    private final Part a = new Part("a");
    private final Part b = new Part("b");
    private final Part c = new Part("c");
    private final CompositeAgent all = new CompositeAgent("all", List.of(a, b, c));

    @Test
    void shouldGiveEveryPartItsTurn() {
        assertThat(all.roleName()).isEqualTo("all");
        assertThat(all.doWork()).isEqualTo(6);
        b.done = true;
        assertThat(all.doWork()).isEqualTo(4);
        assertThat(all.done()).isFalse();
        a.done = true;
        c.done = true;
        assertThat(all.done()).isTrue();
        assertThat(log).containsExactly("work a", "work b", "work c", "work a", "work c");
    }

    @Test
    void shouldSleepOnlyWhereAllPartsDo() {
        assertThat(all.arm(null)).isTrue();
        b.sleeps = false;
        assertThat(all.arm(null)).isFalse();
        all.disarm();
        assertThat(log)
                .containsExactly("arm a", "arm b", "arm c", "arm a", "arm b", "disarm a", "disarm b", "disarm c");
    }

    @Test
    void shouldCloseAllPartsWhereSomeFail() {
        a.failsToClose = true;
        c.failsToClose = true;
        assertThatThrownBy(all::onClose)
                .hasMessage("a")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(s -> assertThat(s).hasMessage("c")));
        assertThat(log).containsExactly("close a", "close b", "close c");
    }
}
