package nightjar.lua.api;

import nightjar.core.Clock;
import nightjar.core.Mem;
import nightjar.luajit.Ffi;
import nightjar.luajit.Int64;

/// `ngx.now`, `time`, `today`, `localtime`, `utctime`, `cookie_time`, `http_time`, `parse_http_time`, `update_time`.
final class TimeApi {
    private final Clock clock;

    TimeApi(Clock clock) {
        this.clock = clock;
    }

    @Ffi("ngx_http_lua_ffi_now")
    double now() {
        return clock.sec() + clock.msec() % 1000 / 1000.0;
    }

    /// Where the milliseconds since 1970 are, a double.
    @Ffi(value = "nightjar_ffi_msec", returns = "const double *")
    long msec() { return clock.msecAddress(); }

    @Ffi("ngx_http_lua_ffi_time")
    long time() {
        return clock.sec();
    }

    @Ffi("ngx_http_lua_ffi_monotonic_msec")
    long monotonicMsec() {
        return System.nanoTime() / 1_000_000;
    }

    @Ffi("ngx_http_lua_ffi_update_time")
    void updateTime() {
        clock.update();
    }

    @Ffi("ngx_http_lua_ffi_today")
    void today(long buf) {
        Mem.put(buf, clock.today());
    }

    @Ffi("ngx_http_lua_ffi_localtime")
    void localtime(long buf) {
        Mem.put(buf, clock.localTime());
    }

    @Ffi("ngx_http_lua_ffi_utctime")
    void utctime(long buf) {
        Mem.put(buf, clock.utcTime());
    }

    /// The length: 27, or 29 from the year 2038 on.
    @Ffi("ngx_http_lua_ffi_cookie_time")
    int cookieTime(long buf, @Int64 long sec) {
        var text = Clock.cookieTime(sec);
        Mem.put(buf, text);
        return text.length();
    }

    @Ffi("ngx_http_lua_ffi_http_time")
    void httpTime(long buf, @Int64 long sec) {
        Mem.put(buf, Clock.httpTimeBytes(sec));
    }

    /// The seconds at `time`, -1 for no date.
    @Ffi("ngx_http_lua_ffi_parse_http_time")
    void parseHttpTime(long str, int len, long time) {
        Mem.l(time, Clock.parseHttpTime(Mem.string(str, len)));
    }
}
