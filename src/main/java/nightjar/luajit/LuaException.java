package nightjar.luajit;

/// A Lua error to be raised in the script that called: its message is what `pcall` returns, after the script's position.
@SuppressWarnings("serial")
public final class LuaException extends RuntimeException {
    public LuaException(String message) {
        super(message, null, false, false);
    }
}
