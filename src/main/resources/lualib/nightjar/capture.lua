-- ngx.location.capture and ngx.location.capture_multi.
--
-- All arguments are looked at before the first subrequest is made.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local uri = require "nightjar.uri"

local C = ffi.C
local collect = border.collect
local co_yield = coroutine._yield
local encode = uri.encode
local error = error
local getinfo = debug.getinfo
local new_tab = require "table.new"
local next = next
local ref_in = require("nightjar.registry").ref_in
local request = border.request
local result = border.result
local select = select
local text = border.text
local tostring = tostring
local type = type
local unpack = unpack

local GET = 2
local FORWARD_BODY = 1
local SHARE_VARS = 2
local COPY_VARS = 4

-- The phases in which nginx can make subrequests: rewrite, access, content.
local PHASES = 0xe

local M = {}

-- Functions below raise at level 4: the caller of the API function that calls what calls them.

local function keyval(t, option)
    if type(t) == "table" then
        for key, value in next, t do
            if type(key) ~= "string" then
                error("attempt to use a non-string key in the \"vars\" option table", 4)
            end
            local kind = type(value)
            if kind ~= "string" and kind ~= "number" then
                error("attempt to use bad variable value type " .. kind, 4)
            end
        end
    elseif t ~= nil then
        error("Bad " .. option .. " option value", 4)
    end
    return t
end

local function flag(value, option, bit)
    if value == nil then
        return 0
    end
    if type(value) ~= "boolean" then
        error("Bad " .. option .. " option value", 4)
    end
    return value and bit or 0
end

-- What one subrequest is to be: uri, args, method, flags, body, vars, headers, ctx.
local function describe(index, target, opts)
    local args, vars, headers, ctx, body = "", nil, nil, nil, nil
    local method, flags = GET, 0
    if opts ~= nil then
        if type(opts) ~= "table" then
            error("expecting table as the 2nd argument for subrequest " .. index .. ", but got " .. type(opts), 3)
        end
        local given = opts.args
        local kind = type(given)
        if kind == "table" then
            args = encode(given, 3)
        elseif kind == "number" or kind == "string" then
            args = tostring(given)
        elseif kind ~= "nil" then
            error("Bad args option value", 3)
        end
        vars = keyval(opts.vars, "vars")
        headers = keyval(opts.headers, "headers")
        flags = flag(opts.share_all_vars, "share_all_vars", SHARE_VARS)
            + flag(opts.copy_all_vars, "copy_all_vars", COPY_VARS)
            + (opts.always_forward_body and FORWARD_BODY or 0)
        if opts.method ~= nil then
            method = opts.method
            if type(method) ~= "number" then
                error("Bad http request method", 3)
            end
        end
        ctx = opts.ctx
        if ctx ~= nil and type(ctx) ~= "table" then
            error("Bad ctx option value type " .. type(ctx) .. ", expected a Lua table", 3)
        end
        body = opts.body
        kind = type(body)
        if kind == "number" then
            body = tostring(body)
        elseif kind ~= "string" and kind ~= "nil" then
            error("Bad http request body", 3)
        end
    end
    if type(target) == "number" then
        target = tostring(target)
    elseif type(target) ~= "string" then
        error("bad argument #3 to '" .. (getinfo(2, "n").name or "?") .. "' (string expected, got " .. type(target) .. ")", 3)
    end
    return target, args, method, flags, body, vars, headers, ctx
end

-- The number under which `t` becomes the ngx.ctx of a request.
local function ctx_ref(t)
    return ref_in(debug.getregistry().ngx_lua_ctx_tables, t)
end

-- Makes one subrequest; raises at the caller of the API function that calls this.
local function issue(r, target, args, method, flags, body, vars, headers, ctx)
    local rc = C.nightjar_ffi_capture_add(r, target, #target, args, #args, method, flags, body, body and #body or 0)
    if rc ~= 0 then
        error(text(), 3)
    end
    if headers then
        for name, value in next, headers do
            value = tostring(value)
            if C.nightjar_ffi_capture_header(r, name, #name, value, #value) ~= 0 then
                error(text(), 3)
            end
        end
    end
    if vars then
        for name, value in next, vars do
            value = tostring(value)
            if C.nightjar_ffi_capture_var(r, name, #name, value, #value) ~= 0 then
                error(text(), 3)
            end
        end
    end
    if ctx then
        C.nightjar_ffi_capture_ctx(r, ctx_ref(ctx))
    end
end

-- What Lua gets of subrequest `i`, from 0.
local function response(r, i)
    local status = C.nightjar_ffi_capture_response(r, i)
    if status < 0 then
        error(text(), 3)
    end
    local body, n, length = text(), result.count, result.number
    local header = collect(new_tab(0, n + 1), n)
    if length >= 0 then
        header["Content-Length"] = length
    end
    return { status = status, truncated = result.truncated ~= 0, body = body, header = header }
end

function M.capture(...)
    local count = select("#", ...)
    if count ~= 1 and count ~= 2 then
        error("expecting one or two arguments", 2)
    end
    local r = request()
    if not r then
        error("no request object found", 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check.waits(r, PHASES, true)
    local target, opts = ...
    if target == nil and opts == nil then
        error("query argument 0 expecting one or two arguments", 2)
    end
    local path, args, method, flags, body, vars, headers, ctx = describe(0, target, opts)
    if C.nightjar_ffi_capture_begin(r) ~= 0 then
        error(text(), 2)
    end
    issue(r, path, args, method, flags, body, vars, headers, ctx)
    C.nightjar_ffi_capture_run(r)
    co_yield()
    local res = response(r, 0)
    return res
end

function M.capture_multi(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("only one argument is expected, but got " .. count, 2)
    end
    local queries = check.table((...), 1, count)
    local n = #queries
    if n == 0 then
        error("at least one subrequest should be specified", 2)
    end
    local r = request()
    if not r then
        error("no request object found", 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check.waits(r, PHASES, true)
    local all = new_tab(n, 0)
    for i = 1, n do
        local query = queries[i]
        if query == nil then
            error("only array-like tables are allowed", 2)
        elseif type(query) ~= "table" then
            error("the query argument " .. i - 1 .. " is not a table, but a " .. type(query), 2)
        end
        local given = #query
        if given ~= 1 and given ~= 2 then
            error("query argument " .. i - 1 .. " expecting one or two arguments", 2)
        end
        local target, opts = query[1], query[2]
        if opts == nil and type(target) == "string" then
            all[i] = target
        else
            local path, args, method, flags, body, vars, headers, ctx = describe(i - 1, target, opts)
            all[i] = {
                path = path, args = args, method = method, flags = flags, body = body, vars = vars, headers = headers, ctx = ctx,
            }
        end
    end
    if C.nightjar_ffi_capture_begin(r) ~= 0 then
        error(text(), 2)
    end
    for i = 1, n do
        local q = all[i]
        if type(q) == "string" then
            issue(r, q, "", GET, 0)
        else
            issue(r, q.path, q.args, q.method, q.flags, q.body, q.vars, q.headers, q.ctx)
        end
    end
    C.nightjar_ffi_capture_run(r)
    co_yield()
    for i = 1, n do
        all[i] = response(r, i - 1)
    end
    return unpack(all, 1, n)
end

return M
