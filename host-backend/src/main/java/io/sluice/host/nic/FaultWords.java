// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model's faults as a person reads them. */
final class FaultWords {
    private FaultWords() {}

    /** What is wrong now, a line each. */
    static List<String> of(Faults faults) {
        final List<String> found = new ArrayList<>();
        add(found, faults.gone(), "removed: everything reads as ones");
        add(found, faults.linkLost(), "the link is lost");
        add(found, faults.eepromMissing(), "the EEPROM is missing");
        add(found, faults.eepromDamaged(), "a bit of the EEPROM reads wrong");
        add(found, faults.interruptsLost(), "interrupts get lost");
        add(found, faults.writeBackDelayNanos() > 0, "write-backs come " + faults.writeBackDelayNanos() + " ns late");
        add(found, faults.semaphoreHeld(), "somebody else holds the software semaphore");
        add(found, faults.masterStuck(), "bus mastering does not end");
        addQueues(found, "receive", ReceiveRegisters.RX_QUEUES, faults::receiveStuck);
        addQueues(found, "transmit", TransmitRegisters.TX_QUEUES, faults::transmitStuck);
        return found;
    }

    private static void add(List<String> found, boolean wrong, String words) {
        if (wrong) {
            found.add(words);
        }
    }

    private static void addQueues(List<String> found, String direction, int queues, IntPredicate stuck) {
        final List<Integer> which =
                IntStream.range(0, queues).filter(stuck).boxed().toList();
        if (which.size() == queues) {
            found.add("every " + direction + " queue is stuck");
        } else if (!which.isEmpty()) {
            found.add(which.stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(
                            ", ", direction + " queue ", which.size() > 1 ? " are stuck" : " is stuck")));
        }
    }
}
