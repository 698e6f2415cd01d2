Modules of Lua: where they are found, how often they run, what is said of one that fails.

=== require
--- http_config
lua_package_path "%PREFIX%/html/?.lua;%PREFIX%/html/?/init.lua;;";
lua_package_cpath "%PREFIX%/html/?.so;;";
--- user_files
>>> plain.lua
return { name = ..., count = select("#", ...) }
>>> nothing.lua
ran = (ran or 0) + 1
>>> no.lua
nos = (nos or 0) + 1
return false
>>> pack/init.lua
return "a package"
>>> pack/part.lua
return "a part"
>>> registers.lua
package.loaded[...] = { "registered" }
>>> old.lua
module(..., package.seeall)
function hello() return "hello from " .. _NAME end
>>> 7.lua
return "seven"
>>> bad.lua

error("oops")
>>> wrong.lua
local x =
>>> loop.lua
local loop = require "loop"
>>> circle.lua
local m = { }
package.loaded[...] = m
m.back = require("circle2").circle
m.name = "circle"
return m
>>> circle2.lua
return { circle = require "circle" }
>>> script.lua
return 1, nil, ...
--- config
location = /values {
    content_by_lua_block {
        ngx.say(require("plain").name, " ", require("plain").count, " ", require "plain" == package.loaded.plain)
        ngx.say(require "nothing", " ", require "nothing", " ", ran)
        ngx.say(require "no", " ", require "no", " ", nos)
        ngx.say(require "pack", ", ", require "pack.part")
        ngx.say(require("registers")[1], " ", require("old").hello(), " ", require(7))
        package.preload.made = function(...) return select("#", ...) .. " " .. ... end
        ngx.say(require "made")
        ngx.say(require("circle").back.name)
        package.loaded.plain = nil
        ngx.say(select("#", require "plain"))
    }
}
location = /errors {
    content_by_lua_block {
        local function try(...)
            local ok, message = pcall(...)
            message = message:gsub("content_by_lua%b():%d+", "LUA")
            ngx.say(ok, ": ", message)
        end
        package.path = ngx.config.prefix() .. "html/?.lua"
        package.cpath = ngx.config.prefix() .. "html/?.so"
        try(require, nil)
        try(require, {})
        try(function() require() end)
        try(function() local load_it = require load_it(true) end)
        -- upstream's lua-resty-core names a place of its own in "loop or previous error"
        local function try_again(name)
            local ok, message = pcall(function() local m = require(name) end)
            ngx.say(ok, ": ", (message:gsub("^%S+: loop", "PLACE: loop")))
        end
        try(require, "bad")
        try_again("bad")
        try(require, "wrong")
        try(require, "wrong")
        try_again("loop")
        try(function() require "nowhere.at.all" end)
        local loaders = package.loaders
        package.loaders = { function(name) return "\n\tmine: " .. name end, function() return true end, function() return 3 end }
        try(function() require "x" end)
        package.loaders = { function(name) error("searcher " .. name) end }
        try(require, "x")
        package.loaders = {}
        try(require, "x")
        package.loaders = nil
        try(require, "x")
        package.loaders = loaders
        package.preload.refuses = function() error({}) end
        ngx.say(type(select(2, pcall(require, "refuses"))))
    }
}
location = /dofile {
    content_by_lua_block {
        local function try(...)
            local ok, message = pcall(...)
            message = message:gsub("content_by_lua%b():%d+", "LUA")
            ngx.say(ok, ": ", message)
        end
        ngx.say(select("#", dofile(ngx.config.prefix() .. "html/script.lua")))
        try(dofile, true)
        try(function() dofile({}) end)
        try(dofile, ngx.config.prefix() .. "html/bad.lua")
        try(dofile, ngx.config.prefix() .. "html/wrong.lua")
        try(dofile, ngx.config.prefix() .. "html/none.lua")
    }
}
location = /traceback {
    content_by_lua_block {
        require "bad"
    }
}
--- request
GET /values
--- response_body
plain 1 true
true true 1
false false 2
a package, a part
registered hello from old seven
1 made
circle
1
--- request
GET /errors
--- response_body
false: bad argument #1 to '?' (string expected, got nil)
false: bad argument #1 to '?' (string expected, got table)
false: LUA: bad argument #1 to 'require' (string expected, got nil)
false: LUA: bad argument #1 to 'load_it' (string expected, got boolean)
false: %PREFIX%/html/bad.lua:2: oops
false: PLACE: loop or previous error loading module 'bad'
false: error loading module 'wrong' from file '%PREFIX%/html/wrong.lua':
	%PREFIX%/html/wrong.lua:2: unexpected symbol near '<eof>'
false: error loading module 'wrong' from file '%PREFIX%/html/wrong.lua':
	%PREFIX%/html/wrong.lua:2: unexpected symbol near '<eof>'
false: PLACE: loop or previous error loading module 'loop'
false: LUA: module 'nowhere.at.all' not found:
	no field package.preload['nowhere.at.all']
	no file '%PREFIX%/html/nowhere/at/all.lua'
	no file '%PREFIX%/html/nowhere/at/all.so'
	no file '%PREFIX%/html/nowhere.so'
false: LUA: module 'x' not found:
	mine: x3
false: LUA: searcher x
false: module 'x' not found:
false: 'package.loaders' must be a table
table
--- request
GET /dofile
--- response_body
2
false: bad argument #1 to '?' (string expected, got boolean)
false: LUA: bad argument #1 to 'dofile' (string expected, got table)
false: %PREFIX%/html/bad.lua:2: oops
false: %PREFIX%/html/wrong.lua:2: unexpected symbol near '<eof>'
false: cannot open %PREFIX%/html/none.lua: No such file or directory

=== the traceback of a module that fails
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- user_files
>>> bad.lua

error("oops")
--- config
location = / {
    content_by_lua_block {
        require "bad"
    }
}
--- request
GET /
--- error_code: 500
--- response_body_like: 500 Internal
--- error_log
lua entry thread aborted: runtime error: %PREFIX%/html/bad.lua:2: oops
	[C]: in function 'require'

=== a module may wait while it is loaded
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- user_files
>>> slow.lua
loads = (loads or 0) + 1
ngx.sleep(0.05)
return "loaded"
>>> page.lua
ngx.sleep(0.001)
return "a page"
>>> leaves.lua
ngx.sleep(0.001)
ngx.exit(204)
--- config
location = / {
    content_by_lua_block {
        local one, two = ngx.location.capture_multi { { "/part" }, { "/part" } }
        ngx.say(one.body, " ", two.body, " ", dofile(ngx.config.prefix() .. "html/page.lua"))
    }
}
location = /part {
    content_by_lua_block { ngx.print(require "slow", " ", loads) }
}
location = /leaves {
    content_by_lua_block { require "leaves" }
}
location = /gsub {
    content_by_lua_block {
        package.loaded.slow = nil
        ngx.say((select(2, pcall(string.gsub, "x", "x", function() require "slow" end)):gsub("^%S+: ", "")))
    }
}
location = /header {
    return 204;
    header_filter_by_lua_block { require "page" }
}
--- request
GET /
--- response_body
loaded 1 loaded 1 a page
--- request
GET /leaves
--- error_code: 204
--- request
GET /leaves
--- error_code: 204
--- request
GET /gsub
--- response_body
attempt to yield across C-call boundary
--- request
GET /header
--- no_response
--- error_log
API disabled in the context of header_filter_by_lua*
--- nightjar_only: LuaJIT's own require cannot be yielded through

=== C modules
--- http_config
lua_package_path ";;";
lua_package_cpath "/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;;";
--- config
location = / {
    content_by_lua_block {
        -- On lua_package_cpath they come before those packed with the server.
        for _, name in ipairs { "cjson", "cjson.safe" } do
            local cjson = require(name)
            ngx.say(cjson.encode({ 1, "two" }), " ", debug.getinfo(cjson.encode).what)
        end
    }
}
--- request
GET /
--- response_body
[1,"two"] C
[1,"two"] C

=== OpenSSL's functions are among those of C
--- config
location = / {
    content_by_lua_block {
        local ffi = require "ffi"
        ffi.cdef "unsigned char *SHA256(const char *data, size_t size, unsigned char *digest); int no_such_function(void);"
        local digest = ffi.new("unsigned char[32]")
        ffi.C.SHA256("nightjar", 8, digest)
        ngx.say(ngx.encode_base64(ffi.string(digest, 32)))
        for _, name in ipairs { "no_such_function", "not_declared" } do
            local ok, err = pcall(function() return ffi.C[name] end)
            ngx.say(ok, " ", err:match("undefined symbol.*") or err:match("missing.*"))
        end
    }
}
--- request
GET /
--- response_body
Q3dZMs4QakdOkRWN4kz7uhHW9Y4dTjRP9yl60SiN0IQ=
false undefined symbol: no_such_function
false missing declaration for symbol 'not_declared'

=== functions of C are found once, variables are read each time
--- config
location = / {
    content_by_lua_block {
        local ffi = require "ffi"
        ffi.cdef "int getppid(void); extern int opterr;"
        ngx.say(rawequal(ffi.C.getppid, ffi.C.getppid), " ", ffi.C.getppid() > 0)
        for i = 0, 1 do
            ffi.C.opterr = i
            ngx.say(ffi.C.opterr)
        end
    }
}
--- request
GET /
--- response_body
true true
0
1

=== functions of nginx's own are among those of C
--- config
location = / {
    content_by_lua_block {
        local ffi = require "ffi"
        ffi.cdef [[
        typedef unsigned char u_char;
        u_char *ngx_hex_dump(u_char *dst, const u_char *src, size_t len);
        intptr_t ngx_atoi(const unsigned char *line, size_t n);
        ]]
        local text = ffi.new("u_char[8]")
        ngx.say(ffi.C.ngx_hex_dump(text, "\0\15\171\255", 4) == text + 8, " ", ffi.string(text, 8))
        for _, s in ipairs { "0", "1234567890123", "9223372036854775807", "9223372036854775808", "", "12a", "-1" } do
            ngx.say(tostring(ffi.C.ngx_atoi(s, #s)))
        end
    }
}
--- request
GET /
--- response_body
true 000fabff
0LL
1234567890123LL
9223372036854775807LL
-1LL
-1LL
-1LL
-1LL
