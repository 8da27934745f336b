// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * A chain that cannot be understood or built as it is written. The message is a picture of the place:
 *
 * <pre>
 * chain: expected '=&gt;' or '&lt;=&gt;' here
 *   tap:lan &lt;-&gt; guest:fw &lt;=&gt; tap:wan
 *           ^
 *   did you mean '&lt;=&gt;'?
 * </pre>
 */
public final class ChainSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** Of a longer chain the picture shows a part of this many characters. */
    private static final int PICTURE_WIDTH = 100;

    private static final int BEFORE_POSITION = 60;

    private final String text;
    private final int position;
    private final String problem;
    private final String hint;

    /**
     * Says that {@code text} is wrong at {@code position}.
     *
     * @param position index into {@code text}, from 0 to its length
     * @param problem what is wrong there
     * @param hint what would be right; empty where that is not known
     */
    public ChainSyntaxException(String text, int position, String problem, String hint) {
        super("chain: " + picture(text, position, problem, hint));
        this.text = text;
        this.position = position;
        this.problem = problem;
        this.hint = hint;
    }

    public String text() {
        return text;
    }

    public int position() {
        return position;
    }

    public String problem() {
        return problem;
    }

    public String hint() {
        return hint;
    }

    /** The message without the word that opens it, for messages that name a place of their own. */
    String picture() {
        return picture(text, position, problem, hint);
    }

    private static String picture(String text, int position, String problem, String hint) {
        int start = text.length() <= PICTURE_WIDTH ? 0 : Math.max(0, position - BEFORE_POSITION);
        int end = text.length() <= PICTURE_WIDTH ? text.length() : Math.min(text.length(), start + PICTURE_WIDTH);
        String before = (start > 0 ? "... " : "") + ChainCharacters.printable(text.substring(start, position));
        String after = ChainCharacters.printable(text.substring(position, end)) + (end < text.length() ? " ..." : "");
        String caret = " ".repeat(before.codePointCount(0, before.length())) + '^';
        return problem + "\n  " + before + after + "\n  " + caret + (hint.isEmpty() ? "" : "\n  " + hint);
    }
}
