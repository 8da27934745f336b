// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes cards from the kernel's drivers and binds them to one that lends them to programs, and gives them back (the
 * kernel's Documentation/ABI/testing/sysfs-bus-pci: driver_override, bind, unbind, drivers_probe, reset).
 *
 * <pre>
 *   bind     note what was    driver_override = vfio-pci    driver/unbind    drivers/vfio-pci/bind
 *   unbind   stop the card    driver_override = nothing     driver/unbind    drivers_probe             remove the note
 * </pre>
 * What fails half-way is undone; what a killed process leaves half-way, the note tells and {@link #unbind} puts right.
 */
public final class CardBinding {
    private static final String DRIVERS = "bus/pci/drivers";
    private static final String ANY_DRIVER = "\n";

    private final HostSystem system;
    private final BindingRules rules;

    CardBinding(HostSystem system) {
        this.system = system;
        this.rules = new BindingRules(system);
    }

    /** For the cards of this system, with notes in {@code directory}. */
    public static CardBinding of(Path sysfs, RuntimeDirectory directory) {
        return new CardBinding(HostSystem.real(sysfs, directory));
    }

    /**
     * Binds a card.
     *
     * @return what was done, in sentences
     * @throws IOException where that may not or cannot be done, with what to do; then the kernel has again what it had
     */
    public List<String> bind(BindRequest request) throws IOException {
        final SysfsDevice card = function(request.name());
        final String driver = rules.driver(card, request);
        final List<SysfsDevice> functions = rules.functions(card, driver, request);
        if (functions.stream().allMatch(function -> function.driver().equals(driver))) {
            return List.of(card.address() + " is bound to " + driver + " already");
        }
        load(driver);
        final List<String> done = new ArrayList<>();
        final List<SysfsDevice> taken = new ArrayList<>();
        try {
            for (SysfsDevice function : functions) {
                if (!function.driver().equals(driver)) {
                    taken.add(function);
                    done.add(take(function, driver));
                }
            }
        } catch (IOException e) {
            for (SysfsDevice function : taken.reversed()) {
                try {
                    giveBack(function);
                } catch (IOException again) {
                    e.addSuppressed(again);
                }
            }
            throw e;
        }
        done.add("  to use it: sluice run 'ixgbe:" + card.address() + " <=> guest:fw <=> tap:wan'");
        done.add("  to give it back: "
                + system.prompt()
                        .sluiceAsRoot("nic unbind " + card.address() + (functions.size() > 1 ? " --with-group" : "")));
        return done;
    }

    /**
     * Gives a card back to the kernel's driver.
     *
     * @param withGroup also the others of its group that were taken
     * @return what was done, in sentences
     * @throws IOException where a program still has it, or no driver takes it
     */
    public List<String> unbind(String name, boolean withGroup) throws IOException {
        final SysfsDevice card = function(name);
        final List<SysfsDevice> functions = new ArrayList<>();
        functions.add(card);
        if (withGroup) {
            for (SysfsDevice other : card.groupMembers()) {
                if (system.notes().of(other.address()).isPresent()) {
                    functions.add(other);
                }
            }
        }
        for (SysfsDevice function : functions) {
            if (!function.kernelUses()) {
                rules.refuseStrangers(function);
                rules.refuseWhileInUse(function);
            }
        }
        final List<String> done = new ArrayList<>();
        for (SysfsDevice function : functions) {
            done.addAll(giveBack(function));
        }
        return done;
    }

    private SysfsDevice function(String name) throws IOException {
        return SysfsDevice.named(system.sysfs(), name)
                .orElseThrow(() -> new IOException("there is no PCI device '" + name + "' in " + system.sysfs()
                        + "; sluice nic list shows the cards, lspci all devices"));
    }

    /** Loads the module of a driver that is not there, and what VFIO needs besides. */
    private void load(String driver) throws IOException {
        if (!Files.isDirectory(driverFolder(driver))) {
            loadOrExplain(driver);
        }
        if (driver.equals(SysfsDevice.VFIO) && !Files.isDirectory(system.sysfs().resolve("module/vfio_iommu_type1"))) {
            loadOrExplain("vfio_iommu_type1");
        }
        if (!Files.isDirectory(driverFolder(driver))) {
            throw new IOException(
                    "the module " + driver + " was loaded, and there is no driver " + driverFolder(driver));
        }
    }

    private void loadOrExplain(String module) throws IOException {
        try {
            system.modules().load(module);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; the kernel needs the module " + module
                            + ". Debian's linux-image-amd64 has it; to get that and start it: "
                            + system.prompt().asRoot("apt-get install linux-image-amd64") + " && "
                            + system.prompt().asRoot("reboot"),
                    e);
        }
    }

    private String take(SysfsDevice function, String driver) throws IOException {
        final BindNote note = note(function, driver);
        system.notes().write(note);
        if (!function.kernelUses()) {
            new RunningCard(function, system.writer()).quiet();
        }
        override(function, driver);
        release(function);
        system.writer().write(driverFolder(driver).resolve("bind"), function.address());
        if (!function.driver().equals(driver)) {
            throw new IOException(function.address() + " was to be bound to " + driver + ", and "
                    + (function.driver().isEmpty() ? "no driver" : function.driver()) + " has it; dmesg may say why");
        }
        return function.address() + " is bound to " + driver + "; " + note.history();
    }

    /** What it takes to give it back; of a function that was taken before, that is what was noted then. */
    private BindNote note(SysfsDevice function, String driver) throws IOException {
        final Optional<BindNote> earlier = system.notes().of(function.address());
        if (earlier.isPresent() && !function.kernelUses()) {
            final BindNote old = earlier.get();
            return new BindNote(function.address(), driver, old.before(), old.interfaces(), old.addresses());
        }
        final List<String> interfaces = function.interfaces();
        final List<String> addresses = interfaces.stream()
                .flatMap(name -> system.addresses().apply(name).stream().map(address -> name + ' ' + address))
                .toList();
        final String before = function.kernelUses() ? function.driver() : "";
        return new BindNote(function.address(), driver, before, interfaces, addresses);
    }

    private List<String> giveBack(SysfsDevice function) throws IOException {
        final Optional<BindNote> noted = system.notes().of(function.address());
        final BindNote note = noted.orElse(new BindNote(function.address(), "", "", List.of(), List.of()));
        if (function.kernelUses()) {
            if (!function.override().isEmpty() && !function.override().equals(function.driver())) {
                override(function, ANY_DRIVER);
            }
            system.notes().remove(function.address());
            return List.of(function.address() + " is with the kernel's driver " + function.driver() + as(function));
        }
        new RunningCard(function, system.writer()).quiet();
        override(function, ANY_DRIVER);
        release(function);
        probe(function);
        if (function.driver().isEmpty() && noted.isPresent() && note.before().isEmpty()) {
            system.notes().remove(function.address());
            return List.of(function.address() + " has no driver, as before");
        }
        if (function.driver().isEmpty()) {
            final String module =
                    note.before().isEmpty() ? function.attributes().text("modalias") : note.before();
            if (!module.isEmpty()) {
                system.modules().load(module);
                probe(function);
            }
        }
        if (function.driver().isEmpty()) {
            throw new IOException(function.address() + " has no driver now, and none that is loaded takes it"
                    + (note.before().isEmpty() ? "" : ", though " + note.before() + " had it before")
                    + "; dmesg may say why");
        }
        system.notes().remove(function.address());
        final List<String> done = new ArrayList<>();
        done.add(function.address() + " is with the kernel's driver " + function.driver() + as(function) + " again");
        for (String address : note.addresses()) {
            final String[] words = address.split(" ", 2);
            done.add("  " + words[0] + " had the address " + words[1] + ": "
                    + system.prompt().asRoot("ip address add " + words[1] + " dev " + words[0]) + " && "
                    + system.prompt().asRoot("ip link set " + words[0] + " up"));
        }
        return done;
    }

    private static String as(SysfsDevice function) throws IOException {
        return function.interfaces().isEmpty() ? "" : ", as " + String.join(" and ", function.interfaces());
    }

    private void override(SysfsDevice function, String driver) throws IOException {
        system.writer().write(function.folder().resolve("driver_override"), driver);
    }

    private void release(SysfsDevice function) throws IOException {
        if (!function.driver().isEmpty()) {
            system.writer().write(function.folder().resolve("driver/unbind"), function.address());
        }
    }

    private void probe(SysfsDevice function) throws IOException {
        system.writer().write(system.sysfs().resolve("bus/pci/drivers_probe"), function.address());
    }

    private Path driverFolder(String driver) {
        return system.sysfs().resolve(DRIVERS).resolve(driver);
    }
}
