package nightjar.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfReaderTest {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            a b             ¦ a|b
            a~~b#c #d;~ c   ¦ a|b#c|c
            "a b" 'c "d"'   ¦ a b|c "d"
            "a\\"b" 'a\\'b' ¦ a"b|a'b
            a\\"b a\\'b     ¦ a"b|a'b
            \\t\\r\\n\\\\\\x ¦ ␉␍␊\\\\x
            a\\;b a\\{b a\\ b ¦ a\\;b|a\\{b|a\\ b
            ${a}b $a{b      ¦ ${a}b|$a{b
            a}b a}          ¦ a}b|a}
            a"b" a'         ¦ a"b"|a'
            ~"a~b"          ¦ a␊b
            "$a" "${a}"     ¦ $a|${a}
            "" ''           ¦ |
            ("a" = "b")     ¦ ("a"|=|b|)
            ( "a" )         ¦ (|a|)
            """)
    void cutsWordsAsNginx(String text, String words) {
        // `$a{b` is a word only if the brace follows a `$`
        String source = text.replace("$a{b", "$a").replace('~', '\n');
        String expected = words.replace("$a{b", "$a").replace("␉", "\t").replace("␍", "\r").replace("␊", "\n");
        assertThat(Conf.INDEX.get(http("index " + source + ";"))).containsExactly(expected);
    }

    @Test
    void readsCrlf() {
        var conf = new Conf(directory).read("http {\r\n  index\r\n a b;\r\n#x\r\nsendfile on;\r\n}\r\n");
        assertThat(Conf.INDEX.get(conf.block(0))).containsExactly("a|b");
        assertThat(Conf.SENDFILE.get(conf.block(0))).isTrue();
    }

    @Test
    void keepsEveryByte() {
        var bytes = new StringBuilder();
        for (char c = 0; c < 256; c++) if (c != '\'' && c != '\\') bytes.append(c);
        assertThat(Conf.INDEX.get(http("index '" + bytes + "';"))).containsExactly(bytes.toString());
    }

    @Test
    void innerBlocksSeeOuterValues() {
        var conf = new Conf(directory).read("""
                http {
                    sendfile on;
                    add_header A 1;
                    add_header B 2;
                    server {
                        add_header C 3 always;
                        set $x 1;
                        location / { sendfile off; if ($x) { return 204; } }
                        location /b { set $b 1; return 200 b; }
                    }
                    server { }
                }
                """);
        assertThat(Conf.SENDFILE.get(conf.main)).isFalse();
        assertThat(Conf.SENDFILE.get(conf.block(0, 0))).isTrue();
        assertThat(Conf.SENDFILE.get(conf.block(0, 0, 0))).isFalse();
        assertThat(Conf.SENDFILE.get(conf.block(0, 0, 0, 0))).isFalse();
        assertThat(Conf.HEADERS.get(conf.block(0, 1))).containsExactly("A|1", "B|2");
        assertThat(Conf.HEADERS.get(conf.block(0, 0, 0, 0))).containsExactly("C|3|always");
        assertThat(Conf.REWRITES.get(conf.block(0, 0))).containsExactly("set $x");
        assertThat(Conf.REWRITES.get(conf.block(0, 0, 0))).isEmpty();
        assertThat(Conf.REWRITES.get(conf.block(0, 0, 1))).containsExactly("set $b", "return 200");
        assertThat(conf.block(0).get(Conf.SERVERS)).containsExactly(conf.block(0, 0), conf.block(0, 1));
        assertThat(conf.block(0, 0).at()).isEqualTo(directory + "/nginx.conf:5");
        assertThat(conf.block(0, 0, 0, 0).context()).isEqualTo(Context.LOCATION_IF);
        assertThat(conf.block(0, 0, 0, 0).outer()).isSameAs(conf.block(0, 0, 0));
    }

    @Test
    void oneNameMayMeanTwoThings() {
        var conf = new Conf(directory).read("http { upstream u { server a; server b; } server { if ($a) { set $x 1; } } }");
        assertThat(Conf.PEERS.get(conf.block(0, 0))).containsExactly("a", "b");
        assertThat(conf.block(0, 1, 0).context()).isEqualTo(Context.SERVER_IF);
    }

    @Test
    void refusesTwoRowsForOneNameAndContext() {
        var twice = List.of(Directive.flag("x", Context.HTTP_SRV, true), Directive.flag("x", Context.SRV_LOC, true));
        assertThatThrownBy(() -> new ConfReader(twice, "/", "/", _ -> { })).hasMessage("two directives \"x\" in [SERVER]");
    }

    @Test
    void readsUnits() {
        var http = http("""
                client_max_body_size 2G; client_body_buffer_size 8K; send_timeout '1m 30s 5ms'; valid 1y;
                limit_req_status 429; satisfy Any; sendfile ON;
                """);
        assertThat(Conf.MAX_BODY.get(http)).isEqualTo(2L << 30);
        assertThat(Conf.BUFFER.get(http)).isEqualTo(8192);
        assertThat(Conf.SEND_TIMEOUT.get(http)).isEqualTo(90_005);
        assertThat(Conf.EXPIRES.get(http)).isEqualTo(31_536_000);
        assertThat(Conf.STATUS.get(http)).isEqualTo(429);
        assertThat(Conf.SATISFY.get(http)).isEqualTo(Conf.Satisfy.ANY);
        assertThat(Conf.SENDFILE.get(http)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ngx.say(1)", "a = {1, {2}}", "say('}', \"{\", '\\'}', \"\\\"}\")", "--}} {}\n", "--[[ }}\n{ ' \" ]=] ]]", "--[==[ ]] }}} ]==]",
        "s = [[ }\"' ]] t = [=[ ]] } ]=]", "a[t[1]] = 1", "]=] ]]", "s = [[--]] t = [==[--]==]", "--[ } \n", "--[= } \n", "---[[ } \n",
        "say('a\\\n}')", "say('a\\\r\n}')", "say('a\\z \n\t }')", "a = b - -c", "say([[\n]])", "say('\\\\')", "", "\r\n", "say(\"\u00ff\u0000}\")"})
    void findsTheEndOfLua(String lua) {
        var conf = new Conf(directory).read("http { server { location / {\ncontent_by_lua_block\n {" + lua + "}\nsendfile on; } } }");
        assertThat(conf.block(0, 0, 0).get(Conf.CONTENT)).isEqualTo(new Conf.Lua(lua, 3, directory + "/nginx.conf"));
        assertThat(Conf.SENDFILE.get(conf.block(0, 0, 0))).isTrue();
    }

    @Test
    void luaTakesItsPlaceAmongOtherStatementsOfItsSlot() {
        var conf = new Conf(directory).read("http { server { set $a 1; set_by_lua_block $b{return 1}set $c 1; } }");
        assertThat(Conf.REWRITES.get(conf.block(0, 0))).containsExactly("set $a", "lua $breturn 1", "set $c");
    }

    @Test
    void inlineLuaHasTheLineOfItsSemicolon() {
        var conf = new Conf(directory).read("http { server { location / { content_by_lua '\nsay(\\'x\\')\n'\n; } } }");
        assertThat(conf.block(0, 0, 0).get(Conf.CONTENT)).isEqualTo(new Conf.Lua("\nsay('x')\n", 4, directory + "/nginx.conf"));
    }

    @Test
    void rawBlocksAreLinesWithTheirPlaces() {
        var conf = new Conf(directory).file("more.types", "\ntext/css css;");
        conf.read("http {\ntypes {\ntext/html html\nhtm;\ninclude more.types; 'a b' ; }\ntypes { x y; } }");
        assertThat(conf.block(0).get(Conf.TYPES)).containsExactly("text/html=html,htm@4 text/css=css@2 a b=@5", "x=y@6");
    }

    @Test
    void includesFilesInTheOrderOfTheirNames() {
        var conf = new Conf(directory).file("d/b.conf", "allow b;").file("d/B.conf", "allow B;").file("d/a.conf", "allow a;")
                .file("d/.hidden.conf", "foo;").file("d/a.txt", "foo;").file("e/c.conf", "allow e;").file("e/x/c.conf", "foo;");
        conf.read("http { include d/*.conf; include */c.conf; include nothing/*.conf; include " + directory + "/d/[!A-Z].con?; }");
        assertThat(Conf.ALLOW.get(conf.block(0))).containsExactly("B", "a", "b", "e", "a", "b");
    }

    @Test
    void includesDanglingLinksToFail() throws IOException {
        Files.createSymbolicLink(Files.createDirectory(directory.resolve("l")).resolve("x.conf"), Path.of("/none"));
        assertThatThrownBy(() -> http("include l/*.conf;"))
                .hasMessage("open() \"" + directory + "/l/x.conf\" failed (2: No such file or directory) in " + directory + "/nginx.conf:1");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "*, abc, true", "a*c, abc, true", "a*d, abc, false", "?b?, abc, true", "[a-c]bc, abc, true", "[!a]bc, abc, false", "[^x]bc, abc, true",
        "*, .a, false", ".*, .a, true", "[]a], ], true", "[a, [a, true", "a\\*, a*, true", "a\\*, ab, false", "*a*b*c*, xaxbxcx, true", "[a-], -, true"})
    void matchesAsGlob(String pattern, String name, boolean matches) {
        assertThat(Glob.matches(pattern, name)).isEqualTo(matches);
    }

    @Test
    void dumpsEachFileOnce() {
        var conf = new Conf(directory).file("a.conf", "sendfile on;\n");
        conf.read("http { include a.conf; server { include a.conf; } }\n");
        assertThat(conf.reader.dump()).isEqualTo("# configuration file " + directory + "/nginx.conf:\n"
                + "http { include a.conf; server { include a.conf; } }\n\n"
                + "# configuration file " + directory + "/a.conf:\nsendfile on;\n\n");
    }

    @Test
    void readsTheCommandLineFirst() {
        var conf = new Conf(directory);
        conf.reader.readCommandLine(" daemon off; ", conf.main);
        assertThatThrownBy(() -> conf.read("daemon on;")).hasMessage("\"daemon\" directive is duplicate in " + directory + "/nginx.conf:1");
    }

    @Test
    void emptyAndSpecialFilesHaveNoText() {
        var conf = new Conf(directory).read("");
        conf.reader.read("/dev/null", conf.main);
        assertThat(conf.main.children()).isEmpty();
    }

    @Test
    void pathsAreBytes() {
        var conf = new Conf(directory);
        conf.file("\u00e9.conf", "sendfile on;").read("http { include \u00c3\u00a9.conf; }");
        assertThat(Conf.SENDFILE.get(conf.block(0))).isTrue();
        assertThat(Glob.expand(directory + "/\u00c3*.conf")).containsExactly(directory + "/\u00c3\u00a9.conf");
    }

    private Scope http(String body) {
        return new Conf(directory).read("http { " + body + "}").block(0);
    }
}
