// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/** What a stage does with the packets of its ring. */
public enum Role {
    /** The host takes packets from an endpoint and fills slots. */
    RECEIVE,
    /** The host runs a packet function. */
    FUNCTION,
    /** A guest's stage: it fills slots as the first one, works on packets between, takes packets as the last one. */
    GUEST,
    /** The host gives packets to an endpoint. */
    TRANSMIT,
    /** The host copies packets out of this region, into the next segment's. */
    COPY_OUT,
    /** The host fills slots with what it copies from the segment before. */
    COPY_IN
}
