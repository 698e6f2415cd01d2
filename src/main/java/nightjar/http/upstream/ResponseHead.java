package nightjar.http.upstream;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.HeadersOut.Header;
import org.jspecify.annotations.Nullable;

/// The head of a server's response, and how its body is framed; how it is read is the protocol's.
public abstract class ResponseHead {
    /// More has to come.
    static final int MORE = -3;
    /// The head breaks the protocol; [#problem] tells.
    static final int INVALID = -1;
    /// The first line is no status line: the response has no head.
    static final int NO_HEAD = -2;

    private static final byte[] NO_TRAILER = {};

    /// Tells of what is odd but can be used.
    public interface Notes {
        void log(Level level, String text);
    }

    /// Makes the reader of one response.
    public interface Reader {
        ResponseHead begin(Notes notes);
    }

    int status;
    /// `200 OK`, as it was sent; null: as is usual for the status.
    @Nullable String statusLine;
    final List<Header> headers = new ArrayList<>();
    long contentLength = -1;
    boolean chunked;
    boolean close;
    /// The bytes that must follow the body.
    byte[] trailer = NO_TRAILER;
    @Nullable String problem;

    /// Reads what there is of a head: again from its first byte, with more bytes, after [#MORE].
    /// @return the head's length, or a code below 0
    abstract int parse(long base, int n);

    /// Notes what is wrong.
    final int invalid(String text) {
        problem = text;
        return INVALID;
    }

    /// The first header of this name.
    final @Nullable Header get(String name) {
        for (var h : headers) if (Bytes.equalsIgnoreCase(h.name, name)) return h;
        return null;
    }
}
