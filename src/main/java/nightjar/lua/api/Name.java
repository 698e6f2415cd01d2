package nightjar.lua.api;

import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// A header's or variable's name as it was written, and in lower case. Its other forms are made once.
final class Name {
    private final String text;
    private final String lower;
    private @Nullable Name dashed, escaped;

    Name(String text) {
        this.text = text;
        this.lower = Bytes.lower(text);
    }

    String text() { return text; }
    String lower() { return lower; }

    /// With dashes for underscores.
    Name dashed() {
        if (dashed == null) dashed = text.indexOf('_') < 0 ? this : new Name(text.replace('_', '-'));
        return dashed;
    }

    /// As it may stand in a head.
    Name escaped() {
        if (escaped == null) {
            var sent = Escape.HEADER_NAME.escape(text);
            escaped = sent.equals(text) ? this : new Name(sent);
        }
        return escaped;
    }
}
