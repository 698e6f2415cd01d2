-- The request's body and its arguments: ngx.req.read_body, get_body_data, set_body_file, get_post_args, set_uri_args …

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local uri = require "nightjar.uri"

local C = ffi.C
local AGAIN = border.AGAIN
local DECLINED = border.DECLINED
local client_request = border.client_request
local co_yield = coroutine._yield
local encode = uri.encode
local error = error
local parsed = uri.parsed
local raise = border.raise
local request = border.request
local select = select
local text = border.text
local tostring = tostring
local type = type

local MAX_ARGS = 100
local NOT_FOUND = "request object not found"

local M = {}

local function no_arguments(count, wording)
    if count ~= 0 then
        error("expecting 0 " .. wording .. " but seen " .. count, 3)
    end
end

function M.read_body(...)
    no_arguments(select("#", ...), "arguments")
    local r = request()
    if not r then
        error(NOT_FOUND, 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check.waits(r, check.HANDLERS, true)
    local rc = C.nightjar_ffi_req_read_body(r)
    if rc == AGAIN then
        -- Woken when the body is there; never, when reading it ended the request.
        co_yield()
    elseif rc < 0 then
        raise()
    end
end

function M.discard_body(...)
    no_arguments(select("#", ...), "arguments")
    local r = client_request(NOT_FOUND)
    if C.nightjar_ffi_req_discard_body(r) < 0 then
        raise()
    end
end

function M.get_body_data(...)
    local count = select("#", ...)
    if count > 1 then
        error("expecting 0 or 1 arguments but seen " .. count, 2)
    end
    local max = count == 1 and check.number((...), 1, count) or 0
    local r = client_request(NOT_FOUND)
    if C.nightjar_ffi_req_get_body_data(r, max) ~= 0 then
        return nil
    end
    return (text())
end

function M.get_body_file(...)
    no_arguments(select("#", ...), "arguments")
    local r = client_request(NOT_FOUND)
    if C.nightjar_ffi_req_get_body_file(r) ~= 0 then
        return nil
    end
    return (text())
end

function M.set_body_data(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("expecting 1 arguments but seen " .. count, 2)
    end
    local data = check.string((...), 1, count)
    local r = client_request(NOT_FOUND)
    if C.nightjar_ffi_req_set_body_data(r, data, #data) < 0 then
        raise()
    end
end

function M.set_body_file(...)
    local count = select("#", ...)
    if count ~= 1 and count ~= 2 then
        error("expecting 1 or 2 arguments but seen " .. count, 2)
    end
    local name, clean = ...
    name = check.string(name, 1, count)
    if count == 2 then
        check.boolean(clean, 2, count)
    end
    local r = client_request("no request found")
    if C.nightjar_ffi_req_set_body_file(r, name, #name, clean and 1 or 0) < 0 then
        raise()
    end
end

function M.init_body(...)
    local count = select("#", ...)
    if count > 1 then
        error("expecting 0 or 1 argument but seen " .. count, 2)
    end
    -- -1: as large as client_body_buffer_size.
    local size = -1
    if count == 1 then
        size = check.number((...), 1, count)
        if size < 0 then
            error("bad size argument: " .. size, 2)
        end
    end
    local r = client_request("no request found")
    if C.nightjar_ffi_req_init_body(r, size) < 0 then
        raise()
    end
end

function M.append_body(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("expecting 1 arguments but seen " .. count, 2)
    end
    local data = check.string((...), 1, count)
    local r = client_request("no request found")
    if C.nightjar_ffi_req_append_body(r, data, #data) < 0 then
        raise()
    end
end

function M.finish_body(...)
    no_arguments(select("#", ...), "argument")
    local r = client_request("no request found")
    if C.nightjar_ffi_req_finish_body(r) < 0 then
        raise()
    end
end

function M.get_post_args(...)
    local count = select("#", ...)
    if count > 1 then
        error("expecting 0 or 1 arguments but seen " .. count, 2)
    end
    local max = count == 1 and check.number((...), 1, count) or MAX_ARGS
    local r = client_request()
    local n = C.nightjar_ffi_req_get_post_args(r, max)
    if n == DECLINED then
        return nil, "request body in temp file not supported"
    end
    if n < 0 then
        raise()
    end
    return parsed(n)
end

function M.set_uri_args(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("expecting 1 argument but seen " .. count, 2)
    end
    local r = client_request()
    local args = ...
    local t = type(args)
    if t == "table" then
        args = encode(args, 2)
    elseif t == "number" then
        args = tostring(args)
    elseif t ~= "string" then
        check.argument(1, "string, number, or table expected, but got " .. t)
    end
    -- Control characters and spaces of a text are escaped; a table's are already.
    C.nightjar_ffi_req_set_uri_args(r, args, #args)
end

return M
