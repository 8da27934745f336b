// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

/**
 * The module's end of the two-wire bus (SFF-8419, as in the I2C specification): memories of 256 bytes at addresses of
 * their own, each read from an offset that is written first.
 *
 * <pre>
 *   START  address + W  ack  offset  ack  START  address + R  ack  data  ack  data  nack  STOP
 * </pre>
 * Bits are taken when the clock rises and given when it falls; the data line moving while the clock is high is START or
 * STOP. Nothing can be written but the offset.
 */
final class I2cSlave {
    private enum Phase {
        IDLE,
        ADDRESS,
        OFFSET,
        IGNORE,
        READ
    }

    private final SfpModule module;
    private Phase phase = Phase.IDLE;
    private boolean clock = true;
    private boolean data = true;
    /** Clocks of the byte under way: 0 to 7 its bits, 8 the acknowledgement. */
    private int bits;

    private int shift;
    private int bus;
    private int offset;
    private boolean refused;
    /** What this end drives: false pulls the line low. */
    private boolean released = true;

    I2cSlave(SfpModule module) {
        this.module = module;
    }

    /** Both lines high, nothing under way. */
    void reset() {
        phase = Phase.IDLE;
        clock = true;
        data = true;
        released = true;
    }

    /** The lines as the master drives them now. */
    void drive(boolean newClock, boolean newData) {
        if (clock && newClock && data != newData) {
            begin(newData ? Phase.IDLE : Phase.ADDRESS);
        } else if (!clock && newClock) {
            rise(newData);
        } else if (clock && !newClock) {
            fall();
        }
        clock = newClock;
        data = newData;
    }

    private void begin(Phase next) {
        phase = next;
        bits = 0;
        shift = 0;
        released = true;
    }

    private void rise(boolean bit) {
        if (bits < 8) {
            shift = shift << 1 | (bit ? 1 : 0);
        } else {
            refused = bit;
        }
        bits++;
    }

    private void fall() {
        if (phase == Phase.IDLE || bits == 0) {
            return;
        }
        if (bits == 8) {
            released = phase == Phase.READ || !taken();
        } else if (bits == 9) {
            bits = 0;
            shift = 0;
            released = true;
            next();
        } else if (phase == Phase.READ) {
            give();
        }
    }

    /** Takes the byte that was shifted in, and says whether to acknowledge it. */
    private boolean taken() {
        return switch (phase) {
            case ADDRESS -> {
                bus = shift;
                yield module.answers(shift & ~1);
            }
            case OFFSET -> {
                offset = shift;
                yield true;
            }
            default -> false;
        };
    }

    private void next() {
        switch (phase) {
            case ADDRESS -> {
                phase = !module.answers(bus & ~1) ? Phase.IDLE : (bus & 1) != 0 ? Phase.READ : Phase.OFFSET;
                if (phase == Phase.READ) {
                    give();
                }
            }
            case OFFSET -> phase = Phase.IGNORE;
            case READ -> {
                offset = offset + 1 & 0xFF;
                if (refused) {
                    phase = Phase.IDLE;
                } else {
                    give();
                }
            }
            default -> phase = Phase.IDLE;
        }
    }

    private void give() {
        released = (module.read(bus & ~1, offset) >>> 7 - bits & 1) != 0;
    }

    /** Whether this end leaves the data line high. */
    boolean releasesData() {
        return released;
    }
}
