// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/**
 * One option of a kind of endpoint, as help and errors show it.
 *
 * @param name as written before the {@code =}
 * @param form what stands behind it: {@code N}, {@code true|false}
 * @param help one line: what it does, and the default
 * @param side the direction it is for
 */
public record EndpointOption(String name, String form, String help, Side side) {
    /** The direction of packets that an option is for. */
    public enum Side {
        BOTH,
        /** Only where the endpoint receives: packets enter the chain there. */
        RECEIVE,
        /** Only where the endpoint sends: packets leave the chain there. */
        SEND
    }

    /** An option for both directions. */
    public static EndpointOption of(String name, String form, String help) {
        return new EndpointOption(name, form, help, Side.BOTH);
    }

    /** An option for where packets come from. */
    public static EndpointOption receiving(String name, String form, String help) {
        return new EndpointOption(name, form, help, Side.RECEIVE);
    }

    /** An option for where packets go to. */
    public static EndpointOption sending(String name, String form, String help) {
        return new EndpointOption(name, form, help, Side.SEND);
    }

    /** {@code name=form}. */
    @Override
    public String toString() {
        return name + '=' + form;
    }
}
