// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One place of a chain as the user wrote it: {@code kind:address?name=value&name=value}.
 *
 * @param kind one of the kinds of this release, for example {@code tap}
 * @param address what the user meant, decoded; empty for kinds that have no address
 * @param written the options in the order in which they were written; a name may repeat
 * @param position index of the kind's first character in the chain's text
 * @param addressPosition index of the address's first character in the chain's text
 */
public record Hop(String kind, String address, List<HopOption> written, int position, int addressPosition) {
    public Hop {
        written = List.copyOf(written);
    }

    /** Option name to the values given for it, both in the order in which they were written. */
    public Map<String, List<String>> options() {
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (HopOption option : written) {
            options.computeIfAbsent(option.name(), name -> new ArrayList<>()).add(option.value());
        }
        options.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(options);
    }

    /**
     * Option name to its value, for an endpoint: its options are given once.
     *
     * @throws IllegalStateException for another hop whose option is given twice
     */
    public Map<String, String> singleOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        for (HopOption option : written) {
            if (options.put(option.name(), option.value()) != null) {
                throw new IllegalStateException(option.name() + " is given twice: " + format());
            }
        }
        return Collections.unmodifiableMap(options);
    }

    /** Kind and address, for tables and messages: {@code tap:lan}. */
    public String name() {
        return kind + ':' + address;
    }

    public boolean isGuest() {
        return kind.equals(HopKind.GUEST.word());
    }

    public boolean isFunction() {
        return kind.equals(HopKind.VNF.word());
    }

    public boolean isEndpoint() {
        return !isGuest() && !isFunction();
    }

    /** The hop as a chain's text says it; parsing that gives an equal hop but for the positions. */
    public String format() {
        StringBuilder text = new StringBuilder(kind).append(':').append(ChainCharacters.encodeAddress(address));
        char separator = '?';
        for (HopOption option : written) {
            text.append(separator)
                    .append(option.name())
                    .append('=')
                    .append(ChainCharacters.encodeValue(option.value()));
            separator = '&';
        }
        return text.toString();
    }
}
