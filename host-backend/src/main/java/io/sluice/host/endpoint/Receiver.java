// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.agent.Agent;

/** The first stage of a ring, whatever fills it: it can be held back and ended from outside. */
public interface Receiver extends Agent {
    /** Lets packets in or not, from the next turn on; the agent's thread may have to be woken for that. */
    void intake(Intake asked);

    /** True once there will never be a packet again; what there was is in the ring. Any thread may ask. */
    boolean ended();
}
