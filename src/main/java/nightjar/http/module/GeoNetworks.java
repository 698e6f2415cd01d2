package nightjar.http.module;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import nightjar.conf.Args;

/// Values by network; the smallest network around an address gives its value.
final class GeoNetworks {
    /// An address with all bits behind the network's zero; IPv4 in the high bits of `high`.
    private record Key(long high, long low) {}

    /// By number of bits, most first.
    private final TreeMap<Integer, Map<Key, String>> v4 = new TreeMap<>(Comparator.reverseOrder());
    private final TreeMap<Integer, Map<Key, String>> v6 = new TreeMap<>(Comparator.reverseOrder());

    /// Takes `default VALUE`, `delete NETWORK` or `NETWORK VALUE`.
    void line(Args a) {
        if (a.name().equals("default")) {
            put(a, v4, 0, new byte[4], a.word(1), "default");
            put(a, v6, 0, new byte[16], a.word(1), "default");
            return;
        }
        boolean delete = a.name().equals("delete");
        var text = delete ? a.word(1) : a.name();
        var cidr = Geo.network(a, text);
        var tree = cidr.ip().length == 4 ? v4 : v6;
        if (!delete) {
            put(a, tree, cidr.bits(), cidr.ip(), a.word(1), text);
            return;
        }
        var level = tree.get(cidr.bits());
        if (level == null || level.remove(key(cidr.ip(), cidr.bits())) == null) a.warn("no network \"" + text + "\" to delete");
    }

    private static void put(Args a, Map<Integer, Map<Key, String>> tree, int bits, byte[] ip, String value, String text) {
        var old = tree.computeIfAbsent(bits, _ -> new HashMap<>()).put(key(ip, bits), value);
        if (old != null) a.warn("duplicate network \"" + text + "\", value: \"" + value + "\", old value: \"" + old + "\"");
    }

    /// Empty if no network is around it.
    String find(byte[] ip) {
        for (var level : (ip.length == 4 ? v4 : v6).entrySet()) {
            var value = level.getValue().get(key(ip, level.getKey()));
            if (value != null) return value;
        }
        return "";
    }

    private static Key key(byte[] ip, int bits) {
        long high = 0, low = 0;
        for (int i = 0; i < 8 && i < ip.length; i++) high |= (ip[i] & 0xffL) << 56 - 8 * i;
        for (int i = 8; i < ip.length; i++) low |= (ip[i] & 0xffL) << 120 - 8 * i;
        return new Key(bits == 0 ? 0 : bits >= 64 ? high : high & -1L << 64 - bits, bits <= 64 ? 0 : low & -1L << 128 - bits);
    }
}
