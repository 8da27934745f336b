// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.UnixSocket;
import java.util.Map;

/** Tells systemd how this service is, where systemd has started it: sd_notify(3). */
public final class SystemdNotice {
    private static final int MAX_BYTES = 256;

    private SystemdNotice() {}

    /** Says that the service works now; a unit of {@code Type=notify} counts as started from here on. */
    public static void ready(Map<String, String> environment) {
        final String path = environment.getOrDefault("NOTIFY_SOCKET", "");
        final int socket = path.isEmpty() ? -1 : UnixSocket.connectForDatagrams(path);
        if (socket >= 0) {
            new DescriptorMessage(MAX_BYTES).send(socket, "READY=1", -1);
            Descriptors.close(socket);
        }
    }
}
