// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.util.ArrayList;
import java.util.List;

/** An owner of queues that notes what it is told, and pauses when the test says so. */
final class ScriptedOwner implements QueueOwner {
    private final List<String> calls = new ArrayList<>();
    private boolean willing = true;

    List<String> calls() {
        return calls;
    }

    void willing(boolean pauses) {
        willing = pauses;
    }

    @Override
    public String name() {
        return "owner";
    }

    @Override
    public void pause(String reason) {
        calls.add("pause");
    }

    @Override
    public boolean paused() {
        return willing;
    }

    @Override
    public void lost() {
        calls.add("lost");
    }

    @Override
    public void resume() {
        calls.add("resume");
    }
}
