package nightjar.http;

import nightjar.conf.Scope;
import nightjar.pcre.Regex;
import org.jspecify.annotations.Nullable;

/// A `location`, an `if` or `limit_except` block, or the level of a server: what a request is configured by.
public final class Location {
    public enum Kind {
        /// `location = /x`
        EXACT,
        /// `location /x`
        PREFIX,
        /// `location ^~ /x`
        PREFIX_ONLY,
        /// `location ~ x`, `location ~* x`
        REGEX,
        /// `location @x`
        NAMED,
        /// `if`, `limit_except`, and a server's own level
        NONE
    }

    public final Kind kind;
    public final String name;
    public final Scope scope;
    final @Nullable Regex regex;

    /// Made by [HttpConf] when all text is read.
    Object[] confs = {};
    long steps;
    @Nullable Handler content;
    HeaderFilter[] headerFilters = {};
    BodyFilter[] bodyFilters = {};
    /// The place in `bodyFilters` of the first that sees a response as one, subrequests and all.
    int postponeAt;
    Handler[] logHandlers = {};
    Locations inner = Locations.NONE;
    LimitExcept.@Nullable Rule limitExcept;
    /// The variables of the regular expression's named captures, in the order of [Regex#names].
    Variable[] captureVariables = {};

    Location(Kind kind, String name, Scope scope, @Nullable Regex regex) {
        this.kind = kind;
        this.name = name;
        this.scope = scope;
        this.regex = regex;
    }

    /// Whether a request for its path without the slash is redirected to it.
    boolean autoRedirect() {
        return kind != Kind.REGEX && kind != Kind.NAMED && name.endsWith("/") && scope.get(Core.AUTO_REDIRECT);
    }

    @SuppressWarnings("unchecked")
    public <C> C conf(ConfKey<C> k) { return (C) confs[k.index]; }

    /// The location whose own block `scope` is; null for an `if` or another block in it.
    public static @Nullable Location of(Scope scope) { return scope.own(CoreServer.SELF); }

    /// The handler that makes this location's content by directive, or `null`.
    public @Nullable Handler content() { return content; }
}
