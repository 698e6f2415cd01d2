package nightjar.lua.api;

/// What an FFI function returns besides a result; nginx's codes and ngx_lua's two.
final class Code {
    static final int OK = 0;
    static final int ERROR = -1;
    static final int AGAIN = -2;
    static final int DONE = -4;
    static final int DECLINED = -5;
    /// No Lua ran for this request yet.
    static final int NO_REQ_CTX = -100;
    /// There is no client: a timer, init_worker.
    static final int BAD_CONTEXT = -101;

    private Code() {}
}
