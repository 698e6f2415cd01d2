package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Context.LOC_LIF;
import static nightjar.conf.Directive.flag;
import static nightjar.conf.Directive.msec;
import static nightjar.conf.Directive.one;
import static nightjar.conf.Directive.run;
import static nightjar.conf.Directive.size;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Variable.variable;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Core;
import nightjar.http.Finalizer;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.UriCodec;
import nightjar.http.Variable;
import nightjar.http.upstream.MemcachedHead;
import nightjar.http.upstream.MemcachedHead.Kind;
import nightjar.http.upstream.Outgoing;
import nightjar.http.upstream.Upstream;
import nightjar.http.upstream.UpstreamConf;
import nightjar.http.upstream.UpstreamConf.Next;
import nightjar.http.upstream.UpstreamRequest;
import nightjar.http.upstream.Upstreams;
import nightjar.http.upstream.Url;
import org.jspecify.annotations.Nullable;

/// Asks memcached servers, one command a request, which variables name.
/// Source: memc-nginx-module.
public final class Memc {
    /// `ADD` and the like: what they are called, and how they are answered.
    enum Command {
        GET(Kind.VALUE), SET(Kind.STORAGE), ADD(Kind.STORAGE), REPLACE(Kind.STORAGE), APPEND(Kind.STORAGE), PREPEND(Kind.STORAGE),
        DELETE(Kind.DELETE), INCR(Kind.NUMBER), DECR(Kind.NUMBER), FLUSH_ALL(Kind.FLUSH), STATS(Kind.STATISTICS), VERSION(Kind.VERSION);

        final Kind kind;
        final String word = Bytes.lower(name());

        Command(Kind kind) { this.kind = kind; }

        static @Nullable Command of(String word) {
            for (var command : values()) if (command.word.equals(word)) return command;
            return null;
        }

        /// What a request without `$memc_cmd` asks for.
        static @Nullable Command ofMethod(String method) {
            return switch (method) {
                case "GET", "HEAD" -> GET;
                case "POST" -> ADD;
                case "PUT" -> SET;
                case "DELETE" -> DELETE;
                default -> null;
            };
        }

        boolean isNumber() { return kind == Kind.NUMBER; }
        boolean stores() { return kind == Kind.STORAGE; }
        boolean hasKey() { return kind != Kind.FLUSH && kind != Kind.STATISTICS && kind != Kind.VERSION; }
        boolean mayExpire() { return stores() || this == DELETE || this == FLUSH_ALL; }
    }

    /// `memc_pass`: a fixed place, or words with variables in them that name a group.
    private record Pass(Upstreams.@Nullable Place place, @Nullable ComplexValue name, Upstreams groups) {}

    /// The variables that say what is asked.
    private record Names(Variable command, Variable key, Variable value, Variable flags, Variable expires) {}

    private static final Map<String, Next> NEXT = Map.of("error", Next.ERROR, "timeout", Next.TIMEOUT, "invalid_response", Next.INVALID_HEADER,
            "not_found", Next.HTTP_404, "off", Next.OFF);
    private static final Set<String> HIDDEN = Set.of("server", "date");
    private static final byte[] CRLF = Bytes.of("\r\n");
    private static final int UINT32_DIGITS = 10, UINT64_DIGITS = 20;

    // --- directives

    private static final Slot<@Nullable Pass> PASS_SLOT = Slot.of(null);
    private static final Slot<@Nullable Names> NAMES_SLOT = Slot.of(null);
    static final Directive<?> PASS = run("memc_pass", LOC_LIF, Arity.take(1), Memc::pass);
    static final Directive<Set<Command>> CMDS_ALLOWED = one("memc_cmds_allowed", HTTP_SRV_LOC_LIF, Arity.ONE_OR_MORE, Memc::commands, Set.of());
    static final Directive<Long> CONNECT_TIMEOUT = msec("memc_connect_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Long> SEND_TIMEOUT = msec("memc_send_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Long> READ_TIMEOUT = msec("memc_read_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Long> BUFFER_SIZE = size("memc_buffer_size", HTTP_SRV_LOC, 4096);
    static final Directive<Set<Next>> NEXT_UPSTREAM = one("memc_next_upstream", HTTP_SRV_LOC, Arity.ONE_OR_MORE, Memc::next,
            EnumSet.of(Next.ERROR, Next.TIMEOUT));
    static final Directive<Boolean> FLAGS_TO_LAST_MODIFIED = flag("memc_flags_to_last_modified", LOC_LIF, false);
    static final Directive<Boolean> IGNORE_CLIENT_ABORT = flag("memc_ignore_client_abort", LOC_LIF, false);

    record Conf(@Nullable Pass pass, @Nullable Names names, Set<Command> allowed, boolean flagsToLastModified, UpstreamConf upstream) {
        Conf(Scope s) {
            this(s.get(PASS_SLOT), s.get(NAMES_SLOT), CMDS_ALLOWED.get(s), FLAGS_TO_LAST_MODIFIED.get(s), upstreamConf(s));
        }
    }

    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("memc")
            .directives(PASS, CMDS_ALLOWED, CONNECT_TIMEOUT, SEND_TIMEOUT, READ_TIMEOUT, BUFFER_SIZE, NEXT_UPSTREAM, FLAGS_TO_LAST_MODIFIED,
                    IGNORE_CLIENT_ABORT)
            .directives(unsupported("max_fails"), unsupported("fail_timeout"))
            .conf(CONF)
            .variables(variable("memc_flags_as_http_time", Memc::flagsAsHttpTime));

    private Memc() {}

    // --- handler

    static Outcome handle(Request r) {
        var conf = r.conf(CONF);
        var command = command(r, conf);
        if (command == null) return Outcome.status(400);
        if (!conf.allowed.isEmpty() && !conf.allowed.contains(command)) {
            r.log(Level.ERROR, "ngx_memc: memcached command \"" + command.word + "\" not allowed");
            return Outcome.status(403);
        }
        r.setContentType();
        var group = group(r, conf.pass);
        if (group == null) return Outcome.status(500);
        if (!valid(r, conf.names, command)) return Outcome.status(400);
        var read = RequestBody.read(r, outcome -> {
            if (outcome == Outcome.OK) ask(r, conf, command, group); else Finalizer.finalize(r, outcome);
        });
        if (read != Outcome.OK) return read;
        ask(r, conf, command, group);
        return Outcome.DONE;
    }

    private static @Nullable Command command(Request r, Conf conf) {
        var word = value(r, conf.names.command);
        if (!word.isEmpty()) {
            var command = Command.of(word);
            if (command == null) r.log(Level.ERROR, "ngx_memc: unknown $memc_cmd \"" + word + '"');
            return command;
        }
        var command = Command.ofMethod(r.method);
        if (command == null) r.log(Level.ERROR, "ngx_memc: $memc_cmd variable not found for HTTP " + r.method + " requests");
        else conf.names.command.set().set(r, command.word);
        return command;
    }

    private static @Nullable Upstream group(Request r, Pass pass) {
        if (pass.place != null) return pass.place.group();
        var name = pass.name.eval(r);
        var group = name.isEmpty() ? null : pass.groups.find(name, 0, true);
        if (name.isEmpty()) r.log(Level.ERROR, "memc: handler: empty \"memc_pass\" target");
        else if (group == null) r.log(Level.ERROR, "memc: upstream \"" + name + "\" not found");
        return group;
    }

    private static boolean valid(Request r, Names names, Command command) {
        var expires = value(r, names.expires);
        if (command.mayExpire() && !isNumber(expires, UINT32_DIGITS)) {
            r.log(Level.ERROR, "variable \"$memc_exptime\" takes invalid value: " + expires);
            return false;
        }
        var flags = value(r, names.flags);
        if (command.stores() && !isNumber(flags, UINT32_DIGITS)) {
            r.log(Level.ERROR, "variable \"$memc_flags\" takes invalid value: " + flags);
            return false;
        }
        if (!command.isNumber()) return true;
        var value = value(r, names.value);
        if (value.isEmpty()) {
            r.log(Level.ERROR, "the \"$memc_value\" variable is required for command \"" + command.word + '"');
        } else if (!isNumber(value, UINT64_DIGITS)) {
            r.log(Level.ERROR, "variable \"$memc_value\" is invalid for incr/decr: " + value);
        } else {
            return true;
        }
        return false;
    }

    /// Whether all of a text is digits; nothing is.
    private static boolean isNumber(String text, int digits) {
        if (text.length() > digits) return false;
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return true;
    }

    private static String value(Request r, Variable variable) {
        var value = variable.get().get(r, variable.name());
        return value == null ? "" : value;
    }

    // --- the request

    private static void ask(Request r, Conf conf, Command command, Upstream group) {
        var names = conf.names;
        var key = command.hasKey() ? UriCodec.escape(value(r, names.key), UriCodec.Escape.MEMCACHED) : "";
        if (command.hasKey() && key.isEmpty()) {
            refuse(r, "the \"$memc_key\" variable is not set");
            return;
        }
        if (command.hasKey() && r.debug()) r.debug("http memcached request: \"" + key + '"');
        var value = command.stores() ? names.value.get().get(r, names.value.name()) : null;
        long size = value != null ? value.length() : r.body == null ? 0 : r.body.size();
        if (command.stores() && value == null && size == 0) {
            refuse(r, "neither the \"$memc_value\" variable nor the request body is available");
            return;
        }
        var head = Bytes.of(line(r, names, command, key, size));
        var body = value == null ? null : Bytes.of(value);
        var tail = command.stores() ? CRLF : Outgoing.NO_TAIL;
        UpstreamRequest.start(r, conf.upstream, new Outgoing("memcached://", "", head, body, command.stores(), tail, false,
                notes -> new MemcachedHead(command.kind, command.word, key, flags -> flagged(r, conf, flags), notes)), group);
    }

    private static void refuse(Request r, String why) {
        r.log(Level.ERROR, why);
        Finalizer.finalize(r, Outcome.status(500));
    }

    /// The command's line. `size`: of the value that follows.
    private static String line(Request r, Names names, Command command, String key, long size) {
        var b = new StringBuilder(command.word);
        if (command.hasKey()) b.append(' ').append(key);
        if (command.isNumber()) b.append(' ').append(value(r, names.value));
        if (command.stores()) {
            b.append(' ').append(orZero(value(r, names.flags))).append(' ').append(orZero(value(r, names.expires))).append(' ').append(size);
        } else if (command.mayExpire() && !value(r, names.expires).isEmpty()) {
            b.append(' ').append(value(r, names.expires));
        }
        return b.append("\r\n").toString();
    }

    private static String orZero(String number) { return number.isEmpty() ? "0" : number; }

    /// A value has come with these flags.
    private static void flagged(Request r, Conf conf, String flags) {
        conf.names.flags.set().set(r, flags);
        if (conf.flagsToLastModified) r.out.lastModified = Bytes.parseLong(flags);
    }

    private static @Nullable String flagsAsHttpTime(Request r) {
        var names = r.conf(CONF).names;
        var flags = names == null ? "" : value(r, names.flags);
        long sec = flags.isEmpty() ? -1 : Bytes.parseLong(flags);
        return sec < 0 ? null : Clock.httpTime(sec);
    }

    // --- how words become values

    private static void pass(Args a) {
        var scope = a.scope();
        if (scope.has(PASS_SLOT)) throw a.wrong("is duplicate");
        scope.set(Core.CONTENT, Memc::handle);
        scope.set(Core.AUTO_REDIRECT, true);
        var variables = scope.get(HttpConf.VARIABLES);
        scope.set(NAMES_SLOT, new Names(variables.define("memc_cmd"), variables.define("memc_key"), variables.define("memc_value"),
                variables.define("memc_flags"), variables.define("memc_exptime")));
        var text = a.word(1);
        var groups = Upstreams.of(scope);
        if (text.indexOf('$') >= 0) {
            scope.set(PASS_SLOT, new Pass(null, ComplexValue.of(a, 1), groups));
            return;
        }
        try {
            scope.set(PASS_SLOT, new Pass(groups.place(a, Url.parse(text, 0, false)), null, groups));
        } catch (Url.BadUrl e) {
            throw a.fail(e.getMessage() + " in upstream \"" + text + '"');
        }
    }

    private static Set<Command> commands(Args a) {
        var set = EnumSet.noneOf(Command.class);
        for (int i = 1; i <= a.count(); i++) {
            var command = Command.of(a.word(i));
            if (command == null) throw a.fail("Unknown memcached command \"" + a.word(i) + "\" used in \"memc_cmds_allowed\"");
            set.add(command);
        }
        return set;
    }

    private static Set<Next> next(Args a) {
        var set = EnumSet.noneOf(Next.class);
        for (int i = 1; i <= a.count(); i++) set.add(a.oneOf(i, NEXT));
        if (set.contains(Next.OFF)) set.clear();
        return set;
    }

    private static Directive<?> unsupported(String parameter) {
        var name = "memc_upstream_" + parameter;
        return run(name, HTTP_SRV_LOC, Arity.take(1), a -> {
            throw a.fail('"' + name + "\" is not supported, use the \"" + parameter
                    + "\" parameter of the \"server\" directive inside the \"upstream\" block");
        });
    }

    private static UpstreamConf upstreamConf(Scope s) {
        return new UpstreamConf(CONNECT_TIMEOUT.get(s), SEND_TIMEOUT.get(s), READ_TIMEOUT.get(s), (int) (long) BUFFER_SIZE.get(s), 0, false,
                NEXT_UPSTREAM.get(s), 0, 0, true, true, IGNORE_CLIENT_ABORT.get(s), false, false, null, HIDDEN, Set.of(), null, null);
    }
}
