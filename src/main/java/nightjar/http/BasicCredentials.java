package nightjar.http;

import java.util.Base64;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// The user and password in an Authorization header of scheme Basic (RFC 7617).
public record BasicCredentials(String user, String password) {
    /// `null` when the header is not of that scheme or not well formed.
    public static @Nullable BasicCredentials of(@Nullable String header) {
        if (header == null || !Bytes.startsWithIgnoreCase(header, "Basic ")) return null;
        var text = Bytes.trim(header.substring(6));
        try {
            var plain = Bytes.string(Base64.getDecoder().decode(Bytes.of(text)));
            int colon = plain.indexOf(':');
            return colon < 0 ? null : new BasicCredentials(plain.substring(0, colon), plain.substring(colon + 1));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    static String user(@Nullable String header) {
        var c = of(header);
        return c == null ? "" : c.user;
    }
}
