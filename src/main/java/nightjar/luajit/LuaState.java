package nightjar.luajit;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// The C API by `lua_State *L`, as in the Lua 5.1 manual. Strings are byte strings: one character, one byte.
///
/// Inside a function called by Lua, use only what cannot raise: no metamethods, and nothing here checks argument types.
/// On a state that nothing runs, a failed allocation is a panic: give large values to Lua under [#pcall] or [#resume].
public final class LuaState {
    public static final int OK = 0;
    public static final int YIELD = 1;
    public static final int ERRRUN = 2;
    public static final int ERRSYNTAX = 3;
    public static final int ERRMEM = 4;
    public static final int ERRERR = 5;

    public static final int REGISTRYINDEX = -10000;
    public static final int GLOBALSINDEX = -10002;

    public static final int TNONE = -1;
    public static final int TNIL = 0;
    public static final int TBOOLEAN = 1;
    public static final int TLIGHTUSERDATA = 2;
    public static final int TNUMBER = 3;
    public static final int TSTRING = 4;
    public static final int TTABLE = 5;
    public static final int TFUNCTION = 6;
    public static final int TUSERDATA = 7;
    public static final int TTHREAD = 8;
    public static final int TCDATA = 10;

    private static final String[] TYPES = {"nil", "boolean", "userdata", "number", "string", "table", "function",
        "userdata", "thread", "proto", "cdata"};

    private LuaState() {}

    /// A new VM; the caller closes it.
    public static long open() {
        long L = Lua.newstate.call();
        if (L == 0) throw new OutOfMemoryError("cannot create a Lua VM");
        return L;
    }

    public static void openlibs(long L) {
        Lua.openlibs.call(L);
    }

    public static void close(long L) {
        Lua.close.call(L);
    }

    /// Compiles `n` bytes of source or bytecode at `code`. `name` is a C string. Leaves the function or the message on the stack.
    public static int load(long L, long code, long n, long name) {
        return (int) Lua.loadbufferx.call(L, code, n, name, 0);
    }

    public static int pcall(long L, int arguments, int results) {
        return (int) Lua.pcall.call(L, arguments, results, 0);
    }

    /// Runs a coroutine on from where it is. A coroutine that has ended and holds a function again starts anew.
    public static int resume(long L, int arguments) {
        return (int) Lua.resume.call(L, arguments);
    }

    /// What a C function returns to yield its top values.
    /// @throws LuaException where Lua cannot yield: below a C function such as `string.gsub`
    public static int yield(long L, int results) {
        if ((int) Lua.isyieldable.call(L) == 0) {
            throw new LuaException("attempt to yield across C-call boundary");
        }
        return (int) Lua.yield.call(L, results);
    }

    /// Pushes a new coroutine.
    public static long newThread(long L) {
        return Lua.newthread.call(L);
    }

    public static int status(long L) {
        return (int) Lua.status.call(L);
    }

    public static int top(long L) {
        return (int) Lua.gettop.call(L);
    }

    public static void top(long L, int n) {
        Lua.settop.call(L, n);
    }

    public static int type(long L, int i) {
        return (int) Lua.type.call(L, i);
    }

    /// A number without its fraction.
    public static int integer(long L, int i) {
        return (int) Lua.tointeger.call(L, i);
    }

    public static boolean bool(long L, int i) {
        return (int) Lua.toboolean.call(L, i) != 0;
    }

    /// The coroutine at `i`, 0 when there is none.
    public static long thread(long L, int i) {
        return Lua.tothread.call(L, i);
    }

    public static long userdata(long L, int i) {
        return Lua.touserdata.call(L, i);
    }

    public static long pointer(long L, int i) {
        return Lua.topointer.call(L, i);
    }

    public static long length(long L, int i) {
        return Lua.objlen.call(L, i);
    }

    /// The address of a string's bytes, valid while Lua holds the string, and its length at `lengthAt`; 0 for what is neither string nor number (a number becomes a string in place).
    public static long string(long L, int i, long lengthAt) {
        return Lua.tolstring.call(L, i, lengthAt);
    }

    public static void pushNil(long L) {
        Lua.pushnil.call(L);
    }

    public static void push(long L, int v) {
        Lua.pushinteger.call(L, v);
    }

    public static void push(long L, boolean v) {
        Lua.pushboolean.call(L, v ? 1L : 0L);
    }

    /// Pushes a string from memory.
    public static void push(long L, long bytes, long n) {
        Lua.pushlstring.call(L, bytes, n);
    }

    public static void pushPointer(long L, long address) {
        Lua.pushlightuserdata.call(L, address);
    }

    /// Pushes a C function by its address.
    public static void pushFunction(long L, long address) {
        Lua.pushcclosure.call(L, address, 0);
    }

    /// Pushes `n` bytes that Lua owns; their address.
    public static long newUserdata(long L, long n) {
        return Lua.newuserdata.call(L, n);
    }

    /// Pushes `L` itself.
    public static void pushThread(long L) {
        Lua.pushthread.call(L);
    }

    /// Pushes a copy of what is at `i`.
    public static void pushValue(long L, int i) {
        Lua.pushvalue.call(L, i);
    }

    public static void insert(long L, int i) {
        Lua.insert.call(L, i);
    }

    public static void remove(long L, int i) {
        Lua.remove.call(L, i);
    }

    /// Moves the top `n` values to another coroutine of the same VM.
    public static void move(long from, long to, int n) {
        Lua.xmove.call(from, to, n);
    }

    public static void newTable(long L, int array, int hash) {
        Lua.createtable.call(L, array, hash);
    }

    /// Pushes `t[name]`; may run a metamethod.
    public static void getField(long L, int table, long name) {
        Lua.getfield.call(L, table, name);
    }

    /// Pops a value into `t[name]`; may run a metamethod.
    public static void setField(long L, int table, long name) {
        Lua.setfield.call(L, table, name);
    }

    public static void rawGet(long L, int table) {
        Lua.rawget.call(L, table);
    }

    public static void rawSet(long L, int table) {
        Lua.rawset.call(L, table);
    }

    public static void rawGet(long L, int table, int n) {
        Lua.rawgeti.call(L, table, n);
    }

    public static void rawSet(long L, int table, int n) {
        Lua.rawseti.call(L, table, n);
    }

    /// Pops a key, pushes the next key and value; false at the end.
    public static boolean next(long L, int table) {
        return (int) Lua.next.call(L, table) != 0;
    }

    /// Pops a value into a free slot of the registry.
    public static int ref(long L) {
        return (int) Lua.ref.call(L, REGISTRYINDEX);
    }

    public static void unref(long L, int ref) {
        Lua.unref.call(L, REGISTRYINDEX, ref);
    }

    /// Makes room for `n` more values; false when the stack cannot grow so far.
    public static boolean checkStack(long L, int n) {
        return (int) Lua.checkstack.call(L, n) != 0;
    }

    /// A whole garbage collection.
    public static void collect(long L) {
        Lua.gc.call(L, 2, 0);
    }

    /// The VM's heap in bytes.
    public static long heap(long L) {
        return ((long) (int) Lua.gc.call(L, 3, 0) << 10) + (int) Lua.gc.call(L, 4, 0);
    }

    /// Lua's own word for the type of what is at `i`.
    public static String typeName(long L, int i) {
        int type = type(L, i);
        return type == TNONE ? "no value" : TYPES[type];
    }

    /// The string or number at `i`, null for anything else.
    public static @Nullable String string(long L, int i) {
        long length = Mem.alloc(8);
        try {
            long bytes = string(L, i, length);
            return bytes == 0 ? null : Mem.string(bytes, (int) Mem.l(length));
        } finally {
            Mem.free(length);
        }
    }

    public static void push(long L, String s) {
        int n = s.length();
        long bytes = Mem.alloc(n);
        try {
            Mem.put(bytes, s);
            push(L, bytes, n);
        } finally {
            Mem.free(bytes);
        }
    }

    /// As the C string version, for names known at compile time only by their text.
    public static void setField(long L, int table, String name) {
        long c = Mem.allocCstring(name);
        try {
            setField(L, table, c);
        } finally {
            Mem.free(c);
        }
    }

    public static void getField(long L, int table, String name) {
        long c = Mem.allocCstring(name);
        try {
            getField(L, table, c);
        } finally {
            Mem.free(c);
        }
    }

    /// Compiles source or bytecode under a chunk name (`=name`, `@file`). Leaves the function or the message on the stack.
    public static int load(long L, byte[] code, String name) {
        long bytes = Mem.alloc(code.length);
        long chunk = Mem.allocCstring(name);
        try {
            Mem.put(bytes, code);
            return load(L, bytes, code.length, chunk);
        } finally {
            Mem.free(bytes);
            Mem.free(chunk);
        }
    }

    public static int load(long L, String code, String name) {
        return load(L, Bytes.of(code), name);
    }
}
