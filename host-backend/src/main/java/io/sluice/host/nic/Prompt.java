// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Commands as the reader of a message can type them: by sudo(8) where the reader is not root, and this program by its path
 * where a shell would not find it by name.
 *
 * @param root whether the reader is root
 * @param sluice the word that starts this program
 */
public record Prompt(boolean root, String sluice) {
    private static final String NAME = "sluice";
    /** As the launcher says where the checkout is. */
    private static final String HOME_PROPERTY = "sluice.home";

    /** For the user of this process. */
    public static Prompt ofProcess() {
        return new Prompt(RuntimeDirectory.effectiveUserId() == 0, word());
    }

    /** {@code command} by root. */
    public String asRoot(String command) {
        return root ? command : "sudo " + command;
    }

    /** {@code text} into {@code file} by root; a redirection would be made by the shell, without sudo's rights. */
    public String writeAsRoot(String text, String file) {
        return root ? "echo " + text + " > " + file : "echo " + text + " | sudo tee " + file;
    }

    /** This program with {@code arguments}, by root. */
    public String sluiceAsRoot(String arguments) {
        return asRoot(sluice + ' ' + arguments);
    }

    private static String word() {
        final String home = System.getProperty(HOME_PROPERTY, "");
        final Path launcher = Path.of(home, NAME);
        return home.isEmpty() || onPath() || !Files.isExecutable(launcher) ? NAME : launcher.toString();
    }

    private static boolean onPath() {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, NAME)));
    }
}
