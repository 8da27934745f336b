// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The directory where a backend's sockets live and where guests and commands look for them: one answer to "where" for
 * the whole project.
 *
 * <pre>
 *   $SLUICE_RUN                when set
 *   /run/sluice                for root
 *   $XDG_RUNTIME_DIR/sluice    when set
 *   /tmp/sluice-&lt;uid&gt;          otherwise
 *
 *     &lt;name&gt;.sock              the ivshmem server of the guest called name
 * </pre>
 * A socket here hands out packet memory, so the directory belongs to its user alone (mode 0700).
 */
public final class RuntimeDirectory {
    /** Longest path of a unix socket in bytes: sun_path[108] with its final NUL, unix(7). */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private static final int MODE_TYPE = 0170000;
    private static final int MODE_DIRECTORY = 0040000;
    private static final int MODE_GROUP_OR_WORLD_WRITE = 0022;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private final Path path;
    private final int userId;

    private RuntimeDirectory(Path path, int userId) {
        this.path = path;
        this.userId = userId;
    }

    /** The directory of this process's user and environment; nothing is created or checked yet. */
    public static RuntimeDirectory ofProcess() {
        return of(System.getenv(), effectiveUserId());
    }

    /** A directory that the user has chosen otherwise, for example in a configuration file. */
    public static RuntimeDirectory at(Path path) {
        return new RuntimeDirectory(path.toAbsolutePath(), effectiveUserId());
    }

    static RuntimeDirectory of(Map<String, String> environment, int userId) {
        String chosen = environment.getOrDefault("SLUICE_RUN", "");
        String session = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        Path path;
        if (!chosen.isEmpty()) {
            path = Path.of(chosen).toAbsolutePath();
        } else if (userId == 0) {
            path = Path.of("/run/sluice");
        } else if (!session.isEmpty()) {
            path = Path.of(session, "sluice");
        } else {
            path = Path.of("/tmp/sluice-" + userId);
        }
        return new RuntimeDirectory(path, userId);
    }

    /** Where the directory is, whether it exists or not. */
    public Path path() {
        return path;
    }

    /** Whose directory it is. */
    public int userId() {
        return userId;
    }

    /**
     * Creates the directory with mode 0700 where it is missing, and checks it where it is not.
     *
     * @throws IOException when it cannot be created, is no directory or a symbolic link, belongs to somebody else, or
     *     can be written by somebody else
     */
    public RuntimeDirectory create() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (IOException e) {
                throw new IOException(
                        "cannot create the runtime directory path=%s: %s; set SLUICE_RUN to a directory of your own"
                                .formatted(path, e),
                        e);
            }
        }
        check();
        return this;
    }

    /**
     * Checks that the directory exists and is its user's alone, as somebody who connects to a socket in it should.
     *
     * @throws IOException when it does not exist, or for any reason that {@link #create()} names
     */
    public void check() throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) attributes.get("mode");
        int owner = (Integer) attributes.get("uid");
        String advice = "; remove it or set SLUICE_RUN to another directory";
        if ((mode & MODE_TYPE) != MODE_DIRECTORY) {
            throw new IOException("the runtime directory path=%s is not a directory%s".formatted(path, advice));
        }
        if (owner != userId) {
            throw new IOException("the runtime directory path=%s belongs to uid=%d, not to uid=%d%s"
                    .formatted(path, owner, userId, advice));
        }
        if ((mode & MODE_GROUP_OR_WORLD_WRITE) != 0) {
            throw new IOException("the runtime directory path=%s can be written by others, mode=%o; run: chmod 700 %s"
                    .formatted(path, mode & 07777, path));
        }
    }

    /**
     * The socket of the ivshmem server for a guest.
     *
     * @param guestName 1 to 64 of {@code A-Z a-z 0-9 _ . -}, the first a letter or digit
     * @throws IllegalArgumentException for another name, or when the path is too long for a unix socket
     */
    public Path guestSocket(String guestName) {
        if (!NAME.matcher(guestName).matches()) {
            throw new IllegalArgumentException("name=" + guestName + " is not a guest name: 1 to 64 letters,"
                    + " digits, '_', '.' or '-', beginning with a letter or digit");
        }
        Path socket = path.resolve(guestName + ".sock");
        int lengthBytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes > MAX_SOCKET_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "socket=%s has length=%d bytes, a unix socket takes at most %d; choose a shorter SLUICE_RUN or name"
                            .formatted(socket, lengthBytes, MAX_SOCKET_PATH_BYTES));
        }
        return socket;
    }

    /** The effective user id, from proc_pid_status(5): "Uid: real effective saved filesystem". */
    public static int effectiveUserId() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:")) {
                    return Integer.parseUnsignedInt(line.split("\\s+")[2]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the user id from /proc/self/status; is /proc mounted?", e);
        }
        throw new IllegalStateException("/proc/self/status has no line Uid:");
    }
}
