// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import java.io.IOException;

/** The backend died while it let this guest in. Another one may be about to take over, who knows nothing of this guest. */
final class TornAttachmentException extends IOException {
    private static final long serialVersionUID = 1L;

    TornAttachmentException(String message) {
        super(message);
    }
}
