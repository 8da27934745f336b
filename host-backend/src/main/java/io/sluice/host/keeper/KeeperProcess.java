// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts {@link KeeperMain} in a process of its own, by the Java and the classes that this process has. */
final class KeeperProcess {
    /** As small as a Java virtual machine gets: some tens of megabytes, most of them shared with other ones. */
    private static final List<String> OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=deny",
            "-XX:+UseSerialGC",
            "-Xint",
            "-XX:-UsePerfData",
            "-Xms2m",
            "-Xmx16m",
            "-Xss256k");

    private KeeperProcess() {}

    /** Starts a keeper of {@code directory}; it ends at once where there is one already. */
    static Process start(RuntimeDirectory directory) throws IOException {
        directory.create(); // who tests a card may be the first who needs it
        final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        // It stays when this process's folder shall go away: it works in the root folder.
        final String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        final List<String> command = Stream.of(
                        Stream.of(java.toString()),
                        OPTIONS.stream(),
                        Stream.of(
                                "-cp",
                                classPath,
                                KeeperMain.class.getName(),
                                directory.path().toString()))
                .flatMap(part -> part)
                .toList();
        final ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(directory.path().resolve(KeeperMain.LOG).toFile());
        // Neither systemd's messages nor options for this program are for it: another collector, or a debugger's port
        // that this program has, and it would not start.
        builder.environment()
                .keySet()
                .removeAll(List.of("NOTIFY_SOCKET", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }
}
