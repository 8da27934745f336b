// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.nio.charset.Charset;
import java.util.Collection;

/** A row of numbers as a picture, one character each, as high as the number is beside the largest. */
final class Sparks {
    private static final String BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String LETTERS = ".:-=+*#@";

    private final String levels;

    private Sparks(String levels) {
        this.levels = levels;
    }

    /** Bars where the terminal's character set has them, else letters. */
    static Sparks forTerminal() {
        final String name = System.getProperty("stdout.encoding", "US-ASCII");
        return new Sparks(
                Charset.isSupported(name) && Charset.forName(name).newEncoder().canEncode(BLOCKS) ? BLOCKS : LETTERS);
    }

    static Sparks bars() {
        return new Sparks(BLOCKS);
    }

    static Sparks letters() {
        return new Sparks(LETTERS);
    }

    /** One character for each of {@code values}, the first at the left; a space for nothing at all. */
    String draw(Collection<Double> values) {
        final double most =
                values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        final StringBuilder picture = new StringBuilder();
        for (double value : values) {
            final int level = (int) Math.ceil(value / most * levels.length());
            picture.append(value > 0 ? levels.charAt(Math.clamp(level, 1, levels.length()) - 1) : ' ');
        }
        return picture.toString();
    }
}
