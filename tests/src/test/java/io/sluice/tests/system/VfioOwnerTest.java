// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.nic.ServedModel;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.tests.system.MachineOptions.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cards in a machine, for a user without rights: what stands in the way, and what to type; two in one process. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
final class VfioOwnerTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration START = Duration.ofSeconds(300);

    private final Scratch scratch = new Scratch();
    private final ServedModel[] cards = new ServedModel[2];
    private JudgeMachine machine;
    private String owner;

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards[0], cards[1], scratch}) {
            Closing.close(thing);
        }
    }

    private Path serve(int index) throws IOException {
        final Path socket = scratch.file("card" + index + ".sock");
        final Endpoint nothing = Endpoints.open("null", "", Map.of(), true, true);
        cards[index] = new ServedModel(
                ModelOptions.of("model" + index).with(Personality.KX4),
                nothing,
                socket,
                RuntimeDirectory.at(scratch.runDirectory()));
        return socket;
    }

    /** What the program says by which the kernel does not give it {@code slots}. */
    private String refused(String slots) {
        final Commands.Result result = machine.attempt(as("", slots), START);
        assertThat(result.exitCode()).as(result.output()).isNotZero();
        return result.output();
    }

    /** The command that takes {@code slots}, by a user without rights, after {@code before}. */
    private String as(String before, String slots) {
        return before + "su user -c \"" + owner + " " + slots + "\"";
    }

    /** Types what is said about {@code slot} until it is the user's. */
    private void allow(String slot) {
        final String unbound = refused(slot);
        assertThat(unbound).contains("driver=none");
        machine.run(MachineProgram.remedy(unbound), LIMIT);
        final String shut = refused(slot);
        assertThat(shut).contains("EACCES", "chown 1000 /dev/vfio/");
        machine.run(MachineProgram.remedy(shut), LIMIT);
    }

    @Test
    void shouldBeHadByAUserWhoTypesWhatIsSaid() throws IOException {
        Requirements.judges();
        final MachineOptions options = MachineOptions.of(serve(0), serve(1))
                .with(Part.SLUICE)
                .withVirtualIommu()
                .withProcessors(2)
                .withMemory(768);
        machine = JudgeMachine.start(scratch, options);
        owner = MachineProgram.install(machine, VfioOwner.class);
        machine.forgetLog();
        final String first = options.slot(0);
        final String second = options.slot(1);
        machine.run("mkdir -p /etc && echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd", LIMIT);
        machine.run("modprobe vfio-pci; modprobe vfio_iommu_type1; chmod 666 /dev/vfio/vfio", LIMIT);

        allow(first);
        final Commands.Result little = machine.attempt(as("ulimit -l 3000; ", first), START);
        assertThat(little.output()).contains("may lock 3072000 bytes and needs 4194304: type 'ulimit -l 4096' before");
        final String alone = machine.run(as("ulimit -l 4096; ", first), START);
        assertThat(alone).containsPattern(first + " address=0x100400000 status=[^-]");

        assertThat(refused(first + " " + first)).contains("this process has it open already");

        allow(second);
        final String both = machine.run(as("ulimit -l 8192; ", first + " " + second), START);
        assertThat(both)
                .contains(first + " address=0x100400000", second + " address=0x100400000")
                .containsPattern(first + " closed status=-1\\s+" + second + " closes status=[^-]");
        assertThat(machine.warnings()).singleElement().asString().contains("RLIMIT_MEMLOCK (3072000) exceeded");
        machine.powerOff();
    }
}
