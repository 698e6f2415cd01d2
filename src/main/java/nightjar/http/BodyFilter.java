package nightjar.http;

import org.jspecify.annotations.Nullable;

/// Transforms a piece of response body.
public interface BodyFilter {
    /// Takes a chain and gives what goes on to the next filter; `null` when nothing does for now.
    /// Off-heap bytes in `in` are valid only during the call: what is kept is copied.
    @Nullable Buf filter(Request r, @Nullable Buf in);
}
