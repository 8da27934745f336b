// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.vm.Accelerator;
import io.sluice.host.vm.GuestConsole;
import io.sluice.host.vm.GuestImage;
import io.sluice.host.vm.KvmProbe;
import io.sluice.host.vm.QemuCommand;
import io.sluice.host.vm.VirtualMachine;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice vm}: a guest in a virtual machine of our own making. */
@Command(
        name = "vm",
        mixinStandardHelpOptions = true,
        description = "Boots a virtual machine that runs a guest command, attached to a running backend.",
        footer = {
            "",
            "The guest image (kernel, busybox, Java, the guest command) is made from distribution packages at first use.",
            "The command ends with the guest command's exit code, or with Ctrl-C.",
            "",
            "Examples:",
            "  sluice vm fw -- guest firewall --allow 10.0.0.0/8",
            "  sluice vm nat --accel tcg --memory 384 -- guest forward",
            "  sluice vm fw --viommu -- guest forward      woken by interrupts, so that it sleeps when idle",
            "  sluice vm fw -- shell                       a shell in the guest, to look around"
        })
final class VmCommand implements Callable<Integer> {
    private static final String GUEST = "guest";
    private static final String SHELL = "shell";
    private static final int NOT_STARTED = 3;
    private static final long POLL_MILLIS = 50;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The guest's name in its chain: guest:NAME.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "After --: guest FUNCTION [OPTION...], or shell.")
    private List<String> command;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The backend's socket, where it is not the usual one.")
    private Path socket;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "256",
            description = "The machine's memory, ${DEFAULT-VALUE} by default, at least 192.")
    private int memoryMebibytes;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            defaultValue = "1",
            description = "The machine's processors, ${DEFAULT-VALUE} by default.")
    private int processors;

    @Option(
            names = "--accel",
            paramLabel = "WHICH",
            defaultValue = "auto",
            description = "kvm, tcg, or auto (default): KVM where a guest really boots under it.")
    private String accelerator;

    @Option(
            names = "--qemu",
            paramLabel = "PATH",
            defaultValue = "qemu-system-x86_64",
            description = "The QEMU to use, ${DEFAULT-VALUE} by default.")
    private String qemu;

    @Option(
            names = "--viommu",
            description =
                    "Give the machine a virtual IOMMU: a guest that waits is woken by interrupts then, and does not"
                            + " look again after short sleeps.")
    private boolean virtualIommu;

    @Option(
            names = "--backend-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for the backend, ${DEFAULT-VALUE} by default.")
    private int backendTimeoutSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final boolean shell = command.equals(List.of(SHELL));
        if (!shell && !command.getFirst().equals(GUEST)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "after -- comes 'guest FUNCTION ...' or 'shell', not '" + command.getFirst() + "'");
        }
        if (memoryMebibytes < 192 || processors < 1) {
            throw new ParameterException(spec.commandLine(), "--memory must be 192 or more, --cpus 1 or more");
        }
        final List<String> arguments = shell ? List.of() : command.subList(1, command.size());
        final GuestImage image = GuestImage.build();
        final QemuCommand machine = new QemuCommand(
                qemu, choose(image), image, awaitSocket(), memoryMebibytes, processors, virtualIommu, arguments);
        return shell ? interactive(machine) : run(machine);
    }

    private int run(QemuCommand command) throws IOException, InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final GuestConsole console = new GuestConsole(line -> {
            out.println(line);
            out.flush();
        });
        try (VirtualMachine machine = VirtualMachine.start(command, false)) {
            machine.readConsole(console::line);
            final int qemuCode = machine.await();
            if (!console.started()) {
                console.beforeStart().forEach(spec.commandLine().getErr()::println);
                throw new IOException("the virtual machine ended before the guest command began, QEMU's exit code "
                        + qemuCode + "; what it said stands above");
            }
        }
        if (console.exitCode().isEmpty()) {
            throw new IOException("the virtual machine ended while the guest command ran (out of memory? try --memory "
                    + 2 * memoryMebibytes + ")");
        }
        return console.exitCode().getAsInt();
    }

    private static int interactive(QemuCommand command) throws IOException, InterruptedException {
        try (VirtualMachine machine = VirtualMachine.start(command, true)) {
            return machine.await() == 0 ? 0 : NOT_STARTED;
        }
    }

    private Accelerator choose(GuestImage image) throws IOException, InterruptedException {
        switch (accelerator) {
            case "kvm":
                return Accelerator.KVM;
            case "tcg":
                return Accelerator.TCG;
            case "auto":
                final KvmProbe.Verdict verdict =
                        KvmProbe.ask(qemu, image, () -> say("trying whether a guest boots under KVM (once)"));
                say(verdict.boots() ? "using KVM" : "using emulation (TCG), which is slow: " + verdict.why());
                return verdict.boots() ? Accelerator.KVM : Accelerator.TCG;
            default:
                throw new ParameterException(spec.commandLine(), "--accel " + accelerator + " is not auto, kvm or tcg");
        }
    }

    /** The backend's socket, once it is there: QEMU would only say that it cannot connect. */
    private Path awaitSocket() throws IOException, InterruptedException {
        final RuntimeDirectory directory = RuntimeDirectory.ofProcess();
        final Path path = socket != null ? socket : directory.guestSocket(name);
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(backendTimeoutSeconds);
        boolean told = false;
        while (!Files.exists(path)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("no backend has a guest '" + name + "' (there is no " + path
                        + "); start one: sluice run 'tap:a <=> guest:" + name + " <=> tap:b'");
            }
            if (!told) {
                say("waiting for a backend with guest:" + name);
                told = true;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        if (socket == null) {
            directory.check();
        }
        return path;
    }

    private void say(String text) {
        spec.commandLine().getErr().println("sluice vm " + name + ": " + text);
        spec.commandLine().getErr().flush();
    }
}
