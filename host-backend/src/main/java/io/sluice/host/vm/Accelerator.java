// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

/** How QEMU runs a guest's instructions. */
public enum Accelerator {
    /** On the processor itself. */
    KVM("kvm", "host"),
    /** By translation, which needs nothing and is some ten times slower. */
    TCG("tcg", "max");

    private final String qemuName;
    private final String processor;

    Accelerator(String qemuName, String processor) {
        this.qemuName = qemuName;
        this.processor = processor;
    }

    /** The value of QEMU's {@code -accel}. */
    String qemuName() {
        return qemuName;
    }

    /** The value of QEMU's {@code -cpu}. */
    String processor() {
        return processor;
    }
}
