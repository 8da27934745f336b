// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a C compiler makes of the kernel's headers is what is written in the calls. */
class VfioLayoutTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAgreeWithTheKernelsHeaderOfVfio() throws Exception {
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("VFIO_GET_API_VERSION", Vfio.request(0));
        expected.put("VFIO_CHECK_EXTENSION", Vfio.request(1));
        expected.put("VFIO_SET_IOMMU", Vfio.request(2));
        expected.put("VFIO_GROUP_GET_STATUS", Vfio.request(3));
        expected.put("VFIO_GROUP_SET_CONTAINER", Vfio.request(4));
        expected.put("VFIO_GROUP_GET_DEVICE_FD", Vfio.request(6));
        expected.put("VFIO_DEVICE_GET_INFO", Vfio.DEVICE_INFO);
        expected.put("VFIO_DEVICE_GET_REGION_INFO", Vfio.REGION_INFO);
        expected.put("VFIO_DEVICE_GET_IRQ_INFO", Vfio.INTERRUPT_INFO);
        expected.put("VFIO_DEVICE_SET_IRQS", Vfio.request(10));
        expected.put("VFIO_DEVICE_RESET", Vfio.request(11));
        expected.put("VFIO_IOMMU_GET_INFO", Vfio.IOMMU_INFO);
        expected.put("VFIO_IOMMU_MAP_DMA", Vfio.request(13));
        expected.put("VFIO_IOMMU_UNMAP_DMA", Vfio.request(14));
        expected.put("VFIO_API_VERSION", (long) Vfio.API_VERSION);
        expected.put("VFIO_TYPE1v2_IOMMU", (long) Vfio.TYPE1_V2);
        expected.put("VFIO_GROUP_FLAGS_VIABLE", (long) Vfio.GROUP_VIABLE);
        expected.put("VFIO_PCI_CONFIG_REGION_INDEX", (long) Vfio.PCI_CONFIG_REGION);
        expected.put("VFIO_PCI_MSIX_IRQ_INDEX", (long) Vfio.PCI_MSIX);
        // cap_offset is the last member, without the padding that some ABIs put behind it.
        expected.put("offsetof(struct vfio_device_info, cap_offset)", Vfio.DEVICE_INFO_BYTES - 4L);
        expected.put("offsetof(struct vfio_device_info, num_irqs)", 12L);
        expected.put("sizeof(struct vfio_region_info)", (long) Vfio.REGION_INFO_BYTES);
        expected.put("offsetof(struct vfio_region_info, cap_offset)", 12L);
        expected.put("offsetof(struct vfio_region_info, size)", 16L);
        expected.put("offsetof(struct vfio_region_info, offset)", 24L);
        expected.put("sizeof(struct vfio_irq_info)", (long) Vfio.INTERRUPT_INFO_BYTES);
        expected.put("offsetof(struct vfio_irq_info, count)", 12L);
        expected.put("offsetof(struct vfio_irq_set, data)", (long) Vfio.IRQ_SET_BYTES);
        expected.put("offsetof(struct vfio_irq_set, start)", 12L);
        expected.put("sizeof(struct vfio_iommu_type1_info)", (long) Vfio.IOMMU_INFO_BYTES);
        expected.put("offsetof(struct vfio_iommu_type1_info, iova_pgsizes)", 8L);
        expected.put("offsetof(struct vfio_iommu_type1_info, cap_offset)", 16L);
        expected.put("sizeof(struct vfio_iommu_type1_dma_map)", (long) Vfio.MAP_BYTES);
        expected.put("offsetof(struct vfio_iommu_type1_dma_map, iova)", 16L);
        expected.put("sizeof(struct vfio_iommu_type1_dma_unmap)", (long) Vfio.UNMAP_BYTES);
        expected.put("offsetof(struct vfio_iommu_type1_dma_unmap, size)", 16L);
        expected.put("VFIO_REGION_INFO_CAP_SPARSE_MMAP", (long) Vfio.REGION_SPARSE_MMAP);
        expected.put("offsetof(struct vfio_region_info_cap_sparse_mmap, areas)", 16L);
        expected.put("VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE", (long) Vfio.IOMMU_RANGES);
        expected.put("offsetof(struct vfio_iommu_type1_info_cap_iova_range, iova_ranges)", 16L);

        assertThat(compiled("linux/vfio.h", expected)).isEqualTo(expected);
    }

    @Test
    void shouldAgreeWithTheKernelsNewerHeaders() throws Exception {
        final Map<String, Long> bind = new LinkedHashMap<>();
        bind.put("VFIO_DEVICE_BIND_IOMMUFD", Vfio.request(18));
        bind.put("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Vfio.request(19));
        bind.put("offsetof(struct vfio_device_bind_iommufd, iommufd)", 8L);
        bind.put("offsetof(struct vfio_device_bind_iommufd, out_devid)", Vfio.BIND_BYTES - 4L);
        bind.put("offsetof(struct vfio_device_attach_iommufd_pt, pt_id)", Vfio.ATTACH_BYTES - 4L);
        final Map<String, Long> spaces = new LinkedHashMap<>();
        spaces.put("IOMMU_IOAS_ALLOC", Iommufd.request(1));
        spaces.put("IOMMU_IOAS_IOVA_RANGES", Iommufd.request(4));
        spaces.put("IOMMU_IOAS_MAP", Iommufd.request(5));
        spaces.put("IOMMU_IOAS_UNMAP", Iommufd.request(6));
        spaces.put("sizeof(struct iommu_ioas_alloc)", (long) Iommufd.ALLOCATE_BYTES);
        spaces.put("sizeof(struct iommu_ioas_iova_ranges)", (long) Iommufd.RANGES_BYTES);
        spaces.put("sizeof(struct iommu_ioas_map)", (long) Iommufd.MAP_BYTES);
        spaces.put("offsetof(struct iommu_ioas_map, iova)", 32L);
        spaces.put("sizeof(struct iommu_ioas_unmap)", (long) Iommufd.UNMAP_BYTES);
        spaces.put("offsetof(struct iommu_ioas_unmap, iova)", 8L);

        // The distribution's headers may be older than its newest kernels.
        if (Files.readString(Path.of("/usr/include/linux/vfio.h")).contains("VFIO_DEVICE_BIND_IOMMUFD")) {
            assertThat(compiled("linux/vfio.h", bind)).isEqualTo(bind);
        }
        if (Files.exists(Path.of("/usr/include/linux/iommufd.h"))) {
            assertThat(compiled("linux/iommufd.h", spaces)).isEqualTo(spaces);
        }
        assertThat(bind.get("VFIO_DEVICE_BIND_IOMMUFD")).isEqualTo(0x3B76);
        assertThat(spaces.get("IOMMU_IOAS_MAP")).isEqualTo(0x3B85);
    }

    /** What each of the expressions is in C, by the header. */
    private Map<String, Long> compiled(String header, Map<String, Long> expressions)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/gcc")) && Files.exists(Path.of("/usr/include", header)),
                "needs gcc and " + header);
        final StringBuilder program = new StringBuilder(
                "#include <stddef.h>\n#include <stdio.h>\n#include <sys/ioctl.h>\n#include <%s>\nint main(void) {\n"
                        .formatted(header));
        expressions
                .keySet()
                .forEach(expression ->
                        program.append("printf(\"%%lld\\n\", (long long) (%s));\n".formatted(expression)));
        final Path source = folder.resolve("layout.c");
        final Path binary = folder.resolve("layout");
        Files.writeString(source, program + "}\n");
        run("gcc", "-o", binary.toString(), source.toString());
        final String[] lines = run(binary.toString()).split("\n");
        final Map<String, Long> values = new LinkedHashMap<>();
        int line = 0;
        for (String expression : expressions.keySet()) {
            values.put(expression, Long.parseLong(lines[line++]));
        }
        return values;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
