package nightjar.lua;

/// Why Lua came back to the scheduler.
public sealed interface LuaEvent {
    LuaEvent ENDED = new Ended();
    LuaEvent WAITING = new Waiting();
    LuaEvent YIELDED = new Yielded();
    LuaEvent SPAWNED = new Spawned();
    LuaEvent JUMP = new Jump();

    /// The chunk ran to its end. A task has ended when all of its threads have.
    record Ended() implements LuaEvent {}

    /// An API function waits; whoever it waits for wakes the thread.
    record Waiting() implements LuaEvent {}

    /// `coroutine.yield` outside of any coroutine of the script's own: the other light threads' turn. Never a task's end.
    record Yielded() implements LuaEvent {}

    /// `ngx.thread.spawn`: the new light thread's turn, then the one that made it. Never a task's end.
    record Spawned() implements LuaEvent {}

    /// An uncaught error; it has been logged. A task has failed when its entry thread has.
    record Failed(String message) implements LuaEvent {}

    /// `ngx.exit`.
    record Exit(int status) implements LuaEvent {}

    /// `ngx.exec`; `args` without the question mark.
    record Exec(String target, String args) implements LuaEvent {}

    /// `ngx.redirect`.
    record Redirect(String target, int status) implements LuaEvent {}

    /// `ngx.req.set_uri(uri, true)`: the uri has been set, the phases start again.
    record Jump() implements LuaEvent {}
}
