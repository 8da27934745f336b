// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a {@link JudgeMachine} is made of. The first card is at {@code 0000:00:10.0}, each further one in the next slot.
 *
 * @param cards the sockets of the cards that the machine has
 * @param parts what is in its image beside the distribution's kernel and drivers
 * @param virtualIommu whether there is an IOMMU, so that vfio-pci can have the cards; it translates for them while it has
 *     them, and each is in a group of its own
 * @param sharedSlot whether the cards are functions of one device, {@code 0000:00:10.0} and so on: one group for all
 * @param sharedBus whether the cards are behind a bridge to a conventional bus, {@code 0000:01:01.0} and so on: one group
 *     for all, since such a bus does not tell who asks
 * @param processors of the machine; where Java runs in it, more than there are outside cost time and bring none
 * @param memoryMebibytes the machine's memory; the image's files take their share
 * @param kernelParameters further words of the kernel's command line
 */
record MachineOptions(
        List<Path> cards,
        Set<Part> parts,
        boolean virtualIommu,
        boolean sharedSlot,
        boolean sharedBus,
        int processors,
        int memoryMebibytes,
        List<String> kernelParameters) {
    private static final int FIRST_SLOT = 0x10;

    /** What an image may have beside the distribution's kernel, its drivers and a few tools. */
    enum Part {
        /** Java and this checkout: {@code sluice} and its subcommands. 130 MiB of the machine's memory. */
        SLUICE,
        /** The same, and what {@link DriverSuite} runs. */
        SUITE,
        /** {@code dpdk-testpmd}. 20 MiB of the machine's memory. */
        DPDK
    }

    MachineOptions {
        cards = List.copyOf(cards);
        parts = Set.copyOf(parts);
        kernelParameters = List.copyOf(kernelParameters);
    }

    /** A small machine with the distribution's own drivers alone, and the cards at {@code sockets}. */
    static MachineOptions of(Path... sockets) {
        return new MachineOptions(
                List.of(sockets), Set.of(), false, false, false, JudgeMachine.PROCESSORS, 512, List.of());
    }

    MachineOptions with(Part part) {
        final Set<Part> more = EnumSet.of(part);
        more.addAll(parts);
        return new MachineOptions(
                cards, more, virtualIommu, sharedSlot, sharedBus, processors, memoryMebibytes, kernelParameters);
    }

    MachineOptions withVirtualIommu() {
        return new MachineOptions(
                cards, parts, true, sharedSlot, sharedBus, processors, memoryMebibytes, kernelParameters);
    }

    MachineOptions withSharedSlot() {
        return new MachineOptions(
                cards, parts, virtualIommu, true, sharedBus, processors, memoryMebibytes, kernelParameters);
    }

    MachineOptions withSharedBus() {
        return new MachineOptions(
                cards, parts, virtualIommu, sharedSlot, true, processors, memoryMebibytes, kernelParameters);
    }

    MachineOptions withProcessors(int count) {
        return new MachineOptions(
                cards, parts, virtualIommu, sharedSlot, sharedBus, count, memoryMebibytes, kernelParameters);
    }

    MachineOptions withMemory(int mebibytes) {
        return new MachineOptions(
                cards, parts, virtualIommu, sharedSlot, sharedBus, processors, mebibytes, kernelParameters);
    }

    /** With {@code count} pages of 2 MiB, which the kernel sets apart as it starts; they are part of the memory. */
    MachineOptions withHugePages(int count) {
        return withKernelParameters("hugepagesz=2M", "hugepages=" + count);
    }

    MachineOptions withKernelParameters(String... parameters) {
        final List<String> more = new ArrayList<>(kernelParameters);
        more.addAll(List.of(parameters));
        return new MachineOptions(cards, parts, virtualIommu, sharedSlot, sharedBus, processors, memoryMebibytes, more);
    }

    /** The PCI address of card {@code index} in the machine. */
    String slot(int index) {
        if (sharedBus) {
            return String.format("0000:01:%02x.0", 1 + index);
        }
        return sharedSlot
                ? String.format("0000:00:%02x.%d", FIRST_SLOT, index)
                : String.format("0000:00:%02x.0", FIRST_SLOT + index);
    }

    /** QEMU's options for the devices; an IOMMU comes before those that it translates for. */
    List<String> deviceWords() {
        final List<String> words = new ArrayList<>();
        if (virtualIommu) {
            words.addAll(List.of("-device", "intel-iommu,intremap=on,caching-mode=on"));
        }
        if (sharedBus) {
            words.addAll(List.of("-device", "pcie-pci-bridge,id=shared,addr=" + Integer.toHexString(FIRST_SLOT)));
        }
        for (int i = 0; i < cards.size(); i++) {
            // Only this form of the option can say what kind of socket it is.
            words.addAll(List.of(
                    "-device",
                    String.format(
                            "{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},"
                                    + "\"bus\":\"%s\",\"addr\":\"%s\",\"multifunction\":%b}",
                            cards.get(i),
                            sharedBus ? "shared" : "pcie.0",
                            slot(i).substring("0000:00:".length()),
                            sharedSlot)));
        }
        return words;
    }

    /** The kernel's command line. */
    String commandLine() {
        final List<String> words =
                new ArrayList<>(List.of("console=ttyS0", "quiet", "loglevel=3", "panic=-1", "no_timer_check"));
        if (virtualIommu) {
            // It translates for user space alone, as is advised where a card's speed matters.
            words.addAll(List.of("intel_iommu=on", "iommu=pt"));
        }
        words.addAll(kernelParameters);
        return String.join(" ", words);
    }
}
