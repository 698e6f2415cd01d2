package nightjar.lua;

/// What an FFI function returns besides a result; nginx's codes and ngx_lua's two. A function says what its `ERROR` and
/// `DECLINED` leave where.
public final class Code {
    public static final int OK = 0;
    public static final int ERROR = -1;
    /// The Lua half is to yield.
    public static final int AGAIN = -2;
    public static final int DONE = -4;
    public static final int DECLINED = -5;
    /// No Lua ran for this request yet.
    public static final int NO_REQ_CTX = -100;
    /// There is no client: a timer, init_worker.
    public static final int BAD_CONTEXT = -101;

    private Code() {}
}
