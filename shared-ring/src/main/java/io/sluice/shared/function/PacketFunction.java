// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

/**
 * User code for one packet at a time: look, perhaps modify, forward or drop. The same object runs in a virtual machine,
 * in a process and in the host.
 *
 * <p>A function that serves both directions of a chain is called for each by the same thread. It should not allocate,
 * block or throw; a packet on which it throws is dropped as {@code failed}.
 */
@FunctionalInterface
public interface PacketFunction {
    /** Decides about {@code packet}, which goes on unless the function says otherwise. */
    void process(Packet packet, Direction direction);
}
