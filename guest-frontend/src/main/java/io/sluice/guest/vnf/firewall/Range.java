// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/**
 * Numbers from {@code first} to {@code last}, both included.
 *
 * @param first the smallest
 * @param last the largest
 */
record Range(int first, int last) {
    /**
     * Reads {@code 443} or {@code 80-443}.
     *
     * @throws IllegalArgumentException with what would be right
     */
    static Range parse(String text, String what, int max) {
        final int dash = text.indexOf('-');
        final int first = number(dash < 0 ? text : text.substring(0, dash), what, max);
        final int last = dash < 0 ? first : number(text.substring(dash + 1), what, max);
        if (first > last) {
            throw new IllegalArgumentException("the range runs backwards; write " + last + "-" + first);
        }
        return new Range(first, last);
    }

    private static int number(String text, String what, int max) {
        if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= max) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(what + " is a number from 0 to " + max + ", or two of them as in 80-443");
    }

    boolean contains(int number) {
        return number >= first && number <= last;
    }
}
