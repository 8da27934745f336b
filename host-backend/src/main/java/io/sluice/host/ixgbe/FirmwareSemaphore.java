// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.*;

/**
 * What the card's ports and its firmware share and take in turns (10.5.4).
 *
 * <pre>
 *   SWSM.SMBI      one driver among several; reading it as 0 takes it
 *   SWSM.SWESMBI   software, not firmware; written as 1 and read back as 1 it is taken. On the X540 and X550 it is bit 31
 *                  of SW_FW_SYNC, and reading it as 0 takes it
 *   SW_FW_SYNC     what is taken: a bit of software's and one of firmware's for each resource; touched only while
 *                  both of the above are held
 * </pre>
 * A holder that died never gives back. Who waits for longer than anyone may hold takes it over.
 */
final class FirmwareSemaphore {
    /** 10.5.4: drivers hold SMBI for less than 10 ms; others wait for ten times that. */
    private static final long SMBI_NANOS = 100 * MILLISECOND;

    /** 10.5.4: firmware holds its bit for less than 3 s. */
    private static final long SWESMBI_NANOS = 3_000 * MILLISECOND;

    private static final long SWSM_POLL_NANOS = 50 * MICROSECOND;

    /** 10.5.4: a resource that is not given back within a second belongs to someone who died. */
    private static final long RESOURCE_NANOS = 1_000 * MILLISECOND;

    private static final long RESOURCE_POLL_NANOS = 5 * MILLISECOND;

    private final Registers registers;
    private final boolean readToTake;
    private int takenOver;

    FirmwareSemaphore(Registers registers, CardKind kind) {
        this.registers = registers;
        this.readToTake = kind.firmwareShares();
    }

    /** How often a stale holder was found and dispossessed. */
    int takenOver() {
        return takenOver;
    }

    /** Takes the resources of {@code bits}; {@link Held#close} gives them back. */
    Held take(int bits) throws CardException {
        final int either = bits | bits << SW_FW_SYNC_FIRMWARE_SHIFT;
        final long deadline = registers.clock().nanos() + RESOURCE_NANOS;
        while (true) {
            lock();
            final int taken = registers.read(SW_FW_SYNC);
            final boolean stale = registers.clock().nanos() - deadline >= 0;
            if ((taken & either) == 0 || stale) {
                takenOver += (taken & either) == 0 ? 0 : 1;
                registers.write(SW_FW_SYNC, taken & ~either | bits);
                unlock();
                return new Held(bits);
            }
            unlock();
            registers.sleep(RESOURCE_POLL_NANOS);
        }
    }

    private void lock() throws CardException {
        if (!registers.poll(SWSM, SWSM_SMBI, 0, SWSM_POLL_NANOS, SMBI_NANOS)) {
            takenOver++;
            unlock();
            if (!registers.poll(SWSM, SWSM_SMBI, 0, SWSM_POLL_NANOS, SMBI_NANOS)) {
                throw registers.failure("another driver holds the card's software semaphore (SWSM.SMBI, 10.5.4) and it"
                        + " cannot be cleared; end whatever else drives this card's other port, or reset the card");
            }
        }
        if (!(readToTake ? takeByReading() : takeByWriting())) {
            unlock();
            throw registers.failure("its firmware does not let go of the semaphore (SWSM.SWESMBI, 10.5.4); power the"
                    + " machine off and on");
        }
    }

    private boolean takeByReading() {
        return registers.poll(SW_FW_SYNC, SW_FW_SYNC_REGISTER, 0, SWSM_POLL_NANOS, SWESMBI_NANOS);
    }

    private boolean takeByWriting() {
        final long deadline = registers.clock().nanos() + SWESMBI_NANOS;
        while (true) {
            registers.set(SWSM, SWSM_SWESMBI);
            if ((registers.read(SWSM) & SWSM_SWESMBI) != 0) {
                return true;
            }
            if (registers.clock().nanos() - deadline >= 0) {
                return false;
            }
            registers.sleep(SWSM_POLL_NANOS);
        }
    }

    private void unlock() {
        if (readToTake) {
            registers.clear(SW_FW_SYNC, SW_FW_SYNC_REGISTER);
        }
        registers.clear(SWSM, SWSM_SMBI | SWSM_SWESMBI);
        registers.flush();
    }

    /** Resources that are held. */
    final class Held implements AutoCloseable {
        private final int bits;

        private Held(int bits) {
            this.bits = bits;
        }

        @Override
        public void close() throws CardException {
            lock();
            registers.clear(SW_FW_SYNC, bits);
            unlock();
        }
    }
}
