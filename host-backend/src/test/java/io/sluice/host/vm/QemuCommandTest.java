// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    private static final GuestImage IMAGE = new GuestImage(Path.of("/cache/image-1"));

    private static QemuCommand command(Path socket, List<String> arguments) {
        return new QemuCommand("qemu", Accelerator.TCG, IMAGE, socket, 256, 1, false, arguments);
    }

    private static String kernelArguments(QemuCommand command) {
        final List<String> words = command.words();
        return words.get(words.indexOf("-append") + 1);
    }

    @Test
    void shouldBootTheImageWithARingDevice() {
        assertThat(command(Path.of("/run/sluice/fw.sock"), List.of("forward")).words())
                .containsSequence("-kernel", "/cache/image-1/bzImage", "-initrd", "/cache/image-1/initrd")
                .containsSequence("-chardev", "socket,id=sluice0,path=/run/sluice/fw.sock")
                .containsSequence("-device", "ivshmem-doorbell,chardev=sluice0,vectors=8")
                .containsSequence("-accel", "tcg", "-cpu", "max");
    }

    @Test
    void shouldGiveTheMachineAnIommuThatCanRemapInterrupts() {
        for (Accelerator accelerator : Accelerator.values()) {
            final QemuCommand command = new QemuCommand(
                    "qemu", accelerator, IMAGE, Path.of("/run/sluice/fw.sock"), 256, 1, true, List.of("forward"));
            assertThat(command.words())
                    .containsSequence("-machine", accelerator == Accelerator.KVM ? "q35,kernel-irqchip=split" : "q35")
                    .containsSubsequence(
                            "intel-iommu,intremap=on,caching-mode=on", "ivshmem-doorbell,chardev=sluice0,vectors=8");
            assertThat(kernelArguments(command)).contains(" intel_iommu=on ");
        }
        assertThat(kernelArguments(command(null, List.of()))).doesNotContain("iommu");
    }

    @Test
    void shouldHandTheArgumentsOverUnchanged() {
        final List<String> arguments = List.of("firewall", "--allow", "10.0.0.0/8", "--rule", "deny proto:tcp", "'\"ä");
        final String encoded = kernelArguments(command(null, arguments)).replaceFirst(".*sluice\\.cmd=", "");
        assertThat(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).lines())
                .containsExactlyElementsOf(arguments);
    }

    @Test
    void shouldStartAShellWhereThereAreNoArguments() {
        assertThat(kernelArguments(command(null, List.of()))).endsWith("sluice.cmd=shell");
    }

    @Test
    void shouldDoubleCommasInASocketsPath() {
        assertThat(QemuCommand.ringDevice(Path.of("/run/a,b.sock"))).contains("socket,id=sluice0,path=/run/a,,b.sock");
    }

    @Test
    void shouldRefuseWhatTheKernelsCommandLineCannotCarry() {
        assertThatThrownBy(() ->
                        command(null, List.of("forward", "x".repeat(3000))).words())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=1800");
        assertThatThrownBy(() -> command(null, List.of("two\nlines")).words())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line end");
    }
}
