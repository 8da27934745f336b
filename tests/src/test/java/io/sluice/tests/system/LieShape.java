// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

/** Where in its chain a hostile guest stands. */
enum LieShape {
    /** Between two stages of the host. */
    MIDDLE("gen:?rate=20000 => guest:%s => null:", 1),
    /** Before a packet function of the host. */
    FUNCTION("gen:?rate=20000 => guest:%s => vnf:forward => null:", 1),
    /** It fills the ring, the host empties it. */
    FIRST("guest:%s => null:", 0),
    /** The host fills the ring, it empties it. */
    LAST("gen:?rate=20000 => guest:%s", 1),
    /** Before another guest: no stage of the host reads its line. */
    PAIR("gen:?rate=20000 => guest:%1$s => guest:%1$s-next => null:", 1);

    private final String chain;
    private final int stage;

    LieShape(String chain, int stage) {
        this.chain = chain;
        this.stage = stage;
    }

    /** The chain with a guest called {@code guest}. */
    String chain(String guest) {
        return chain.formatted(guest);
    }

    /** The guest's stage on the only ring. */
    int stage() {
        return stage;
    }

    boolean fills() {
        return this == FIRST;
    }
}
