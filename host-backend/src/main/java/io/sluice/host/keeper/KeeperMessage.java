// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a backend and the keeper's process say to each other, over a unix socket that keeps messages apart: a word and its
 * arguments, printable ASCII with single blanks between. A keeper outlives upgrades, so it may be older than its backend:
 * words may be added here, what there is keeps its meaning.
 *
 * <pre>
 *   backend                         keeper
 *   hello VERSION GRACE_MILLIS      hello PROCESS                  how long to keep what this backend leaves
 *   hold GROUP ITEM  + descriptor                                  or: refused GROUP ITEM
 *   drop GROUP ITEM
 *   forget GROUP                    forgotten GROUP
 *   orphans?                        orphans GROUP...               those whose backends have died, the longest dead first
 *   claim GROUP                     claimed GROUP COUNT            0: it is no orphan
 *   take GROUP INDEX                item GROUP ITEM  + descriptor
 *   release GROUP
 *   bye                             bye PROCESS                    the process ends if nothing keeps it, else 0
 * </pre>
 */
record KeeperMessage(Word word, List<String> arguments) {
    static final int VERSION = 1;

    /** A list of all groups fits. */
    static final int MAX_BYTES = 16 << 10;

    private static final int MAX_ARGUMENTS = DescriptorStore.MAX_GROUPS;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}");

    /** The first word of a message, and what its arguments are: n a name, # a number, * any number of names. */
    enum Word {
        HELLO_KEEPER("hello", "##"),
        HELLO("hello", "#"),
        HOLD("hold", "nn"),
        REFUSED("refused", "nn"),
        DROP("drop", "nn"),
        FORGET("forget", "n"),
        FORGOTTEN("forgotten", "n"),
        LIST("orphans?", ""),
        ORPHANS("orphans", "*"),
        CLAIM("claim", "n"),
        CLAIMED("claimed", "n#"),
        TAKE("take", "n#"),
        ITEM("item", "nn"),
        RELEASE("release", "n"),
        BYE_KEEPER("bye", ""),
        BYE("bye", "#");

        private final String text;
        private final String shape;

        Word(String text, String shape) {
            this.text = text;
            this.shape = shape;
        }

        private boolean fits(List<String> arguments) {
            if (shape.equals("*")) {
                return arguments.stream().allMatch(name -> NAME.matcher(name).matches());
            }
            if (shape.length() != arguments.size()) {
                return false;
            }
            for (int i = 0; i < shape.length(); i++) {
                final Pattern pattern = shape.charAt(i) == '#' ? NUMBER : NAME;
                if (!pattern.matcher(arguments.get(i)).matches()) {
                    return false;
                }
            }
            return true;
        }
    }

    KeeperMessage {
        arguments = List.copyOf(arguments);
        if (arguments.size() > MAX_ARGUMENTS || !word.fits(arguments)) {
            throw new IllegalArgumentException("no message of the keeper's: " + word + ' ' + arguments);
        }
    }

    static KeeperMessage of(Word word, Object... arguments) {
        return new KeeperMessage(
                word, List.of(arguments).stream().map(String::valueOf).toList());
    }

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException where it is none
     */
    static KeeperMessage parse(String text) {
        final String[] parts = text.split(" ", MAX_ARGUMENTS + 2);
        final List<String> arguments = List.of(parts).subList(1, parts.length);
        for (Word word : Word.values()) {
            if (word.text.equals(parts[0]) && arguments.size() <= MAX_ARGUMENTS && word.fits(arguments)) {
                return new KeeperMessage(word, arguments);
            }
        }
        throw new IllegalArgumentException(
                "no message of the keeper's: " + text.substring(0, Math.min(text.length(), 80)));
    }

    String format() {
        return arguments.isEmpty() ? word.text : word.text + ' ' + String.join(" ", arguments);
    }

    String name(int index) {
        return arguments.get(index);
    }

    long number(int index) {
        return Long.parseLong(arguments.get(index));
    }
}
