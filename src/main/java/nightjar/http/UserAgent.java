package nightjar.http;

import org.jspecify.annotations.Nullable;

/// The browsers that nginx tells apart by User-Agent, as bits. Source: ngx_http_process_user_agent.
final class UserAgent {
    static final int MSIE = 1;
    static final int MSIE6 = 2;
    static final int OPERA = 4;
    static final int GECKO = 8;
    static final int CHROME = 16;
    static final int SAFARI = 32;
    static final int KONQUEROR = 64;

    private UserAgent() {}

    static int of(@Nullable String value) {
        if (value == null) {
            return 0;
        }
        if (value.contains("Opera")) {
            return OPERA;
        }
        int msie = value.indexOf("MSIE ");
        if (msie >= 0 && msie + 7 < value.length()) {
            return MSIE | (old(value, msie) ? MSIE6 : 0);
        }
        if (value.contains("Gecko/")) {
            return GECKO;
        }
        if (value.contains("Chrome/")) {
            return CHROME;
        }
        if (value.contains("Safari/") && value.contains("Mac OS X")) {
            return SAFARI;
        }
        return value.contains("Konqueror") ? KONQUEROR : 0;
    }

    /// Versions 4 and 5, and 6 without the security patch of Windows XP SP2.
    private static boolean old(String value, int msie) {
        if (value.charAt(msie + 6) != '.') {
            return false;
        }
        return switch (value.charAt(msie + 5)) {
            case '4', '5' -> true;
            case '6' -> value.indexOf("SV1", msie + 8) < 0;
            default -> false;
        };
    }
}
