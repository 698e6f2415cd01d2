ngx.re. Numbers of PCRE's errors and its texts are those of PCRE2; Debian's nginx has the older PCRE in its Lua module.

=== match: groups, names, places, tables
--- config
location / {
    content_by_lua_block {
        local function show(m, err)
            if not m then
                ngx.say(tostring(m), " ", tostring(err))
                return
            end
            local keys = {}
            for k, v in pairs(m) do
                keys[#keys + 1] = tostring(k) .. "=" .. (type(v) == "table" and "{" .. table.concat(v, ",") .. "}" or tostring(v))
            end
            table.sort(keys)
            ngx.say(table.concat(keys, " "))
        end
        local match = ngx.re.match
        for _, opts in ipairs { "", "o", "jo", "jo" } do
            show(match("hello, 1234 there", "([a-z]+), ([0-9])([0-9]+)(x)?", opts))
        end
        show(match("hello", "[0-9]", "jo"))
        show(match("", "", "jo"))
        show(match("", "a|(b)?", "jo"))
        show(match(1234, "(2)(3)"))
        show(match(nil, "i"))
        show(match("2026-11-22", "(?<year>\\d+)-(?<month>\\d+)-(?<day>\\d+)(?<rest>T.*)?", "jo"))
        show(match("bc", "(?<n>a)?(?<n>b)(?<n>c)", "D"))
        show(match("bc", "(?<n>a)?(?<m>b)(?<n>c)", "Djo"))

        local ctx = {}
        show(match("1234, hello", "[0-9]+", "jo", ctx))
        ngx.say(ctx.pos)
        show(match("1234, hello", "[a-z]+", "jo", ctx))
        ngx.say(ctx.pos)
        show(match("1234, hello", "[a-z]+", "jo", ctx))
        ngx.say(ctx.pos)
        show(match("abc", "^b", "", { pos = 2 }))
        show(match("abc", "(?<=a)b", "", { pos = 2 }))
        show(match("abc", "a", "", { pos = -3 }))

        local res = { [2] = "old", more = "kept" }
        local m = match("ab", "(a)(b)?(c)?", "jo", nil, res)
        ngx.say(m == res)
        show(res)
    }
}
--- request
GET /
--- response_body
0=hello, 1234 1=hello 2=1 3=234 4=false
0=hello, 1234 1=hello 2=1 3=234 4=false
0=hello, 1234 1=hello 2=1 3=234 4=false
0=hello, 1234 1=hello 2=1 3=234 4=false
nil nil
0=
0= 1=false
0=23 1=2 2=3
0=i
0=2026-11-22 1=2026 2=11 3=22 4=false day=22 month=11 rest=false year=2026
0=bc 1=false 2=b 3=c n={b,c}
0=bc 1=false 2=b 3=c m={b} n={c}
0=1234
5
0=hello
12
nil nil
12
nil nil
0=b
0=a
true
0=ab 1=a 2=b 3=false more=kept
--- no_error_log
[error]

=== many groups
--- config
location / {
    content_by_lua_block {
        for _, n in ipairs { 3, 30, 60, 300 } do
            local m = ngx.re.match(("x"):rep(n - 1) .. "yz", ("(.)"):rep(n) .. "(?<last>z)(w)?", "jo")
            ngx.say(#m[0], m[1], m[n], m[n + 1], m.last, tostring(m[n + 2]), tostring(m[n + 3]))
            ngx.say(ngx.re.find("abc", ("(.)?"):rep(n), "jo", nil, n))
        end
    }
}
--- request
GET /
--- response_body
4xyzzfalsenil
33
31xyzzfalsenil
nilnil
61xyzzfalsenil
nilnil
301xyzzfalsenil
nilnil
--- no_error_log
[error]

=== find
--- config
location / {
    content_by_lua_block {
        local function show(...)
            local t = { n = select("#", ...), ... }
            for i = 1, t.n do
                t[i] = tostring(t[i])
            end
            ngx.say(table.concat(t, " "))
        end
        local find = ngx.re.find
        for _, opts in ipairs { "", "jo", "do" } do
            show(find("hello, 1234", "([a-z]+), ([0-9]+)(x)?", opts))
        end
        local re = "([a-z]+)(x)?, ([0-9]+)(x)?"
        for n = -1, 5 do
            show(find("hello, 1234", re, "jo", nil, n))
        end
        show(find("hello", "[0-9]"))
        show(find("hello", "", "jo"))
        show(find("", "x*", "jo"))
        show(find(12, 1 .. ""))
        local ctx = { pos = 3 }
        show(find("ab ab", "ab", "jo", ctx))
        show(ctx.pos)
        show(find("aaa", "(a)", "d", nil, 1))
    }
}
--- request
GET /
--- response_body
1 11
1 11
1 11
1 11
1 11
1 5
nil nil
8 11
nil nil
nil nil nth out of bound
nil
1 0
1 0
1 1
4 5
6
nil nil nth out of bound
--- no_error_log
[error]

=== gmatch
--- config
location / {
    content_by_lua_block {
        local function all(subject, re, opts)
            local found = {}
            for m in ngx.re.gmatch(subject, re, opts) do
                found[#found + 1] = "<" .. m[0] .. (m[1] and ":" .. m[1] or "") .. ">"
            end
            ngx.say(table.concat(found))
        end
        all("hello, world", "[a-z]([a-z])")
        all("hello, world", "[a-z]([a-z])", "jo")
        all("hello, world", "[a-z]([a-z])", "do")
        all("hello", "[0-9]")
        all("a1b22c", "[0-9]*")
        all("a1b22c", "[0-9]*", "jo")
        all("", "x*", "jo")
        all(4321, "[1-3]")
        local iterator = ngx.re.gmatch("ab", ".")
        ngx.say(iterator()[0], iterator()[0], tostring(iterator()), tostring(iterator()))
        -- Two at once over one regex, and matches in between.
        local one, two = ngx.re.gmatch("abc", ".", "jo"), ngx.re.gmatch("xyz", ".", "jo")
        for _ = 1, 3 do
            local a = one()[0]
            ngx.say(a, ngx.re.match("q", ".", "jo")[0], two()[0])
        end
        ngx.re.gmatch("left", ".", "jo")()
    }
}
--- request
GET /
--- response_body
<he:e><ll:l><wo:o><rl:l>
<he:e><ll:l><wo:o><rl:l>
<he><ll><wo><rl>

<><1><><22><><>
<><1><><22><><>
<>
<3><2><1>
abnilnil
aqx
bqy
cqz
--- no_error_log
[error]

=== sub and gsub with templates
--- config
location / {
    content_by_lua_block {
        local function show(...)
            local t = { n = select("#", ...), ... }
            for i = 1, t.n do
                t[i] = tostring(t[i])
            end
            ngx.say(table.concat(t, " "))
        end
        local sub, gsub = ngx.re.sub, ngx.re.gsub
        for _, opts in ipairs { "", "jo", "jo" } do
            show(sub("hello, 1234 56", "([0-9])[0-9]", "[$0][$1]", opts))
            show(gsub("hello, 1234 56", "([0-9])[0-9]", "[$0][$1]", opts))
            show(gsub("hello, 1234 56", "([0-9])[0-9]", "x", opts))
            show(gsub("hello", "[0-9]", "x", opts))
        end
        show(gsub("a.b", "\\.", "${0}1 $$0 $$$0"))
        show(gsub("ab", "(x)?(b)", "<$1|$2|$3|$17>"))
        show(gsub("abc", "(b)", "$1", "d"))
        show(gsub("abc", "b", "$0$0", "d"))
        show(gsub("abc", "b", ""))
        show(gsub("abc", "", "-"))
        show(gsub("abc", "b*", "-"))
        show(gsub("a1b2", "[0-9]", 5))
        show(sub(100, "0", 2))
        show(gsub("abc", "b", nil))
        show(gsub("", "^$", "empty"))
        show(gsub("a\0b\255c", "[\\x00\\xff]", "<$0>"))
        local long = ("0123456789"):rep(5000)
        local s, n = gsub(long, "[0-4]", "<$0>", "jo")
        show(#s, n, s:sub(1, 20), s:sub(-10))
        s, n = gsub(long, "5", ("x"):rep(100), "jo")
        show(#s, n)
    }
}
--- request
GET /
--- response_body escaped
hello, [12][1]34 56 1
hello, [12][1][34][3] [56][5] 3
hello, xx x 3
hello 0
hello, [12][1]34 56 1
hello, [12][1][34][3] [56][5] 3
hello, xx x 3
hello 0
hello, [12][1]34 56 1
hello, [12][1][34][3] [56][5] 3
hello, xx x 3
hello 0
a.1 $0 $.b 1
a<|b||> 1
ac 1
abbc 1
ac 1
-a-b-c- 4
-a--c- 4
a5b5 2
120 1
anilc 1
empty 1
a<\0>b<\xff>c 2
100000 25000 <0><1><2><3><4>56789 3><4>56789
545000 5000
--- no_error_log
[error]

=== a template that is wrong
--- config
location / {
    content_by_lua_block {
        for _, template in ipairs { "$name", "${name}", "${1", "${1x}", "$", "a$-", "${}", "${" } do
            for _, opts in ipairs { "", "jo" } do
                local s, n, err = ngx.re.gsub("abc", "b", template, opts)
                ngx.say(tostring(s), " ", tostring(n), " ", err)
            end
        end
    }
}
--- request
GET /
--- response_body
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
nil nil failed to compile the replacement template
--- error_log
attempt to use named capturing variable "name" (named captures not supported yet)
the closing bracket in "1" variable is missing
lua script: invalid capturing variable name found in "$"
lua script: invalid capturing variable name found in "a$-"
lua script: invalid capturing variable name found in "${}"
lua script: invalid capturing variable name found in "${"

=== sub and gsub with functions
--- config
location / {
    content_by_lua_block {
        local gsub = ngx.re.gsub
        ngx.say(gsub("a1b2", "[a-z]([0-9])", function(m) return m[0] .. m[1] end, "jo"))
        ngx.say(ngx.re.sub("a1b2", "(?<l>[a-z])([0-9])", function(m) return m.l .. "-" .. m[2] end))
        ngx.say(gsub("abc", ".", function() return nil end))
        ngx.say(gsub("abc", "b", function() return 7 end))
        ngx.say(gsub("abc", "b", function() return "$0" end))
        ngx.say(gsub("none", "[0-9]", error))
        local ok, err = pcall(gsub, "ab", "(.)", function() error("thrown", 0) end, "jo")
        ngx.say(tostring(ok), " ", err)
        ngx.say(gsub("ab", "(.)", function(m) return m[1]:upper() end, "jo"))
        local s, n = gsub(("x"):rep(10000), "x", function() return "yy" end, "jo")
        ngx.say(#s, " ", n)
    }
}
--- request
GET /
--- response_body
a11b222
a-1b21
nilnilnil3
a7c1
a$0c1
none0
false thrown
AB2
20000 10000
--- no_error_log
[error]

=== a function that matches, too, and waits
--- config
location / {
    content_by_lua_block {
        local gsub = ngx.re.gsub
        ngx.say(gsub("ab", "(.)", function(m)
            ngx.sleep(0.001)
            local inner = gsub("cd", "(.)", function(n)
                return gsub(n[1], ".", "[$0]", "jo")
            end, "jo")
            return m[1] .. inner
        end, "jo"))
    }
}
--- request
GET /
--- response_body
a[c][d]b[c][d]2
--- no_error_log
[error]
--- nightjar_only
what the function matches with the same regex is taken for the outer match by nginx

=== options
--- config
location / {
    content_by_lua_block {
        local function found(subject, re, opts)
            local m, err = ngx.re.match(subject, re, opts)
            ngx.say(opts, ": ", m and m[0] or tostring(m), " ", tostring(err))
        end
        found("ABC", "b", "i")
        found("ABC", "b", "ijo")
        found("x\nab", "^ab", "m")
        found("x\nab", "x.a", "s")
        found("x\nab", "x.a", "")
        found("abc", "a b c", "x")
        found("xabc", "abc", "a")
        found("abc", "abc", "aj")
        found("aaa", "a+?", "")
        found("aaa", "a+?", "d")
        found("aaa", "a+?", "doj")
        found("\195\164", "^.$", "")
        found("\195\164", "^.$", "u")
        found("\195\164", "^.$", "U")
        found("\195\164", "^\\x{e4}$", "Ujo")
        found("a", "(b)|\\1a", "J")
        found("a", "(b)|\\1a", "")
        found("u0061", "\\u0061", "J")
        found("a", "\\u0061", "J")
        found("ab", "a|ab", "")
        ngx.say(pcall(ngx.re.match, "a", "a", "oHm"))
    }
}
--- request
GET /
--- response_body_like
\Ai: B nil
ijo: B nil
m: ab nil
s: x
a nil
: nil nil
x: abc nil
a: nil nil
aj: abc nil
: a nil
d: aaa nil
doj: aaa nil
: nil nil
u: \xc3\xa4 nil
U: \xc3\xa4 nil
Ujo: \xc3\xa4 nil
J: a nil
: nil nil
J: nil nil
J: a nil
: a nil
false.*unknown flag "H" \(flags "oHm"\)
\z
--- no_error_log
[error]

=== an argument that is none
--- config
location / {
    content_by_lua_block {
        for _, f in ipairs { ngx.re.match, ngx.re.find, ngx.re.gmatch } do
            local ok, err = pcall(f, "a")
            ngx.say(err:match("attempt.*"))
            ok, err = pcall(f, "a", 5, "o")
            ngx.say(err:match("attempt.*"))
        end
    }
}
--- request
GET /
--- response_body
attempt to get length of local 'regex' (a nil value)
attempt to get length of local 'regex' (a number value)
attempt to get length of local 'regex' (a nil value)
attempt to get length of local 'regex' (a number value)
attempt to get length of local 'regex' (a nil value)
attempt to get length of local 'regex' (a number value)

=== split
--- config
location / {
    content_by_lua_block {
        local re = require "ngx.re"
        local function show(t, err)
            for i = 1, t and #t or 0 do
                t[i] = "<" .. t[i] .. ">"
            end
            ngx.say(t and table.concat(t) or "nil", " ", tostring(err))
        end
        show(re.split("a,b,c", ","))
        show(re.split("a,b,c", ",", "jo"))
        show(re.split("a,,c", ",", "jo"))
        show(re.split(",a,", ",", "jo"))
        show(re.split("a,,", ",", "jo"))
        show(re.split("a,,", ",", "jo", nil, 5))
        show(re.split(",,", ",", "jo"))
        show(re.split("a", ",", "jo"))
        show(re.split("", ",", "jo"))
        show(re.split("abc", "", "jo"))
        show(re.split("abc", "", "jo", nil, 2))
        show(re.split("a, b;c", "([,;]) ?", "jo"))
        show(re.split("a,b,c,d", ",", "jo", nil, 2))
        show(re.split("a,b,c,d", ",", "jo", nil, 1))
        show(re.split("a,b,c,d", ",", "jo", { pos = 5 }))
        show(re.split("a,b", ",", "jo", { pos = 9 }))
        show(re.split(1201, "0"))
        show(re.split("a,b", ",", "d"))
        local res = { "1", "2", "3", "4", "5" }
        ngx.say(re.split("a,b", ",", "jo", nil, 0, res) == res, " ", res[2], " ", tostring(res[3]), " ", res[4])
        local ok, err = pcall(re.split, "a", "b", "", nil, 0, "no table")
        ngx.say(err:match("res is.*"))
        ok, err = pcall(re.opt, "no such option")
        ngx.say(err:match("unrec.*"))
        ok, err = pcall(re.opt, "jit_stack_size", 65536)
        ngx.say(err:match("changing.*"))
    }
}
--- request
GET /
--- response_body
<a><b><c> nil
<a><b><c> nil
<a><><c> nil
<><a> nil
<a> nil
<a><><> nil
 nil
<a> nil
 nil
<a><b><c> nil
<a><bc> nil
<a><,><b><;><c> nil
<a><b,c,d> nil
<a,b,c,d> nil
<c><d> nil
 nil
<12><1> nil
<a><b> nil
true b nil 4
res is not a table
unrecognized option name
changing jit stack size is not allowed when some regexs have already been compiled and cached
--- no_error_log
[error]

=== in every phase
--- http_config
init_by_lua_block {
    package.loaded.seen = { ngx.re.match("init 1", "([a-z]+) ([0-9])", "jo")[2] }
}
init_worker_by_lua_block {
    local seen = require "seen"
    seen[2] = ngx.re.gsub("worker 2", "[a-z ]", "", "jo")
    ngx.timer.at(0, function()
        seen[3] = ngx.re.find("  3", "[0-9]", "jo")
    end)
}
--- config
location / {
    set_by_lua_block $four { return (ngx.re.sub("4", "(.)", "$1", "jo")) }
    rewrite_by_lua_block { ngx.ctx.five = ngx.re.match("five5", "\\d", "jo")[0] }
    content_by_lua_block {
        ngx.sleep(0.01)
        local seen = require "seen"
        ngx.say(seen[1], seen[2], seen[3], ngx.var.four, ngx.ctx.five)
    }
    header_filter_by_lua_block { ngx.header.x_six = ngx.re.match("six6", "\\d", "jo")[0] }
    body_filter_by_lua_block { ngx.arg[1] = ngx.re.gsub(ngx.arg[1], "5", "five", "jo") }
    log_by_lua_block { ngx.log(ngx.INFO, "seven: ", ngx.re.match("7", "\\d", "jo")[0]) }
}
--- request
GET /
--- response_headers
X-Six: 6
--- response_body
1234five
--- error_log
seven: 7

=== without a code cache
--- http_config
lua_code_cache off;
--- config
location / {
    content_by_lua_block {
        require("ngx.re").opt("jit_stack_size", 65536)
        for i = 1, 3 do
            ngx.say(ngx.re.match("a" .. i, "([a-z])([0-9])", "jo")[2])
        end
    }
}
--- request
GET /
--- response_body
1
2
3
--- request
GET /
--- response_body
1
2
3
--- error_log
lua_code_cache is off; this will hurt performance

=== a full cache
--- http_config
lua_regex_cache_max_entries 2;
--- config
location / {
    content_by_lua_block {
        local texts = {}
        for round = 1, 3 do
            for i = 1, 9 do
                texts[#texts + 1] = ngx.re.gsub("digit " .. i, "(d.g.t) " .. i, "$1", "jo") .. ngx.re.find("abc9", "[" .. i .. "9]", "jo")
            end
        end
        -- One that is in use leaves the cache.
        for m in ngx.re.gmatch("pqr", "(.)", "jo") do
            for i = 1, 9 do
                ngx.re.match("x", i .. "", "jo")
            end
            texts[#texts + 1] = m[1]
        end
        texts[#texts + 1] = ngx.re.gsub("stu", ".", function(m)
            for i = 1, 9 do
                ngx.re.match("x", i .. "", "jo")
            end
            return m[0]
        end, "jo")
        ngx.say(table.concat(texts))
    }
}
--- request
GET /
--- response_body
digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4digit4pqrstu
--- no_error_log
[error]

=== a full cache is told of once
--- http_config
lua_regex_cache_max_entries 2;
--- config
location / {
    content_by_lua_block {
        for i = 1, 9 do
            ngx.re.match("x", i .. "", "jo")
        end
        ngx.say("done")
    }
}
--- request
GET /
--- response_body
done
--- error_log
lua exceeding regex cache max entries (2)
--- nightjar_only
lua-resty-core evicts without a word

=== no cache at all
--- http_config
lua_regex_cache_max_entries 0;
--- config
location / {
    content_by_lua_block {
        for i = 1, 3 do
            ngx.say(ngx.re.gsub("a" .. i, "([a-z])(\\d)", "$2$1", "jo"))
        end
        for m in ngx.re.gmatch("xy", ".", "jo") do
            ngx.say(m[0])
        end
    }
}
--- request
GET /
--- response_body
1a1
2a1
3a1
x
y
--- no_error_log
[error]
[warn]

=== patterns that PCRE2 refuses
--- config
location / {
    content_by_lua_block {
        for _, re in ipairs { "(", "a)b", "\\" } do
            for _, opts in ipairs { "", "jo" } do
                local m, err = ngx.re.match("abc", re, opts)
                ngx.say(tostring(m), " ", err)
            end
        end
        local from, to, err = ngx.re.find("abc", "(")
        ngx.say(tostring(from), " ", tostring(to), " ", err)
        local iterator, err = ngx.re.gmatch("abc", "(")
        ngx.say(tostring(iterator), " ", err)
        local s, n, err = ngx.re.gsub("abc", "(", "x")
        ngx.say(tostring(s), " ", tostring(n), " ", err)
        local t, err = require("ngx.re").split("abc", "(")
        ngx.say(tostring(t), " ", err)
        local _, err = ngx.re.match("abc", ("x"):rep(300) .. "(")
        ngx.say(#err, " ", err:sub(1, 70))
        local _, err = ngx.re.match("a", "a)\0b")
        ngx.say(err)
    }
}
--- request
GET /
--- response_body
nil pcre2_compile() failed: missing closing parenthesis in "("
nil pcre2_compile() failed: missing closing parenthesis in "("
nil pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"
nil pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"
nil pcre2_compile() failed: \ at end of pattern in "\"
nil pcre2_compile() failed: \ at end of pattern in "\"
nil nil pcre2_compile() failed: missing closing parenthesis in "("
nil pcre2_compile() failed: missing closing parenthesis in "("
nil nil pcre2_compile() failed: missing closing parenthesis in "("
nil pcre2_compile() failed: missing closing parenthesis in "("
255 pcre2_compile() failed: missing closing parenthesis in "xxxxxxxxxxxxxx
pcre2_compile() failed: unmatched closing parenthesis in "a)
--- no_error_log
[error]
--- nightjar_only
texts of PCRE2

=== matches that fail
--- http_config
lua_regex_match_limit 1000;
--- config
location / {
    content_by_lua_block {
        local slow, subject = "(a+)+[bc]", ("a"):rep(40)
        local function show(...)
            local t = { n = select("#", ...), ... }
            for i = 1, t.n do
                t[i] = tostring(t[i])
            end
            ngx.say(table.concat(t, " "))
        end
        for _, opts in ipairs { "", "o", "jo" } do
            show(ngx.re.match(subject, slow, opts))
            show(ngx.re.find(subject, slow, opts))
            show(ngx.re.gmatch(subject, slow, opts)())
            show(ngx.re.gsub(subject, slow, "", opts))
            show(require("ngx.re").split(subject, slow, opts))
        end
        show(ngx.re.match("\255", ".", "u"))
        show(ngx.re.match("abc", "b", "jo", { pos = 5 }))
        show(ngx.re.match("abc", "$", "jo", { pos = 4 })[0])
        show(ngx.re.match("\195\164", ".", "ujo", { pos = 2 }))
    }
}
--- request
GET /
--- response_body
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil nil pcre_exec() failed: -47
nil pcre_exec() failed: -47
nil pcre_exec() failed: -23
nil pcre_exec() failed: -33

nil pcre_exec() failed: -36
--- no_error_log
[error]
--- nightjar_only
numbers of PCRE2

=== the JIT stack
--- config
location / {
    content_by_lua_block {
        local m, err = ngx.re.match(("ab"):rep(20000), "(?:(a)|(b))*c?$", "jo")
        ngx.say(m and #m[0], " ", err)
    }
}
--- request
GET /
--- response_body
nil pcre_exec() failed: -46
--- nightjar_only
numbers of PCRE2

=== a larger JIT stack
--- http_config
init_by_lua_block {
    require("ngx.re").opt("jit_stack_size", 16 * 1024 * 1024)
}
--- config
location / {
    content_by_lua_block {
        local m, err = ngx.re.match(("ab"):rep(20000), "(?:(a)|(b))*c?$", "jo")
        ngx.say(m and #m[0], " ", tostring(err))
    }
}
--- request
GET /
--- response_body
40000 nil

=== empty matches in UTF-8
--- config
location / {
    content_by_lua_block {
        for _, opts in ipairs { "u", "ujo", "U", "Ujo" } do
            local found = {}
            for m in ngx.re.gmatch("\195\164\226\130\172x", "y*", opts) do
                found[#found + 1] = m[0]
            end
            ngx.say(#found, " ", ngx.re.gsub("\195\164\226\130\172x", "y*", "-", opts))
            ngx.say(table.concat(require("ngx.re").split("\195\164\226\130\172x", "", opts), "|"))
        end
    }
}
--- request
GET /
--- response_body
4 -ä-€-x-4
ä|€|x
4 -ä-€-x-4
ä|€|x
4 -ä-€-x-4
ä|€|x
4 -ä-€-x-4
ä|€|x
--- no_error_log
[error]
--- nightjar_only
nginx goes on inside a character, where PCRE fails

=== splitting at what may be empty, or has a group that took no part
--- config
location / {
    content_by_lua_block {
        local re = require "ngx.re"
        ngx.say(table.concat(re.split("ab,cd,,e", ",|", "jo"), "|"))
        ngx.say(table.concat(re.split("a;b,c", "(,)|;", "jo"), "|"))
    }
}
--- request
GET /
--- response_body
a|b|c|d||e
a|b|,|c
--- nightjar_only
nginx gives some pieces twice, and the whole subject for the group

=== a cache size that is none
--- http_config
lua_regex_cache_max_entries many;
--- must_die
--- error_log
invalid number in

=== a match limit that is none
--- http_config
lua_regex_match_limit -5;
--- must_die
--- error_log
invalid number in

=== a match limit said twice
--- http_config
lua_regex_match_limit 5;
lua_regex_match_limit 6;
--- must_die
--- error_log
"lua_regex_match_limit" directive is duplicate
