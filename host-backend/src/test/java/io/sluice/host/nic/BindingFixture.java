// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A system whose files are in a folder, with a kernel that plays along, for tests of {@link CardBinding}. */
abstract class BindingFixture {
    static final String CARD = "0000:03:00.0";
    static final String OTHER = "0000:04:00.0";

    @TempDir
    Path folder;

    final Map<String, List<String>> addresses = new HashMap<>();
    FakeKernel kernel;
    BindNotes notes;
    Path proc;
    Path sysfs;
    CardBinding binding;

    @BeforeEach
    void makeSystem() throws IOException {
        sysfs = folder.resolve("sys");
        proc = Files.createDirectories(folder.resolve("proc"));
        Files.createDirectories(proc.resolve("net"));
        kernel = new FakeKernel(sysfs);
        notes = new BindNotes(RuntimeDirectory.at(folder.resolve("run")));
        binding = new CardBinding(new HostSystem(
                sysfs,
                proc,
                kernel,
                kernel,
                notes,
                name -> addresses.getOrDefault(name, List.of()),
                new Prompt(false, "sluice")));
    }

    static BindRequest request(String name) {
        return new BindRequest(name, Optional.empty(), false, false);
    }

    static BindRequest forced(String name) {
        return new BindRequest(name, Optional.empty(), false, true);
    }

    static BindRequest withGroup(String name) {
        return new BindRequest(name, Optional.empty(), true, false);
    }

    SysfsDevice function(String address) {
        return new SysfsDevice(sysfs, address);
    }

    void assertUntouched(String address, String driver) throws IOException {
        assertThat(function(address).driver()).isEqualTo(driver);
        assertThat(function(address).override()).isEmpty();
        assertThat(notes.all()).isEmpty();
    }
}
