package nightjar.http.module;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import nightjar.core.Clock;
import nightjar.http.UriCodec;
import nightjar.http.module.AutoIndex.Entry;
import org.jspecify.annotations.Nullable;

/// A directory's content as `autoindex` shows it, byte for byte as nginx does.
final class AutoIndexPage {
    /// Columns for a name; a longer one is cut.
    private static final int NAME = 50;
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private AutoIndexPage() {}

    static String html(String uri, List<Entry> entries, boolean utf8, boolean exactSize, boolean localtime) {
        var b = new StringBuilder(256 + entries.size() * 128);
        var title = escapeHtml(uri);
        b.append("<html>\r\n<head><title>Index of ").append(title).append("</title></head>\r\n<body>\r\n<h1>Index of ").append(title)
                .append("</h1><hr><pre><a href=\"../\">../</a>\r\n");
        for (var e : entries) {
            b.append("<a href=\"").append(UriCodec.escape(e.name(), UriCodec.Escape.URI_COMPONENT));
            if (e.directory()) b.append('/');
            b.append("\">");
            name(b, e, utf8);
            b.append(' ');
            date(b, e.mtime(), localtime);
            b.append(' ');
            size(b, e, exactSize);
            b.append("\r\n");
        }
        return b.append("</pre><hr></body>\r\n</html>\r\n").toString();
    }

    private static void name(StringBuilder b, Entry e, boolean utf8) {
        int length = utf8 ? characters(e.name()) : e.name().length();
        if (length > NAME) {
            b.append(escapeHtml(e.name().substring(0, utf8 ? bytes(e.name(), NAME - 3) : NAME - 3))).append("..&gt;</a>");
            return;
        }
        b.append(escapeHtml(e.name()));
        if (e.directory() && length < NAME) { b.append('/'); length++; }
        b.append("</a>").repeat(' ', NAME - length);
    }

    private static void date(StringBuilder b, long mtime, boolean localtime) {
        var t = at(mtime, localtime ? ZoneId.systemDefault() : ZoneOffset.UTC);
        int month = t.getMonthValue() * 3;
        two(b, t.getDayOfMonth()).append('-').append(MONTHS, month - 3, month).append('-').append(t.getYear()).append(' ');
        two(b, t.getHour()).append(':');
        two(b, t.getMinute());
    }

    private static ZonedDateTime at(long sec, ZoneId zone) { return Instant.ofEpochSecond(sec).atZone(zone); }

    private static StringBuilder two(StringBuilder b, int v) {
        if (v < 10) b.append('0');
        return b.append(v);
    }

    private static void size(StringBuilder b, Entry e, boolean exact) {
        if (exact) { right(b, e.directory() ? "-" : Long.toString(e.size()), 19); return; }
        long n = e.size();
        if (e.directory()) right(b, "-", 7);
        else if (n >= 1 << 30) right(b, rounded(n, 1 << 30) + "G", 7);
        else if (n >= 1 << 20) right(b, rounded(n, 1 << 20) + "M", 7);
        else if (n > 9999) right(b, rounded(n, 1 << 10) + "K", 7);
        else right(b, Long.toString(n), 7);
    }

    private static long rounded(long n, int unit) { return n / unit + (n % unit > unit / 2 - 1 ? 1 : 0); }

    private static void right(StringBuilder b, String text, int width) {
        b.repeat(' ', Math.max(0, width - text.length())).append(text);
    }

    static String json(List<Entry> entries, @Nullable String callback) {
        var b = new StringBuilder(64 + entries.size() * 128);
        if (callback != null) b.append("/* callback */\r\n").append(callback).append('(');
        b.append('[');
        for (var e : entries) {
            b.append("\r\n{ \"name\":\"");
            escapeJson(b, e.name());
            b.append("\", \"type\":\"").append(type(e)).append("\", \"mtime\":\"").append(Clock.httpTime(e.mtime())).append('"');
            if (e.file()) b.append(", \"size\":").append(e.size());
            b.append(" },");
        }
        if (!entries.isEmpty()) b.setLength(b.length() - 1);
        b.append("\r\n]");
        if (callback != null) b.append(");");
        return b.toString();
    }

    static String xml(List<Entry> entries) {
        var b = new StringBuilder(64 + entries.size() * 128).append("<?xml version=\"1.0\"?>\r\n<list>\r\n");
        for (var e : entries) {
            var t = at(e.mtime(), ZoneOffset.UTC);
            b.append('<').append(type(e)).append(" mtime=\"").append(t.getYear()).append('-');
            two(b, t.getMonthValue()).append('-');
            two(b, t.getDayOfMonth()).append('T');
            two(b, t.getHour()).append(':');
            two(b, t.getMinute()).append(':');
            two(b, t.getSecond()).append('Z');
            if (e.file()) b.append("\" size=\"").append(e.size());
            b.append("\">").append(escapeHtml(e.name())).append("</").append(type(e)).append(">\r\n");
        }
        return b.append("</list>\r\n").toString();
    }

    private static String type(Entry e) { return e.directory() ? "directory" : e.file() ? "file" : "other"; }

    /// nginx: ngx_escape_html.
    static String escapeHtml(String s) {
        StringBuilder b = null;
        for (int i = 0; i < s.length(); i++) {
            var with = switch (s.charAt(i)) {
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '&' -> "&amp;";
                case '"' -> "&quot;";
                default -> null;
            };
            if (with != null && b == null) b = new StringBuilder(s.length() + 16).append(s, 0, i);
            if (b != null) {
                if (with != null) b.append(with); else b.append(s.charAt(i));
            }
        }
        return b == null ? s : b.toString();
    }

    /// nginx: ngx_escape_json.
    private static void escapeJson(StringBuilder b, String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"', '\\' -> b.append('\\').append(c);
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                case '\b' -> b.append("\\b");
                case '\f' -> b.append("\\f");
                default -> {
                    if (c < ' ') b.append(c < 16 ? "\\u000" : "\\u001").append("0123456789ABCDEF".charAt(c & 15));
                    else b.append(c);
                }
            }
        }
    }

    /// How many characters the UTF-8 bytes in `s` are.
    private static int characters(String s) {
        int n = 0;
        for (int i = 0; i < s.length(); i++) if ((s.charAt(i) & 0xc0) != 0x80) n++;
        return n;
    }

    /// How many bytes the first `n` of these characters take.
    private static int bytes(String s, int n) {
        int i = 0;
        for (; i < s.length(); i++) if ((s.charAt(i) & 0xc0) != 0x80 && n-- == 0) break;
        return i;
    }
}
