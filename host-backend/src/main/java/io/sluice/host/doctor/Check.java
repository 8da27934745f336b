// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.io.IOException;
import java.util.List;

/** Looks at one side of a host. */
interface Check {
    /**
     * What it found, in the order to show.
     *
     * @throws IOException where something that is there cannot be read
     */
    List<Finding> look(Host host) throws IOException;
}
