package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {
    private final Slots<String> slots = new Slots<>();

    @Test
    void numbersGrowFromOneAndZeroIsNothing() {
        for (int i = 1; i <= 100; i++) assertThat(slots.add("thing " + i)).isEqualTo(i);
        for (int i = 1; i <= 100; i++) assertThat(slots.get(i)).isEqualTo("thing " + i);
        assertThat(slots.get(0)).isNull();
    }

    @Test
    void aFreeNumberIsGivenOnceMore() {
        for (int i = 1; i <= 40; i++) slots.add("old");
        for (int i = 1; i <= 40; i++) slots.remove(i);
        slots.remove(7);
        slots.remove(0);
        assertThat(slots.get(7)).isNull();
        var given = new java.util.TreeSet<Integer>();
        for (int i = 1; i <= 40; i++) given.add(slots.add("new"));
        assertThat(given).hasSize(40).allMatch(n -> n >= 1 && n <= 40);
        assertThat(slots.add("one more")).isEqualTo(41);
    }
}
