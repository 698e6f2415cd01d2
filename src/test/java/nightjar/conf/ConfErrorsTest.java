package nightjar.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is wrong with a text, in nginx's words, and on which line. `~` stands for a line's end.
final class ConfErrorsTest {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            foo;                               ¦ unknown directive "foo"                                        ¦ 1
            ~foo~  bar~;                       ¦ unknown directive "foo"                                        ¦ 4
            foo {                              ¦ unknown directive "foo"                                        ¦ 1
            foo; bar                           ¦ unknown directive "foo"                                        ¦ 1
            "fo\\"o";                          ¦ unknown directive "fo"o"                                       ¦ 1
            fo\\to;                            ¦ unknown directive "fo	o"                                       ¦ 1
            sendfile on;                       ¦ "sendfile" directive is not allowed here                       ¦ 1
            events { events { } }              ¦ "events" directive is not allowed here                         ¦ 1
            http { server localhost; }         ¦ directive "server" has no opening "{"                          ¦ 1
            http { server localhost { } }      ¦ invalid number of arguments in "server" directive              ¦ 1
            http { upstream u { server { } } } ¦ directive "server" is not terminated by ";"                    ¦ 1
            http;                              ¦ directive "http" has no opening "{"                            ¦ 1
            http{~sendfile~{                   ¦ directive "sendfile" is not terminated by ";"                  ¦ 3
            http { sendfile; }                 ¦ invalid number of arguments in "sendfile" directive            ¦ 1
            http { sendfile on off; }          ¦ invalid number of arguments in "sendfile" directive            ¦ 1
            http { index; }                    ¦ invalid number of arguments in "index" directive               ¦ 1
            http {~location / {                ¦ "location" directive is not allowed here                       ¦ 2
            http {~sendfile on;~sendfile off;} ¦ "sendfile" directive is duplicate                              ¦ 3
            http { sendfile yes; }             ¦ invalid value "yes" in "sendfile" directive, it must be "on" or "off" ¦ 1
            events { worker_connections 1k; }  ¦ "worker_connections" directive invalid number                  ¦ 1
            events { worker_connections -1; }  ¦ "worker_connections" directive invalid number                  ¦ 1
            http { limit_req_status 399; }     ¦ value must be between 400 and 599                              ¦ 1
            http { least 9; }                  ¦ value must be equal to or greater than 10                      ¦ 1
            http { client_max_body_size 1t; }  ¦ "client_max_body_size" directive invalid value                 ¦ 1
            http { client_body_buffer_size 1g; } ¦ "client_body_buffer_size" directive invalid value            ¦ 1
            http { send_timeout 1y; }          ¦ "send_timeout" directive invalid value                         ¦ 1
            http { satisfy none; }             ¦ invalid value "none"                                           ¦ 1
            http { upstream u {~~} }           ¦ no servers are inside upstream                                 ¦ 3
            }                                  ¦ unexpected "}"                                                 ¦ 1
            http {~}~}                         ¦ unexpected "}"                                                 ¦ 3
            ;                                  ¦ unexpected ";"                                                 ¦ 1
            ~{                                 ¦ unexpected "{"                                                 ¦ 2
            http { sendfile on;; }             ¦ unexpected ";"                                                 ¦ 1
            http { sendfile on }               ¦ unexpected "}"                                                 ¦ 1
            http { types { { } }               ¦ unexpected "{"                                                 ¦ 1
            http { types { a b { } } }         ¦ unexpected "{"                                                 ¦ 1
            "foo"bar;                          ¦ unexpected "b"                                                 ¦ 1
            'foo'"bar";                        ¦ unexpected `"`                                                 ¦ 1
            "foo"}                             ¦ unexpected "}"                                                 ¦ 1
            http {~~                           ¦ unexpected end of file, expecting "}"                          ¦ 3
            http {~sendfile on~                ¦ unexpected end of file, expecting ";" or "}"                   ¦ 3
            http                               ¦ unexpected end of file, expecting ";" or "}"                   ¦ 1
            http {~index "a;~}~                ¦ unexpected end of file, expecting ";" or "}"                   ¦ 4
            index ${a                          ¦ unexpected end of file, expecting ";" or "}"                   ¦ 1
            index \\                           ¦ unexpected end of file, expecting ";" or "}"                   ¦ 1
            include;                           ¦ invalid number of arguments in "include" directive             ¦ 1
            include {                          ¦ directive "include" is not terminated by ";"                   ¦ 1
            # comment~#~foo;# comment          ¦ unknown directive "foo"                                        ¦ 3
            """)
    void saysAsNginx(String text, String message, int line) {
        assertThatThrownBy(() -> new Conf(directory).read(text.replace('~', '\n')))
                .isInstanceOf(ConfException.class)
                .hasMessage(message.replace("`\"`", "\"\"\"") + " in " + directory + "/nginx.conf:" + line);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            say([[hello~                  ¦ Lua code block missing the closing long bracket "]]", the inlined Lua code may be too long   ¦ 2
            ~say([==[hello]]~             ¦ Lua code block missing the closing long bracket "]==]", the inlined Lua code may be too long ¦ 3
            --[[ {~                       ¦ Lua code block missing the closing long bracket "]]", the inlined Lua code may be too long   ¦ 2
            ~~--[=[ } ]]~                 ¦ Lua code block missing the closing long bracket "]=]", the inlined Lua code may be too long  ¦ 4
            say(1)~~                      ¦ unexpected end of file, expecting terminating characters for lua code block ¦ 2
            ~a = {~~}~                    ¦ unexpected end of file, expecting terminating characters for lua code block ¦ 3
            say("}~                       ¦ unexpected end of file, expecting ";" or "}"                               ¦ 4
            -- }                          ¦ unexpected end of file, expecting terminating characters for lua code block ¦ 2
            } } } } foo;                  ¦ unknown directive "foo"                                                    ¦ 2
            }~content_by_lua_block { }    ¦ "content_by_lua_block" directive is duplicate                              ¦ 3
            }~content_by_lua '~'          ¦ unexpected end of file, expecting ";" or "}"                               ¦ 4
            }~content_by_lua '~';         ¦ "content_by_lua" directive is duplicate                                    ¦ 4
            """)
    void saysAsNginxOfLuaBlocks(String text, String message, int line) {
        String lua = (text.contains("say(\"}") ? text + "~x" : text).replace('~', '\n');
        assertThatThrownBy(() -> new Conf(directory).read("http { server { location / {\ncontent_by_lua_block {" + lua))
                .isInstanceOf(ConfException.class)
                .hasMessage(message + " in " + directory + "/nginx.conf:" + line);
    }

    @Test
    void saysWhichWordIsTooLong() {
        String filler = "x\n".repeat(2048);
        assertThat(failure("\n\nindex 'a" + filler + "';")).startsWith("too long parameter, probably missing terminating \"'\" character").endsWith(":3");
        assertThat(failure("\nindex \"a" + filler + "\";")).startsWith("too long parameter, probably missing terminating \"\"\" character").endsWith(":2");
        assertThat(failure("index " + "0123456789".repeat(410) + ";")).startsWith("too long parameter \"0123456789...\" started in ");
        assertThat(failure("http { index '" + "x".repeat(4094) + "' 'yy'; } foo;")).startsWith("unknown directive \"foo\"");
    }

    @Test
    void takesCommentsOfAnyLength() {
        assertThat(failure("#" + "x".repeat(10_000) + "\nfoo;")).isEqualTo("unknown directive \"foo\" in " + directory + "/nginx.conf:2");
    }

    @Test
    void takesLuaOfAnyLengthButNoLongBracketOver4096Bytes() {
        String block = "http { server { location / { content_by_lua_block {";
        assertThat(failure(block + "x = 1 ".repeat(2000) + " s = '" + "}".repeat(9000) + "' --" + "}".repeat(9000) + "\n } } } } foo;"))
                .startsWith("unknown directive \"foo\"");
        assertThat(failure(block + "s = [[" + "x".repeat(4092) + "]] } } } } foo;")).startsWith("unknown directive \"foo\"");
        assertThat(failure(block + "s = [[" + "x".repeat(4093) + "]] } } } } foo;")).startsWith("Lua code block missing the closing long bracket \"]]\"");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            daemon off     ¦ unexpected end of parameter, expecting ";" in command line
            daemon "off    ¦ unexpected end of parameter, expecting ";" in command line
            events { }     ¦ block directives are not supported in -g option in command line
            foo;           ¦ unknown directive "foo" in command line
            }              ¦ unexpected "}" in command line
            daemon on;daemon on; ¦ "daemon" directive is duplicate in command line
            """)
    void saysAsNginxOfTheCommandLine(String text, String message) {
        var conf = new Conf(directory);
        assertThatThrownBy(() -> conf.reader.readCommandLine(text, conf.main)).isInstanceOf(ConfException.class).hasMessage(message);
    }

    @Test
    void saysThatAFileIsMissing() {
        var conf = new Conf(directory);
        assertThatThrownBy(() -> conf.reader.read("/none/nginx.conf", conf.main))
                .hasMessage("open() \"/none/nginx.conf\" failed (2: No such file or directory)");
        assertThat(failure("\ninclude none.conf;")).isEqualTo(
                "open() \"" + directory + "/none.conf\" failed (2: No such file or directory) in " + directory + "/nginx.conf:2");
        assertThat(failure("include nginx.conf/none.conf;")).isEqualTo(
                "open() \"" + directory + "/nginx.conf/none.conf\" failed (20: Not a directory) in " + directory + "/nginx.conf:1");
        assertThat(failure("include a\0b;")).contains("failed (2: No such file or directory)");
        assertThat(failure("include /tmp;")).isEqualTo("pread() \"/tmp\" failed (21: Is a directory)");
    }

    @Test
    void namesTheIncludedFile() {
        new Conf(directory).file("a.conf", "\n\nfoo;").file("b.conf", "}").file("c.conf", "http {");
        assertThat(failure("include a.conf;")).isEqualTo("unknown directive \"foo\" in " + directory + "/a.conf:3");
        assertThat(failure("http { include b.conf;")).isEqualTo("unexpected \"}\" in " + directory + "/b.conf:1");
        assertThat(failure("include c.conf; }")).isEqualTo("unexpected end of file, expecting \"}\" in " + directory + "/c.conf:1");
    }

    @Test
    void goesBackToTheIncludingFileForLaterErrors() {
        new Conf(directory).file("a.conf", "sendfile on;\n\n");
        assertThat(failure("http {\ninclude a.conf;\nsendfile on; }")).isEqualTo("\"sendfile\" directive is duplicate in " + directory + "/nginx.conf:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"include nginx.conf;", "include *.conf;"})
    void refusesAFileThatIncludesItself(String text) {
        assertThat(failure(text)).startsWith("more than 256 nested blocks and files in ");
    }

    @Test
    void refusesEndlessNesting() {
        assertThat(failure("http { server {" + "location / {".repeat(100_000))).startsWith("more than 256 nested blocks and files in ");
    }

    @Test
    void cutsAMessageTo1024Bytes() {
        assertThat(failure("x".repeat(4000) + ";")).isEqualTo("unknown directive \"" + "x".repeat(1005) + " in " + directory + "/nginx.conf:1");
    }

    private String failure(String text) {
        try {
            new Conf(directory).read(text);
        } catch (ConfException e) {
            return e.getMessage();
        }
        throw new AssertionError("no failure: " + text);
    }
}
