package nightjar.http.upstream;

import java.util.Set;
import nightjar.http.ComplexValue;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// How a location asks servers: the directives that proxy and its like have in common. Times in milliseconds, sizes in bytes.
///
/// @param bufferSize what a head must fit in
/// @param pieceSize of the buffers that a body is gathered in
/// @param nextTries 0: as many as the group has
/// @param intercept404 whether the client gets the location's own page for this one status, whether or not it has one
/// @param hidden lower-case names of headers that are not passed on
public record UpstreamConf(long connectTimeout, long sendTimeout, long readTimeout, int bufferSize, int pieceSize, boolean buffering,
        Set<Next> next, int nextTries, long nextTimeout, boolean interceptErrors, boolean intercept404, boolean ignoreClientAbort, boolean forceRanges,
        boolean socketKeepalive, @Nullable ComplexValue bind, Set<String> hidden, Set<Ignored> ignored, @Nullable Rewrite redirect,
        @Nullable Rewrite cookie) {

    /// When another server is asked.
    public enum Next { ERROR, TIMEOUT, INVALID_HEADER, NON_IDEMPOTENT, HTTP_500, HTTP_502, HTTP_503, HTTP_504, HTTP_403, HTTP_404, HTTP_429, UPDATING, OFF }

    /// Headers of a response that are not acted on.
    public enum Ignored { XA_REDIRECT, XA_EXPIRES, XA_LIMIT_RATE, XA_BUFFERING, XA_CHARSET, EXPIRES, CACHE_CONTROL, SET_COOKIE, VARY }

    /// Changes a value for the client; null: it stays as it is.
    public interface Rewrite {
        /// @param from where in `value` the part begins that counts
        @Nullable String rewrite(Request r, String value, int from);
    }
}
