// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.pci.PciDevice;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * A card to try the driver on, the other end of its wire, and the time that both live in. Tests that know no more than this
 * run on every card by every door:
 *
 * <pre>
 *   -Dsluice.card=0000:00:10.0    the card in this slot instead of a model
 *   -Dsluice.wire=eth1            the kernel's interface that its wire leads to, and that nobody else uses
 * </pre>
 */
public interface CardRig extends AutoCloseable {
    long SECOND = 1_000_000_000L;
    long MILLISECOND = 1_000_000L;
    /** For what has to happen soon; a card in a machine that is emulated on a busy host needs some of it. */
    long LIMIT_NANOS = 30 * SECOND;

    /** The card that the system properties name, or one of {@code model}. */
    static CardRig of(ModelOptions model) throws IOException {
        final String slot = System.getProperty("sluice.card", "");
        return slot.isEmpty() ? new ModelRig(model) : new SlotRig(slot, System.getProperty("sluice.wire"));
    }

    /** The way to the card; closed with this. */
    PciDevice device();

    /** Options for a driver that lives in this rig's time. */
    CardOptions options();

    CardClock clock();

    /** Puts {@code frame} on the wire; it comes to the card as time goes by. */
    void toCard(byte[] frame);

    /** How many frames the card has sent. */
    long fromCard();

    /** Whether all that was put on the wire has come to {@code card}, which has taken it or not. */
    boolean arrived(Card card);

    /** Waits until both ends of the wire have a link: whether they came to have one. */
    boolean awaitLink(Card card);

    /** How often the card was led to memory that it may not use, as far as that can be known here. */
    long violations();

    /** Lets time go by, with {@code turn} in every millisecond, until {@code condition} holds: whether it came to. */
    default boolean await(Runnable turn, BooleanSupplier condition) {
        final long deadline = clock().nanos() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (clock().nanos() - deadline >= 0) {
                return false;
            }
            clock().sleep(MILLISECOND);
            turn.run();
        }
        return true;
    }

    @Override
    void close();
}
