package nightjar.lua;

import org.jspecify.annotations.Nullable;

/// Something outside of Lua that a script holds, a socket for example. It belongs to one [LuaCtx] and is released with it
/// at the latest.
public abstract class LuaResource {
    @Nullable LuaResource prev, next;
    @Nullable LuaCtx owner;

    /// Gives up what it stands for. It belongs to nobody then.
    protected abstract void release();
}
