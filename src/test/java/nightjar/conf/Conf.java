package nightjar.conf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static nightjar.conf.Context.HTTP;
import static nightjar.conf.Context.LOCATION;
import static nightjar.conf.Context.SERVER;
import static nightjar.conf.Context.SERVER_IF;
import static nightjar.conf.Context.UPSTREAM;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A small nginx for the tests of this package: some directives of every kind, and the reading of a text.
final class Conf {
    record Lua(String source, int line, String file) {}

    enum Satisfy { ALL, ANY }

    static final Directive<@Nullable String> USE = Directive.string("use", Context.EVENTS_ONLY, null);
    static final Directive<Boolean> SENDFILE = Directive.flag("sendfile", Context.HTTP_SRV_LOC, false);
    static final Directive<Long> MAX_BODY = Directive.offset("client_max_body_size", Context.HTTP_SRV_LOC, 1 << 20);
    static final Directive<Long> BUFFER = Directive.size("client_body_buffer_size", Context.HTTP_SRV_LOC, 16384);
    static final Directive<Long> SEND_TIMEOUT = Directive.msec("send_timeout", Context.HTTP_SRV_LOC, 60_000);
    static final Directive<Long> EXPIRES = Directive.sec("valid", Context.HTTP_SRV_LOC, 0);
    static final Directive<Integer> WORKERS = Directive.number("worker_connections", Context.EVENTS_ONLY, 512);
    static final Directive<Integer> STATUS =
            Directive.one("limit_req_status", Context.HTTP_SRV_LOC, 1, a -> a.intIn(1, 400, 599), 503);
    static final Directive<Integer> VERIFY = Directive.one("least", Context.HTTP_ONLY, 1, a -> a.number(1, 10), 10);
    static final Directive<Satisfy> SATISFY = Directive.choice("satisfy", Context.HTTP_SRV_LOC, Satisfy.ALL);
    static final Directive<List<String>> HEADERS =
            Directive.many("add_header", Context.HTTP_SRV_LOC_LIF, Arity.take(2, 3), a -> String.join("|", a.words()));
    static final Directive<List<String>> ALLOW = Directive.many("allow", Context.HTTP_SRV_LOC, 1, a -> a.word(1));
    static final Directive<List<String>> INDEX =
            Directive.many("index", Context.HTTP_SRV_LOC, Arity.ONE_OR_MORE, a -> String.join("|", a.words()));

    static final Slot<List<String>> REWRITES = Slot.ownList();
    static final Slot<@Nullable Lua> CONTENT = Slot.own(null);
    static final Slot<List<String>> TYPES = Slot.list();
    static final Slot<List<Scope>> SERVERS = Slot.ownList();
    static final Slot<List<String>> PEERS = Slot.ownList();

    static final List<Directive<?>> DIRECTIVES = List.of(
            USE, SENDFILE, MAX_BODY, BUFFER, SEND_TIMEOUT, EXPIRES, WORKERS, STATUS, VERIFY, SATISFY, HEADERS, ALLOW, INDEX,
            Directive.flag("daemon", Context.MAIN_ONLY, true),
            Directive.block("events", Context.MAIN_ONLY, Arity.NONE, (a, _) -> a.readBlock(Context.EVENTS)),
            Directive.block("http", Context.MAIN_ONLY, Arity.NONE, (a, _) -> a.readBlock(HTTP)),
            Directive.block("server", Context.HTTP_ONLY, Arity.NONE, (a, http) -> http.add(SERVERS, a.readBlock(SERVER))),
            Directive.block("location", Context.SRV_LOC, Arity.take(1, 2), (a, _) -> a.readBlock(LOCATION)),
            Directive.block("if", Context.SRV_ONLY, Arity.ONE_OR_MORE, (a, _) -> a.readBlock(SERVER_IF)),
            Directive.block("if", Context.LOC_ONLY, Arity.ONE_OR_MORE, (a, _) -> a.readBlock(Context.LOCATION_IF)),
            Directive.block("upstream", Context.HTTP_ONLY, Arity.take(1), (a, _) -> {
                if (a.readBlock(UPSTREAM).get(PEERS).isEmpty()) throw a.fail("no servers are inside upstream");
            }),
            Directive.add("server", Context.UPS_ONLY, Arity.ONE_OR_MORE, PEERS, a -> a.word(1)),
            Directive.add("set", Context.SRV_SIF_LOC_LIF, Arity.take(2), REWRITES, a -> "set " + a.word(1)),
            Directive.add("return", Context.SRV_SIF_LOC_LIF, Arity.take(1, 2), REWRITES, a -> "return " + a.word(1)),
            Directive.one("content_by_lua", Context.LOC_LIF, Arity.take(1), CONTENT, a -> new Lua(a.word(1), a.line(), a.file())),
            Directive.luaBlock("content_by_lua_block", Context.LOC_LIF, CONTENT, a -> new Lua(a.luaSource(), a.line(), a.file())),
            Directive.addLuaBlock("set_by_lua_block", Context.SRV_SIF_LOC_LIF, Arity.take(1), REWRITES, a -> "lua " + a.word(1) + a.luaSource()),
            Directive.rawBlock("types", Context.HTTP_SRV_LOC, Arity.NONE, TYPES, a -> {
                var lines = new ArrayList<String>();
                a.readLines(line -> lines.add(line.name() + "=" + String.join(",", line.words()) + "@" + line.line()));
                return String.join(" ", lines);
            }));

    final Path directory;
    final List<String> warnings = new ArrayList<>();
    final ConfReader reader;
    final Scope main = Scope.main();

    Conf(Path directory) {
        this.directory = directory;
        this.reader = new ConfReader(DIRECTIVES, directory + "/", directory + "/", warnings::add);
    }

    /// Reads `text` as nginx.conf of this directory.
    Conf read(String text) {
        file("nginx.conf", text);
        reader.read(directory + "/nginx.conf", main);
        return this;
    }

    Conf file(String name, String text) {
        try {
            Files.createDirectories(directory.resolve(name).getParent());
            Files.write(directory.resolve(name), text.getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /// The first block of the first … block: `block(0)` is `http` if it is the first, `block(0, 0)` its first server.
    Scope block(int... path) {
        var scope = main;
        for (int i : path) scope = scope.children().get(i);
        return scope;
    }
}
