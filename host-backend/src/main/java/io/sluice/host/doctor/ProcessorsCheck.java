// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Processors that the scheduler leaves to Sluice, and their clock (Documentation/admin-guide/pm/cpufreq.rst). */
final class ProcessorsCheck implements Check {
    private static final String ISOLATED = "isolated processors";
    private static final String GOVERNOR = "clock governor";
    private static final String PROCESSORS = "sys/devices/system/cpu/";
    private static final String BEST_GOVERNOR = "performance";
    /** With fewer, the rest of the system has none left. */
    private static final int LEAST_TO_SHARE_OUT = 4;

    @Override
    public List<Finding> look(Host host) {
        return List.of(isolated(host), governor(host));
    }

    private static Finding isolated(Host host) {
        final String why =
                "a helper thread that spins (--wait spin --cpus LIST) should share its processor with nobody, or packets"
                        + " wait while another program runs";
        final List<Integer> online = list(host.text(PROCESSORS + "online"));
        final String isolated = host.text(PROCESSORS + "isolated");
        if (!isolated.isEmpty()) {
            return Finding.ok(ISOLATED, isolated + "; use them: --cpus " + isolated, why);
        }
        if (online.size() < LEAST_TO_SHARE_OUT) {
            return Finding.ok(ISOLATED, "none, and with " + online.size() + " processors none can be spared", why);
        }
        final List<Integer> last = online.subList(online.size() - 2, online.size());
        final String both = last.get(0) + "," + last.get(1);
        final String parameters = "isolcpus=managed_irq,domain," + both + " nohz_full=" + both + " rcu_nocbs=" + both;
        return Finding.warning(
                ISOLATED,
                "none of " + online.size() + "; " + KernelParameter.words(parameters),
                why,
                KernelParameter.commands(host, parameters));
    }

    private static Finding governor(Host host) {
        final String why = "a processor that slows down between packets needs long to get fast again";
        final Set<String> governors = new TreeSet<>();
        for (int processor : list(host.text(PROCESSORS + "online"))) {
            final String governor = host.text(PROCESSORS + "cpu" + processor + "/cpufreq/scaling_governor");
            if (!governor.isEmpty()) {
                governors.add(governor);
            }
        }
        if (governors.isEmpty()) {
            return Finding.ok(GOVERNOR, "none: the firmware or the hypervisor sets the clock", why);
        }
        if (governors.equals(Set.of(BEST_GOVERNOR))) {
            return Finding.ok(GOVERNOR, BEST_GOVERNOR, why);
        }
        return Finding.warning(
                GOVERNOR,
                String.join(", ", governors),
                why,
                "echo " + BEST_GOVERNOR + " | "
                        + host.prompt().asRoot("tee /" + PROCESSORS + "cpu*/cpufreq/scaling_governor"));
    }

    /** The kernel's list format: {@code 0-3,8}. */
    static List<Integer> list(String text) {
        final List<Integer> numbers = new ArrayList<>();
        for (String range : text.split(",")) {
            if (!range.isBlank()) {
                final String[] ends = range.strip().split("-");
                for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                    numbers.add(i);
                }
            }
        }
        return numbers;
    }
}
