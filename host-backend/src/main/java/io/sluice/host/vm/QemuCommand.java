// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The QEMU command line that boots a guest image with a ring device.
 *
 * @param qemu the program
 * @param socket the backend's socket for this guest, or null for a machine without a ring device
 * @param virtualIommu whether there is an IOMMU, so that the ring device can interrupt the guest command
 * @param arguments the guest command's arguments, or empty for a shell
 */
public record QemuCommand(
        String qemu,
        Accelerator accelerator,
        GuestImage image,
        Path socket,
        int memoryMebibytes,
        int processors,
        boolean virtualIommu,
        List<String> arguments) {
    /** Interrupt vectors of the ring device; QEMU refuses a peer with more bells than that. */
    public static final int VECTORS = 8;

    /** COMMAND_LINE_SIZE of x86, less what else stands there. */
    private static final int MAX_COMMAND_CHARACTERS = 1800;

    /**
     * On a busy host an emulated timer's first ticks come late; the kernel's test of it would take that for a broken
     * one, and panic.
     */
    private static final String KERNEL_ARGUMENTS = "console=ttyS0 quiet loglevel=3 panic=-1 no_timer_check";

    private static final String SHELL = "shell";

    public QemuCommand {
        arguments = List.copyOf(arguments);
    }

    /** The words of the command. */
    public List<String> words() {
        final List<String> words = new ArrayList<>(List.of(
                qemu,
                "-machine",
                machine(),
                "-accel",
                accelerator.qemuName(),
                "-cpu",
                accelerator.processor(),
                "-smp",
                Integer.toString(processors),
                "-m",
                memoryMebibytes + "M",
                // Nothing that the guest does not use: each device costs time while the firmware looks at it.
                "-nodefaults",
                "-display",
                "none",
                "-vga",
                "none",
                "-no-reboot",
                "-serial",
                "stdio",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initialFileSystem().toString(),
                "-append",
                KERNEL_ARGUMENTS + (virtualIommu ? " intel_iommu=on" : "") + " sluice.cmd=" + encoded()));
        if (virtualIommu) {
            // Before the devices that it translates for. Without interrupt remapping Linux gives no process a device.
            words.addAll(List.of("-device", "intel-iommu,intremap=on,caching-mode=on"));
        }
        if (socket != null) {
            words.addAll(ringDevice(socket));
        }
        return words;
    }

    /** KVM's own interrupt controller knows nothing of remapping. */
    private String machine() {
        return virtualIommu && accelerator == Accelerator.KVM ? "q35,kernel-irqchip=split" : "q35";
    }

    /** The words that give a machine the ring device behind {@code socket}. */
    public static List<String> ringDevice(Path socket) {
        return List.of(
                "-chardev",
                "socket,id=sluice0,path=" + socket.toString().replace(",", ",,"),
                "-device",
                "ivshmem-doorbell,chardev=sluice0,vectors=" + VECTORS);
    }

    /** The arguments as the image's init reads them: one per line, in base64. */
    private String encoded() {
        if (arguments.isEmpty()) {
            return SHELL;
        }
        for (String argument : arguments) {
            if (argument.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a guest command's argument cannot have a line end: " + argument);
            }
        }
        final byte[] lines = (String.join("\n", arguments) + "\n").getBytes(StandardCharsets.UTF_8);
        final String encoded = Base64.getEncoder().encodeToString(lines);
        if (encoded.length() > MAX_COMMAND_CHARACTERS) {
            throw new IllegalArgumentException(
                    "the guest command is too long for the kernel's command line: characters=" + encoded.length()
                            + " limit=" + MAX_COMMAND_CHARACTERS);
        }
        return encoded;
    }
}
