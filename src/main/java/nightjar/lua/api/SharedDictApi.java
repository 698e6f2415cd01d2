package nightjar.lua.api;

import java.util.function.LongUnaryOperator;
import nightjar.core.Clock;
import nightjar.core.Mem;
import nightjar.dict.Answer;
import nightjar.dict.DictUser;
import nightjar.dict.SharedDict;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaDicts;
import nightjar.luajit.Ffi;
import nightjar.luajit.Int64;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;

/// `ngx.shared`. A `zone` is a pointer to a dict's number; a full userdata with the number in it is one. Lua has looked at the
/// keys' lengths. Source: ngx_http_lua_shdict.c.
final class SharedDictApi {
    private static final int LIST = 5;
    private static final long IS_A_LIST = CString.of(Answer.IS_A_LIST.text), KEY_TOO_LONG = CString.of("key too long"),
            NIL_VALUE = CString.of("attempt to add or replace nil values"), BAD_TYPE = CString.of("unsupported value type");
    /// Of a store: it is done; others had to go for it; they had to, and there is no room all the same.
    private static final int STORED = 0, FORCED = 1, FORCED_IN_VAIN = -6;
    /// What [#push] returns when there was no memory for the list itself: Lua gets `false` then.
    private static final int NO_LIST = -2;
    // ngx_http_lua_value_t
    private static final int VALUE_BOOLEAN = 8, VALUE_NUMBER = 8, VALUE_LENGTH = 8, VALUE_DATA = 16;

    private final LuaResult result;
    private final LuaDicts dicts;
    private final Clock clock;
    private final DictKeys keys;
    private final LongUnaryOperator room;

    SharedDictApi(LuaResult result, LuaDicts dicts, Clock clock) {
        this.result = result;
        this.dicts = dicts;
        this.clock = clock;
        keys = new DictKeys(result);
        room = result::room;
    }

    /// A table with the new VM's dicts, each a table whose first item is the userdata.
    @LuaFunction("ngx._shared_zones")
    int zones(long L) {
        var names = dicts.byName();
        LuaState.newTable(L, 0, names.size());
        for (var name : names.entrySet()) {
            LuaState.push(L, name.getKey());
            LuaState.newTable(L, 1, 0);
            Mem.l(LuaState.newUserdata(L, 8), name.getValue());
            LuaState.rawSet(L, -2, 1);
            LuaState.rawSet(L, -3);
        }
        return 1;
    }

    /// `nightjar_dict_user_t`: [DictUser#struct].
    @Ffi(value = "nightjar_ffi_shdict_user", returns = "void *")
    long user(long zone) { return dicts.user(zone).struct(); }

    /// What C reads from the userdata: here a pointer to the number already.
    @Ffi(value = "ngx_http_lua_ffi_shdict_udata_to_zone", returns = "void *")
    long zone(long userdata) { return userdata; }

    /// `*buf` has `*len` bytes for a string; a longer one is left in memory that Lua frees.
    @Ffi("ngx_http_lua_ffi_shdict_get")
    int get(long zone, long key, int keyLen, long type, long buf, long len, long number, long flags, int stale, long isStale, long err) {
        var user = dicts.user(zone);
        long buffer = Mem.l(buf);
        Mem.l(err, 0);
        var answer = user.dict.get(user, key, keyLen, clock.msec(), stale != 0, buffer, Mem.l(len));
        if (answer != Answer.OK) {
            Mem.i(type, answer == Answer.IS_A_LIST ? LIST : SharedDict.NIL);
            return answer == Answer.IS_A_LIST ? failed(err, IS_A_LIST) : Code.OK;
        }
        Mem.i(type, user.type);
        Mem.i(flags, user.flags);
        Mem.i(isStale, user.stale ? 1 : 0);
        if (user.type == SharedDict.STRING) {
            Mem.l(buf, user.at);
            Mem.l(len, user.length);
        } else if (user.type == SharedDict.NUMBER) {
            Mem.d(number, user.number);
        } else {
            Mem.b(buffer, (int) user.number);
        }
        return Code.OK;
    }

    /// As above, for Nightjar's own resty.core: an argument that goes over the stack costs time, and so does each that points
    /// to where something is to be left.
    /// @return the value's type, `LIST` or [SharedDict#NIL]; the value is in `result`, what else is known of it in [DictUser#struct]
    @Ffi("nightjar_ffi_shdict_get")
    int get(long zone, long key, int keyLen, int stale) {
        var user = dicts.user(zone);
        long buffer = result.room(0);
        var answer = user.dict.get(user, key, keyLen, clock.msec(), stale != 0, buffer, result.capacity());
        if (answer != Answer.OK) return answer == Answer.IS_A_LIST ? LIST : SharedDict.NIL;
        int type = user.type;
        if (type != SharedDict.STRING) {
            result.number(user.number);
        } else if (user.at == buffer) {
            result.string(buffer, user.length);
        } else {
            int n = user.length;
            long at = result.room(n);
            Mem.copy(user.at, at, n);
            result.string(at, n);
            user.drop();
        }
        return type;
    }

    private static int failed(long err, long text) {
        Mem.l(err, text);
        return Code.ERROR;
    }

    @Ffi("ngx_http_lua_ffi_shdict_store")
    int store(long zone, int op, long key, int keyLen, int type, long value, int valueLen, double number, @Int64 long exptime,
            int flags, long err, long forcible) {
        if (keyLen > SharedDict.MAX_KEY) return failed(err, KEY_TOO_LONG);
        if (type == SharedDict.NIL && (op & (SharedDict.ADD | SharedDict.REPLACE)) != 0) return failed(err, NIL_VALUE);
        if (type != SharedDict.NIL && type != SharedDict.BOOLEAN && type != SharedDict.NUMBER && type != SharedDict.STRING) {
            return failed(err, BAD_TYPE);
        }
        var user = dicts.user(zone);
        var answer = user.dict.store(user, op, key, keyLen, type, value, valueLen, number, exptime, flags, clock.msec());
        Mem.i(forcible, user.forcible ? 1 : 0);
        if (answer == Answer.OK) return Code.OK;
        failed(err, text(answer));
        return answer == Answer.NO_MEMORY ? Code.ERROR : Code.DECLINED;
    }

    /// Stores a string, with fewer arguments than C: there are no flags, and a failure leaves its text in `result`.
    /// @param ttl in milliseconds, 0: without end
    /// @return [#STORED], [#FORCED], [#FORCED_IN_VAIN], or `Code.DECLINED` or `Code.ERROR` as in C
    @Ffi("nightjar_ffi_shdict_set")
    int set(long zone, int op, long key, int keyLen, long value, int valueLen, double ttl) {
        var user = dicts.user(zone);
        return stored(user, user.dict.store(user, op, key, keyLen, SharedDict.STRING, value, valueLen, 0, (long) ttl, 0, clock.msec()));
    }

    /// The same for a number.
    @Ffi("nightjar_ffi_shdict_set_number")
    int setNumber(long zone, int op, long key, int keyLen, double number, double ttl) {
        var user = dicts.user(zone);
        return stored(user, user.dict.store(user, op, key, keyLen, SharedDict.NUMBER, 0, 0, number, (long) ttl, 0, clock.msec()));
    }

    private int stored(DictUser user, Answer answer) {
        if (answer == Answer.OK) return user.forcible ? FORCED : STORED;
        result.string(answer.text);
        if (user.forcible) return FORCED_IN_VAIN;
        return answer == Answer.NO_MEMORY ? Code.ERROR : Code.DECLINED;
    }

    private static long text(Answer answer) { return CString.of(answer.text); }

    @Ffi("ngx_http_lua_ffi_shdict_incr")
    int incr(long zone, long key, int keyLen, long value, long err, int hasInit, double init, @Int64 long initTtl, long forcible) {
        if (keyLen > SharedDict.MAX_KEY) return failed(err, KEY_TOO_LONG);
        var user = dicts.user(zone);
        var answer = user.dict.incr(user, key, keyLen, Mem.d(value), hasInit != 0, init, initTtl, clock.msec());
        Mem.i(forcible, user.forcible ? 1 : 0);
        if (answer != Answer.OK) return failed(err, text(answer));
        Mem.d(value, user.number);
        return Code.OK;
    }

    /// Where there is no `init`: the new value is the result's number.
    /// @return `Code.DECLINED` for whatever speaks against it; the call above says what
    @Ffi("nightjar_ffi_shdict_incr")
    int incr(long zone, long key, int keyLen, double value) {
        var user = dicts.user(zone);
        var answer = user.dict.incr(user, key, keyLen, value, false, 0, 0, clock.msec());
        if (answer != Answer.OK) return Code.DECLINED;
        result.number(user.number);
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_shdict_flush_all")
    int flushAll(long zone) {
        dicts.user(zone).dict.flushAll(clock.msec());
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_shdict_get_ttl")
    long ttl(long zone, long key, int keyLen) {
        long ttl = dicts.user(zone).dict.ttl(key, keyLen, clock.msec());
        return ttl == Long.MIN_VALUE ? Code.DECLINED : ttl;
    }

    @Ffi("ngx_http_lua_ffi_shdict_set_expire")
    int expire(long zone, long key, int keyLen, @Int64 long exptime) {
        return dicts.user(zone).dict.expire(key, keyLen, exptime, clock.msec()) == Answer.OK ? Code.OK : Code.DECLINED;
    }

    @Ffi("ngx_http_lua_ffi_shdict_capacity")
    long capacity(long zone) { return dicts.user(zone).dict.capacity(); }

    @Ffi("ngx_http_lua_ffi_shdict_free_space")
    long freeSpace(long zone) { return dicts.user(zone).dict.freeSpace(); }

    // --- what has no FFI function in C

    /// Returns how many keys there are in `result`, as [DictKeys] leaves them.
    @Ffi("nightjar_ffi_shdict_get_keys")
    int getKeys(long zone, int max, long last, long next) {
        keys.begin(last, next);
        int n = dicts.user(zone).dict.keys(max, clock.msec(), keys);
        keys.end();
        return n;
    }

    @Ffi("nightjar_ffi_shdict_flush_expired")
    int flushExpired(long zone, int max) { return dicts.user(zone).dict.flushExpired(max, clock.msec()); }

    /// The list's length.
    @Ffi("nightjar_ffi_shdict_push")
    int push(long zone, int left, long key, int keyLen, int type, long value, int valueLen, double number, long err) {
        var user = dicts.user(zone);
        var answer = user.dict.push(user, left != 0, key, keyLen, type, value, valueLen, number, clock.msec());
        if (answer == Answer.OK) return user.length;
        failed(err, text(answer));
        return answer == Answer.NO_MEMORY_FOR_LIST ? NO_LIST : Code.ERROR;
    }

    /// The item's type, [SharedDict#NIL] for no item; a string is left in `result`.
    @Ffi("nightjar_ffi_shdict_pop")
    int pop(long zone, int left, long key, int keyLen, long number, long err) {
        var user = dicts.user(zone);
        var answer = user.dict.pop(user, left != 0, key, keyLen, clock.msec(), room);
        if (answer == Answer.NOT_FOUND) return SharedDict.NIL;
        if (answer != Answer.OK) return failed(err, text(answer));
        if (user.type == SharedDict.NUMBER) Mem.d(number, user.number);
        else result.string(user.at, user.length);
        return user.type;
    }

    @Ffi("nightjar_ffi_shdict_llen")
    int llen(long zone, long key, int keyLen, long err) {
        var user = dicts.user(zone);
        var answer = user.dict.length(user, key, keyLen, clock.msec());
        return answer == Answer.OK ? user.length : failed(err, text(answer));
    }

    // --- the API for C modules

    @Ffi(value = "ngx_http_lua_find_zone", returns = "void *")
    long findZone(long name, int len) {
        var n = dicts.byName().get(Mem.string(name, len));
        return n == null ? 0 : dicts.pointer(n);
    }

    /// Fills a `ngx_http_lua_value_t`, in which a string's buffer and size stand; a longer string is cut.
    @Ffi("ngx_http_lua_shared_dict_get")
    int get(long zone, long key, int keyLen, long value) {
        if (zone == 0) return Code.ERROR;
        var user = dicts.user(zone);
        // where the string's buffer is may be something else as long as it is not known that there is a string
        var answer = user.dict.get(user, key, keyLen, clock.msec(), true, 0, 0);
        if (answer == Answer.NOT_FOUND) return Code.DECLINED;
        int rc = answer != Answer.OK ? Code.ERROR : user.stale ? Code.DONE : fill(user, value);
        user.drop();
        return rc;
    }

    private static int fill(DictUser user, long value) {
        Mem.b(value, user.type);
        if (user.type == SharedDict.NUMBER) {
            Mem.d(value + VALUE_NUMBER, user.number);
        } else if (user.type == SharedDict.BOOLEAN) {
            Mem.i(value + VALUE_BOOLEAN, (int) user.number);
        } else {
            long buffer = Mem.l(value + VALUE_DATA), room = Mem.l(value + VALUE_LENGTH);
            if (buffer == 0 || room == 0) return Code.ERROR;
            long n = Math.min(room, user.length);
            Mem.copy(user.at, buffer, n);
            Mem.l(value + VALUE_LENGTH, n);
        }
        return Code.OK;
    }
}
