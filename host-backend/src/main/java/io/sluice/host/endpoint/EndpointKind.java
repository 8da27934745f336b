// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.List;

/**
 * A kind of endpoint: all that help and error messages say about it, and how one is opened.
 *
 * @param name the word before the colon
 * @param address what stands behind it: {@code NAME}, or nothing
 * @param summary one line
 * @param options in the order to show
 * @param opener makes an endpoint of checked options
 */
public record EndpointKind(String name, String address, String summary, List<EndpointOption> options, Opener opener) {
    public EndpointKind {
        options = List.copyOf(options);
    }

    /** Makes an endpoint. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens what {@code request} asks for.
         *
         * @throws IllegalArgumentException where an option or the address is wrong
         * @throws EndpointException where the system refuses
         */
        Endpoint open(EndpointRequest request);
    }
}
