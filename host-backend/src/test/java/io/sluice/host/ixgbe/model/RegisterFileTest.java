// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegisterFileTest {
    private static final long SEED = Long.getLong("seed", 82599);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RegisterFile file = new RegisterFile();

    @BeforeEach
    void printSeed() {
        System.out.println("seed=" + SEED);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowTheAccessModeOfEveryRegister(Access access) {
        int tried = 0;
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count() && register.access() == access; i++) {
                check(file.register(register.offset(i)), register.offset(i));
                tried++;
            }
        }
        assertThat(tried).as("registers of access " + access).isPositive();
    }

    private void check(Register register, int offset) {
        final String name = register.name() + " at " + Integer.toHexString(offset);
        final int writable = register.writable() & ~register.selfClearing();
        assertThat(file.peek(offset)).as("reset value of " + name).isEqualTo(register.reset());
        final int held = random.nextInt();
        final int written = random.nextInt();
        file.poke(offset, held);
        file.write(offset, written);
        final int expected = switch (register.access()) {
            case RO, RC, WO -> held;
            case RW, RS -> held & ~writable | written & writable;
            case W1C, RC_W1C -> held & ~(written & writable);
            case W1S -> held | written & writable;
        };
        assertThat(file.peek(offset)).as("written " + name).isEqualTo(expected);
        assertThat(file.read(offset)).as("read " + name).isEqualTo(register.access() == Access.WO ? 0 : expected);
        final int after = switch (register.access()) {
            case RC, RC_W1C -> 0;
            case RS -> expected | 1;
            case RO, RW, WO, W1C, W1S -> expected;
        };
        assertThat(file.peek(offset)).as("after reading " + name).isEqualTo(after);
        file.poke(offset, register.reset());
    }

    @Test
    void shouldShowSelfClearingBitsToTheListenerAlone() {
        int seen = 0;
        final int[] value = new int[1];
        for (Register register : RegisterTable.registers()) {
            if (register.selfClearing() != 0) {
                file.onWrite(register.offset(), (offset, before, written) -> value[0] = written);
                file.write(register.offset(), -1);
                assertThat(value[0]).isEqualTo(-1);
                assertThat(file.read(register.offset()) & register.selfClearing())
                        .isZero();
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(5);
    }

    @Test
    void shouldStopCountersAtTheirHighestValue() {
        final int counter = StatisticsRegisters.GPRC;
        file.count(counter, 0xFFFF_FFF0L);
        file.count(counter, 14);
        assertThat(file.peek(counter)).isEqualTo(0xFFFF_FFFE);
        file.count(counter, 5);
        assertThat(file.read(counter)).isEqualTo(0xFFFF_FFFF);
        assertThat(file.read(counter)).isZero();
    }

    @Test
    void shouldCarryIntoTheUpperHalfAndLoseNothingBetweenTheReads() {
        for (int set = 0; set < StatisticsRegisters.STATISTICS_SETS; set++) {
            final int low = StatisticsRegisters.qbrcL(set);
            final int high = StatisticsRegisters.qbrcH(set);
            file.count(low, 0xFFFF_FFFFL);
            file.count(low, 2);
            assertThat(file.peek(high)).isEqualTo(1);
            long sum = Integer.toUnsignedLong(file.read(low));
            file.count(low, 100);
            sum += (long) file.read(high) << 32;
            sum += Integer.toUnsignedLong(file.read(low));
            assertThat(sum).isEqualTo(0x1_0000_0001L + 100);
            file.count(low, 0xF_FFFF_FFFEL);
            file.count(low, 0xF_FFFF_FFFFL);
            assertThat(file.read(high)).isEqualTo(0xF);
            assertThat(file.read(low)).isEqualTo(-1);
        }
    }

    @Test
    void shouldReadUnknownOffsetsAsZeroAndListThem() {
        file.write(0x3F000 & 0x1FFFC, 7);
        assertThat(file.read(0x1F000)).isZero();
        assertThat(file.read(0x1F000)).isZero();
        assertThat(file.unknownReads()).containsEntry(0x1F000, 2L);
        assertThat(file.unknownWrites()).containsEntry(0x1F000, 1L);
    }

    @Test
    void shouldKeepTablesInMemoryOverASoftwareReset() {
        file.write(ReceiveRegisters.mta(5), 0x1234);
        file.write(ReceiveRegisters.FCTRL, ReceiveRegisters.FCTRL_BROADCAST);
        file.softwareReset();
        assertThat(file.peek(ReceiveRegisters.mta(5))).isEqualTo(0x1234);
        assertThat(file.peek(ReceiveRegisters.FCTRL)).isZero();
        file.powerOn(0);
        assertThat(file.peek(ReceiveRegisters.mta(5))).isZero();
    }

    @Test
    void shouldFillTablesInMemoryWithTheSameGarbageByTheSameSeed() {
        file.powerOn(SEED);
        final int garbage = file.peek(ReceiveRegisters.mta(5));
        assertThat(garbage).isNotZero();
        file.powerOn(SEED + 1);
        assertThat(file.peek(ReceiveRegisters.mta(5))).isNotEqualTo(garbage);
        file.powerOn(SEED);
        assertThat(file.peek(ReceiveRegisters.mta(5))).isEqualTo(garbage);
    }

    @Test
    void shouldRefuseASecondListener() {
        file.onWrite(ReceiveRegisters.FCTRL, (offset, before, value) -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> file.onWrite(ReceiveRegisters.FCTRL, (offset, before, value) -> {}))
                .withMessageContaining("5080");
    }

    /** Linux's test of an 82599's registers writes the watermarks' bits 18 to 4 and 31, and reads them back. */
    @Test
    void shouldKeepTheWatermarksBitsThatLinuxTests() {
        final int bits = 0x8007_FFF0;
        for (int watermark : new int[] {0x3220, 0x3260}) {
            file.write(watermark, -1);
            assertThat(file.read(watermark)).isEqualTo(bits);
        }
    }
}
