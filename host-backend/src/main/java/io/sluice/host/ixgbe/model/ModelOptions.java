// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

/**
 * What a model is to be like.
 *
 * @param name what tables and messages call it
 * @param access how a driver reaches its registers
 * @param personality which card
 * @param macAddress in its EEPROM: 48 bits, the first byte on the wire in bits 47 to 40
 * @param lineRate whether packets take their time on the wire, 10 Gbit/s with preamble and gap
 * @param linkDelayNanos from a reset or a restart of negotiation to the link
 * @param resetNanos how long CTRL.RST takes to clear itself
 * @param memorySeed what tables in memory hold after power-on: garbage by this seed, or zeroes with 0
 */
public record ModelOptions(
        String name,
        RegisterAccess access,
        Personality personality,
        long macAddress,
        boolean lineRate,
        long linkDelayNanos,
        long resetNanos,
        long memorySeed) {

    /** How a driver reaches the registers. */
    public enum RegisterAccess {
        /** Conformance: every access is a call, nothing is mapped. */
        TRAPPED,
        /** Tails are memory, all else are calls. */
        MAPPED_TAILS,
        /** All of BAR 0 is memory, and the model looks at it in turns, for drivers that cannot be trapped. */
        POLLED
    }

    private static final long MULTICAST = 1L << 40;

    /** Checks the values. */
    public ModelOptions {
        if (macAddress <= 0 || macAddress >>> 48 != 0 || (macAddress & MULTICAST) != 0) {
            throw new IllegalArgumentException("no address of one station: macAddress=" + Long.toHexString(macAddress)
                    + "; it has 48 bits, not all zero, and an even first byte");
        }
        if (linkDelayNanos < 0 || resetNanos < 0) {
            throw new IllegalArgumentException(
                    "time before now: linkDelayNanos=" + linkDelayNanos + " resetNanos=" + resetNanos);
        }
    }

    /**
     * A card with an SFP+ module and mapped tails, not shaped, the link up at once; its address is Intel's prefix and a hash
     * of {@code name}.
     */
    public static ModelOptions of(String name) {
        final long station = 0x00_1B_21_000000L | name.hashCode() * 0x9E37_79B9L >>> 8 & 0xFF_FFFFL;
        return new ModelOptions(name, RegisterAccess.MAPPED_TAILS, Personality.SFP_SR, station, false, 0, 0, 0);
    }

    public ModelOptions with(RegisterAccess newAccess) {
        return new ModelOptions(
                name, newAccess, personality, macAddress, lineRate, linkDelayNanos, resetNanos, memorySeed);
    }

    public ModelOptions with(Personality newPersonality) {
        return new ModelOptions(
                name, access, newPersonality, macAddress, lineRate, linkDelayNanos, resetNanos, memorySeed);
    }

    public ModelOptions withMacAddress(long newAddress) {
        return new ModelOptions(
                name, access, personality, newAddress, lineRate, linkDelayNanos, resetNanos, memorySeed);
    }

    public ModelOptions withLineRate(boolean newLineRate) {
        return new ModelOptions(
                name, access, personality, macAddress, newLineRate, linkDelayNanos, resetNanos, memorySeed);
    }

    /** With times that a card takes and a model need not: for the link, and for a reset. */
    public ModelOptions withDelays(long newLinkDelayNanos, long newResetNanos) {
        return new ModelOptions(
                name, access, personality, macAddress, lineRate, newLinkDelayNanos, newResetNanos, memorySeed);
    }

    public ModelOptions withMemorySeed(long newSeed) {
        return new ModelOptions(name, access, personality, macAddress, lineRate, linkDelayNanos, resetNanos, newSeed);
    }
}
