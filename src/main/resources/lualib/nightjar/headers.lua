-- ngx.req.http_version, raw_header; ngx.resp.get_headers.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local BAD_CONTEXT = border.BAD_CONTEXT
local client_request = border.client_request
local collect = border.collect
local error = error
local find = string.find
local gsub = string.gsub
local lower = string.lower
local new_tab = require "table.new"
local raise = border.raise
local request = border.request
local result = border.result
local select = select
local setmetatable = setmetatable
local text = border.text

local MAX_HEADERS = 100

local M = {}

function M.http_version()
    local r = client_request()
    local v = C.nightjar_ffi_req_http_version(r)
    if v > 0 then
        return v / 10
    end
end

function M.raw_header(no_request_line)
    local r = client_request()
    if C.nightjar_ffi_req_raw_header(r, no_request_line and 1 or 0) < 0 then
        raise()
    end
    return (text())
end

-- A header asked for as `Content_Type` or `content-Type`: the table's own keys are lower-case, with dashes.
local any_spelling = {
    __index = function(t, key)
        local spelled = lower(key)
        if find(spelled, "_", 1, true) then
            spelled = gsub(spelled, "_", "-")
        end
        if spelled ~= key then
            return t[spelled]
        end
    end,
}

function M.get_resp_headers(...)
    local count = select("#", ...)
    local max, raw = ...
    max = max == nil and MAX_HEADERS or check.number(max, 1, count)

    local r = request()
    if not r then
        error("no request object found", 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    local n = C.nightjar_ffi_resp_get_headers(r, max, raw and 1 or 0)
    if n < 0 then
        if n == BAD_CONTEXT then
            error("API disabled in the current context", 2)
        end
        raise()
    end
    local truncated = result.truncated ~= 0
    local headers = collect(new_tab(0, n), n)
    if not raw then
        setmetatable(headers, any_spelling)
    end
    if truncated then
        return headers, "truncated"
    end
    return headers
end

return M
