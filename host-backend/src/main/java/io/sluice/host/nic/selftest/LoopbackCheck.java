// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.shared.memory.Memory;

/** Whether frames that the card sends to itself come back as they were, in their order. */
final class LoopbackCheck implements Check {
    private static final int ROUNDS = 8;
    private static final int[] LENGTHS = {60, 61, 63, 64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 1513, 1514};
    private static final long RETURN_NANOS = 2_000_000_000;

    @Override
    public String name() {
        return "loopback";
    }

    @Override
    public Need need() {
        return Need.MEMORY;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        try (Loopback _ = new Loopback(bench);
                LoopPort port = new LoopPort(bench, 0, true)) {
            for (int round = 0; round < ROUNDS; round++) {
                final String wrong = round(bench, port, round * TestMemory.FRAMES);
                if (!wrong.isEmpty()) {
                    return Finding.failed(wrong);
                }
            }
        }
        return Finding.passed(
                ROUNDS * TestMemory.FRAMES + " frames of 60 to 1514 bytes came back as they were, in their order");
    }

    /** Sends as many frames as there are places for them; what is wrong with those that come back, or nothing. */
    private static String round(Bench bench, LoopPort port, int first) throws CardException {
        for (int i = 0; i < TestMemory.FRAMES; i++) {
            port.send(TestFrames.write(bench, first + i, length(first + i)), length(first + i), true);
        }
        port.flush();
        for (int i = 0; i < TestMemory.FRAMES; i++) {
            if (!bench.await(() -> port.receive() != LoopPort.NOTHING, RETURN_NANOS)) {
                return "of " + TestMemory.FRAMES + " frames that it sent to itself " + i + " came back, and "
                        + (port.done() - first)
                        + " were reported as sent; look at the queues below, and whether the machine's memory"
                        + " is what the card was told";
            }
            final String wrong = compare(bench, port, first + i);
            if (!wrong.isEmpty()) {
                return wrong;
            }
            port.release();
        }
        return bench.await(() -> port.done() >= first + TestMemory.FRAMES, RETURN_NANOS)
                ? ""
                : "frames came back that are not reported as sent (head write-back, 7.2.3.5.2)";
    }

    private static int length(int number) {
        return LENGTHS[number % LENGTHS.length];
    }

    private static String compare(Bench bench, LoopPort port, int number) throws CardException {
        final int length = port.receive();
        if (length == LoopPort.DAMAGED) {
            return "frame " + number + " came back with an error or in pieces";
        }
        if (length != length(number)) {
            return "frame " + number + " of " + length(number) + " bytes came back with " + length;
        }
        final long differs = Memory.mismatch(bench.memory().sending(number % TestMemory.FRAMES), port.frame(), length);
        return differs < 0
                ? ""
                : "frame " + number + " of " + length + " bytes came back different from byte " + differs
                        + " on: the card, its bus or the machine's memory is not sound";
    }
}
