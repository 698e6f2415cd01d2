package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Directive.add;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.REWRITE;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HeadersIn;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Sets and clears any header of a response or a request. Source: headers-more-nginx-module.
public final class HeadersMore {
    /// A name, which may end in `*`, and its value; an empty value removes.
    record Header(String name, ComplexValue value) {
        boolean wildcard() { return name.endsWith("*"); }
        String prefix() { return name.substring(0, name.length() - 1); }
    }

    /// A statement: its headers, and for which responses or requests it counts (all if a set is empty).
    ///
    /// @param append adds to what is there (`-a`)
    /// @param replace leaves alone what is not there (`-r`)
    record Command(List<Header> headers, Set<Integer> statuses, Set<String> types, boolean append, boolean replace) {}

    private static final Slot<List<Command>> OUT = Slot.ownList(), IN = Slot.ownList();
    /// Headers of which there is one in a response, so that none can be added.
    private static final Set<String> SINGLE = Set.of("server", "date", "content-encoding", "location", "refresh", "last-modified",
            "content-range", "accept-ranges", "www-authenticate", "expires", "e-tag", "content-length", "content-type", "cache-control");

    record Conf(List<Command> out, List<Command> in) {
        Conf(Scope s) { this(all(s, OUT), all(s, IN)); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("headers_more")
            .directives(
                    directive("more_set_headers", OUT, false, "tsa"), directive("more_clear_headers", OUT, true, "ts"),
                    directive("more_set_input_headers", IN, false, "tr"), directive("more_clear_input_headers", IN, true, "tr"))
            .conf(CONF)
            .on(REWRITE, HeadersMore::input, l -> !l.conf(CONF).in.isEmpty())
            .headerFilter(HeadersMore::output)
            .filterWhen(l -> !l.conf(CONF).out.isEmpty());

    private HeadersMore() {}

    // --- configuration

    private static Directive<?> directive(String name, Slot<List<Command>> slot, boolean clears, String options) {
        return add(name, HTTP_SRV_LOC_LIF, Arity.ONE_OR_MORE, slot, a -> command(a, clears, options));
    }

    /// The commands of the blocks around, and then the block's own.
    private static List<Command> all(Scope s, Slot<List<Command>> slot) {
        var own = s.get(slot);
        if (s.outer() == null) return own;
        var all = new ArrayList<>(all(s.outer(), slot));
        all.addAll(own);
        return List.copyOf(all);
    }

    private static Command command(Args a, boolean clears, String allowed) {
        var headers = new ArrayList<Header>();
        var statuses = new HashSet<Integer>();
        var types = new HashSet<String>();
        boolean append = false, replace = false;
        for (int i = 1; i <= a.count(); i++) {
            var w = a.word(i);
            if (w.isEmpty()) continue;
            if (w.charAt(0) != '-') { headers.add(header(a, w, clears)); continue; }
            char option = w.length() == 2 && allowed.indexOf(w.charAt(1)) >= 0 ? w.charAt(1) : 0;
            switch (option) {
                case 'a' -> append = true;
                case 'r' -> replace = true;
                case 't', 's' -> {
                    if (++i > a.count()) throw a.fail(a.name() + ": option " + w + " takes an argument.");
                    for (var part : a.word(i).split(option == 't' ? "[\\s;]+" : "\\s+")) {
                        if (part.isEmpty()) continue;
                        if (option == 't') types.add(part); else statuses.add(status(a, part, a.word(i)));
                    }
                }
                default -> throw a.fail(a.name() + ": invalid option name: \"" + w + "\"");
            }
        }
        if (append) for (var h : headers) {
            if (SINGLE.contains(Bytes.lower(h.name))) throw a.fail(a.name() + ": can not append builtin headers \"" + h.name + "\"");
        }
        return new Command(List.copyOf(headers), Set.copyOf(statuses), Set.copyOf(types), append, replace);
    }

    private static int status(Args a, String text, String list) {
        for (int i = 0; i < text.length(); i++) if (!Bytes.isDigit(text.charAt(i))) {
            throw a.fail(a.name() + ": invalid digit \"" + text.charAt(i) + "\" found in the status code list \"" + list + "\"");
        }
        return Bytes.parseInt(text);
    }

    private static Header header(Args a, String text, boolean clears) {
        int n = text.length(), from = 0;
        while (from < n && space(text.charAt(from))) from++;
        int to = from;
        while (to < n && (to == from || text.charAt(to) != ':' && !space(text.charAt(to)))) to++;
        if (to == from) throw a.fail(a.name() + ": no key found in the header argument: " + text);
        var name = text.substring(from, to);
        if (name.equals("*")) throw a.fail(a.name() + ": wildcard key too short: " + text);
        while (to < n && (text.charAt(to) == ':' || space(text.charAt(to)))) to++;
        return new Header(name, clears ? ComplexValue.literal("") : ComplexValue.of(a, text.substring(to)));
    }

    private static boolean space(char c) { return c == ' ' || c >= '\t' && c <= '\r'; }

    // --- responses

    static Outcome output(Request r) {
        if (r.debug()) r.debug("headers more header filter, uri \"" + r.uri + "\"");
        for (var c : r.conf(CONF).out) {
            if (!c.types.isEmpty() && !c.types.contains(type(r))) continue;
            if (!c.statuses.isEmpty() && !c.statuses.contains(r.out.status)) continue;
            for (var h : c.headers) if (!set(r, h, c.append)) return ERROR;
        }
        return OK;
    }

    /// The response's type without its parameters.
    private static String type(Request r) {
        var type = r.out.contentType;
        if (type == null) return "";
        int end = type.indexOf(';');
        return end < 0 ? type : type.substring(0, end);
    }

    private static boolean set(Request r, Header h, boolean append) {
        var value = h.value.eval(r);
        var out = r.out;
        if (h.wildcard()) {
            if (value.isEmpty()) out.removePrefixed(h.prefix());
            else out.set(h.name, value);
            return true;
        }
        if (append) {
            if (!value.isEmpty()) out.add(h.name, value);
            return true;
        }
        var name = Bytes.lower(h.name);
        switch (name) {
            case "location" -> {
                out.remove(name);
                out.location = value.isEmpty() ? null : value;
                return true;
            }
            case "accept-ranges" -> { if (value.isEmpty()) r.allowRanges = false; }
            case "content-type" -> {
                var charset = charset(value);
                if (charset != null) out.charset = charset;
            }
            default -> { }
        }
        return out.assign(h.name, name, value, true);
    }

    /// The `charset` parameter of a media type, or `null`.
    static @Nullable String charset(String type) {
        for (int i = type.indexOf(';'); i >= 0; i = type.indexOf(';', i + 1)) {
            int p = i + 1;
            while (p < type.length() && type.charAt(p) == ' ') p++;
            if (!Bytes.regionEqualsIgnoreCase(type, p, "charset=")) continue;
            var value = type.substring(p + 8);
            int from = value.startsWith("\"") ? 1 : 0;
            int to = value.length() > from && value.endsWith("\"") ? value.length() - 1 : value.length();
            return value.substring(from, to);
        }
        return null;
    }

    // --- requests

    static Outcome input(Request r) {
        if (r.debug()) r.debug("headers more rewrite handler, uri \"" + r.uri + "\"");
        // a head that could not be read has no list of headers
        if (r.version < Request.HTTP_10 || r.main.in.rawLength() == 0) return DECLINED;
        for (var c : r.conf(CONF).in) {
            if (!c.types.isEmpty()) {
                var type = r.in.get("content-type");
                if (type == null || !c.types.contains(type)) continue;
            }
            for (var h : c.headers) if (!setInput(r, h, c.replace)) return ERROR;
        }
        return DECLINED;
    }

    private static boolean setInput(Request r, Header h, boolean replace) {
        var value = h.value.eval(r);
        if (h.wildcard() && value.isEmpty()) {
            for (int i = r.in.count() - 1; i >= 0; i--) {
                if (i < r.in.count() && Bytes.startsWithIgnoreCase(r.in.name(i), h.prefix())) r.in.remove(r.in.name(i));
            }
            return true;
        }
        var name = Bytes.lower(h.name);
        if (replace && r.in.find(name, 0) < 0) return true;
        if (!r.in.set(h.name, value)) return false;
        if (name.equals("host")) r.main.host = value.isEmpty() ? null : r.in.server();
        if (name.equals("connection") && r.in.connectionType() == HeadersIn.CONNECTION_CLOSE) r.main.keepAlive = false;
        return true;
    }
}
