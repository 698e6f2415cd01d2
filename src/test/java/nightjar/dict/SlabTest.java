package nightjar.dict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Random;
import nightjar.core.Mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SlabTest {
    private final Region region = Region.ofMemory(1 << 20);
    private final Slab slab = new Slab(region);

    SlabTest() { slab.init(); }

    @AfterEach
    void free() { region.free(); }

    @Test
    void keepsBackOfEachSizeWhatNginxNeedsForItself() {
        assertThat(Region.pages(8192)).isEqualTo(1);
        assertThat(Region.pages(12288)).isEqualTo(2);
        assertThat(Region.pages(16384)).isEqualTo(3);
        assertThat(Region.pages(1 << 20)).isEqualTo(254);
    }

    @Test
    void aPageOfSmallChunksHasOneChunkLessForItsBits() {
        for (int n = 0; n < 127; n++) assertThat(slab.allocate(32)).isNotZero();
        assertThat(slab.freePages()).isEqualTo(253);
        slab.allocate(17);
        assertThat(slab.freePages()).isEqualTo(252);
    }

    @Test
    void chunksOfOnePageAreUsedUpBeforeTheNext() {
        for (int n = 0; n < 32; n++) slab.allocate(128);
        for (int n = 0; n < 64; n++) slab.allocate(64);
        for (int n = 0; n < 2; n++) slab.allocate(1025);
        assertThat(slab.freePages()).isEqualTo(251);
        slab.allocate(65);
        assertThat(slab.freePages()).isEqualTo(250);
    }

    @Test
    void moreThanHalfAPageIsWholePages() {
        slab.allocate(2049);
        assertThat(slab.freePages()).isEqualTo(253);
        slab.allocate(4097);
        assertThat(slab.freePages()).isEqualTo(251);
        assertThat(slab.allocate(252 * 4096L)).isZero();
        assertThat(slab.allocate(251 * 4096L)).isNotZero();
        assertThat(slab.freePages()).isZero();
        assertThat(slab.allocate(8)).isZero();
    }

    @Test
    void freedRunsAreJoinedWithTheirNeighbours() {
        long a = slab.allocate(3 * 4096), b = slab.allocate(4096), c = slab.allocate(2 * 4096);
        slab.free(a);
        slab.free(c);
        assertThat(slab.allocate(254 * 4096L)).isZero();
        slab.free(b);
        assertThat(slab.allocate(254 * 4096L)).isEqualTo(a);
    }

    @Test
    void memoryIsNotGivenOutTwiceAndAllOfItComesBack() {
        var random = new Random(7);
        var sizes = new HashMap<Long, Integer>();
        var given = new ArrayList<Long>();
        for (int n = 0; n < 200_000; n++) {
            if (random.nextInt(100) < 55) {
                int size = random.nextInt(10) == 0 ? 1 + random.nextInt(30_000) : 1 + random.nextInt(600);
                long at = slab.allocate(size);
                if (at == 0) continue;
                assertThat(region.holds(at, size)).isTrue();
                assertThat(sizes.put(at, size)).isNull();
                given.add(at);
                Mem.fill(at, size, size);
            } else if (!given.isEmpty()) {
                int last = given.size() - 1, at = random.nextInt(given.size());
                long freed = given.get(at);
                given.set(at, given.get(last));
                given.remove(last);
                checkAndFree(freed, sizes.remove(freed));
            }
        }
        for (long at : given) checkAndFree(at, sizes.get(at));
        assertThat(slab.freePages()).isEqualTo(254);
        assertThat(slab.allocate(254 * 4096L)).isNotZero();
    }

    private void checkAndFree(long at, int size) {
        for (int k = 0; k < size; k += 61) assertThat(Mem.b(at + k)).isEqualTo((byte) size);
        assertThat(Mem.b(at + size - 1)).isEqualTo((byte) size);
        slab.free(at);
    }

    @Test
    void freeingTwiceIsABug() {
        long chunk = slab.allocate(100), other = slab.allocate(100), run = slab.allocate(5000);
        slab.free(chunk);
        slab.free(run);
        assertThatThrownBy(() -> slab.free(chunk)).hasMessage("chunk is already free");
        assertThatThrownBy(() -> slab.free(run)).hasMessage("page is already free");
        slab.free(other);
    }
}
