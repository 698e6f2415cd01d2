package nightjar.http.module;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.net.Cidr;
import org.jspecify.annotations.Nullable;

/// Values by ranges of IPv4 addresses. As in nginx, a range is kept in pieces, one for each 65536 addresses it touches.
final class GeoRanges {
    /// Addresses by their low 16 bits, both ends included.
    private record Range(int start, int end, String value) {}

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final @Nullable List<Range>[] byHigh = new List[1 << 16];
    private @Nullable String byDefault;

    /// Takes `default VALUE`, `delete RANGE` or `RANGE VALUE`.
    void line(Args a) {
        if (a.name().equals("default")) {
            if (byDefault != null) a.warn("duplicate default geo range value: \"" + a.word(1) + "\", old value: \"" + byDefault + "\"");
            byDefault = a.word(1);
            return;
        }
        boolean delete = a.name().equals("delete");
        var text = delete ? a.word(1) : a.name();
        int dash = text.indexOf('-');
        long start = dash < 0 ? -1 : number(text.substring(0, dash));
        long end = dash < 0 ? -1 : number(text.substring(dash + 1));
        if (start < 0 || end < start) throw a.fail("invalid range \"" + text + "\"");
        boolean missing = false;
        for (int high = (int) (start >> 16); high <= end >> 16; high++) {
            int s = high == start >> 16 ? (int) (start & 0xffff) : 0;
            int e = high == end >> 16 ? (int) (end & 0xffff) : 0xffff;
            if (delete) missing |= !delete(high, s, e);
            else add(a, high, s, e);
        }
        if (missing) a.warn("no address range \"" + text + "\" to delete");
    }

    private static long number(String text) {
        var ip = Cidr.address(text);
        if (ip == null || ip.length != 4) return -1;
        return (ip[0] & 0xffL) << 24 | (ip[1] & 0xff) << 16 | (ip[2] & 0xff) << 8 | ip[3] & 0xff;
    }

    private boolean delete(int high, int start, int end) {
        var list = byHigh[high];
        return list != null && list.removeIf(r -> r.start == start && r.end == end);
    }

    private void add(Args a, int high, int start, int end) {
        var list = byHigh[high];
        if (list == null) byHigh[high] = list = new ArrayList<>(4);
        var added = new Range(start, end, a.word(1));
        int i = list.size();
        while (i > 0 && end < list.get(i - 1).start) i--;
        if (i == 0 || start > list.get(i - 1).end) {
            list.add(i, added);
            return;
        }
        var old = list.get(--i);
        if (start < old.start || end > old.end) {
            throw a.fail("range \"" + a.name() + "\" overlaps \"" + text(high, old.start) + "-" + text(high, old.end) + "\"");
        }
        if (start == old.start && end == old.end) {
            a.warn("duplicate range \"" + a.name() + "\", value: \"" + added.value + "\", old value: \"" + old.value + "\"");
        }
        list.set(i, added);
        if (end < old.end) list.add(i + 1, new Range(end + 1, old.end, old.value));
        if (start > old.start) list.add(i, new Range(old.start, start - 1, old.value));
    }

    private static String text(int high, int low) {
        return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
    }

    /// The default, or nothing, outside of all ranges.
    String find(byte[] ip) {
        var list = byHigh[(ip[0] & 0xff) << 8 | ip[1] & 0xff];
        if (list != null) {
            int n = (ip[2] & 0xff) << 8 | ip[3] & 0xff, from = 0, to = list.size();
            while (from < to) {
                int mid = from + to >>> 1;
                var range = list.get(mid);
                if (n < range.start) to = mid;
                else if (n > range.end) from = mid + 1;
                else return range.value;
            }
        }
        return byDefault == null ? "" : byDefault;
    }
}
