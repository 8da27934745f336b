// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** The descriptor of an endpoint that ends with it, interface, addresses and all, and that may outlive a backend. */
public interface KeptEnd {
    /** Nothing was left, and nothing is kept. */
    KeptEnd NONE = new KeptEnd() {
        @Override
        public int take() {
            return -1;
        }

        @Override
        public void hold(int descriptor) {}
    };

    /** What a dead backend has left, now the caller's and still held, or -1. */
    int take();

    /** Keeps {@code descriptor}, which stays the caller's, for another backend. */
    void hold(int descriptor);
}
