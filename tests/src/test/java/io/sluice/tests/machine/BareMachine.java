// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.Precondition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A new machine as far as one kernel can show it: a bare Debian root tree with a copy of this checkout's files in
 * {@code /root/sluice} and nothing of what was built. Commands run in it by chroot(2), in namespaces of their own.
 *
 * <p>It shares three things with the machine it runs on: the kernel with its devices, the local Maven repository
 * ({@code ~/.m2/repository}, so that a build does not download everything anew), and the packages that earlier runs
 * downloaded. Everything else that it writes lands in a directory of its own, which {@link #close} removes.
 */
final class BareMachine implements AutoCloseable {
    private static final Path CHECKOUT = Path.of(System.getProperty("sluice.home"));
    private static final Path MACHINES = CHECKOUT.resolve("tests/target/machines");
    private static final Path REPOSITORY = Path.of(System.getProperty("user.home"), ".m2", "repository");

    private final DebianTree tree;
    private final Path directory;
    private final String jdk;

    /**
     * Sets up a machine from {@code tree}.
     *
     * @param jdk a JDK to put at {@code /opt/jdk}, or null for none
     */
    BareMachine(DebianTree tree, String name, Path jdk) throws IOException {
        Precondition.require(Files.exists(CHECKOUT.resolve(".git")), "a git checkout to copy from");
        this.tree = tree;
        this.directory = MACHINES.resolve(name);
        this.jdk = jdk == null ? "-" : jdk.toString();
        close();
        for (String part : List.of("upper/root/sluice", "work", "root")) {
            Files.createDirectories(directory.resolve(part));
        }
        try (InputStream script = BareMachine.class.getResourceAsStream("bare-machine.sh")) {
            Files.copy(script, script());
        }
        // Tracked files and new ones that are not ignored: what a clone would hold once this is committed.
        Shell.output(
                "sh",
                "-c",
                "cd \"$1\" && git -c safe.directory='*' ls-files -z --cached --others --exclude-standard --deduplicate"
                        + " | tar --null --ignore-failed-read -T - -c | tar -x -C \"$2\"",
                "sh",
                CHECKOUT.toString(),
                directory.resolve("upper/root/sluice").toString());
        assertThat(directory.resolve("upper/root/sluice/sluice")).isExecutable();
    }

    /** Runs {@code command} in the checkout's copy. */
    Shell.Result run(Duration limit, String... command) {
        List<String> whole = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh"));
        whole.add(script().toString());
        whole.add(tree.base().toString());
        whole.add(directory.toString());
        whole.add(Files.isDirectory(REPOSITORY) ? REPOSITORY.toString() : "-");
        whole.add(tree.packages().toString());
        whole.add(jdk);
        Collections.addAll(whole, command);
        return Shell.run(directory.getFileName().toString(), limit, whole);
    }

    /** True if {@code path} exists on the machine and was not part of the bare tree. */
    boolean added(String path) {
        return Files.exists(directory.resolve("upper").resolve(path.substring(1)));
    }

    private Path script() {
        return directory.resolve("bare-machine.sh");
    }

    /** Removes all that the machine wrote. Its mounts ended with its last process. */
    @Override
    public void close() {
        Shell.output("rm", "-rf", directory.toString());
    }
}
