package nightjar.lua.pipe;

/// What the functions answer that Lua calls; nginx's codes and ngx_lua's two.
final class Code {
    static final int OK = 0;
    static final int ERROR = -1;
    /// The Lua half is to yield.
    static final int AGAIN = -2;
    /// An error, and the result is what there is all the same.
    static final int DECLINED = -5;
    static final int NO_REQ_CTX = -100;
    static final int BAD_CONTEXT = -101;

    private Code() {}
}
