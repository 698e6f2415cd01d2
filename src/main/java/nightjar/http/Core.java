package nightjar.http;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// What every location knows: where its files are, limits, time-outs, how its responses are sent.
/// Source: ngx_http_core_module.c, the location's part.
public final class Core {
    /// What the Server header and error pages say.
    public static final String SERVER_NAME = "nginx/" + Version.NGINX;

    public enum InFileOnly { OFF, ON, CLEAN }
    public enum LingeringClose { OFF, ON, ALWAYS }
    public enum IfModifiedSince { OFF, EXACT, BEFORE }
    public enum Satisfy { ALL, ANY }

    /// `error_page 404 =200 /x;`; `overwrite` is -1 to keep the status, 0 to take the new one's.
    public record ErrorPage(List<Integer> statuses, int overwrite, ComplexValue uri, @Nullable ComplexValue args) {}

    /// Where files are: `root` or `alias`, as written.
    public record Root(ComplexValue path, boolean alias) {}

    /// File extension → type.
    public record Types(Map<String, String> byExtension) {
        static final Types DEFAULT = new Types(Map.of("html", "text/html", "gif", "image/gif", "jpg", "image/jpeg"));
    }

    /// A directory of temporary files, which the process makes when it starts, with nginx's levels of subdirectories.
    public record TempPath(String dir, List<Integer> levels) {
        /// The path of file number `n`; its directories are made when they are missing.
        String file(long n) {
            var name = Long.toString(10_000_000_000L + n).substring(1);
            var at = new StringBuilder(dir);
            int end = name.length();
            for (int level : levels) {
                at.append('/').append(name, end - level, end);
                end -= level;
                Posix.mkdir(at.toString(), 0700);
            }
            return at.append('/').append(name).toString();
        }
    }

    // --- directives

    /// The handler that makes a location's content, set by directives such as `content_by_lua` or `echo`.
    public static final Slot<@Nullable Handler> CONTENT = Slot.own(null);
    /// A location that ends with a slash is meant by its path without it, too (`proxy_pass`).
    public static final Slot<Boolean> AUTO_REDIRECT = Slot.own(false);
    /// The error log in force; made by the process before `http` is read.
    public static final Slot<Log> LOG = Slot.of(Log.NONE);

    static final Slot<@Nullable Root> ROOT_SLOT = Slot.of(null);
    static final Directive<?> ROOT = one("root", HTTP_SRV_LOC_LIF, Arity.take(1), ROOT_SLOT, a -> root(a, false));
    static final Directive<?> ALIAS = one("alias", LOC_ONLY, Arity.take(1), ROOT_SLOT, a -> root(a, true));
    static final Directive<Long> CLIENT_MAX_BODY_SIZE = offset("client_max_body_size", HTTP_SRV_LOC, 1 << 20);
    static final Directive<Long> CLIENT_BODY_BUFFER_SIZE = size("client_body_buffer_size", HTTP_SRV_LOC, 16 << 10);
    static final Directive<Long> CLIENT_BODY_TIMEOUT = msec("client_body_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<InFileOnly> CLIENT_BODY_IN_FILE_ONLY = choice("client_body_in_file_only", HTTP_SRV_LOC, InFileOnly.OFF);
    static final Directive<Boolean> CLIENT_BODY_IN_SINGLE_BUFFER = flag("client_body_in_single_buffer", HTTP_SRV_LOC, false);
    static final Slot<@Nullable TempPath> CLIENT_BODY_TEMP_PATH_SLOT = Slot.of(null);
    static final Directive<?> CLIENT_BODY_TEMP_PATH = one("client_body_temp_path", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), CLIENT_BODY_TEMP_PATH_SLOT, Core::tempPath);
    static final Directive<Satisfy> SATISFY = choice("satisfy", HTTP_SRV_LOC, Satisfy.ALL);
    static final Directive<Long> AUTH_DELAY = msec("auth_delay", HTTP_SRV_LOC, 0);
    static final Slot<Boolean> INTERNAL_SLOT = Slot.own(false);
    static final Directive<Boolean> INTERNAL = one("internal", LOC_ONLY, Arity.NONE, INTERNAL_SLOT, _ -> true);
    static final Directive<Boolean> SENDFILE = flag("sendfile", HTTP_SRV_LOC_LIF, false);
    static final Directive<Boolean> TCP_NODELAY = flag("tcp_nodelay", HTTP_SRV_LOC, true);
    static final Directive<Boolean> TCP_NOPUSH = flag("tcp_nopush", HTTP_SRV_LOC, false);
    static final Directive<Long> SEND_TIMEOUT = msec("send_timeout", HTTP_SRV_LOC, 60_000);
    /// What a packet of an Ethernet holds.
    private static final int SEGMENT = 1460;
    static final Directive<Long> POSTPONE_OUTPUT = size("postpone_output", HTTP_SRV_LOC, SEGMENT);
    static final Directive<@Nullable ComplexValue> LIMIT_RATE = one("limit_rate", HTTP_SRV_LOC_LIF, 1, Core::sizeValue, null);
    static final Directive<@Nullable ComplexValue> LIMIT_RATE_AFTER = one("limit_rate_after", HTTP_SRV_LOC_LIF, 1, Core::sizeValue, null);
    static final Directive<Long> KEEPALIVE_TIME = msec("keepalive_time", HTTP_SRV_LOC, 3_600_000);
    record KeepAlive(long timeout, long header) {}
    static final Directive<KeepAlive> KEEPALIVE_TIMEOUT = one("keepalive_timeout", HTTP_SRV_LOC, Arity.take(1, 2),
            a -> new KeepAlive(a.msec(1), a.count() == 2 ? a.sec(2) : 0), new KeepAlive(75_000, 0));
    static final Directive<Integer> KEEPALIVE_REQUESTS = number("keepalive_requests", HTTP_SRV_LOC, 1000);
    static final Directive<Set<String>> KEEPALIVE_DISABLE = one("keepalive_disable", HTTP_SRV_LOC, Arity.take(1, 2), Core::browsers, Set.of("msie6"));
    static final Directive<LingeringClose> LINGERING_CLOSE = choice("lingering_close", HTTP_SRV_LOC, LingeringClose.ON);
    static final Directive<Long> LINGERING_TIME = msec("lingering_time", HTTP_SRV_LOC, 30_000);
    static final Directive<Long> LINGERING_TIMEOUT = msec("lingering_timeout", HTTP_SRV_LOC, 5_000);
    static final Directive<Boolean> RESET_TIMEDOUT_CONNECTION = flag("reset_timedout_connection", HTTP_SRV_LOC, false);
    static final Directive<Boolean> ABSOLUTE_REDIRECT = flag("absolute_redirect", HTTP_SRV_LOC, true);
    static final Directive<Boolean> SERVER_NAME_IN_REDIRECT = flag("server_name_in_redirect", HTTP_SRV_LOC, false);
    static final Directive<Boolean> PORT_IN_REDIRECT = flag("port_in_redirect", HTTP_SRV_LOC, true);
    static final Directive<Boolean> MSIE_PADDING = flag("msie_padding", HTTP_SRV_LOC, true);
    static final Directive<Boolean> MSIE_REFRESH = flag("msie_refresh", HTTP_SRV_LOC, false);
    static final Directive<Boolean> LOG_NOT_FOUND = flag("log_not_found", HTTP_SRV_LOC, true);
    static final Directive<Boolean> LOG_SUBREQUEST = flag("log_subrequest", HTTP_SRV_LOC, false);
    static final Directive<Boolean> RECURSIVE_ERROR_PAGES = flag("recursive_error_pages", HTTP_SRV_LOC, false);
    static final Directive<Boolean> CHUNKED = flag("chunked_transfer_encoding", HTTP_SRV_LOC, true);
    static final Directive<IfModifiedSince> IF_MODIFIED_SINCE = choice("if_modified_since", HTTP_SRV_LOC, IfModifiedSince.EXACT);
    static final Directive<Integer> MAX_RANGES = number("max_ranges", HTTP_SRV_LOC, Integer.MAX_VALUE);
    static final Directive<Boolean> ETAG = flag("etag", HTTP_SRV_LOC, true);
    static final Directive<List<ErrorPage>> ERROR_PAGE = many("error_page", HTTP_SRV_LOC_LIF, Arity.TWO_OR_MORE, Core::errorPage);
    static final Directive<String> DEFAULT_TYPE = one("default_type", HTTP_SRV_LOC, 1, a -> a.word(1), "text/plain");
    static final Slot<Types> TYPES_SLOT = Slot.of(Types.DEFAULT);
    static final Directive<?> TYPES = block("types", HTTP_SRV_LOC, Arity.NONE, (a, scope) -> scope.set(TYPES_SLOT, types(a)));
    static final Directive<Boolean> SERVER_TOKENS = one("server_tokens", HTTP_SRV_LOC, 1, a -> a.word(1).equals("build") || a.flag(1), true);
    static final Directive<Long> SUBREQUEST_OUTPUT_BUFFER_SIZE = size("subrequest_output_buffer_size", HTTP_SRV_LOC, 4096);

    /// Tuning of nginx's own memory, tables and file access that has no counterpart here: read, checked, without effect.
    static final List<Directive<?>> WITHOUT_EFFECT = List.of(
            run("connection_pool_size", HTTP_SRV, Arity.take(1), a -> a.size(1)), run("request_pool_size", HTTP_SRV, Arity.take(1), a -> a.size(1)),
            run("variables_hash_max_size", HTTP_ONLY, Arity.take(1), a -> a.number(1)), run("variables_hash_bucket_size", HTTP_ONLY, Arity.take(1), a -> a.number(1)),
            run("server_names_hash_max_size", HTTP_ONLY, Arity.take(1), a -> a.number(1)), run("server_names_hash_bucket_size", HTTP_ONLY, Arity.take(1), a -> a.number(1)),
            run("types_hash_max_size", HTTP_SRV_LOC, Arity.take(1), a -> a.number(1)), run("types_hash_bucket_size", HTTP_SRV_LOC, Arity.take(1), a -> a.number(1)),
            run("open_file_cache", HTTP_SRV_LOC, Arity.take(1, 2), _ -> {}), run("open_file_cache_valid", HTTP_SRV_LOC, Arity.take(1), a -> a.sec(1)),
            run("open_file_cache_min_uses", HTTP_SRV_LOC, Arity.take(1), a -> a.number(1)), run("open_file_cache_errors", HTTP_SRV_LOC, Arity.take(1), a -> a.flag(1)),
            run("aio", HTTP_SRV_LOC, Arity.take(1), _ -> {}), run("aio_write", HTTP_SRV_LOC, Arity.take(1), a -> a.flag(1)),
            run("directio", HTTP_SRV_LOC, Arity.take(1), _ -> {}), run("directio_alignment", HTTP_SRV_LOC, Arity.take(1), a -> a.offset(1)),
            run("sendfile_max_chunk", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)), run("read_ahead", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)),
            run("output_buffers", HTTP_SRV_LOC, Arity.take(2), a -> { a.number(1); a.size(2); }), run("send_lowat", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)),
            run("proxy_temp_path", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), _ -> {}),
            run("fastcgi_temp_path", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), _ -> {}), run("uwsgi_temp_path", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), _ -> {}),
            run("scgi_temp_path", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), _ -> {}));

    // --- the record

    public record Conf(Log log, Root root, long clientMaxBodySize, long clientBodyBufferSize, long clientBodyTimeout,
            InFileOnly clientBodyInFileOnly, TempPath clientBodyTempPath, boolean satisfyAll, boolean internal, boolean sendfile,
            boolean tcpNodelay, boolean tcpNopush, long sendTimeout, int postponeOutput, @Nullable ComplexValue limitRate,
            @Nullable ComplexValue limitRateAfter, long keepaliveTime, long keepaliveTimeout, long keepaliveHeader,
            int keepaliveRequests, Set<String> keepaliveDisable, LingeringClose lingeringClose, long lingeringTime,
            long lingeringTimeout, boolean resetTimedoutConnection, boolean absoluteRedirect, boolean serverNameInRedirect,
            boolean portInRedirect, boolean msiePadding, boolean msieRefresh, boolean logNotFound, boolean logSubrequest,
            boolean recursiveErrorPages, boolean chunkedTransferEncoding, IfModifiedSince ifModifiedSince, int maxRanges,
            boolean etag, long authDelay, List<ErrorPage> errorPages, String defaultType, Types types, boolean serverTokens) {
        Conf(Scope s) {
            this(s.get(LOG), rootOf(s), CLIENT_MAX_BODY_SIZE.get(s), CLIENT_BODY_BUFFER_SIZE.get(s), CLIENT_BODY_TIMEOUT.get(s),
                    CLIENT_BODY_IN_FILE_ONLY.get(s), bodyTempPath(s), SATISFY.get(s) == Satisfy.ALL, s.get(INTERNAL_SLOT), SENDFILE.get(s),
                    TCP_NODELAY.get(s), TCP_NOPUSH.get(s), SEND_TIMEOUT.get(s), (int) (long) POSTPONE_OUTPUT.get(s), LIMIT_RATE.get(s),
                    LIMIT_RATE_AFTER.get(s), KEEPALIVE_TIME.get(s), KEEPALIVE_TIMEOUT.get(s).timeout, KEEPALIVE_TIMEOUT.get(s).header,
                    KEEPALIVE_REQUESTS.get(s), KEEPALIVE_DISABLE.get(s), LINGERING_CLOSE.get(s), LINGERING_TIME.get(s),
                    LINGERING_TIMEOUT.get(s), RESET_TIMEDOUT_CONNECTION.get(s), ABSOLUTE_REDIRECT.get(s), SERVER_NAME_IN_REDIRECT.get(s),
                    PORT_IN_REDIRECT.get(s), MSIE_PADDING.get(s), MSIE_REFRESH.get(s), LOG_NOT_FOUND.get(s), LOG_SUBREQUEST.get(s),
                    RECURSIVE_ERROR_PAGES.get(s), CHUNKED.get(s), IF_MODIFIED_SINCE.get(s), MAX_RANGES.get(s),
                    ETAG.get(s), AUTH_DELAY.get(s), ERROR_PAGE.get(s), DEFAULT_TYPE.get(s), s.get(TYPES_SLOT), SERVER_TOKENS.get(s));
        }

        /// Whether output is to go out at once, in pieces smaller than a packet: then errors of it are seen at once, too.
        public boolean sendsAtOnce() { return postponeOutput < SEGMENT; }

        /// The type for `r`'s file extension, else `default_type`; `null` when that is empty.
        public @Nullable String typeFor(Request r) {
            var ext = Paths.extension(r.uri);
            if (ext != null) {
                var t = types.byExtension.get(Bytes.lower(ext));
                if (t != null) return t;
            }
            return defaultType.isEmpty() ? null : defaultType;
        }

        boolean keepaliveDisabled(Request r) {
            return r.in.msie6() && keepaliveDisable.contains("msie6") && r.method.equals("POST")
                    || r.in.safari() && keepaliveDisable.contains("safari");
        }
    }
    public static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("core")
            .directives(ROOT, ALIAS, CLIENT_MAX_BODY_SIZE, CLIENT_BODY_BUFFER_SIZE, CLIENT_BODY_TIMEOUT, CLIENT_BODY_IN_FILE_ONLY,
                    CLIENT_BODY_IN_SINGLE_BUFFER, CLIENT_BODY_TEMP_PATH, SATISFY, AUTH_DELAY, INTERNAL, SENDFILE, TCP_NODELAY, TCP_NOPUSH,
                    SEND_TIMEOUT, POSTPONE_OUTPUT, LIMIT_RATE, LIMIT_RATE_AFTER, KEEPALIVE_TIME, KEEPALIVE_TIMEOUT,
                    KEEPALIVE_REQUESTS, KEEPALIVE_DISABLE, LINGERING_CLOSE, LINGERING_TIME, LINGERING_TIMEOUT,
                    RESET_TIMEDOUT_CONNECTION, ABSOLUTE_REDIRECT, SERVER_NAME_IN_REDIRECT, PORT_IN_REDIRECT, MSIE_PADDING,
                    MSIE_REFRESH, LOG_NOT_FOUND, LOG_SUBREQUEST, RECURSIVE_ERROR_PAGES, CHUNKED, IF_MODIFIED_SINCE, MAX_RANGES,
                    ETAG, ERROR_PAGE, DEFAULT_TYPE, TYPES, SERVER_TOKENS, SUBREQUEST_OUTPUT_BUFFER_SIZE)
            .directives(WITHOUT_EFFECT.toArray(Directive<?>[]::new))
            .directives(CoreServer.DIRECTIVES)
            .conf(CONF)
            .variables(CoreVariables.ALL)
            .ready(Zones::check);

    private Core() {}

    /// Says where relative paths start; before `http` is read.
    public static void prefix(Scope main, String prefix) { main.set(CoreServer.PREFIX, prefix); }

    /// The prefix path, with a slash at its end.
    public static String prefix(Scope scope) { return scope.get(CoreServer.PREFIX); }

    // --- how words become values

    private static Root root(Args a, boolean alias) {
        var path = a.word(1);
        if (alias && a.scope().context() == Context.LOCATION && path.isEmpty()) throw a.fail("cannot be empty");
        if (path.length() > 1 && path.endsWith("/") && !alias) path = path.substring(0, path.length() - 1);
        boolean variable = path.indexOf('$') >= 0;
        return new Root(ComplexValue.of(a, variable ? path : a.prefixed(path)), alias);
    }

    private static Root rootOf(Scope s) {
        var set = s.get(ROOT_SLOT);
        return set != null ? set : new Root(ComplexValue.literal(prefix(s) + "html"), false);
    }

    private static TempPath tempPath(Args a) {
        var levels = new ArrayList<Integer>();
        for (int i = 2; i <= a.count(); i++) levels.add(a.intIn(i, 1, 3));
        return new TempPath(a.prefixed(a.word(1)), List.copyOf(levels));
    }

    private static TempPath bodyTempPath(Scope s) {
        var own = s.get(CLIENT_BODY_TEMP_PATH_SLOT);
        return own != null ? own : new TempPath(s.get(CoreServer.PREFIX) + "client_body_temp", List.of());
    }

    private static Set<String> browsers(Args a) {
        var set = new HashSet<String>();
        for (var w : a.words()) {
            if (!w.equals("none") && !w.equals("msie6") && !w.equals("safari")) throw a.fail("invalid value \"" + w + "\"");
            set.add(w);
        }
        return Set.copyOf(set);
    }

    private static ErrorPage errorPage(Args a) {
        int n = a.count();
        int overwrite = -1, last = n - 1;
        if (last >= 1 && a.word(last).startsWith("=")) {
            var w = a.word(last);
            if (last == 1) throw a.fail("invalid value \"" + w + "\"");
            if (w.length() > 1) {
                overwrite = Bytes.parseInt(w.substring(1));
                if (overwrite < 0) throw a.fail("invalid value \"" + w + "\"");
            } else overwrite = 0;
            last--;
        }
        var to = a.word(n);
        ComplexValue args = null;
        if (to.startsWith("/") && to.indexOf('$') < 0 && to.indexOf('?') >= 0) {
            args = ComplexValue.literal(to.substring(to.indexOf('?') + 1));
            to = to.substring(0, to.indexOf('?'));
        }
        var statuses = new ArrayList<Integer>();
        for (int i = 1; i <= last; i++) {
            int status = Bytes.parseInt(a.word(i));
            if (status < 0 || status == 499) throw a.fail("invalid value \"" + a.word(i) + "\"");
            if (status < 300 || status > 599) throw a.fail("value \"" + a.word(i) + "\" must be between 300 and 599");
            statuses.add(status);
        }
        return new ErrorPage(List.copyOf(statuses), overwrite, ComplexValue.of(a, to), args);
    }

    private static Types types(Args a) {
        var map = new HashMap<String, String>();
        var before = a.scope().own(TYPES_SLOT);
        if (before != null) map.putAll(before.byExtension);
        a.readLines(line -> {
            for (var ext : line.words()) {
                if (map.put(Bytes.lower(ext), line.name()) != null) {
                    line.warn("duplicate extension \"" + ext + "\", content type: \"" + line.name() + "\"");
                }
            }
        });
        return new Types(Map.copyOf(map));
    }

    /// A size, or text with variables that makes one for each request.
    private static ComplexValue sizeValue(Args a) {
        var value = ComplexValue.of(a, 1);
        if (value.isPlain()) a.size(1);
        return value;
    }

    /// Bytes a second from a variable's text; 0 when it is not a size.
    static long rate(String text) {
        int n = text.length();
        if (n == 0) return 0;
        long unit = switch (text.charAt(n - 1)) { case 'k', 'K' -> 1024; case 'm', 'M' -> 1 << 20; default -> 1; };
        long v = Bytes.parseLong(unit == 1 ? text : text.substring(0, n - 1));
        return v < 0 ? 0 : v * unit;
    }

    static ServerConf serverConf(Scope s) { return new ServerConf(s); }

    /// What a server says about reading requests, before a location is known.
    public record ServerConf(HeadRules rules, long clientHeaderTimeout) {
        ServerConf(Scope s) { this(CoreServer.rules(s), CoreServer.CLIENT_HEADER_TIMEOUT.get(s)); }
    }
}
