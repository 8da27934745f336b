// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** When a card may be taken from whoever has it, and by which driver; what to do where not. */
final class BindingRules {
    private static final String BIND = "nic bind ";
    private static final String WITH_GROUP = " --with-group";

    private final HostSystem system;

    BindingRules(HostSystem system) {
        this.system = system;
    }

    /**
     * The driver that {@code card} is to get: vfio-pci where an IOMMU is before it, and no other unless asked for, since
     * without an IOMMU a card can overwrite anything.
     */
    String driver(SysfsDevice card, BindRequest request) throws IOException {
        final String driver = request.driver().orElse(SysfsDevice.VFIO);
        if (driver.equals(SysfsDevice.VFIO) && card.group().isEmpty()) {
            throw new IOException(card.address()
                    + ": vfio-pci needs an IOMMU, and none is before this card; sluice doctor"
                    + " says how to switch one on. Without one, a card that goes wrong can overwrite any memory; if that"
                    + " is what you want: "
                    + system.prompt().sluiceAsRoot(BIND + card.address() + " --driver " + SysfsDevice.UIO));
        }
        if (driver.equals(SysfsDevice.UIO) && card.translated()) {
            throw new IOException(
                    card.address() + ": an IOMMU translates addresses for this card (group " + card.group()
                            + "), which only vfio-pci can set up: "
                            + system.prompt().sluiceAsRoot(BIND + card.address() + " --driver " + SysfsDevice.VFIO));
        }
        return driver;
    }

    /**
     * All that must be taken to have {@code card} by {@code driver}: the card, and what else of its IOMMU group is in the
     * way.
     *
     * @throws IOException where one of them may not be had
     */
    List<SysfsDevice> functions(SysfsDevice card, String driver, BindRequest request) throws IOException {
        if (card.bridge()) {
            throw new IOException(card.address() + " is a bridge, which the kernel keeps; name the card behind it");
        }
        final List<SysfsDevice> others = driver.equals(SysfsDevice.VFIO) ? card.groupObstacles() : List.of();
        if (!others.isEmpty() && !request.withGroup()) {
            throw new IOException(card.address() + ": IOMMU group " + card.group() + " can have one owner only, and the"
                    + " kernel uses others of it: " + words(others) + ". To take these as well: "
                    + again(card, request, WITH_GROUP));
        }
        final List<SysfsDevice> functions = new ArrayList<>();
        functions.add(card);
        functions.addAll(others);
        final List<String> reasons = new ArrayList<>();
        if (card.kind().isEmpty()) {
            reasons.add(card.address() + " (" + card.ids() + ") is no card that Sluice has a driver for");
        }
        for (SysfsDevice function : functions) {
            if (!function.driver().equals(driver)) {
                refuseWhileInUse(function);
            }
            reasons.addAll(reasons(function));
        }
        if (!reasons.isEmpty() && !request.force()) {
            throw new IOException(String.join("; ", reasons) + ". To take it all the same: "
                    + again(card, request, (request.withGroup() ? WITH_GROUP : "") + " --force"));
        }
        return functions;
    }

    /** Throws where the function is neither a card of ours nor was taken by us: stopping it could stop anything. */
    void refuseStrangers(SysfsDevice function) throws IOException {
        if (function.kind().isEmpty() && system.notes().of(function.address()).isEmpty()) {
            throw new IOException(
                    function.address() + " (" + function.ids() + ") is no card that Sluice has a driver for,"
                            + " and 'sluice nic bind' has not taken it: it is left alone; sluice nic list shows the cards");
        }
    }

    /** Throws where a program has the function open: its driver could not let go of it. */
    void refuseWhileInUse(SysfsDevice function) throws IOException {
        final List<String> users = new DeviceUsers(system.proc()).of(function);
        if (!users.isEmpty()) {
            throw new IOException(function.address() + " is in use by " + String.join(" and ", users)
                    + "; end it first. The keeper of a backend that was killed gives up after the backend's --keep");
        }
    }

    /** Why somebody would miss the function, if anybody. */
    private List<String> reasons(SysfsDevice function) throws IOException {
        final List<String> reasons = new ArrayList<>();
        if (!function.kernelUses()) {
            return reasons;
        }
        for (String name : function.interfaces()) {
            final List<String> uses =
                    system.use().of(function.folder().resolve("net").resolve(name));
            if (!uses.isEmpty()) {
                reasons.add(function.address() + " is in use: " + name + ' ' + String.join(", ", uses));
            }
        }
        final List<String> virtual = SysfsDevice.names(function.folder()).stream()
                .filter(name -> name.startsWith("virtfn"))
                .toList();
        if (!virtual.isEmpty()) {
            reasons.add(function.address() + " has virtual functions, which end with the kernel's driver: count="
                    + virtual.size());
        }
        if (!function.network()) {
            reasons.add(function.address() + " is no network card, and the kernel's driver " + function.driver()
                    + " may be using it");
        } else if (function.interfaces().isEmpty()) {
            reasons.add(function.address() + " is with the kernel's driver " + function.driver() + ", and its interface"
                    + " is in another network namespace, where somebody may be using it");
        }
        return reasons;
    }

    private static String words(List<SysfsDevice> functions) throws IOException {
        final List<String> words = new ArrayList<>();
        for (SysfsDevice function : functions) {
            words.add(function.words());
        }
        return words.stream().collect(Collectors.joining(", "));
    }

    private String again(SysfsDevice card, BindRequest request, String options) {
        final String driver = request.driver().map(name -> " --driver " + name).orElse("");
        return system.prompt().sluiceAsRoot(BIND + card.address() + driver + options);
    }
}
