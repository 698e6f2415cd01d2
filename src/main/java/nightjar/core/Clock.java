package nightjar.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// The time as nginx has it: read once an event, and all else reads that. One a worker; used by its thread only.
/// A text is made when it is first asked for in a second, and kept for the rest of that second.
public final class Clock {
    private static final String WEEK = "SunMonTueWedThuFriSat";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int[] MONTH_DAYS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    /// 9999-12-31 23:59:59, the last second with a year of four digits.
    private static final long LAST = 253402300799L;

    /// A whole number, which Lua reads there.
    private final MemorySegment cell = Arena.ofAuto().allocate(ValueLayout.JAVA_DOUBLE);
    private long sec;
    private long msec;
    private long httpDateSec = -1;
    private byte[] httpDate = {};
    private long localSec = -1;
    private @Nullable Civil local;
    private @Nullable String logTime;
    private @Nullable String iso8601;
    private @Nullable String errlogTime;

    public Clock() {
        update();
    }

    /// Reads the system's clock.
    public void update() {
        msec = System.currentTimeMillis();
        cell.set(ValueLayout.JAVA_DOUBLE, 0, msec);
        sec = Math.floorDiv(msec, 1000L);
    }

    /// Milliseconds since 1970.
    public long msec() {
        return msec;
    }

    /// Where [#msec] is as a double, as long as the clock is in use.
    public long msecAddress() { return cell.address(); }

    /// Seconds since 1970.
    public long sec() {
        return sec;
    }

    /// `Sat, 21 Nov 2026 22:24:29 GMT`. The same array all through a second, not to be changed.
    public byte[] httpDate() {
        if (httpDateSec != sec) {
            httpDate = httpTimeBytes(sec);
            httpDateSec = sec;
        }
        return httpDate;
    }

    /// `21/Nov/2026:22:24:29 +0000`, the `$time_local` of a log line.
    public String logTime() {
        var t = local();
        if (logTime == null) {
            var b = new byte[26];
            int p = Bytes.putPadded(b, 0, t.day, 2);
            b[p++] = '/';
            p = put(b, p, MONTHS, t.month);
            b[p++] = '/';
            p = Bytes.putPadded(b, p, t.year, 4);
            b[p++] = ':';
            p = putTime(b, p, t);
            b[p++] = ' ';
            p = putOffset(b, p, t.offset);
            Bytes.putPadded(b, p, Math.abs(t.offset) / 60 % 60, 2);
            logTime = Bytes.string(b);
        }
        return logTime;
    }

    /// `2026-11-21T22:24:29+00:00`.
    public String iso8601() {
        var t = local();
        if (iso8601 == null) {
            var b = new byte[25];
            int p = putDay(b, '-', t);
            b[p++] = 'T';
            p = putTime(b, p, t);
            p = putOffset(b, p, t.offset);
            b[p++] = ':';
            Bytes.putPadded(b, p, Math.abs(t.offset) / 60 % 60, 2);
            iso8601 = Bytes.string(b);
        }
        return iso8601;
    }

    /// `2026/11/21 22:24:29`, local time.
    public String errlogTime() {
        var t = local();
        if (errlogTime == null) errlogTime = dayAndTime('/', t);
        return errlogTime;
    }

    /// `2026-11-21 22:24:29`, local time.
    public String localTime() {
        return dayAndTime('-', local());
    }

    /// `2026-11-21 22:24:29`, universal time.
    public String utcTime() {
        return dayAndTime('-', new Civil(sec, 0));
    }

    /// `2026-11-21`, local time.
    public String today() {
        var b = new byte[10];
        putDay(b, '-', local());
        return Bytes.string(b);
    }

    private Civil local() {
        var t = local;
        if (t == null || localSec != sec) {
            t = localCivil(sec);
            local = t;
            localSec = sec;
            logTime = null;
            iso8601 = null;
            errlogTime = null;
        }
        return t;
    }

    /// `Sat, 21 Nov 2026 22:24:29 GMT`. A time before 1970 is 1970, one after 9999 the end of 9999.
    public static String httpTime(long sec) {
        return Bytes.string(httpTimeBytes(sec));
    }

    /// As [#httpTime]; a new array.
    public static byte[] httpTimeBytes(long sec) {
        var t = new Civil(sec, 0);
        var b = new byte[29];
        int p = putWeekday(b, t);
        p = Bytes.putPadded(b, p, t.day, 2);
        b[p++] = ' ';
        p = put(b, p, MONTHS, t.month);
        b[p++] = ' ';
        p = Bytes.putPadded(b, p, t.year, 4);
        b[p++] = ' ';
        putGmt(b, putTime(b, p, t));
        return b;
    }

    /// `Sat, 21-Nov-26 22:24:29 GMT`; the year has four digits after 2037.
    public static String cookieTime(long sec) {
        var t = new Civil(sec, 0);
        int yearDigits = t.year > 2037 ? 4 : 2;
        var b = new byte[25 + yearDigits];
        int p = putWeekday(b, t);
        p = Bytes.putPadded(b, p, t.day, 2);
        b[p++] = '-';
        p = put(b, p, MONTHS, t.month);
        b[p++] = '-';
        p = Bytes.putPadded(b, p, yearDigits == 4 ? t.year : t.year % 100, yearDigits);
        b[p++] = ' ';
        p = putGmt(b, putTime(b, p, t));
        return Bytes.string(b, 0, p);
    }

    /// `2026/11/21 22:24:29`, local time, of any second.
    static String errlogTime(long sec) {
        return dayAndTime('/', localCivil(sec));
    }

    /// `Nov 21 22:24:29`, local time, the day padded with a space: what syslog wants (RFC 3164).
    static String syslogTime(long sec) {
        var t = localCivil(sec);
        var b = new byte[15];
        int p = put(b, 0, MONTHS, t.month);
        b[p++] = ' ';
        b[p++] = (byte) (t.day < 10 ? ' ' : '0' + t.day / 10);
        b[p++] = (byte) ('0' + t.day % 10);
        b[p++] = ' ';
        putTime(b, p, t);
        return Bytes.string(b);
    }

    private static Civil localCivil(long sec) {
        return new Civil(sec, ZoneId.systemDefault().getRules().getOffset(Instant.ofEpochSecond(sec)).getTotalSeconds());
    }

    private static String dayAndTime(char separator, Civil t) {
        var b = new byte[19];
        int p = putDay(b, separator, t);
        b[p++] = ' ';
        putTime(b, p, t);
        return Bytes.string(b);
    }

    private static int putDay(byte[] b, char separator, Civil t) {
        int p = Bytes.putPadded(b, 0, t.year, 4);
        b[p++] = (byte) separator;
        p = Bytes.putPadded(b, p, t.month, 2);
        b[p++] = (byte) separator;
        return Bytes.putPadded(b, p, t.day, 2);
    }

    private static int putTime(byte[] b, int p, Civil t) {
        p = Bytes.putPadded(b, p, t.hour, 2);
        b[p++] = ':';
        p = Bytes.putPadded(b, p, t.minute, 2);
        b[p++] = ':';
        return Bytes.putPadded(b, p, t.second, 2);
    }

    private static int putOffset(byte[] b, int p, int offset) {
        b[p++] = (byte) (offset < 0 ? '-' : '+');
        return Bytes.putPadded(b, p, Math.abs(offset) / 3600, 2);
    }

    private static int putWeekday(byte[] b, Civil t) {
        int p = put(b, 0, WEEK, t.weekday + 1);
        b[p++] = ',';
        b[p++] = ' ';
        return p;
    }

    private static int putGmt(byte[] b, int p) {
        b[p] = ' ';
        b[p + 1] = 'G';
        b[p + 2] = 'M';
        b[p + 3] = 'T';
        return p + 4;
    }

    /// The `n`th (from 1) name of three letters.
    private static int put(byte[] b, int p, String names, int n) {
        for (int k = 0; k < 3; k++) b[p + k] = (byte) names.charAt(n * 3 - 3 + k);
        return p + 3;
    }

    /// The seconds since 1970 of an HTTP date, or -1. Takes the three forms of RFC 9110 (`Sun, 06 Nov 1994 08:49:37 GMT`,
    /// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`) and is as forgiving as nginx: the weekday is any word,
    /// month names count by the letters that tell them apart, and what follows the time is not looked at.
    public static long parseHttpTime(String s) {
        return new DateParser(s).parse();
    }

    private static final class DateParser {
        private final String s;
        private int p;
        private boolean bad;

        DateParser(String s) {
            this.s = s;
        }

        long parse() {
            while (p < s.length() && at(p) != ',' && at(p) != ' ') p++;
            boolean asctime = at(p) == ' ';
            p++;
            while (at(p) == ' ') p++;
            if (s.length() - p < 18) return -1;

            int day = 0;
            char separator = ' ';
            if (!asctime) {
                day = number(2);
                separator = at(p++);
                if (separator != ' ' && separator != '-') return -1;
            }
            int month = month();
            if (month == 0) return -1;
            if (!asctime && at(p) != separator) return -1;
            p++;
            int year = 0;
            if (asctime) {
                if (at(p) == ' ') p++;
                day = number(1);
                if (at(p) != ' ') day = day * 10 + number(1);
            } else if (separator == ' ') {
                year = number(4);
            } else {
                year = number(2);
                year += year < 70 ? 2000 : 1900;
            }
            expect(' ');
            int hour = number(2);
            expect(':');
            int minute = number(2);
            expect(':');
            int second = number(2);
            if (asctime) {
                expect(' ');
                year = number(4);
            }
            if (bad || hour > 23 || minute > 59 || second > 59 || day > MONTH_DAYS[month - 1]) return -1;
            if (month == 2 && day == 29 && !leap(year)) return -1;
            return (daysBefore(year, month) + day - 1) * 86400L + hour * 3600 + minute * 60 + second;
        }

        private char at(int k) {
            return k < s.length() ? s.charAt(k) : 0;
        }

        private int number(int digits) {
            int n = 0;
            for (int k = 0; k < digits; k++) {
                char c = at(p++);
                bad |= !Bytes.isDigit(c);
                n = n * 10 + c - '0';
            }
            return n;
        }

        private void expect(char c) {
            bad |= at(p++) != c;
        }

        private int month() {
            char second = at(p + 1);
            char third = at(p + 2);
            int month = switch (at(p)) {
                case 'J' -> second == 'a' ? 1 : third == 'n' ? 6 : 7;
                case 'F' -> 2;
                case 'M' -> third == 'r' ? 3 : 5;
                case 'A' -> second == 'p' ? 4 : 8;
                case 'S' -> 9;
                case 'O' -> 10;
                case 'N' -> 11;
                case 'D' -> 12;
                default -> 0;
            };
            p += 3;
            return month;
        }
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /// Days from 1970-01-01 to the first of a month of the Gregorian calendar.
    private static long daysBefore(int year, int month) {
        int y = month <= 2 ? year - 1 : year;
        int marchMonth = (month + 9) % 12;
        return 365L * y + Math.floorDiv(y, 4) - Math.floorDiv(y, 100) + Math.floorDiv(y, 400)
                + (153 * marchMonth + 2) / 5 - 719468;
    }

    /// A second taken apart. Years are counted from March, so that a leap day is a year's last.
    private static final class Civil {
        final int offset;
        final int year;
        final int month;
        final int day;
        final int hour;
        final int minute;
        final int second;
        final int weekday;

        Civil(long utc, int offset) {
            this.offset = offset;
            long t = Math.min(Math.max(utc + offset, 0), LAST);
            int days = (int) (t / 86400);
            int rest = (int) (t % 86400);
            hour = rest / 3600;
            minute = rest / 60 % 60;
            second = rest % 60;
            weekday = (days + 4) % 7;
            int z = days + 719468;
            int era = z / 146097;
            int dayOfEra = z % 146097;
            int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
            int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            int marchMonth = (5 * dayOfYear + 2) / 153;
            day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
            month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
            year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        }
    }
}
