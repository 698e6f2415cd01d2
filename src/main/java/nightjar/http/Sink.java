package nightjar.http;

/// Takes a subrequest's output instead of the client.
public interface Sink {
    /// The subrequest's head is complete in `r.out`.
    default void head(Request r) {}

    /// A piece of its body; off-heap bytes are valid only during the call.
    void body(Request r, Buf in);
}
