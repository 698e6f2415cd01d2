package nightjar.lua.socket;

/// What the functions answer that Lua calls; nginx's codes.
final class Code {
    static final int OK = 0;
    /// The reason is the border's text.
    static final int ERROR = -1;
    /// The Lua half is to yield.
    static final int AGAIN = -2;
    /// `nil` and the border's text, before anything has been done.
    static final int DECLINED = -5;

    private Code() {}
}
