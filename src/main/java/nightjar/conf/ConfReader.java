package nightjar.conf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads configuration files into scopes. A statement is handled as soon as it is read, so that errors come in the
/// order of the text. `include` is known everywhere.
///
/// Paths are byte strings like all text here: [Paths#bytes] makes one of a `Path`.
///
/// Source: ngx_conf_parse(), ngx_conf_handler() and ngx_conf_include() of ngx_conf_file.c.
public final class ConfReader {
    /// Unlike nginx, blocks and included files nest this deep and no deeper; nginx overruns its stack or runs out of
    /// file descriptors.
    private static final int MAX_DEPTH = 256;

    /// What to do with the statements of a block.
    @FunctionalInterface
    interface Body {
        void handle(Source source, Statement statement);
    }

    private enum Part { FILE, BLOCK, COMMAND_LINE }

    private final Map<String, List<Directive<?>>> known = new HashMap<>();
    private final String prefix;
    private final String confPrefix;
    private final Consumer<String> warnings;
    private final Map<String, String> files = new LinkedHashMap<>();
    private int depth;

    /// @param prefix     the server's directory (`-p`), with a `/` at its end
    /// @param confPrefix the directory of nginx.conf, with a `/` at its end: `include` starts there
    /// @param warnings   takes the text of `[warn]` lines
    public ConfReader(Collection<? extends Directive<?>> directives, String prefix, String confPrefix, Consumer<String> warnings) {
        this.prefix = prefix;
        this.confPrefix = confPrefix;
        this.warnings = warnings;
        know(Directive.run("include", Context.ANY, Arity.take(1), a -> include(a, a.body())));
        directives.forEach(this::know);
    }

    private void know(Directive<?> directive) {
        var rows = known.computeIfAbsent(directive.name(), _ -> new ArrayList<>());
        for (var row : rows) {
            var both = row.in().stream().filter(directive.in()::contains).toList();
            if (!both.isEmpty()) throw new IllegalArgumentException("two directives \"" + row.name() + "\" in " + both);
        }
        rows.add(directive);
    }

    /// Reads a file.
    public void read(String path, Scope scope) {
        readFile(path, null, directivesOf(scope));
    }

    /// Reads the text of `-g`.
    public void readCommandLine(String text, Scope scope) {
        read(Source.commandLine(text), Part.COMMAND_LINE, directivesOf(scope));
    }

    /// What `-T` prints: each file once, in the order of reading.
    public String dump() {
        var out = new StringBuilder();
        files.forEach((name, text) -> out.append("# configuration file ").append(name).append(":\n").append(text).append('\n'));
        return out.toString();
    }

    String prefix() {
        return prefix;
    }

    String confPrefix() {
        return confPrefix;
    }

    void warn(String text) {
        warnings.accept(text);
    }

    // Statements

    private void readFile(String path, @Nullable String includedAt, Body body) {
        String text = Paths.read(path, includedAt);
        files.putIfAbsent(path, text);
        read(Source.file(path, text), Part.FILE, body);
    }

    void readBody(Source source, Body body) {
        read(source, Part.BLOCK, body);
    }

    private void read(Source source, Part part, Body body) {
        if (++depth > MAX_DEPTH) throw source.fail("more than " + MAX_DEPTH + " nested blocks and files");
        while (true) {
            var statement = StatementReader.next(source);
            switch (statement.end()) {
                case CLOSE -> {
                    if (part != Part.BLOCK) throw source.fail("unexpected \"}\"");
                    depth--;
                    return;
                }
                case TEXT -> {
                    if (part == Part.BLOCK) throw source.fail("unexpected end of file, expecting \"}\"");
                    depth--;
                    return;
                }
                case OPEN -> {
                    if (part == Part.COMMAND_LINE) throw source.fail("block directives are not supported in -g option");
                    body.handle(source, statement);
                }
                case SEMICOLON -> body.handle(source, statement);
            }
        }
    }

    /// Statements are directives, which set values in `scope`.
    Body directivesOf(Scope scope) {
        return new Body() {
            @Override
            public void handle(Source source, Statement statement) {
                handleDirective(source, statement, scope, this);
            }
        };
    }

    /// Statements are plain lines.
    Body lines(Scope scope, Consumer<Args> eachLine, boolean include) {
        return new Body() {
            @Override
            public void handle(Source source, Statement statement) {
                if (statement.opensBlock()) throw source.fail("unexpected \"{\"");
                var args = new Args(ConfReader.this, this, source, scope, statement.words(), source.line, null);
                if (include && args.count() == 1 && args.name().equals("include")) include(args, this);
                else eachLine.accept(args);
                args.done();
            }
        };
    }

    private void handleDirective(Source source, Statement statement, Scope scope, Body body) {
        String name = statement.words().getFirst();
        var directive = find(source, name, scope.context());
        if (directive.kind() == Directive.Kind.SIMPLE && statement.opensBlock()) {
            throw source.fail("directive \"" + name + "\" is not terminated by \";\"");
        }
        if (directive.kind() != Directive.Kind.SIMPLE && !statement.opensBlock()) {
            throw source.fail("directive \"" + name + "\" has no opening \"{\"");
        }
        if (!directive.arity().allows(statement.words().size() - 1)) {
            throw source.fail("invalid number of arguments in \"" + name + "\" directive");
        }
        int line = source.line;
        String lua = directive.kind() == Directive.Kind.LUA_BLOCK ? LuaBlock.read(source) : null;
        var args = new Args(this, body, source, scope, statement.words(), line, lua);
        directive.action().accept(args);
        args.done();
        if (directive.kind() == Directive.Kind.BLOCK && !args.bodyRead()) {
            throw new IllegalStateException("the body of \"" + name + "\" was not read");
        }
    }

    private Directive<?> find(Source source, String name, Context context) {
        var rows = known.get(name);
        if (rows == null) throw source.fail("unknown directive \"" + name + "\"");
        for (var row : rows) {
            if (row.in().contains(context)) return row;
        }
        throw source.fail("\"" + name + "\" directive is not allowed here");
    }

    private void include(Args args, Body body) {
        String path = args.confPrefixed(args.word(1));
        if (!Glob.isPattern(path)) {
            readFile(path, args.at(), body);
            return;
        }
        for (String file : Glob.expand(path)) readFile(file, args.at(), body);
    }
}
