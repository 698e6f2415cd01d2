package nightjar.luajit;

import nightjar.core.Bytes;
import nightjar.core.Downcall;
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
        try {
            long L = (long) Lua.newstate.invokeExact(0L, 0L);
            if (L == 0) throw new OutOfMemoryError("cannot create a Lua VM");
            return L;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void openlibs(long L) {
        try {
            var _ = (long) Lua.openlibs.invokeExact(L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void close(long L) {
        try {
            var _ = (long) Lua.close.invokeExact(L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Compiles `n` bytes of source or bytecode at `code`. `name` is a C string. Leaves the function or the message on the stack.
    public static int load(long L, long code, long n, long name) {
        try {
            return (int) (long) Lua.loadbufferx.invokeExact(L, code, n, name, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int pcall(long L, int arguments, int results) {
        try {
            return (int) (long) Lua.pcall.invokeExact(L, (long) arguments, (long) results, 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Runs a coroutine on from where it is. A coroutine that has ended and holds a function again starts anew.
    public static int resume(long L, int arguments) {
        try {
            return (int) (long) Lua.resume.invokeExact(L, (long) arguments);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// What a C function returns to yield its top values.
    /// @throws LuaException where Lua cannot yield: below a C function such as `string.gsub`
    public static int yield(long L, int results) {
        try {
            if ((int) (long) Lua.isyieldable.invokeExact(L, 0L, 0L) == 0) {
                throw new LuaException("attempt to yield across C-call boundary");
            }
            return (int) (long) Lua.yield.invokeExact(L, (long) results);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes a new coroutine.
    public static long newThread(long L) {
        try {
            return (long) Lua.newthread.invokeExact(L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int status(long L) {
        try {
            return (int) (long) Lua.status.invokeExact(L, 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int top(long L) {
        try {
            return (int) (long) Lua.gettop.invokeExact(L, 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void top(long L, int n) {
        try {
            var _ = (long) Lua.settop.invokeExact(L, (long) n, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int type(long L, int i) {
        try {
            return (int) (long) Lua.type.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static double number(long L, int i) {
        try {
            return (double) Lua.tonumber.invokeExact(L, (long) i);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static boolean bool(long L, int i) {
        try {
            return (int) (long) Lua.toboolean.invokeExact(L, (long) i, 0L) != 0;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// The coroutine at `i`, 0 when there is none.
    public static long thread(long L, int i) {
        try {
            return (long) Lua.tothread.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static long userdata(long L, int i) {
        try {
            return (long) Lua.touserdata.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static long pointer(long L, int i) {
        try {
            return (long) Lua.topointer.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static long length(long L, int i) {
        try {
            return (long) Lua.objlen.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// The address of a string's bytes, valid while Lua holds the string, and its length at `lengthAt`; 0 for what is neither string nor number (a number becomes a string in place).
    public static long string(long L, int i, long lengthAt) {
        try {
            return (long) Lua.tolstring.invokeExact(L, (long) i, lengthAt);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void pushNil(long L) {
        try {
            var _ = (long) Lua.pushnil.invokeExact(L, 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void push(long L, double v) {
        try {
            var _ = (long) Lua.pushnumber.invokeExact(L, v);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void push(long L, boolean v) {
        try {
            var _ = (long) Lua.pushboolean.invokeExact(L, v ? 1L : 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes a string from memory.
    public static void push(long L, long bytes, long n) {
        try {
            var _ = (long) Lua.pushlstring.invokeExact(L, bytes, n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void pushPointer(long L, long address) {
        try {
            var _ = (long) Lua.pushlightuserdata.invokeExact(L, address);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes a C function by its address.
    public static void pushFunction(long L, long address) {
        try {
            var _ = (long) Lua.pushcclosure.invokeExact(L, address, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes `n` bytes that Lua owns; their address.
    public static long newUserdata(long L, long n) {
        try {
            return (long) Lua.newuserdata.invokeExact(L, n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes `L` itself.
    public static void pushThread(long L) {
        try {
            var _ = (long) Lua.pushthread.invokeExact(L, 0L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes a copy of what is at `i`.
    public static void pushValue(long L, int i) {
        try {
            var _ = (long) Lua.pushvalue.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void insert(long L, int i) {
        try {
            var _ = (long) Lua.insert.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void remove(long L, int i) {
        try {
            var _ = (long) Lua.remove.invokeExact(L, (long) i, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Moves the top `n` values to another coroutine of the same VM.
    public static void move(long from, long to, int n) {
        try {
            var _ = (long) Lua.xmove.invokeExact(from, to, (long) n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void newTable(long L, int array, int hash) {
        try {
            var _ = (long) Lua.createtable.invokeExact(L, (long) array, (long) hash);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pushes `t[name]`; may run a metamethod.
    public static void getField(long L, int table, long name) {
        try {
            var _ = (long) Lua.getfield.invokeExact(L, (long) table, name);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pops a value into `t[name]`; may run a metamethod.
    public static void setField(long L, int table, long name) {
        try {
            var _ = (long) Lua.setfield.invokeExact(L, (long) table, name);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void rawGet(long L, int table) {
        try {
            var _ = (long) Lua.rawget.invokeExact(L, (long) table, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void rawSet(long L, int table) {
        try {
            var _ = (long) Lua.rawset.invokeExact(L, (long) table);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void rawGet(long L, int table, int n) {
        try {
            var _ = (long) Lua.rawgeti.invokeExact(L, (long) table, (long) n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void rawSet(long L, int table, int n) {
        try {
            var _ = (long) Lua.rawseti.invokeExact(L, (long) table, (long) n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pops a key, pushes the next key and value; false at the end.
    public static boolean next(long L, int table) {
        try {
            return (int) (long) Lua.next.invokeExact(L, (long) table) != 0;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Pops a value into a free slot of the registry.
    public static int ref(long L) {
        try {
            return (int) (long) Lua.ref.invokeExact(L, (long) REGISTRYINDEX);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static void unref(long L, int ref) {
        try {
            var _ = (long) Lua.unref.invokeExact(L, (long) REGISTRYINDEX, (long) ref);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Makes room for `n` more values; false when the stack cannot grow so far.
    public static boolean checkStack(long L, int n) {
        try {
            return (int) (long) Lua.checkstack.invokeExact(L, (long) n) != 0;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// A whole garbage collection.
    public static void collect(long L) {
        try {
            var _ = (long) Lua.gc.invokeExact(L, 2L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// The VM's heap in bytes.
    public static long heap(long L) {
        try {
            return ((long) (int) (long) Lua.gc.invokeExact(L, 3L, 0L) << 10) + (int) (long) Lua.gc.invokeExact(L, 4L, 0L);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
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
