// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.List;

/**
 * A card at one moment, whoever holds it.
 *
 * @param module what is in its cage, in words; empty where there is none, or nobody can say
 * @param counters in the order to show
 * @param faults what is wrong with it now, in words
 * @param notes what a reader of the numbers should know: what a model does not do exactly
 */
public record NicCard(
        Identity identity,
        Link link,
        String module,
        Traffic traffic,
        List<Counter> counters,
        List<Queue> queues,
        List<Pool> pools,
        List<String> faults,
        List<String> notes) {
    /** Where a number is not known. */
    public static final int UNKNOWN = -1;

    /**
     * What a card is, which does not change while it is held.
     *
     * @param name what the user calls it: {@code model0}, {@code 0000:03:00.0}, the path of a socket
     * @param kind 82599ES, X540, ...
     * @param door how it is reached: {@code model in this process}, {@code vfio-user}, {@code kernel driver ixgbe}
     * @param wire what a model's other end is: {@code tap:lan}; empty for a cable of which nobody knows
     * @param mac {@code 02:00:00:00:00:01}, or empty
     */
    public record Identity(String name, String kind, String door, String wire, PciIds ids, String mac) {}

    /** The PCI ids of a function; each from 0 to 0xffff, the revision to 0xff. */
    public record PciIds(int vendor, int device, int subsystemVendor, int subsystem, int revision) {
        /** {@code 8086:10fb}, as lspci(8) prints it. */
        public String text() {
            return "%04x:%04x".formatted(vendor, device);
        }

        /** {@code 8086:0003}. */
        public String subsystemText() {
            return "%04x:%04x".formatted(subsystemVendor, subsystem);
        }
    }

    /**
     * The link.
     *
     * @param phase {@code up}, {@code down}, or a word for where it is between
     * @param speedMegabits per second while it is up, else 0
     * @param waitingFor what has to happen next, in words; empty while it is up
     * @param changes how often it has come up or gone down
     */
    public record Link(String phase, int speedMegabits, String waitingFor, long changes) {
        /** The phase of a link over which packets go. */
        public static final String UP = "up";

        public boolean up() {
            return phase.equals(UP);
        }
    }

    /**
     * All packets since the card was opened. Bytes are those of frames without check sequence.
     *
     * @param atNanos nanoseconds since 1970 at which these numbers were right
     * @param dropped received packets that the card had no room for
     */
    public record Traffic(
            long atNanos,
            long receivedPackets,
            long receivedBytes,
            long transmittedPackets,
            long transmittedBytes,
            long dropped) {
        public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0);
    }

    /**
     * One counter.
     *
     * @param register what the datasheet, or the kernel, calls it: {@code GPRC}
     * @param words what it counts: {@code received: good packets}
     */
    public record Counter(String register, String words, long count) {}

    /**
     * One queue in use; what of it is not known is {@link #UNKNOWN}.
     *
     * @param receives else it transmits
     * @param user whose it is: {@code chain1 forward}
     * @param descriptors of its ring
     * @param busy descriptors that the card has been given and has not given back
     */
    public record Queue(
            boolean receives,
            int number,
            String user,
            int descriptors,
            int busy,
            long packets,
            long bytes,
            long dropped) {
        /** A queue of which nobody has said yet what went through it. */
        public static Queue uncounted(boolean receives, int number, String user, int descriptors) {
            return new Queue(receives, number, user, descriptors, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
        }
    }

    /**
     * One pool: queues that receive what is for one address (VMDq).
     *
     * @param filter what is received in it: {@code 02:00:00:00:00:07, VLAN 12}
     * @param queues their numbers: {@code 4-5}
     */
    public record Pool(int number, String user, String filter, String queues) {}

    public NicCard {
        counters = List.copyOf(counters);
        queues = List.copyOf(queues);
        pools = List.copyOf(pools);
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }
}
