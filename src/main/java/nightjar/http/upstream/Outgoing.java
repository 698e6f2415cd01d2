package nightjar.http.upstream;

import org.jspecify.annotations.Nullable;

/// A request as it goes to a server.
///
/// @param schema `http://`
/// @param uri what is asked for, for the log
/// @param head the bytes up to the empty line
/// @param body bytes that follow `head`; null: the client's body does if `clientBody` says so
/// @param tail bytes that follow the body
/// @param bodiless the response has no body whatever its head says: HEAD was asked
/// @param reader reads the response's head
public record Outgoing(String schema, String uri, byte[] head, byte @Nullable [] body, boolean clientBody, byte[] tail, boolean bodiless,
        ResponseHead.Reader reader) {
    public static final byte[] NO_TAIL = {};

    /// A request over HTTP.
    public static Outgoing http(String uri, byte[] head, byte @Nullable [] body, boolean clientBody, boolean bodiless) {
        return new Outgoing("http://", uri, head, body, clientBody, NO_TAIL, bodiless, HttpHead::new);
    }
}
