// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import io.sluice.host.control.ChainStatus;

/** Shows how the demo goes on; called by one thread. */
public interface DemoView {
    /** The demo has come to the next phase. */
    void phase(String what);

    /** The chain as it is now, twice a second while packets flow. */
    void sample(ChainStatus chain);
}
