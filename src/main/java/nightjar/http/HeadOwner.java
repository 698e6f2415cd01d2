package nightjar.http;

/// Whoever a request head is parsed for: a connection. Asked for the rules that hold, told what goes to the log.
public interface HeadOwner {
    /// The rules of the default server of the address; asked once at the start of each head.
    HeadRules rules();

    /// Called when the head has named its server (by the request line or by Host): the rules from here on.
    /// `h.server()` is the name, valid and lower case.
    default HeadRules serverNamed(HeadersIn h) {
        return h.rules();
    }

    /// Whether `note` wants to be called: the error log takes the level `info`.
    default boolean notes() {
        return false;
    }

    /// A line for the error log at level `info` about something that was ignored.
    default void note(String text) {}
}
