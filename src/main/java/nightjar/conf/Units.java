package nightjar.conf;

/// nginx's numbers, sizes and times; -1 stands for a bad one, as in nginx.
public final class Units {
    private static final long BAD = -1;
    /// Ranks of the units of time, which must come from long to short: years … milliseconds, then a blank.
    private static final int MONTH = 2;
    private static final int SECOND = 7;
    private static final int MILLISECOND = 8;
    private static final int PLAIN = 9;

    private Units() {}

    /// Source: ngx_atoi().
    static long number(String s) {
        return number(s, s.length());
    }

    private static long number(String s, int length) {
        if (length == 0) return BAD;
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = s.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) return BAD;
            value = value * 10 + digit;
        }
        return value;
    }

    /// Bytes, with `k` or `m`. Source: ngx_parse_size().
    public static long size(String s) {
        return scaled(s, "km");
    }

    /// Bytes, with `k`, `m` or `g`. Source: ngx_parse_offset().
    public static long offset(String s) {
        return scaled(s, "kmg");
    }

    private static long scaled(String s, String units) {
        int unit = s.isEmpty() ? -1 : units.indexOf(lower(s.charAt(s.length() - 1)));
        int shift = 10 * (unit + 1);
        long value = number(s, unit < 0 ? s.length() : s.length() - 1);
        return value > Long.MAX_VALUE >> shift ? BAD : value < 0 ? BAD : value << shift;
    }

    /// `1h30m`, `10s 5ms`, `90`; years and months only where a time is in seconds, `ms` only where it is not.
    /// Source: ngx_parse_time().
    public static long time(String s, boolean seconds) {
        long total = 0;
        long value = 0;
        int rank = seconds ? 0 : MONTH;
        boolean digits = false;
        for (int i = 0; i < s.length(); ) {
            char c = s.charAt(i++);
            if (c >= '0' && c <= '9') {
                if (value > (Long.MAX_VALUE - (c - '0')) / 10) return BAD;
                value = value * 10 + (c - '0');
                digits = true;
                continue;
            }
            int unit = rank(c, i < s.length() && s.charAt(i) == 's');
            if (unit == 0 || rank >= Math.min(unit, c == ' ' ? SECOND : PLAIN)) return BAD;
            if (unit == MILLISECOND) {
                if (seconds) return BAD;
                i++;
            }
            total = plus(total, value, unit == MILLISECOND ? 1 : secondsIn(unit) * (seconds ? 1 : 1000));
            if (total == BAD) return BAD;
            value = 0;
            rank = unit;
            while (i < s.length() && s.charAt(i) == ' ') i++;
        }
        return digits ? plus(total, value, seconds ? 1 : 1000) : BAD;
    }

    private static int rank(char c, boolean followedByS) {
        return switch (c) {
            case 'y' -> 1;
            case 'M' -> MONTH;
            case 'w' -> 3;
            case 'd' -> 4;
            case 'h' -> 5;
            case 'm' -> followedByS ? MILLISECOND : 6;
            case 's' -> SECOND;
            case ' ' -> PLAIN;
            default -> 0;
        };
    }

    private static long secondsIn(int unit) {
        return switch (unit) {
            case 1 -> 365 * 86_400;
            case MONTH -> 30 * 86_400;
            case 3 -> 7 * 86_400;
            case 4 -> 86_400;
            case 5 -> 3_600;
            case 6 -> 60;
            default -> 1;
        };
    }

    private static long plus(long total, long value, long scale) {
        return value > Long.MAX_VALUE / scale || total > Long.MAX_VALUE - value * scale ? BAD : total + value * scale;
    }

    /// ASCII only.
    static String lower(String s) {
        var out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) out.append(lower(s.charAt(i)));
        return out.toString();
    }

    static boolean equalsIgnoreCase(String a, String b) {
        return a.length() == b.length() && lower(a).equals(lower(b));
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
}
