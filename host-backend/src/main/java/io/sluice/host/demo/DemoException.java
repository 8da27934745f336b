// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.io.IOException;

/** The demo cannot go on; the message is for the user. */
public final class DemoException extends IOException {
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
