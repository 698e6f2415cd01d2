package nightjar.lua;

/// Lua that cannot be compiled or read. The message is the error log's; `status` what a request that needs it gets.
@SuppressWarnings("serial")
public final class LuaLoadException extends RuntimeException {
    public final int status;
    /// The message without what it says of the kind of code.
    public final String detail;

    LuaLoadException(String kind, String detail, int status) {
        super(kind + detail, null, false, false);
        this.detail = detail;
        this.status = status;
    }
}
