// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import java.util.Collection;

/** Finds the name that a user probably meant. */
public final class Suggestion {
    private static final int MAX_EDITS = 2;

    private Suggestion() {}

    /** {@code ", did you mean <name>?"} with the closest of {@code names}, or nothing where none is close. */
    public static String among(Collection<String> names, String given) {
        String best = null;
        int bestEdits = Math.min(MAX_EDITS, given.length() - 1) + 1;
        for (final String name : names) {
            final int edits = edits(name, given);
            if (edits < bestEdits) {
                best = name;
                bestEdits = edits;
            }
        }
        return best == null ? "" : ", did you mean " + best + "?";
    }

    /** Characters to insert, delete or replace to make one text of the other (Levenshtein's distance). */
    private static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            final int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                final int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
