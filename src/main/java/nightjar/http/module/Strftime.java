package nightjar.http.module;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.TimeZone;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// C's strftime() in the C locale.
final class Strftime {
    /// What set-misc has room for, the final zero included.
    private static final int ROOM = 256;

    private Strftime() {}

    /// `sec` (since 1970) as `format` wants it, in local or in universal time; `null` if that is empty or too long.
    static @Nullable String format(String format, long sec, boolean local) {
        if (format.isEmpty()) return "";
        int zero = format.indexOf('\0');
        var t = Instant.ofEpochSecond(sec).atZone(local ? ZoneId.systemDefault() : ZoneOffset.UTC);
        var b = new StringBuilder();
        append(b, zero < 0 ? format : format.substring(0, zero), t);
        return b.isEmpty() || b.length() >= ROOM ? null : b.toString();
    }

    private static void append(StringBuilder b, String format, ZonedDateTime t) {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) { b.append(c); continue; }
            char f = format.charAt(++i);
            if ((f == 'E' || f == 'O') && i + 1 < format.length()) f = format.charAt(++i);
            field(b, f, t);
        }
    }

    private static void field(StringBuilder b, char f, ZonedDateTime t) {
        int hour12 = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
        int weekday = t.getDayOfWeek().getValue() % 7;
        switch (f) {
            case 'a' -> b.append(name(t.getDayOfWeek().name()), 0, 3);
            case 'A' -> b.append(name(t.getDayOfWeek().name()));
            case 'b', 'h' -> b.append(name(t.getMonth().name()), 0, 3);
            case 'B' -> b.append(name(t.getMonth().name()));
            case 'c' -> append(b, "%a %b %e %H:%M:%S %Y", t);
            case 'C' -> number(b, t.getYear() / 100, 2, '0');
            case 'd' -> number(b, t.getDayOfMonth(), 2, '0');
            case 'D', 'x' -> append(b, "%m/%d/%y", t);
            case 'e' -> number(b, t.getDayOfMonth(), 2, ' ');
            case 'F' -> append(b, "%Y-%m-%d", t);
            case 'g' -> number(b, t.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0');
            case 'G' -> b.append(t.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> number(b, t.getHour(), 2, '0');
            case 'I' -> number(b, hour12, 2, '0');
            case 'j' -> number(b, t.getDayOfYear(), 3, '0');
            case 'k' -> number(b, t.getHour(), 2, ' ');
            case 'l' -> number(b, hour12, 2, ' ');
            case 'm' -> number(b, t.getMonthValue(), 2, '0');
            case 'M' -> number(b, t.getMinute(), 2, '0');
            case 'n' -> b.append('\n');
            case 'p' -> b.append(t.getHour() < 12 ? "AM" : "PM");
            case 'P' -> b.append(t.getHour() < 12 ? "am" : "pm");
            case 'r' -> append(b, "%I:%M:%S %p", t);
            case 'R' -> append(b, "%H:%M", t);
            case 's' -> b.append(t.toEpochSecond());
            case 'S' -> number(b, t.getSecond(), 2, '0');
            case 't' -> b.append('\t');
            case 'T', 'X' -> append(b, "%H:%M:%S", t);
            case 'u' -> b.append(t.getDayOfWeek().getValue());
            case 'U' -> number(b, (t.getDayOfYear() + 6 - weekday) / 7, 2, '0');
            case 'V' -> number(b, t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0');
            case 'w' -> b.append(weekday);
            case 'W' -> number(b, (t.getDayOfYear() + 6 - (weekday + 6) % 7) / 7, 2, '0');
            case 'y' -> number(b, t.getYear() % 100, 2, '0');
            case 'Y' -> b.append(t.getYear());
            case 'z' -> offset(b, t.getOffset().getTotalSeconds() / 60);
            case 'Z' -> b.append(zone(t));
            case '%' -> b.append('%');
            default -> b.append('%').append(f);
        }
    }

    private static String name(String constant) { return constant.charAt(0) + Bytes.lower(constant.substring(1)); }

    private static void number(StringBuilder b, int n, int width, char fill) {
        var s = Integer.toString(n);
        for (int i = s.length(); i < width; i++) b.append(fill);
        b.append(s);
    }

    private static void offset(StringBuilder b, int minutes) {
        b.append(minutes < 0 ? '-' : '+');
        number(b, Math.abs(minutes) / 60 * 100 + Math.abs(minutes) % 60, 4, '0');
    }

    private static String zone(ZonedDateTime t) {
        if (t.getZone() == ZoneOffset.UTC) return "GMT";
        boolean summer = t.getZone().getRules().isDaylightSavings(t.toInstant());
        return TimeZone.getTimeZone(t.getZone()).getDisplayName(summer, TimeZone.SHORT, Locale.ROOT);
    }
}
