// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.guest.Limits;
import io.sluice.guest.vnf.GuardedPage;
import io.sluice.shared.memory.Memory;
import java.io.IOException;

/** Frames of any bytes, whose last one is the last that can be read: headers end where the frame ends. */
class FrameHeadersFuzzTest {
    private static final long LIMIT_BYTES = 16 << 20;

    @FuzzTest
    void shouldFindTheHeadersOfAnyFrameWithinIt(byte[] input) throws Exception {
        final int length = Math.min(input.length, GuardedPage.BYTES);
        Limits.hold(LIMIT_BYTES, () -> parse(input, length));
    }

    private static void parse(byte[] frame, int length) throws IOException {
        try (GuardedPage page = new GuardedPage()) {
            final long address = page.end() - length;
            Memory.copyFromArray(frame, 0, address, length);
            final FrameHeaders headers = new FrameHeaders();
            if (headers.parse(address, length)) {
                check(headers, address, length);
            }
        }
    }

    private static void check(FrameHeaders headers, long address, int length) {
        assertThat(headers.ethernet().payloadOffset()).isBetween(EthernetHeader.MIN_BYTES, length);
        if (headers.kind() == FrameHeaders.Kind.IPV4 || headers.kind() == FrameHeaders.Kind.IPV6) {
            checkInside(headers.ip(), address, length);
            if (headers.isIcmpError() && headers.parseQuoted()) {
                checkInside(headers.quotedIp(), address, length);
            }
        }
    }

    private static void checkInside(IpHeader ip, long address, int length) {
        assertThat(ip.transportAddress()).isBetween(address, address + length);
        assertThat(ip.transportLength()).isBetween(0, (int) (address + length - ip.transportAddress()));
    }
}
