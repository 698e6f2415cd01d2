package nightjar.http;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// `server`, `location` and `limit_except` blocks, `server_name`, and what a server says about reading requests.
/// Source: ngx_http_core_module.c, the server's part.
public final class CoreServer {
    /// The prefix path (`-p`), with a slash at its end; set by the process before `http` is read.
    static final Slot<String> PREFIX = Slot.of("");
    static final Slot<List<Location>> LOCATIONS = Slot.ownList();
    static final Slot<List<Location>> PSEUDO = Slot.ownList();
    public static final Slot<List<ServerNames.Name>> NAMES_SLOT = Slot.of(List.of(new ServerNames.Name("", null)));
    private static final Slot<@Nullable Server> SERVER_SLOT = Slot.of(null);

    static final Directive<?> SERVER_BLOCK = block("server", HTTP_ONLY, Arity.NONE, CoreServer::server);
    static final Directive<?> LOCATION_BLOCK = block("location", SRV_LOC, Arity.take(1, 2), CoreServer::location);
    static final Directive<?> SERVER_NAME = run("server_name", SRV_ONLY, Arity.ONE_OR_MORE, CoreServer::serverName);
    static final Directive<Long> CLIENT_HEADER_TIMEOUT = msec("client_header_timeout", HTTP_SRV, 60_000);
    static final Directive<Long> CLIENT_HEADER_BUFFER_SIZE = size("client_header_buffer_size", HTTP_SRV, 1024);
    record Buffers(int number, int size) {}
    static final Directive<Buffers> LARGE_CLIENT_HEADER_BUFFERS = one("large_client_header_buffers", HTTP_SRV, 2,
            a -> new Buffers(a.number(1, 1), (int) a.size(2)), new Buffers(4, 8192));
    static final Directive<Integer> MAX_HEADERS = number("max_headers", HTTP_SRV, 1000);
    static final Directive<Boolean> IGNORE_INVALID_HEADERS = flag("ignore_invalid_headers", HTTP_SRV, true);
    static final Directive<Boolean> MERGE_SLASHES = flag("merge_slashes", HTTP_SRV, true);
    static final Directive<Boolean> UNDERSCORES_IN_HEADERS = flag("underscores_in_headers", HTTP_SRV, false);

    static final Directive<?>[] DIRECTIVES = {
        SERVER_BLOCK, LOCATION_BLOCK, SERVER_NAME, Listens.LISTEN, CLIENT_HEADER_TIMEOUT, CLIENT_HEADER_BUFFER_SIZE,
        LARGE_CLIENT_HEADER_BUFFERS, MAX_HEADERS, IGNORE_INVALID_HEADERS, MERGE_SLASHES, UNDERSCORES_IN_HEADERS,
        LimitExcept.DIRECTIVE
    };

    private CoreServer() {}

    static HeadRules rules(Scope s) {
        var large = LARGE_CLIENT_HEADER_BUFFERS.get(s);
        return new HeadRules((int) (long) CLIENT_HEADER_BUFFER_SIZE.get(s), large.number, large.size, MAX_HEADERS.get(s),
                IGNORE_INVALID_HEADERS.get(s), UNDERSCORES_IN_HEADERS.get(s), MERGE_SLASHES.get(s));
    }

    private static void server(Args args, Scope http) {
        var scope = http.child(Context.SERVER);
        var server = new Server(http.get(HttpConf.HTTP), scope, new Location(Location.Kind.NONE, "", scope, null));
        scope.set(SERVER_SLOT, server);
        args.readBlock(scope);
        if (!scope.has(Listens.LISTENS)) scope.add(Listens.LISTENS, Listens.byDefault(args));
        http.get(HttpConf.HTTP).servers.add(server);
    }

    private static void serverName(Args a) {
        var names = new ArrayList<ServerNames.Name>();
        var before = a.scope().own(NAMES_SLOT);
        if (before != null) names.addAll(before);
        for (var word : a.words()) names.add(name(a, word));
        a.scope().set(NAMES_SLOT, List.copyOf(names));
    }

    private static ServerNames.Name name(Args a, String word) {
        if (word.equals("$hostname")) return new ServerNames.Name(Bytes.lower(Posix.hostname()), null);
        if (word.startsWith("~")) {
            if (word.length() == 1) throw a.fail("empty regex in server name \"" + word + "\"");
            return new ServerNames.Name(word, Regexes.compile(a, word.substring(1), true));
        }
        int star = word.indexOf('*');
        boolean fits = star < 0 || star == 0 && word.length() > 2 && word.charAt(1) == '.' && word.indexOf('*', 1) < 0
                || star == word.length() - 1 && word.length() > 2 && word.charAt(star - 1) == '.';
        if (!fits || word.equals(".") || word.contains("..")) throw a.fail("server name \"" + word + "\" is invalid");
        if (word.indexOf('/') >= 0) a.warn("server name \"" + word + "\" has suspicious symbols");
        return new ServerNames.Name(word, null);
    }

    // --- location

    private static void location(Args a, Scope outer) {
        var scope = outer.child(Context.LOCATION);
        var loc = declare(a, scope);
        check(a, outer, loc);
        outer.add(LOCATIONS, loc);
        scope.set(SELF, loc);
        a.readBlock(scope);
    }

    /// The location block that this is, or is in.
    static final Slot<@Nullable Location> SELF = Slot.of(null);

    private static Location declare(Args a, Scope scope) {
        if (a.count() == 2) {
            var name = a.word(2);
            return switch (a.word(1)) {
                case "=" -> plain(Location.Kind.EXACT, name, scope);
                case "^~" -> plain(Location.Kind.PREFIX_ONLY, name, scope);
                case "~" -> regex(a, name, false, scope);
                case "~*" -> regex(a, name, true, scope);
                default -> throw a.fail("invalid location modifier \"" + a.word(1) + "\"");
            };
        }
        var name = a.word(1);
        if (name.startsWith("=")) return plain(Location.Kind.EXACT, name.substring(1), scope);
        if (name.startsWith("^~")) return plain(Location.Kind.PREFIX_ONLY, name.substring(2), scope);
        if (name.startsWith("~*")) return regex(a, name.substring(2), true, scope);
        if (name.startsWith("~")) return regex(a, name.substring(1), false, scope);
        if (name.startsWith("@")) return plain(Location.Kind.NAMED, name, scope);
        return plain(Location.Kind.PREFIX, name, scope);
    }

    private static Location plain(Location.Kind kind, String name, Scope scope) {
        return new Location(kind, name, scope, null);
    }

    private static Location regex(Args a, String pattern, boolean caseless, Scope scope) {
        var c = Regexes.compile(a, pattern, caseless);
        var l = new Location(Location.Kind.REGEX, pattern, scope, c.regex());
        l.captureVariables = c.variables();
        return l;
    }

    private static void check(Args a, Scope outer, Location loc) {
        var around = outer.get(SELF);
        if (around != null && outer.context() == Context.LOCATION) {
            switch (around.kind) {
                case EXACT -> throw a.fail("location \"" + loc.name + "\" cannot be inside the exact location \"" + around.name + "\"");
                case NAMED -> throw a.fail("location \"" + loc.name + "\" cannot be inside the named location \"" + around.name + "\"");
                default -> { }
            }
            if (loc.kind == Location.Kind.NAMED) throw a.fail("named location \"" + loc.name + "\" can be on the server level only");
            if (loc.kind != Location.Kind.REGEX && around.kind != Location.Kind.REGEX && !loc.name.startsWith(around.name)) {
                throw a.fail("location \"" + loc.name + "\" is outside location \"" + around.name + "\"");
            }
        }
        for (var other : outer.get(LOCATIONS)) {
            boolean same = other.name.equals(loc.name) && loc.regex == null && other.regex == null
                    && (other.kind == loc.kind || prefix(other) && prefix(loc));
            if (same) throw a.fail("duplicate location \"" + loc.name + "\"");
        }
    }

    private static boolean prefix(Location l) { return l.kind == Location.Kind.PREFIX || l.kind == Location.Kind.PREFIX_ONLY; }

    /// A block that changes the configuration of requests in the location around it.
    public static Location pseudo(Scope outer, Scope own) {
        var l = new Location(Location.Kind.NONE, "", own, null);
        outer.add(PSEUDO, l);
        return l;
    }

    static final Map<String, Integer> METHODS = Map.ofEntries(Map.entry("GET", Method.GET | Method.HEAD), Map.entry("HEAD", Method.HEAD),
            Map.entry("POST", Method.POST), Map.entry("PUT", Method.PUT), Map.entry("DELETE", Method.DELETE),
            Map.entry("MKCOL", Method.MKCOL), Map.entry("COPY", Method.COPY), Map.entry("MOVE", Method.MOVE),
            Map.entry("OPTIONS", Method.OPTIONS), Map.entry("PROPFIND", Method.PROPFIND), Map.entry("PROPPATCH", Method.PROPPATCH),
            Map.entry("LOCK", Method.LOCK), Map.entry("UNLOCK", Method.UNLOCK), Map.entry("PATCH", Method.PATCH));
}
