package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import nightjar.pcre.Regex;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// `ngx.re` in Lua, which calls PCRE2 itself.
final class RegexApiTest {
    private static final LuaRun LUA = new LuaRun();

    @AfterAll static void close() {
        assertThat(LUA.alerts()).isEmpty();
        LUA.close();
    }

    @Test void findsWhatPcre2FoundForJava() {
        var random = new Random(1905);
        for (int round = 0; round < 300; round++) {
            var pattern = text(random, new String[] {"a", "b", "(a)", "(b|c)", ".", "b*", "c?", "(ab?)+", "^", "|"}, 4);
            var subject = text(random, new String[] {"a", "b", "c"}, 8);
            var opts = new String[] {"", "o", "jo", "j"}[random.nextInt(4)];
            try (var regex = Regex.compile(pattern, 0)) {
                int[] at = new int[2 * (regex.captures() + 1)];
                int rc = regex.match(subject, at);
                var groups = regex.captures();
                var found = LUA.run("""
                        local subject, pattern, opts = "%s", "%s", "%s"
                        local m = ngx.re.match(subject, pattern, opts)
                        for nth = 0, %d do
                            local from, to = ngx.re.find(subject, pattern, opts, nil, nth)
                            out(from, to, m and m[nth])
                        end
                        """.formatted(subject, pattern, opts, groups));
                for (int group = 0; group <= groups; group++) {
                    boolean there = rc > 0 && at[2 * group] >= 0;
                    var group0 = there ? subject.substring(at[2 * group], at[2 * group + 1]) : rc > 0 ? "false" : "nil";
                    assertThat(found.subList(3 * group, 3 * group + 3)).as("%s in %s, group %d", pattern, subject, group)
                            .containsExactly(there ? "" + (at[2 * group] + 1) : "nil", there ? "" + at[2 * group + 1] : "nil", group0);
                }
            }
        }
    }

    private static String text(Random random, String[] of, int most) {
        var text = new StringBuilder();
        for (int n = 1 + random.nextInt(most); n > 0; n--) text.append(of[random.nextInt(of.length)]);
        return text.toString();
    }

    @Test void memoryOfRegexesThatNobodyHasIsGivenBack() {
        assertThat(LUA.run("""
                local ffi = require "ffi"
                ffi.cdef [[
                struct regex_mallinfo {
                    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
                };
                struct regex_mallinfo mallinfo2(void);
                ]]
                local function native()
                    collectgarbage()
                    collectgarbage()
                    local info = ffi.C.mallinfo2()
                    return tonumber(info.uordblks + info.hblkhd)
                end
                local function work(from, to)
                    for i = from, to do
                        local pattern = "([a-z]+) (x|y|z){1,20} " .. i
                        ngx.re.match("hello x " .. i, pattern, "o")
                        ngx.re.gsub("hello x " .. i, pattern .. "$", "$1")
                        -- Nobody asks for the second one.
                        ngx.re.gmatch("hello x " .. i, pattern)()
                        ngx.re.gmatch("hello x " .. i, pattern .. "?", "o")()
                    end
                end
                work(1, 2000)
                local before = native()
                work(2001, 8000)
                out(native() - before < 2000000)
                """)).containsExactly("true");
        assertThat(LUA.request.log).containsExactly("5 lua exceeding regex cache max entries (1024)");
    }

    @Test void aLongSubjectLeavesNoMemoryBehind() {
        assertThat(LUA.run("""
                local long = ("ab"):rep(500000)
                out(#ngx.re.match(long, "(?:a|b)*", "o")[0], ngx.re.match("ab", "(?:a|b)*", "o")[0])
                """)).containsExactly("1000000", "ab");
    }

    /// The struct and the functions as lua-resty-core 0.1.33 declares them.
    @Test void cFunctionsAreThereForLuaRestyCore() {
        assertThat(LUA.run("""
                local ffi = require "ffi"
                local C = ffi.C
                ffi.cdef [[
                typedef struct { ngx_str_t value; void *lengths; void *values; } t_complex_value_t;
                typedef struct {
                    void *pool;
                    unsigned char *name_table;
                    int name_count;
                    int name_entry_size;
                    int ncaptures;
                    int *captures;
                    void *regex;
                    void *regex_sd;
                    t_complex_value_t *replace;
                    const char *pattern;
                } t_regex_t;
                ]]
                out(ffi.string(C.ngx_http_lua_ffi_pcre_version()):match("^10%.%d+") ~= nil)
                local err = ffi.new("char[64]")
                out(C.ngx_http_lua_ffi_compile_regex("(", 1, 0, 0, err, 64), ffi.string(err))
                out(C.ngx_http_lua_ffi_compile_regex("(", 1, 0, 0, err, 10), ffi.string(err))

                local pattern, subject = "(?<word>[a-z]+) (x)?([0-9])", "say hello 7"
                local re = C.ngx_http_lua_ffi_compile_regex(pattern, #pattern, 4, 0, err, 64)
                local seen = ffi.cast("t_regex_t *", re)
                out(seen.ncaptures, seen.name_count, ffi.string(seen.name_table + 2), seen.name_table[1])
                out(C.ngx_http_lua_ffi_exec_regex(re, 4, subject, #subject, 5))
                for i = 0, 7 do
                    out(seen.captures[i])
                end
                out(C.ngx_http_lua_ffi_exec_regex(re, 4, subject, #subject, 11))

                local template = "<$3|$2|${1}$$|$4>"
                out(C.ngx_http_lua_ffi_compile_replace_template(re, template, #template), seen.replace.lengths ~= nil)
                local rc = C.ngx_http_lua_ffi_exec_regex(re, 4, subject, #subject, 0)
                local engine = C.ngx_http_lua_ffi_create_script_engine()
                C.ngx_http_lua_ffi_init_script_engine(engine, subject, re, rc)
                local n = C.ngx_http_lua_ffi_script_eval_len(engine, re.replace)
                local to = ffi.new("char[?]", n)
                C.ngx_http_lua_ffi_script_eval_data(engine, re.replace, to)
                out(ffi.string(to, n))
                C.ngx_http_lua_ffi_destroy_script_engine(engine)
                C.ngx_http_lua_ffi_destroy_regex(re)
                """)).containsExactly("true", "nil", "pcre2_compile() failed: missing closing parenthesis in \"(\"", "nil", "pcre2_com",
                "3", "1", "word", "1", "4", "5", "11", "5", "9", "-1", "-1", "10", "11", "-1",
                "0", "true", "<7||hello$|>");
    }
}
