-- What turns a request elsewhere: ngx.exec, ngx.redirect, ngx.req.set_uri.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local uri = require "nightjar.uri"

local C = ffi.C
local client_request = border.client_request
local co_yield = coroutine._yield
local encode = uri.encode
local error = error
local raise = border.raise
local request = border.request
local select = select
local tostring = tostring
local type = type

local M = {}

function M.exec(...)
    local count = select("#", ...)
    if count ~= 1 and count ~= 2 then
        error("expecting one or two arguments, but got " .. count, 2)
    end
    local r = request()
    if not r then
        error("no request object found", 2)
    end
    local target, args = ...
    target = check.string(target, 1, count)
    if target == "" then
        error("The uri argument is empty", 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check.context(r, check.HANDLERS)

    local t = type(args)
    if t == "table" then
        args = encode(args, 2)
    elseif t == "number" then
        args = tostring(args)
    elseif t == "nil" then
        args = ""
    elseif t ~= "string" then
        check.argument(2, "string, number, or table expected, but got " .. t)
    end
    if C.nightjar_ffi_exec(r, target, #target, args, #args) < 0 then
        raise()
    end
    -- Never woken.
    return co_yield()
end

local redirects = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

function M.redirect(...)
    local count = select("#", ...)
    if count ~= 1 and count ~= 2 then
        error("expecting one or two arguments", 2)
    end
    local target, status = ...
    target = check.string(target, 1, count)
    if count == 2 then
        status = check.number(status, 2, count)
        if not redirects[status] then
            error("only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY, ngx.HTTP_PERMANENT_REDIRECT, "
                .. "ngx.HTTP_SEE_OTHER, and ngx.HTTP_TEMPORARY_REDIRECT are allowed", 2)
        end
    else
        status = 302
    end
    local r = request()
    if not r then
        error("no request object found", 2)
    end
    if r.context == 0 then
        error("no request ctx found", 2)
    end
    check.context(r, check.HANDLERS)
    if C.nightjar_ffi_redirect(r, target, #target, status) < 0 then
        raise()
    end
    return co_yield()
end

function M.set_uri(...)
    local count = select("#", ...)
    if count < 1 or count > 3 then
        error("expecting 1, 2 or 3 arguments but seen " .. count, 2)
    end
    local r = client_request("no request found")
    local path, jump, binary = ...
    path = check.string(path, 1, count)
    if path == "" then
        error("attempt to use zero-length uri", 2)
    end
    if count == 3 then
        check.boolean(binary, 3, count)
    end
    if count >= 2 then
        check.boolean(jump, 2, count)
    end
    if jump then
        if r.context == 0 then
            error("no ctx found", 2)
        end
        check.context(r, check.REWRITES)
    end
    if C.nightjar_ffi_req_set_uri(r, path, #path, jump and 1 or 0, binary and 1 or 0) < 0 then
        raise()
    end
    if jump then
        return co_yield()
    end
end

return M
