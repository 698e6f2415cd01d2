package nightjar.lua;

/// Lua that cannot be compiled or read. The message is the error log's; `status` what a request that needs it gets.
@SuppressWarnings("serial")
public final class LuaLoadException extends RuntimeException {
    public final int status;

    LuaLoadException(String message, int status) {
        super(message, null, false, false);
        this.status = status;
    }
}
