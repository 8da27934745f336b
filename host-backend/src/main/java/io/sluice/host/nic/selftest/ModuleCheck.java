// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.Media;
import io.sluice.host.ixgbe.SfpModule;
import io.sluice.host.ixgbe.SfpMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is in the card's cage, and how warm and bright it is (SFF-8472). */
final class ModuleCheck implements Check {
    /** Where optical modules for offices and data centres have to work up to. */
    private static final double WARM_CELSIUS = 70;

    @Override
    public String name() {
        return "module";
    }

    @Override
    public Need need() {
        return Need.CARD;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final Media media = bench.card().identity().media();
        if (media != Media.SFP) {
            return Finding.skipped("it has no cage: " + media.label());
        }
        final Optional<SfpModule> found = bench.card().link().module();
        if (found.isEmpty()) {
            return Finding.warned("nothing answers in the SFP+ cage; put a module or a direct-attach cable in");
        }
        final SfpModule module = found.get();
        final Optional<SfpMonitor> monitor = bench.card().link().monitor();
        return judge(module, monitor)
                .with("revision", module.revision())
                .with("serial", module.serial())
                .with(monitor.map(ModuleCheck::facts).orElse(List.of()));
    }

    private static Finding judge(SfpModule module, Optional<SfpMonitor> monitor) {
        final String words = module.type().label() + ", " + module.vendor() + ' ' + module.part();
        if (!module.checksumGood()) {
            return Finding.warned(words + "; the check code of its description is wrong: take another module");
        }
        if (module.type() == SfpModule.Type.UNKNOWN) {
            return Finding.warned(words + "; it is run as 10GBASE-SR, which may not be what it is");
        }
        final double celsius = monitor.map(SfpMonitor::celsius).orElse(0.0);
        if (celsius > WARM_CELSIUS) {
            return Finding.warned(String.format(
                    Locale.ROOT, "%s; it has %.0f degrees Celsius: give the card more air", words, celsius));
        }
        return Finding.passed(words);
    }

    private static List<Fact> facts(SfpMonitor monitor) {
        final List<Fact> facts = new ArrayList<>();
        facts.add(fact("temperature", "%.1f C", monitor.celsius()));
        facts.add(fact("voltage", "%.2f V", monitor.volts()));
        facts.add(fact("laser current", "%.1f mA", monitor.biasMilliamperes()));
        facts.add(fact("transmitted power", "%.4f mW", monitor.transmittedMilliwatts()));
        facts.add(fact("received power", "%.4f mW", monitor.receivedMilliwatts()));
        return facts;
    }

    private static Fact fact(String name, String form, double value) {
        return new Fact(name, String.format(Locale.ROOT, form, value));
    }
}
