// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What comes over a guest's serial line: what firmware and kernel say is kept for the case that the guest does not start,
 * what the guest command says is passed on, and its exit code is found.
 */
public final class GuestConsole {
    private static final String START = "sluice-guest-start";
    private static final String EXIT = "sluice-guest-exit: ";
    private static final int MAX_KEPT_LINES = 200;

    private final Consumer<String> out;
    private final List<String> kept = new ArrayList<>();
    private boolean started;
    private OptionalInt exitCode = OptionalInt.empty();

    public GuestConsole(Consumer<String> out) {
        this.out = out;
    }

    /** Takes one line without its end. */
    public void line(String line) {
        if (exitCode.isPresent()) {
            return;
        }
        if (!started) {
            started = line.contains(START);
            if (!started && kept.size() < MAX_KEPT_LINES) {
                kept.add(line);
            }
        } else if (line.startsWith(EXIT)) {
            exitCode = exitCode(line.substring(EXIT.length()).strip());
        } else {
            out.accept(line);
        }
    }

    /** What an honest init says is a number; what a guest may say is anything. */
    private static OptionalInt exitCode(String text) {
        return text.matches("[0-9]{1,3}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    /** Whether the guest command was started. */
    public boolean started() {
        return started;
    }

    /** What the guest command ended with, once it has. */
    public OptionalInt exitCode() {
        return exitCode;
    }

    /** What firmware and kernel said before the command. */
    public List<String> beforeStart() {
        return List.copyOf(kept);
    }
}
