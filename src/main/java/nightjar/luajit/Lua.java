package nightjar.luajit;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// LuaJIT's C API, one handle a function, by the names of lua.h without their prefix.
///
/// All integer arguments, pointers or not, are passed as whole registers (`long`), and so is what comes back: the callee
/// looks only at the low half of an `int`, on both ABIs that LuaJIT's packed builds know. Nor does it look at registers
/// beyond its parameters: handles have 2, 3 or 5, whatever the function has. Thus six shapes serve them all, and the JVM
/// builds six linkers at start, which takes it 10 to 20 milliseconds each, instead of thirty. A `critical` function (a
/// third of the cost: no thread state change) neither allocates in Lua nor calls back.
final class Lua {
    static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LuaLibrary.open();

    static final MethodHandle newstate = words("luaL_newstate", 2);
    static final MethodHandle openlibs = words("luaL_openlibs", 2);
    static final MethodHandle close = words("lua_close", 2);
    static final MethodHandle newthread = words("lua_newthread", 2);
    static final MethodHandle resume = words("lua_resume", 2);
    static final MethodHandle yield = words("lua_yield", 2);
    static final MethodHandle ref = words("luaL_ref", 2);
    static final MethodHandle next = words("lua_next", 2);
    static final MethodHandle rawset = words("lua_rawset", 2);
    static final MethodHandle newuserdata = words("lua_newuserdata", 2);
    static final MethodHandle checkstack = words("lua_checkstack", 2);
    static final MethodHandle getallocf = words("lua_getallocf", 2);
    static final MethodHandle pushlightuserdata = words("lua_pushlightuserdata", 2);
    static final MethodHandle getfield = words("lua_getfield", 3);
    static final MethodHandle setfield = words("lua_setfield", 3);
    static final MethodHandle tolstring = words("lua_tolstring", 3);
    static final MethodHandle pushlstring = words("lua_pushlstring", 3);
    static final MethodHandle pushcclosure = words("lua_pushcclosure", 3);
    static final MethodHandle createtable = words("lua_createtable", 3);
    static final MethodHandle rawseti = words("lua_rawseti", 3);
    static final MethodHandle xmove = words("lua_xmove", 3);
    static final MethodHandle unref = words("luaL_unref", 3);
    static final MethodHandle gc = words("lua_gc", 3);
    static final MethodHandle getstack = words("lua_getstack", 3);
    static final MethodHandle getinfo = words("lua_getinfo", 3);
    static final MethodHandle setallocf = words("lua_setallocf", 3);
    static final MethodHandle pcall = words("lua_pcall", 5);
    static final MethodHandle loadbufferx = words("luaL_loadbufferx", 5);

    static final MethodHandle gettop = critical("lua_gettop");
    static final MethodHandle status = critical("lua_status");
    static final MethodHandle isyieldable = critical("lua_isyieldable");
    static final MethodHandle pushnil = critical("lua_pushnil");
    static final MethodHandle pushthread = critical("lua_pushthread");
    static final MethodHandle settop = critical("lua_settop");
    static final MethodHandle type = critical("lua_type");
    static final MethodHandle toboolean = critical("lua_toboolean");
    static final MethodHandle tothread = critical("lua_tothread");
    static final MethodHandle touserdata = critical("lua_touserdata");
    static final MethodHandle topointer = critical("lua_topointer");
    static final MethodHandle objlen = critical("lua_objlen");
    static final MethodHandle pushboolean = critical("lua_pushboolean");
    static final MethodHandle pushvalue = critical("lua_pushvalue");
    static final MethodHandle insert = critical("lua_insert");
    static final MethodHandle remove = critical("lua_remove");
    static final MethodHandle rawget = critical("lua_rawget");
    static final MethodHandle rawgeti = critical("lua_rawgeti");
    static final MethodHandle pushnumber = LINKER.downcallHandle(LIBRARY.findOrThrow("lua_pushnumber"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_DOUBLE), Linker.Option.critical(false));
    static final MethodHandle tonumber = LINKER.downcallHandle(LIBRARY.findOrThrow("lua_tonumber"),
            FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG, JAVA_LONG), Linker.Option.critical(false));

    private Lua() {}

    private static MethodHandle words(String name, int arguments, Linker.Option... options) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), shape(arguments), options);
    }

    private static MethodHandle critical(String name) {
        return words(name, 3, Linker.Option.critical(false));
    }

    static FunctionDescriptor shape(int arguments) {
        var words = new MemoryLayout[arguments];
        Arrays.fill(words, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, words);
    }

    /// The address of a further symbol, 0 when this LuaJIT has none of that name.
    static long symbol(String name) {
        return LIBRARY.find(name).map(MemorySegment::address).orElse(0L);
    }

    /// A handle on a C function by its address, in the same shape.
    static MethodHandle at(long address, int arguments, Linker.Option... options) {
        return LINKER.downcallHandle(MemorySegment.ofAddress(address), shape(arguments), options);
    }

    /// A `lua_CFunction`'s type.
    static final FunctionDescriptor C_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
}
