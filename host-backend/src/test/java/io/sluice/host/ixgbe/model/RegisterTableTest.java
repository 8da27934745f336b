// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.FlowRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import io.sluice.host.ixgbe.register.TimeRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegisterTableTest {
    private static final List<Class<?>> NAMED = List.of(
            DeviceRegisters.class,
            FlowRegisters.class,
            InterruptRegisters.class,
            LinkRegisters.class,
            ReceiveRegisters.class,
            StatisticsRegisters.class,
            TimeRegisters.class,
            TransmitRegisters.class);

    /** Registers that an 82599 does not have. */
    private static final Set<String> ONLY_X550 = Set.of("ereta");

    @Test
    void shouldDeclareEachWordOnceInsideTheBar() {
        final Map<Integer, String> names = new HashMap<>();
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count(); i++) {
                final int offset = register.offset(i);
                assertThat(offset % 4).as(register.name()).isZero();
                assertThat(offset).as(register.name()).isBetween(0, DeviceRegisters.BAR_BYTES - 4);
                assertThat(names.put(offset, register.name()))
                        .as(register.name())
                        .isNull();
            }
        }
        System.out.println(RegisterTable.registers().size() + " lines, " + names.size() + " registers");
    }

    @Test
    void shouldDeclareEveryRegisterThatHasAName() throws ReflectiveOperationException {
        final RegisterFile file = new RegisterFile();
        for (Class<?> subject : NAMED) {
            for (Field field : subject.getFields()) {
                // A register's name has no bit behind it: CTRL is one, CTRL_RESET is a bit of it.
                final String name = field.getName();
                if (field.getType() == int.class && !name.contains("_") && !name.endsWith("BYTES")) {
                    assertThat(file.register(field.getInt(null)))
                            .as(subject.getSimpleName() + "." + name)
                            .isNotNull();
                }
            }
            for (Method method : subject.getDeclaredMethods()) {
                if (method.getReturnType() == int.class
                        && method.getParameterCount() == 1
                        && !ONLY_X550.contains(method.getName())
                        && Modifier.isPublic(method.getModifiers())) {
                    assertThat(file.register((int) method.invoke(null, 0)))
                            .as(method.getName())
                            .isNotNull();
                }
            }
        }
    }

    @Test
    void shouldPairCountersWithTheirUpperHalves() {
        final RegisterFile file = new RegisterFile();
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count() && register.highOffset() != 0; i++) {
                final Register high = file.register(register.offset(i) + register.highOffset());
                assertThat(high.name())
                        .isEqualTo(register.name().substring(0, register.name().length() - 1) + "H");
                assertThat(high.access()).isEqualTo(Access.RC);
            }
        }
    }

    @Test
    void shouldReachTheSameRegisterByEachOfItsAddresses() {
        final RegisterFile file = new RegisterFile();
        for (int queue = 0; queue < 16; queue++) {
            file.write(0x2100 + 4 * queue, 0x1000_0000 + queue);
            assertThat(file.read(ReceiveRegisters.srrctl(queue))).isEqualTo(0x1000_0000 + queue);
            file.write(ReceiveRegisters.dcaRxctrl(queue), 0x50 + queue);
            assertThat(file.read(0x2200 + 4 * queue)).isEqualTo(0x50 + queue);
            file.write(0x5400 + 8 * queue, queue + 1);
            file.write(0x5404 + 8 * queue, 0x8000_0000 | queue);
            assertThat(file.read(ReceiveRegisters.ral(queue))).isEqualTo(queue + 1);
            assertThat(file.peek(ReceiveRegisters.rah(queue))).isEqualTo(0x8000_0000 | queue);
            file.write(0x5480 + 4 * queue, 7 + queue);
            assertThat(file.read(FlowRegisters.psrtype(queue))).isEqualTo(7 + queue);
        }
    }

    @Test
    void shouldRefuseALineThatDeclaresNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegisterTable.parse("CTRL 0"))
                .withMessageContaining("CTRL 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegisterTable.parse("CTRL 0 RW 0 sticky"))
                .withMessageContaining("sticky");
    }
}
