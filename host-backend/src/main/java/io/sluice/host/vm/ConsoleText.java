// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.util.regex.Pattern;

/** What a guest writes on its console, as text that the user's terminal cannot be controlled with. */
final class ConsoleText {
    /** Control sequences of ECMA-48 (CSI and OSC), the two-character escapes, and then any control character but tab. */
    private static final Pattern CONTROL =
            Pattern.compile("\u001b\\[[0-?]*[ -/]*[@-~]|\u001b\\][^\u0007\u001b]*\u0007?|\u001b.?|[\\p{Cc}&&[^\t]]");

    private ConsoleText() {}

    static String plain(CharSequence line) {
        return CONTROL.matcher(line).replaceAll("");
    }
}
