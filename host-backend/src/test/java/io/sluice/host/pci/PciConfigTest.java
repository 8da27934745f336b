// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.SharedRegion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class PciConfigTest {
    private final Bytes device = new Bytes();
    private final PciConfig config = new PciConfig(device);

    @Test
    void shouldReadTheHeader() {
        device.put32(0x00, 0x10FB_8086)
                .put32(0x04, 0x0010_0406)
                .put32(0x08, 0x0200_0001)
                .put32(0x2C, 0x0003_8086);

        assertThat(config.present()).isTrue();
        assertThat(config.vendorId()).isEqualTo(0x8086);
        assertThat(config.deviceId()).isEqualTo(0x10FB);
        assertThat(config.subsystemVendorId()).isEqualTo(0x8086);
        assertThat(config.subsystemId()).isEqualTo(0x0003);
        assertThat(config.revision()).isEqualTo(1);
        assertThat(config.classCode()).isEqualTo(0x020000);
        assertThat(config.status()).isEqualTo(0x0010);
        assertThat(config.commandHas(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER))
                .isTrue();
    }

    @Test
    void shouldChangeOnlyTheCommandBitsAskedFor() {
        device.put32(0x04, 0xFFFF_0141);

        config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER);
        assertThat(config.command()).isEqualTo(0x0147);
        config.clearCommand(PciConfig.COMMAND_BUS_MASTER);
        assertThat(config.command()).isEqualTo(0x0143);
        assertThat(config.commandHas(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_BUS_MASTER))
                .isFalse();
        assertThat(config.status()).isEqualTo(0xFFFF);
    }

    @Test
    void shouldWalkTheCapabilities() {
        withCapabilities();

        assertThat(config.capabilities())
                .containsExactly(
                        new PciConfig.Capability(PciConfig.CAPABILITY_POWER, 0x40),
                        new PciConfig.Capability(PciConfig.CAPABILITY_MSIX, 0x70),
                        new PciConfig.Capability(PciConfig.CAPABILITY_EXPRESS, 0xA0));
        assertThat(config.capability(PciConfig.CAPABILITY_EXPRESS)).isEqualTo(0xA0);
        assertThat(config.capability(0x05)).isZero();
    }

    @Test
    void shouldLeaveAListThatGoesInCirclesOrIsNone() {
        withCapabilities();
        device.put32(0xA0, 0x4010);
        assertThat(config.capabilities()).hasSize(48);

        device.put32(0xA0, 0x2010);
        assertThat(config.capabilities()).hasSize(3);

        device.put32(0x04, 0);
        assertThat(config.capabilities()).isEmpty();
    }

    @Test
    void shouldTellBarsApart() {
        device.put32(0x10, 0xFE00_000C)
                .put32(0x14, 0x0000_0002)
                .put32(0x18, 0xE001)
                .put32(0x20, 0xFD00_0000);

        assertThat(config.bar(0)).isEqualTo(new PciConfig.Bar(0, 0x2_0000, true, true, true, 0x2_FE00_0000L));
        assertThat(config.bar(2)).isEqualTo(new PciConfig.Bar(2, 0, false, false, false, 0xE000));
        assertThat(config.bar(4)).isEqualTo(new PciConfig.Bar(4, 0, true, false, false, 0xFD00_0000L));
        assertThat(device.writes).isZero();
    }

    @Test
    void shouldChangeThePowerStateAndNothingBeside() {
        withCapabilities();
        device.put32(0x44, 0x8103);

        assertThat(config.powerState()).isEqualTo(PciConfig.PowerState.D3);
        config.powerState(PciConfig.PowerState.D0);
        assertThat(config.powerState()).isEqualTo(PciConfig.PowerState.D0);
        assertThat(device.readConfig(0x44, 2))
                .as("write-1-to-clear bit is not written")
                .isEqualTo(0x0100);
    }

    @Test
    void shouldTakeADeviceWithoutPowerManagementAsAwake() {
        config.powerState(PciConfig.PowerState.D3);

        assertThat(config.powerState()).isEqualTo(PciConfig.PowerState.D0);
        assertThat(device.writes).isZero();
    }

    @Test
    void shouldReadAndSwitchMsix() {
        withCapabilities();
        assertThat(config.msix()).isEqualTo(new PciConfig.Msix(0x70, 64, false, true, 4, 0, 4, 0x2000));

        config.enableMsix(true);
        assertThat(config.msix().enabled()).isTrue();
        assertThat(config.msix().masked()).isFalse();
        config.enableMsix(false);
        assertThat(config.msix().enabled()).isFalse();
    }

    @Test
    void shouldFindNothingInADeviceThatIsGone() {
        device.gone = true;

        assertThat(config.present()).isFalse();
        assertThat(config.capabilities()).isEmpty();
        assertThat(config.msix()).isNull();
        assertThat(config.powerState()).isEqualTo(PciConfig.PowerState.D0);
    }

    private void withCapabilities() {
        device.put32(0x04, 0x0010_0000)
                .put32(0x34, 0x40)
                .put32(0x40, 0x7001)
                .put32(0x70, 0x403F_A011)
                .put32(0x74, 4)
                .put32(0x78, 0x2004)
                .put32(0xA0, 0x0010);
    }

    /** Configuration space that is memory, and nothing else. */
    private static final class Bytes implements PciDevice {
        private final ByteBuffer space = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        private int writes;
        private boolean gone;

        Bytes put32(int offset, int value) {
            space.putInt(offset, value);
            return this;
        }

        @Override
        public String name() {
            return "bytes";
        }

        @Override
        public int readConfig(int offset, int bytes) {
            final int mask = -1 >>> (32 - 8 * bytes);
            if (gone) {
                return GONE & mask;
            }
            return switch (bytes) {
                case 1 -> space.get(offset) & mask;
                case 2 -> space.getShort(offset) & mask;
                default -> space.getInt(offset);
            };
        }

        @Override
        public void writeConfig(int offset, int bytes, int value) {
            writes++;
            switch (bytes) {
                case 1 -> space.put(offset, (byte) value);
                case 2 -> space.putShort(offset, (short) value);
                default -> space.putInt(offset, value);
            }
        }

        @Override
        public long barBytes(int bar) {
            return bar == 0 ? 0x2_0000 : 0;
        }

        @Override
        public int read32(int offset) {
            return GONE;
        }

        @Override
        public void write32(int offset, int value) {
            throw new AssertionError("no register is written here");
        }

        @Override
        public TailRegister tail(int offset) {
            return new TailRegister(this, offset, 0);
        }

        @Override
        public DmaMapping map(SharedRegion memory) {
            throw new AssertionError("nothing is mapped here");
        }

        @Override
        public int vectors() {
            return 0;
        }

        @Override
        public void interrupt(int vector, int eventDescriptor) {
            throw new AssertionError("nothing interrupts here");
        }

        @Override
        public void reset() {
            throw new AssertionError("nothing is reset here");
        }

        @Override
        public void close() {
            gone = true;
        }
    }
}
