JSON as lua-cjson has it. What only OpenResty's lua-cjson can do is in blocks of its own.

=== encode
--- config
location = / {
    content_by_lua_block {
        local cjson = require "cjson"
        local function say(v)
            ngx.say(cjson.encode(v))
        end
        say(nil)
        say(true)
        say(false)
        say(cjson.null)
        say(ngx.null)
        say("")
        say("plain, é and 日本")
        say("\0\1\31\b\t\n\f\r \"quoted\" back\\slash /slash \127")
        ngx.say(#cjson.encode(string.rep("x", 100000) .. string.rep("\0", 10000)))
        say({})
        say({ 1, 2, 3 })
        say({ { 1 }, { { "deep" } } })
        say({ 1, nil, 3 })
        say({ a = { b = { c = { true } } } })
        say({ [1] = "a", [3] = "c" })
        say({ x = 1, nil })
        say({ [0] = "zero" })
        say({ [-1.5] = "number" })
        say({ ["1"] = "string" })
        say({ [4294967296] = "great" })
        ngx.say(cjson._NAME, " ", cjson.null == ngx.null, " ", type(cjson.null))
    }
}
--- request
GET /
--- response_body
null
true
false
null
null
""
"plain, é and 日本"
"\u0000\u0001\u001f\b\t\n\f\r \"quoted\" back\\slash \/slash \u007f"
160002
{}
[1,2,3]
[[1],[["deep"]]]
[1,null,3]
{"a":{"b":{"c":[true]}}}
["a",null,"c"]
{"x":1}
{"0":"zero"}
{"-1.5":"number"}
{"1":"string"}
{"4294967296":"great"}
cjson true userdata

=== decode
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- user_files
>>> show.lua
-- A value as Lua would write it, keys in order.
local function show(v)
    if v == ngx.null then
        return "null"
    elseif type(v) == "string" then
        return string.format("%q", v)
    elseif type(v) == "number" then
        return string.format("%.17g", v)
    elseif type(v) ~= "table" then
        return tostring(v)
    end
    local keys, parts = {}, {}
    for k in pairs(v) do
        keys[#keys + 1] = k
    end
    table.sort(keys)
    for i, k in ipairs(keys) do
        parts[i] = show(k) .. "=" .. show(v[k])
    end
    return "{" .. table.concat(parts, ",") .. "}"
end
return show
--- config
location = /values {
    content_by_lua_block {
        local cjson, show = require "cjson", require "show"
        for _, text in ipairs {
            "null", "true", " false ", '""', "[]", "{}", "[[],{}]", '{"a":{"b":[1,2,{"c":null}]},"a":2}',
            '\t{ "k"\n:\r1 , "l" : [ 1 , 2 ] }\n', '["a","",{"":0}]', '"plain é"', '"\\"\\\\\\/\\b\\f\\r\\t"',
            '"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00"', '"before \\u0041 between \\\\ behind"', '[1]\0garbage', "7",
        } do
            ngx.say(show(cjson.decode(text)))
        end
        ngx.say(#cjson.decode('"\\u0000"'), " ", #cjson.decode('"' .. string.rep("\\n\\\"", 10000) .. '"'), " ", cjson.decode(5))
        ngx.say(cjson.decode('"\1\31\127\128\255"') == "\1\31\127\128\255")
        ngx.say(#cjson.decode("[" .. string.rep("[],", 9999) .. "{}]"))
    }
}
location = /numbers {
    content_by_lua_block {
        local cjson, show = require "cjson", require "show"
        for _, text in ipairs {
            "0", "-1", "123456789012345", "1234567890123456", "9007199254740993", "1.5", "-0.25", "0.1", "3.14159", "12345678901.25",
            "0.30000000000000004", "1e3", "1E-2", "-2.5e+10", "1e400", "-1e400", "1e-400", "1e99999999999", "0e99999999999",
            "2.2250738585072011e-308", "4.9406564584124654e-324", "179769313486231570000000000000000000000e270",
            "[1.,01,0x1F,-.5,+7,inf,-Infinity,nan]", "-0.0",
        } do
            ngx.say(show(cjson.decode(text)))
        end
    }
}
location = /errors {
    content_by_lua_block {
        local cjson = require "cjson"
        local function try(text)
            local ok, err = pcall(cjson.decode, text)
            ngx.say(err)
        end
        for _, text in ipairs {
            "", " ", "nul", "x", "tru", "[", "{", "]", "[1", '["a"}', "[1,]", "[,1]", '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{"a":1]', "{true:1}",
            "{null:1}", '{"a" "b"}', "[1:2]", '[1,"', '"abc', '"\\x"', '"\\', '"\\u12G4"', '"\\ud800"', '"\\ud800\\u0041"', '"\\udc00"', "[1] null", '{} "x',
            "-", "-x", "[1,\0]", "\0", '"a\0b"', "1e", ".5", "\\", "'a'", "[truefalse]", "/*", "\0[", "[\0", "\239\187\191[]",
        } do
            try(text)
        end
        try({})
        try(nil)
        ngx.say(select(2, pcall(cjson.decode)))
        ngx.say(select(2, pcall(cjson.decode, "1", "2")))
        -- The caller's line is named where there is one.
        ngx.say((select(2, pcall(function() local v = cjson.decode("[") end)):gsub("^content_by_lua%b():%d+", "LUA")))
        ngx.say((select(2, pcall(function() local v = cjson.decode({}) end)):gsub("^content_by_lua%b():%d+", "LUA")))
    }
}
--- request
GET /values
--- response_body
null
true
false
""
{}
{}
{1={},2={}}
{"a"=2}
{"k"=1,"l"={1=1,2=2}}
{1="a",2="",3={""=0}}
"plain é"
"\"\\/\8\12\13\9"
"Aé€😀"
"before A between \\ behind"
{1=1}
7
1 20000 5
true
10000
--- request
GET /numbers
--- response_body
0
-1
123456789012345
1234567890123456
9007199254740992
1.5
-0.25
0.10000000000000001
3.1415899999999999
12345678901.25
0.30000000000000004
1000
0.01
-25000000000
inf
-inf
0
inf
0
2.2250738585072009e-308
4.9406564584124654e-324
1.7976931348623157e+308
{1=1,2=1,3=31,4=-0.5,5=7,6=inf,7=-inf,8=nan}
-0
--- request
GET /errors
--- response_body
Expected value but found T_END at character 1
Expected value but found T_END at character 2
Expected value but found invalid token at character 1
Expected value but found invalid token at character 1
Expected value but found invalid token at character 1
Expected value but found T_END at character 2
Expected object key string but found T_END at character 2
Expected value but found T_ARR_END at character 1
Expected comma or array end but found T_END at character 3
Expected comma or array end but found T_OBJ_END at character 5
Expected value but found T_ARR_END at character 4
Expected value but found T_COMMA at character 2
Expected colon but found T_END at character 5
Expected value but found T_END at character 6
Expected comma or object end but found T_END at character 7
Expected object key string but found T_OBJ_END at character 8
Expected comma or object end but found T_ARR_END at character 7
Expected object key string but found T_BOOLEAN at character 2
Expected object key string but found T_NULL at character 2
Expected colon but found T_STRING at character 6
Expected comma or array end but found T_COLON at character 3
Expected value but found unexpected end of string at character 5
Expected value but found unexpected end of string at character 5
Expected value but found invalid escape code at character 2
Expected value but found invalid escape code at character 2
Expected value but found invalid unicode escape code at character 2
Expected value but found invalid unicode escape code at character 2
Expected value but found invalid unicode escape code at character 2
Expected value but found invalid unicode escape code at character 2
Expected the end but found T_NULL at character 5
Expected the end but found unexpected end of string at character 6
Expected value but found invalid number at character 1
Expected value but found invalid number at character 1
Expected value but found T_END at character 4
Expected value but found T_END at character 1
Expected value but found unexpected end of string at character 3
Expected the end but found invalid token at character 2
Expected value but found invalid token at character 1
Expected value but found invalid token at character 1
Expected value but found invalid token at character 1
Expected comma or array end but found T_BOOLEAN at character 6
Expected value but found invalid token at character 1
JSON parser does not support UTF-16 or UTF-32
JSON parser does not support UTF-16 or UTF-32
Expected value but found invalid token at character 1
bad argument #1 to '?' (string expected, got table)
bad argument #1 to '?' (string expected, got nil)
bad argument #1 to '?' (expected 1 argument)
bad argument #1 to '?' (expected 1 argument)
LUA: Expected value but found T_END at character 2
LUA: bad argument #1 to 'decode' (string expected, got table)

=== what is escaped, wherever it stands in a string
--- config
location = / {
    content_by_lua_block {
        local cjson = require "cjson"
        local named = { ["\b"] = "b", ["\t"] = "t", ["\n"] = "n", ["\f"] = "f", ["\r"] = "r", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
        local function escape(c)
            return "\\" .. (named[c] or string.format("u%04x", c:byte()))
        end
        local function quoted(s)
            return '"' .. s:gsub('[%z\1-\31"/\\\127]', escape) .. '"'
        end
        local wrong, checked = {}, 0
        local function check(list)
            local expected = {}
            for i, s in ipairs(list) do
                expected[i] = quoted(s)
            end
            checked = checked + 1
            if cjson.encode(list) ~= "[" .. table.concat(expected, ",") .. "]" then
                wrong[#wrong + 1] = table.concat(list, ",")
            end
        end
        for c = 0, 255 do
            local char = string.char(c)
            for before = 0, 9 do
                local s = ("x"):rep(before) .. char
                check { s, s .. "yyyyyyyyyy", s .. char .. "\200" .. char, "", s .. "!\128" }
            end
        end
        local many = {}
        for i = 1, 3000 do
            many[i] = i % 7 == 0 and "a/b" .. i or "plain"
        end
        check(many)
        check { ("/"):rep(20000), ("x"):rep(20000), "\n" }
        ngx.say(checked, " ", #wrong)
        ngx.say(cjson.encode({ ["a/b"] = "c/d" }), cjson.encode({ ["\""] = { ["\\"] = {} } }), cjson.encode("/"))
    }
}
--- request
GET /
--- response_body
2562 0
{"a\/b":"c\/d"}{"\"":{"\\":{}}}"\/"

=== numbers as printf has them
--- config
location = / {
    content_by_lua_block {
        local cjson = require("cjson").new()
        local numbers = { 0.001, 0.0005, 0.9995, -0.26, 999.999, 1000.5, 1e5 + 0.01, -123456.789, 1e6, 1000001, 999999999, 1e9, 1234567890.6,
            1e12 - 1, 1e12, 99999999999.123, 999999999999.123, 1e14 - 1, 1e14, 2^53, 1.1, 0.1 + 0.2, 1/3, 9.995, 1.0005, 100.25, 5e-324 }
        for _, precision in ipairs { 14, 1, 3, 6, 10 } do
            cjson.encode_number_precision(precision)
            for _, sign in ipairs { 1, -1 } do
                for _, v in ipairs(numbers) do
                    local expected = string.format("%." .. precision .. "g", sign * v)
                    if cjson.encode({ sign * v }) ~= "[" .. expected .. "]" then
                        ngx.say(precision, " ", expected, " ", cjson.encode({ sign * v }))
                    end
                end
            end
        end
        cjson.encode_number_precision(14)
        ngx.say(cjson.encode({ 0.25, -1000, 1234567, 1234567890123, 100.05, [6] = 0.125 }), cjson.encode({ [1.5] = 1, }))
    }
}
--- request
GET /
--- response_body
[0.25,-1000,1234567,1234567890123,100.05,0.125]{"1.5":1}

=== tables whose first key does not tell what they are
--- config
location = / {
    content_by_lua_block {
        local cjson = require "cjson"
        local function keys(...)
            local t = {}
            for i = 1, select("#", ...) do
                t[select(i, ...)] = i
            end
            return t
        end
        ngx.say(cjson.encode(keys(3, 2, 1)), cjson.encode(keys(2)), cjson.encode({ 1, { 2, nil, 4 }, 5 }))
        ngx.say(#cjson.encode(keys(1, 2, 3, "x")), cjson.encode({ { { 1, nil, 3 } } }))
        local sparse = keys(1, 100)
        sparse[1] = { print }
        ngx.say(select(2, pcall(cjson.encode, sparse)))
        ngx.say(select(2, pcall(cjson.encode, { 1, print })))
        ngx.say(select(2, pcall(cjson.encode, { { x = keys(1, 2, 50) } })))
        ngx.say(select(2, pcall(cjson.encode, { [1] = 1, [true] = 2 })))
    }
}
--- request
GET /
--- response_body
[3,2,1][null,1][1,[2,null,4],5]
25[[[1,null,3]]]
Cannot serialise table: excessively sparse array
Cannot serialise function: type not supported
Cannot serialise table: excessively sparse array
Cannot serialise boolean: table key must be a number or string

=== documents of one shape and others by turns
--- config
location = / {
    content_by_lua_block {
        local cjson = require "cjson"
        local long = {}
        for i = 1, 200 do
            long[i] = '"k' .. i .. '":' .. i
        end
        local texts = { "[[1,2,3],{},[4]]", '[{"a":1,"b":2},{},{"c":3}]', "{" .. table.concat(long, ",") .. "}", "{}", "[]",
            ("["):rep(60) .. "1,2" .. ("]"):rep(60) }
        for _ = 1, 200 do
            for _, text in ipairs(texts) do
                local v = cjson.decode(text)
                local count = 0
                for _ in pairs(v) do
                    count = count + 1
                end
                if text:find('"k1"', 1, true) then
                    assert(count == 200 and v.k1 == 1 and v.k200 == 200)
                elseif text:find('"a"', 1, true) then
                    assert(count == 3 and v[1].a == 1 and v[1].b == 2 and next(v[2]) == nil and v[3].c == 3)
                else
                    assert(cjson.encode(v) == text or text == "[]" and count == 0)
                end
            end
        end
        ngx.say(#cjson.decode("[[1,2,3],[]]")[2], " ", cjson.decode("-12.50"), " ", cjson.decode("1.5e3"), " ", select(2, pcall(cjson.decode, "[1.2.3]")))
    }
}
--- request
GET /
--- response_body_like
^0 -12.5 1500 Expected comma or array end but found .* at character 5$

=== settings
--- config
location = /numbers {
    content_by_lua_block {
        local cjson = require("cjson").new()
        local function say(v)
            ngx.say(cjson.encode(v))
        end
        for _, n in ipairs {
            0, -0, 7, 999, -1000, 1234567, 99999999999999, 123456789012345, 2^53, 0.1, -0.5, 1/3, 12.25, 1e-7, 1e100, 5e-324,
            123456789.25, 5722849.95703125, 5722849.95703135, 1.7976931348623157e308,
        } do
            say(n)
        end
        ngx.say(cjson.encode_number_precision(), " ", cjson.encode_number_precision(3), " ", cjson.encode_number_precision())
        say({ 1000, 999, 0.1234, 2.665, 1e10 })
        ngx.say(cjson.decode_invalid_numbers(), " ", cjson.decode_invalid_numbers(false))
        for _, text in ipairs { "01", "0x1", "+1", "inf", "-nan", "-01", "0", "-0.5", "10" } do
            ngx.say(select(2, pcall(cjson.decode, text)))
        end
        ngx.say(pcall(require("cjson").decode, "01"))
    }
}
location = /depth {
    content_by_lua_block {
        local cjson = require("cjson").new()
        local function nested(n)
            local t = {}
            for _ = 2, n do
                t = { t }
            end
            return t
        end
        ngx.say(cjson.encode_max_depth(), " ", cjson.decode_max_depth())
        ngx.say(#cjson.encode(nested(1000)))
        ngx.say(select(2, pcall(cjson.encode, nested(1001))))
        local t = {}
        t[1] = t
        ngx.say(select(2, pcall(cjson.encode, t)))
        ngx.say(#cjson.decode(string.rep("[", 1000) .. string.rep("]", 1000)))
        ngx.say(select(2, pcall(cjson.decode, string.rep("[", 100000))))
        ngx.say(select(2, pcall(cjson.decode, string.rep('{"a":', 100000))))
        cjson.encode_max_depth(2)
        cjson.decode_max_depth(2)
        ngx.say(cjson.encode({ { 1 } }), " ", #cjson.decode("[[1]]"))
        ngx.say(select(2, pcall(cjson.encode, { a = { b = {} } })))
        ngx.say(select(2, pcall(cjson.decode, '{"a":[ {} ]}')))
    }
}
location = /sparse {
    content_by_lua_block {
        local cjson = require("cjson").new()
        ngx.say(cjson.encode { [10] = 1 })
        ngx.say(select(2, pcall(cjson.encode, { [11] = 1 })))
        ngx.say(cjson.encode { 1, 2, 3, 4, 5, 6, [12] = 7 })
        ngx.say(cjson.encode_sparse_array())
        ngx.say(cjson.encode_sparse_array(true, 4, 5))
        ngx.say(cjson.encode { [6] = 1 })
        ngx.say(cjson.encode { 1, [6] = 2 })
        cjson.encode_sparse_array(nil, 0)
        ngx.say(cjson.encode { [20] = 1 })
    }
}
location = /wrong {
    content_by_lua_block {
        local cjson = require("cjson").new()
        local function try(f, ...)
            ngx.say((select(2, pcall(f, ...))))
        end
        try(cjson.encode, print)
        try(cjson.encode, { coroutine.create(function() end) })
        try(cjson.encode, { a = newproxy() })
        try(cjson.encode, { [true] = 1 })
        try(cjson.encode, { [{}] = 1, 2 })
        try(cjson.encode)
        try(cjson.encode, 1, 2)
        try(cjson.encode_max_depth, 0)
        try(cjson.encode_max_depth, {})
        try(cjson.encode_max_depth, 1, 2)
        try(cjson.encode_sparse_array, true, -1)
        try(cjson.encode_invalid_numbers, "maybe")
        try(cjson.decode_invalid_numbers, 5)
        try(cjson.encode_keep_buffer, {})
        local function named()
            local text = cjson.encode(named)
        end
        ngx.say((select(2, pcall(named)):gsub("^content_by_lua%b():%d+", "LUA")))
        named = function()
            cjson.encode_max_depth("many")
        end
        ngx.say((select(2, pcall(named)):gsub("^content_by_lua%b():%d+", "LUA")))
    }
}
location = /safe {
    content_by_lua_block {
        local safe = require "cjson.safe"
        ngx.say(safe.encode({ 1 }), " ", safe.decode("[5]")[1], " ", safe.decode("false"), " ", safe.decode("null") == ngx.null)
        local v, err = safe.encode(print)
        ngx.say(v, " ", err)
        v, err = safe.decode("[")
        ngx.say(v, " ", err)
        v, err = safe.decode({})
        ngx.say(v, " ", err)
        v, err = safe.new().decode("}")
        ngx.say(v, " ", err)
        ngx.say(pcall(safe.decode))
        ngx.say(require "cjson" ~= safe, " ", pcall(require("cjson").decode, "}"))
    }
}
--- request
GET /numbers
--- response_body
0
-0
7
999
-1000
1234567
99999999999999
1.2345678901234e+14
9.007199254741e+15
0.1
-0.5
0.33333333333333
12.25
1e-07
1e+100
4.9406564584125e-324
123456789.25
5722849.9570312
5722849.9570313
1.7976931348623e+308
14 3 3
[1e+03,999,0.123,2.67,1e+10]
true false
Expected value but found invalid number at character 1
Expected value but found invalid number at character 1
Expected value but found invalid token at character 1
Expected value but found invalid token at character 1
Expected value but found invalid number at character 1
Expected value but found invalid number at character 1
0
-0.5
10
true1
--- request
GET /depth
--- response_body
1000 1000
2000
Cannot serialise, excessive nesting (1001)
Cannot serialise, excessive nesting (1001)
1
Found too many nested data structures (1001) at character 1001
Found too many nested data structures (1001) at character 5001
[[1]] 1
Cannot serialise, excessive nesting (3)
Found too many nested data structures (3) at character 8
--- request
GET /sparse
--- response_body
[null,null,null,null,null,null,null,null,null,1]
Cannot serialise table: excessively sparse array
[1,2,3,4,5,6,null,null,null,null,null,7]
false210
true45
{"6":1}
[1,null,null,null,null,2]
[null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,1]
--- request
GET /wrong
--- response_body
Cannot serialise function: type not supported
Cannot serialise thread: type not supported
Cannot serialise userdata: type not supported
Cannot serialise boolean: table key must be a number or string
Cannot serialise table: table key must be a number or string
bad argument #1 to '?' (expected 1 argument)
bad argument #1 to '?' (expected 1 argument)
bad argument #1 to '?' (expected integer between 1 and 2147483647)
bad argument #1 to '?' (number expected, got table)
bad argument #2 to '?' (found too many arguments)
bad argument #1 to '?' (expected integer between 0 and 2147483647)
bad argument #1 to '?' (invalid option 'maybe')
bad argument #1 to '?' (invalid option '5')
bad argument #1 to '?' (string expected, got table)
LUA: Cannot serialise function: type not supported
LUA: bad argument #1 to 'encode_max_depth' (number expected, got string)
--- request
GET /safe
--- response_body
[1] 5 false true
nil Cannot serialise function: type not supported
nil Expected value but found T_END at character 2
nil bad argument #1 to '?' (string expected, got table)
nil Expected value but found T_OBJ_END at character 1
falsebad argument #1 to '?' (expected 1 argument)
true falseExpected value but found T_OBJ_END at character 1

=== what OpenResty has added
--- config
location = /arrays {
    content_by_lua_block {
        local cjson = require("cjson").new()
        ngx.say(cjson.encode(cjson.empty_array), cjson.encode({ a = cjson.empty_array }), " ", type(cjson.empty_array))
        ngx.say(cjson.encode(setmetatable({}, cjson.empty_array_mt)), cjson.encode(setmetatable({ a = 1 }, cjson.empty_array_mt)))
        ngx.say(cjson.encode(setmetatable({ 1, 2 }, cjson.empty_array_mt)), cjson.encode(setmetatable({}, cjson.array_mt)))
        ngx.say(cjson.encode(setmetatable({ 1, 2, x = 3 }, cjson.array_mt)))
        ngx.say(cjson.array_mt == require("cjson").array_mt, cjson.empty_array == require("cjson").empty_array)
        ngx.say(getmetatable(cjson.decode("[]")), " ", cjson.decode_array_with_array_mt(true))
        local t = cjson.decode('{"a":[],"b":[[1],{}]}')
        ngx.say(getmetatable(t), " ", getmetatable(t.a) == cjson.array_mt, " ", getmetatable(t.b[1]) == cjson.array_mt)
        ngx.say(cjson.encode(t.a), cjson.encode(t.b))
        ngx.say(cjson.encode_empty_table_as_object(), " ", cjson.encode_empty_table_as_object(false))
        ngx.say(cjson.encode({ {}, {} }), cjson.encode(setmetatable({}, {})))
        local proxy = setmetatable({}, {
            __len = function() return 3 end,
            __index = function(_, i) return "element " .. i end,
        })
        ngx.say(cjson.encode({ proxy }))
        ngx.say(cjson.encode(setmetatable({ 1, [3] = 3 }, { __index = function() return "default" end })))
        ngx.say(select(2, pcall(cjson.encode, setmetatable({}, { __len = function() error("no length", 0) end }))))
        ngx.say(cjson.encode(setmetatable({}, { __len = function() return cjson.encode({ 1 }) == "[1]" and 1 or 0 end })))
        local asked = 0
        local counting = setmetatable({}, { __len = function() asked = asked + 1 return 1 end })
        ngx.say(cjson.encode({ counting, { 1, nil, 3 } }), (select(2, pcall(cjson.encode, { counting, print }))), asked)
    }
}
location = /options {
    content_by_lua_block {
        local cjson = require("cjson").new()
        ngx.say(cjson.encode_escape_forward_slash(), cjson.encode("a/b/"), cjson.encode_escape_forward_slash(false), cjson.encode("a/b/" .. ("/"):rep(20)))
        ngx.say(require("cjson").encode("/"))
        ngx.say(cjson.encode_skip_unsupported_value_types(true), cjson.encode({ print, 1, print, 2, print }), cjson.encode({ a = print }), "(",
            cjson.encode(print), ")")
        ngx.say(cjson.encode({ ["a/b"] = print, x = { "c/d", print, "/" } }))
        ngx.say(select(2, pcall(cjson.encode, { 1/0 })))
        ngx.say("(", cjson.encode_indent(), ") (", cjson.encode_indent("  "), ")")
        ngx.say(cjson.encode({ 1, { a = { true } }, {}, cjson.empty_array, { print } }))
        ngx.say(cjson.encode_indent("\t\0x"), cjson.encode({ 1 }), cjson.encode_indent(""), cjson.encode({ 1 }))
        ngx.say(pcall(cjson.decode, "[1]//"))
        ngx.say(cjson.decode_allow_comment(true), " ", #cjson.decode('/* a */[/**/1,// b\n2 /*, 3 */, "/*c*/\\"//"]// end'))
        for _, text in ipairs { "[1 /", "[/* open", "[1] /* * /", "//", "/", "[1] //\n2", '"// /*' } do
            ngx.say(select(2, pcall(cjson.decode, text)))
        end
        ngx.say(cjson.encode_number_precision(16), " ", cjson.encode({ 0.1, 2^53, 1/3 }), " ", pcall(cjson.encode_number_precision, 17))
    }
}
location = /numbers {
    content_by_lua_block {
        local cjson = require("cjson").new()
        ngx.say(select(2, pcall(cjson.encode, 1/0)))
        ngx.say(select(2, pcall(cjson.encode, { [1/0] = 1 })))
        ngx.say(cjson.encode_invalid_numbers(), " ", cjson.encode_invalid_numbers(true))
        ngx.say(cjson.encode({ 1/0, -1/0, 0/0 }))
        ngx.say(cjson.encode_invalid_numbers("null"))
        ngx.say(cjson.encode({ 1/0, -1/0, 0/0 }))
        ngx.say(cjson.encode(cjson.decode("[-0,-0.0]")))
        for _, text in ipairs { "{1:2}", "{1.5:2}", "[1] 2", "[0X1]", "[1x]" } do
            ngx.say(select(2, pcall(cjson.decode, text)))
        end
    }
}
--- request
GET /arrays
--- response_body
[]{"a":[]} userdata
[][]
[1,2][]
[1,2]
truetrue
nil true
nil true true
[][[1],{}]
true false
[[],[]][]
[["element 1","element 2","element 3"]]
[1,"default",3]
no length
[null]
[[null],[1,null,3]]Cannot serialise function: type not supported2
--- request
GET /options
--- response_body
true"a\/b\/"false"a/b/////////////////////"
"\/"
true[1,2]{}()
{"x":["c/d","/"]}
Cannot serialise number: must not be NaN or Infinity
() (  )
[
  1,
  {
    "a": [
      true
    ]
  },
  {},
  [],
  [
  ]
]
	[
	1
][1]
falseExpected the end but found invalid token at character 4
true 3
Expected comma or array end but found invalid token at character 4
Expected value but found unclosed multi-line comment at character 9
Expected the end but found unclosed multi-line comment at character 11
Expected value but found T_END at character 3
Expected value but found invalid token at character 1
Expected the end but found T_INTEGER at character 8
Expected value but found unexpected end of string at character 7
16 [0.1,9007199254740992,0.3333333333333333] falsebad argument #1 to '?' (expected integer between 1 and 16)
--- request
GET /numbers
--- response_body
Cannot serialise number: must not be NaN or Infinity
Cannot serialise number: must not be NaN or Infinity
false true
[Infinity,-Infinity,NaN]
null
[null,null,null]
[0,-0]
Expected object key string but found T_INTEGER at character 2
Expected object key string but found T_NUMBER at character 2
Expected the end but found T_INTEGER at character 5
Expected comma or array end but found invalid token at character 3
Expected comma or array end but found invalid token at character 3
--- nightjar_only: Debian's lua-cjson is the original one

=== in every phase
--- http_config
init_by_lua_block {
    from_init = require("cjson").encode({ 1, "init" })
}
init_worker_by_lua_block {
    from_worker = require("cjson.safe").encode({ require("cjson").decode(from_init) })
}
--- config
location = / {
    set_by_lua_block $set { return require("cjson").encode({ "set" }) }
    access_by_lua_block { ngx.ctx.access = require("cjson").decode("[1,2,3]") }
    content_by_lua_block {
        ngx.timer.at(0, function()
            ngx.log(ngx.WARN, "timer: ", require("cjson").encode({ "timer" }))
        end)
        ngx.sleep(0.01)
        ngx.say(from_init, from_worker, ngx.var.set, #ngx.ctx.access)
    }
    body_filter_by_lua_block { ngx.arg[1] = ngx.arg[1] ~= "" and require("cjson").encode({ ngx.arg[1] }) or "" }
    log_by_lua_block { ngx.log(ngx.WARN, "log: ", require("cjson").encode({ log = ngx.null })) }
}
--- request
GET /
--- response_body chop
["[1,\"init\"][[1,\"init\"]][\"set\"]3\n"]
--- error_log
timer: ["timer"]
log: {"log":null}

=== two encode at a time
--- config
location = / {
    content_by_lua_block {
        local cjson = require "cjson"
        local waits = setmetatable({}, { __len = function() ngx.sleep(0.01) return 1 end, __index = function(_, i) return "waited" end })
        local thread = ngx.thread.spawn(function() return cjson.encode({ "first", waits, "end" }) end)
        local other = cjson.encode({ "second", string.rep("x", 100) })
        local _, first = ngx.thread.wait(thread)
        ngx.say(first, #other)
    }
}
--- request
GET /
--- response_body
["first",["waited"],"end"]113
--- nightjar_only: a metamethod that C calls cannot wait

=== a lua-cjson on lua_package_path comes first
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- user_files
>>> cjson.lua
return { encode = function() return "my own" end }
--- config
location = / {
    content_by_lua_block { ngx.say(require("cjson").encode({})) }
}
--- request
GET /
--- response_body
my own
