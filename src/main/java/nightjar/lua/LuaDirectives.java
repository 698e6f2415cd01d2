package nightjar.lua;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Directive.flag;
import static nightjar.conf.Directive.msec;
import static nightjar.conf.Directive.number;
import static nightjar.conf.Directive.offset;
import static nightjar.conf.Directive.one;
import static nightjar.conf.Directive.run;
import static nightjar.conf.Directive.size;
import static nightjar.conf.Directive.string;

import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import nightjar.core.Log.Level;
import nightjar.dict.DictZone;
import nightjar.http.Core;
import nightjar.http.Zones;
import org.jspecify.annotations.Nullable;

/// The directives that tune Lua. Source: ngx_http_lua_module.c.
final class LuaDirectives {
    /// In bytes; the most that references of four bytes can tell apart.
    private static final long MIN_DICT = 8192, MAX_DICT = 30L << 30;
    static final Slot<@Nullable String> PACKAGE_PATH = Slot.of(null), PACKAGE_CPATH = Slot.of(null);
    static final Slot<Boolean> CODE_CACHE = Slot.of(true);
    static final Directive<Boolean> NEED_REQUEST_BODY = flag("lua_need_request_body", HTTP_SRV_LOC_LIF, false);
    static final Directive<Boolean> USE_DEFAULT_TYPE = flag("lua_use_default_type", HTTP_SRV_LOC_LIF, true);
    static final Directive<Boolean> HTTP10_BUFFERING = flag("lua_http10_buffering", HTTP_SRV_LOC_LIF, true);
    static final Directive<Boolean> TRANSFORM_UNDERSCORES = flag("lua_transform_underscores_in_response_headers", HTTP_SRV_LOC_LIF, true);
    static final Directive<Boolean> CHECK_CLIENT_ABORT = flag("lua_check_client_abort", HTTP_SRV_LOC_LIF, false);
    /// Every call that waits may do so in every phase, not only where nginx can wait.
    static final Directive<Boolean> YIELD_EVERYWHERE = one("lua_yield_everywhere", HTTP_SRV_LOC_LIF, 1, LuaDirectives::yieldEverywhere, false);
    static final Directive<Long> SOCKET_KEEPALIVE_TIMEOUT = msec("lua_socket_keepalive_timeout", HTTP_SRV_LOC_LIF, 60_000);
    static final Directive<Long> SOCKET_CONNECT_TIMEOUT = msec("lua_socket_connect_timeout", HTTP_SRV_LOC_LIF, 60_000);
    static final Directive<Long> SOCKET_SEND_TIMEOUT = msec("lua_socket_send_timeout", HTTP_SRV_LOC_LIF, 60_000);
    static final Directive<Long> SOCKET_READ_TIMEOUT = msec("lua_socket_read_timeout", HTTP_SRV_LOC_LIF, 60_000);
    /// Read and checked; Linux has no such option for what is sent.
    static final Directive<Long> SOCKET_SEND_LOWAT = size("lua_socket_send_lowat", HTTP_SRV_LOC_LIF, 0);
    static final Directive<Long> SOCKET_BUFFER_SIZE = size("lua_socket_buffer_size", HTTP_SRV_LOC_LIF, 4096);
    static final Directive<Integer> SOCKET_POOL_SIZE = number("lua_socket_pool_size", HTTP_SRV_LOC_LIF, 30);
    static final Directive<Boolean> SOCKET_LOG_ERRORS = flag("lua_socket_log_errors", HTTP_SRV_LOC_LIF, true);
    static final Directive<Integer> THREAD_CACHE_MAX_ENTRIES = number("lua_thread_cache_max_entries", HTTP_ONLY, 1024);
    static final Directive<Integer> MALLOC_TRIM = number("lua_malloc_trim", HTTP_ONLY, 1000);
    static final Directive<Integer> MAX_RUNNING_TIMERS = number("lua_max_running_timers", HTTP_ONLY, 256);
    static final Directive<Integer> MAX_PENDING_TIMERS = number("lua_max_pending_timers", HTTP_ONLY, 1024);
    static final Directive<Integer> REGEX_CACHE_MAX_ENTRIES = number("lua_regex_cache_max_entries", HTTP_ONLY, 1024);
    static final Directive<Integer> REGEX_MATCH_LIMIT = number("lua_regex_match_limit", HTTP_ONLY, 0);
    /// Unlike nginx, a VM's heap is bounded, so that a script which fills it gets "not enough memory". 0: no bound.
    static final Directive<Long> MEMORY_LIMIT = offset("lua_memory_limit", HTTP_ONLY, 1L << 30);

    /// How long in milliseconds a script may hold its worker before the error log is told; 0: it is not.
    static final Directive<Long> STALL_LOG = one("lua_stall_log", HTTP_ONLY, 1, a -> a.word(1).equals("off") ? 0 : a.msec(1), 1000L);

    static final Directive<?>[] ALL = {
        one("lua_package_path", HTTP_ONLY, Arity.take(1), PACKAGE_PATH, LuaDirectives::path),
        one("lua_package_cpath", HTTP_ONLY, Arity.take(1), PACKAGE_CPATH, LuaDirectives::path),
        one("lua_code_cache", HTTP_SRV_LOC_LIF, Arity.take(1), CODE_CACHE, LuaDirectives::codeCache),
        run("lua_load_resty_core", HTTP_ONLY, Arity.take(1), a -> {
            a.flag(1);
            a.warn("lua_load_resty_core is deprecated (the lua-resty-core library is required since ngx_lua v0.10.16)");
        }),
        run("lua_shared_dict", HTTP_ONLY, Arity.take(2, 3), LuaDirectives::sharedDict),
        NEED_REQUEST_BODY, USE_DEFAULT_TYPE, HTTP10_BUFFERING, TRANSFORM_UNDERSCORES, CHECK_CLIENT_ABORT, YIELD_EVERYWHERE,
        THREAD_CACHE_MAX_ENTRIES, MALLOC_TRIM, MEMORY_LIMIT, STALL_LOG,
        flag("lua_sa_restart", HTTP_ONLY, true),
        MAX_RUNNING_TIMERS, MAX_PENDING_TIMERS,
        REGEX_CACHE_MAX_ENTRIES, REGEX_MATCH_LIMIT,
        number("lua_worker_thread_vm_pool_size", HTTP_ONLY, 10),
        SOCKET_KEEPALIVE_TIMEOUT, SOCKET_CONNECT_TIMEOUT, SOCKET_SEND_TIMEOUT, SOCKET_READ_TIMEOUT, SOCKET_SEND_LOWAT,
        SOCKET_BUFFER_SIZE, SOCKET_POOL_SIZE, SOCKET_LOG_ERRORS,
        run("lua_ssl_protocols", HTTP_SRV_LOC, Arity.ONE_OR_MORE, _ -> {}), string("lua_ssl_ciphers", HTTP_SRV_LOC, "DEFAULT"),
        number("lua_ssl_verify_depth", HTTP_SRV_LOC, 1), string("lua_ssl_trusted_certificate", HTTP_SRV_LOC, null),
        string("lua_ssl_crl", HTTP_SRV_LOC, null),
    };

    private LuaDirectives() {}

    private static String path(Args a) {
        LuaMain.of(a.scope());
        var prefix = Core.prefix(a.scope());
        return a.word(1).replace("$prefix", prefix).replace("${prefix}", prefix);
    }

    private static boolean yieldEverywhere(Args a) {
        boolean on = a.flag(1);
        if (on) LuaMain.of(a.scope()).captures = true;
        return on;
    }

    private static boolean codeCache(Args a) {
        boolean on = a.flag(1);
        LuaMain.of(a.scope());
        if (!on) a.scope().get(Core.LOG).write(Level.ALERT, a.fail("lua_code_cache is off; this will hurt performance").getMessage());
        return on;
    }

    /// Unlike nginx, `persist=PATH` keeps a dict in a file.
    private static void sharedDict(Args a) {
        var name = a.word(1);
        if (name.isEmpty()) throw a.fail("invalid lua shared dict name \"" + name + "\"");
        long size = Units.size(a.word(2));
        if (size < MIN_DICT || size > MAX_DICT) throw a.fail("invalid lua shared dict size \"" + a.word(2) + "\"");
        var persist = a.paramOrNull(3, "persist");
        if (a.count() == 3 && (persist == null || persist.isEmpty())) throw a.fail("invalid parameter \"" + a.word(3) + "\"");
        var path = persist == null ? null : a.prefixed(persist);
        var dicts = LuaMain.of(a.scope()).dicts;
        // a dict in another file is another dict
        var zone = Zones.declared(a, name, size, path == null ? "lua" : "lua " + path);
        if (dicts.putIfAbsent(name, zone) != null) {
            throw a.fail("lua_shared_dict \"" + name + "\" is already defined as \"" + name + "\"");
        }
        for (var other : dicts.values()) {
            if (path != null && other.conf instanceof DictZone d && path.equals(d.path)) {
                throw a.fail("lua_shared_dict \"" + d.name + "\" is already kept in \"" + path + "\"");
            }
        }
        zone.conf = DictZone.of(name, size, path);
    }
}
