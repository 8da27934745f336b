// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bootable guest: a kernel, and an initial file system that starts the guest command. The recipe
 * {@code guest-frontend/image/build-image} makes it from distribution packages, without root, and caches it by what it is
 * made of, so that asking again costs a fraction of a second.
 */
public record GuestImage(Path directory) {
    private static final String RECIPE = "guest-frontend/image/build-image";
    private static final List<String> JARS = List.of("shared-ring-", "guest-frontend-", "picocli-");

    /** Where the launcher says that the checkout is. */
    public static final String HOME_PROPERTY = "sluice.home";

    public Path kernel() {
        return directory.resolve("bzImage");
    }

    public Path initialFileSystem() {
        return directory.resolve("initrd");
    }

    /**
     * Makes the image, or finds it made; the recipe's progress goes to this process's standard error.
     *
     * @throws IOException with what is missing and how to install it, as the recipe says
     */
    public static GuestImage build() throws IOException, InterruptedException {
        final String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new IOException(
                    "this program does not know its checkout, where the recipe for guest images lies: start"
                            + " it by ./sluice, or with -D" + HOME_PROPERTY + "=<checkout>");
        }
        final List<String> command = new ArrayList<>();
        command.add(Path.of(home, RECIPE).toString());
        command.addAll(List.of("--java-home", System.getProperty("java.home")));
        command.addAll(jars(Path.of(home)));
        final Process recipe = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        String last = "";
        try (BufferedReader lines = recipe.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        }
        if (recipe.waitFor() != 0 || last.isEmpty()) {
            throw new IOException("no guest image could be made; what is missing stands above");
        }
        return new GuestImage(Path.of(last));
    }

    /** The guest's jars on this program's class path, or, where that has classes in folders, those of the last build. */
    private static List<String> jars(Path home) throws IOException {
        final List<Path> onClassPath = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .toList();
        final List<Path> built = new ArrayList<>();
        final Path folder = home.resolve("target/dist/lib");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
                files.forEach(built::add);
            }
        }
        final List<String> jars = new ArrayList<>();
        for (String name : JARS) {
            jars.add(Stream.concat(onClassPath.stream(), built.stream())
                    .filter(jar -> jar.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no jar " + name + "*.jar on the class path or in " + folder
                            + "; build first: ./sluice build"))
                    .toAbsolutePath()
                    .toString());
        }
        return jars;
    }
}
