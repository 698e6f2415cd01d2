package nightjar.luajit;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import nightjar.core.NativeCall;
import nightjar.core.NativeCall.Plain;

/// LuaJIT's C API, one handle a function, by the names of lua.h without their prefix.
///
/// A [NativeCall] suits them all, as none has floating-point arguments: numbers go to and fro as integers. Only functions that
/// neither allocate in Lua nor call back are `plain`.
final class Lua {
    static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LuaLibrary.open();

    static final Plain newstate = waiting("luaL_newstate");
    static final Plain openlibs = waiting("luaL_openlibs");
    static final Plain close = waiting("lua_close");
    static final Plain newthread = waiting("lua_newthread");
    static final Plain resume = waiting("lua_resume");
    static final Plain yield = waiting("lua_yield");
    static final Plain ref = waiting("luaL_ref");
    static final Plain next = waiting("lua_next");
    static final Plain rawset = waiting("lua_rawset");
    static final Plain newuserdata = waiting("lua_newuserdata");
    static final Plain checkstack = waiting("lua_checkstack");
    static final Plain getallocf = waiting("lua_getallocf");
    static final Plain pushlightuserdata = waiting("lua_pushlightuserdata");
    static final Plain getfield = waiting("lua_getfield");
    static final Plain setfield = waiting("lua_setfield");
    static final Plain tolstring = waiting("lua_tolstring");
    static final Plain pushlstring = waiting("lua_pushlstring");
    static final Plain pushcclosure = waiting("lua_pushcclosure");
    static final Plain createtable = waiting("lua_createtable");
    static final Plain rawseti = waiting("lua_rawseti");
    static final Plain xmove = waiting("lua_xmove");
    static final Plain unref = waiting("luaL_unref");
    static final Plain gc = waiting("lua_gc");
    static final Plain getstack = waiting("lua_getstack");
    static final Plain getinfo = waiting("lua_getinfo");
    static final Plain setallocf = waiting("lua_setallocf");
    static final Plain pcall = waiting("lua_pcall");
    static final Plain loadbufferx = waiting("luaL_loadbufferx");

    static final Plain gettop = plain("lua_gettop");
    static final Plain status = plain("lua_status");
    static final Plain isyieldable = plain("lua_isyieldable");
    static final Plain pushnil = plain("lua_pushnil");
    static final Plain pushthread = plain("lua_pushthread");
    static final Plain settop = plain("lua_settop");
    static final Plain type = plain("lua_type");
    static final Plain toboolean = plain("lua_toboolean");
    static final Plain tothread = plain("lua_tothread");
    static final Plain touserdata = plain("lua_touserdata");
    static final Plain topointer = plain("lua_topointer");
    static final Plain objlen = plain("lua_objlen");
    static final Plain pushboolean = plain("lua_pushboolean");
    static final Plain pushvalue = plain("lua_pushvalue");
    static final Plain insert = plain("lua_insert");
    static final Plain remove = plain("lua_remove");
    static final Plain rawget = plain("lua_rawget");
    static final Plain rawgeti = plain("lua_rawgeti");
    static final Plain pushinteger = plain("lua_pushinteger");
    static final Plain tointeger = plain("lua_tointeger");

    private Lua() {}

    private static Plain waiting(String name) {
        return NativeCall.waiting(LIBRARY.findOrThrow(name));
    }

    private static Plain plain(String name) {
        return NativeCall.plain(LIBRARY.findOrThrow(name));
    }

    /// The address of a further symbol, 0 when this LuaJIT has none of that name.
    static long symbol(String name) {
        return LIBRARY.find(name).map(MemorySegment::address).orElse(0L);
    }
}
