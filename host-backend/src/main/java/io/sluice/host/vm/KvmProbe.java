// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Whether a guest really boots under KVM here. That {@code /dev/kvm} opens proves nothing (nested virtualization may run
 * some instructions and hang in others), so the guest image is booted once and the answer remembered until the next boot
 * of this machine.
 */
public final class KvmProbe {
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long BOOT_SECONDS = 10;
    private static final int MEMORY_MEBIBYTES = 256;

    /** What was found, in words for the user. */
    public record Verdict(boolean boots, String why) {}

    private KvmProbe() {}

    /** The answer for {@code qemu} and {@code image}; {@code progress} is told where it takes a while. */
    public static Verdict ask(String qemu, GuestImage image, Runnable progress)
            throws IOException, InterruptedException {
        if (!Files.exists(DEVICE)) {
            return new Verdict(false, "there is no " + DEVICE);
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            return new Verdict(false, DEVICE + " may not be opened: join the group kvm (usermod -aG kvm $USER)");
        }
        final Path remembered = image.directory()
                .resolveSibling("kvm-"
                        + Integer.toHexString(List.of(
                                        image.directory().getFileName().toString(),
                                        Files.readString(BOOT_ID).strip(),
                                        version(qemu))
                                .hashCode()));
        if (!Files.exists(remembered)) {
            progress.run();
            Files.writeString(remembered, boots(qemu, image) ? "boots" : "does not boot");
        }
        return Files.readString(remembered).equals("boots")
                ? new Verdict(true, "a guest boots under KVM")
                : new Verdict(false, DEVICE + " opens, but no guest boots under it");
    }

    private static boolean boots(String qemu, GuestImage image) throws IOException, InterruptedException {
        final QemuCommand command =
                new QemuCommand(qemu, Accelerator.KVM, image, null, MEMORY_MEBIBYTES, 1, false, List.of("--version"));
        final GuestConsole console = new GuestConsole(ignored -> {});
        try (VirtualMachine machine = VirtualMachine.start(command, false)) {
            final Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    machine.readConsole(console::line);
                } catch (IOException e) {
                    // No console, no guest.
                    Thread.currentThread().interrupt();
                }
            });
            reader.join(TimeUnit.SECONDS.toMillis(BOOT_SECONDS));
        }
        return console.exitCode().isPresent() && console.exitCode().getAsInt() == 0;
    }

    private static String version(String qemu) throws IOException {
        try (BufferedReader reader =
                new ProcessBuilder(qemu, "--version").start().inputReader()) {
            final String line = reader.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new IOException(
                    "cannot start " + qemu
                            + ": install it (Debian: apt-get install qemu-system-x86), or say --qemu PATH",
                    e);
        }
    }
}
