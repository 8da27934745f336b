// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static io.sluice.shared.memory.Backing.HUGE_PAGE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PagePoolTest {
    @Test
    void shouldFindRowsAmongAddresses() {
        final long page = HUGE_PAGE_BYTES;
        assertThat(PagePool.row(new long[] {7 * page}, 1)).containsExactly(0);
        assertThat(PagePool.row(new long[] {7 * page, 9 * page}, 2)).isEmpty();
        assertThat(PagePool.row(new long[] {9 * page, 3 * page, 8 * page, 5 * page, 7 * page}, 3))
                .containsExactly(4, 2, 0);
        assertThat(PagePool.row(new long[] {2 * page, page, 0}, 3)).containsExactly(2, 1, 0);
        assertThat(PagePool.row(new long[] {page, 2 * page}, 3)).isEmpty();
    }
}
