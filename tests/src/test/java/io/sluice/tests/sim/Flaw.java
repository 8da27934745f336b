// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

/** What may be wrong on purpose, so that the simulator can be seen to find it. */
enum Flaw {
    NONE,
    /** Some kicks do not arrive. */
    LOST_KICK,
    /** A guest goes to sleep although its last look has found work. */
    NO_LAST_LOOK,
    /** A guest hands slots on before it has worked on them. */
    EARLY_PUBLISH,
    /** A guest that was stopped does not look whether its place is still its own. */
    UNAWARE_OF_LOSS,
    /** The host's stand-in passes on the slots that a lost guest had begun to work on. */
    TRUSTING_STAND_IN
}
