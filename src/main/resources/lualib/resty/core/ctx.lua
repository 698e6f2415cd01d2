-- ngx.ctx.
--
-- A request's table lies in `tables` under a number that the request keeps; Java frees the number when the request ends
-- (`registry.ngx_lua_ctx_tables`, whose free numbers are a list from [0], as ref_in_table makes it).

local ffi = require "ffi"
local base = require "resty.core.base"
local misc = require "resty.core.misc"

local C = ffi.C
local error = error
local get_request = base.get_request
local new_tab = base.new_tab
local ref_in_table = base.ref_in_table
local type = type

local tables = {}
debug.getregistry().ngx_lua_ctx_tables = tables

-- The table of the current request, made on first use; `ctx` is used for it then, if given.
local function get_ctx_table(ctx)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local ref = r.ctx_ref
    if ref > 0 then
        return tables[ref]
    end
    if r.context == 0 then
        error("no request ctx found", 2)
    end
    ctx = ctx or new_tab(0, 4)
    C.ngx_http_lua_ffi_set_ctx_ref(r, ref_in_table(tables, ctx))
    return ctx
end

local function set_ctx_table(ctx)
    if type(ctx) ~= "table" then
        error("ctx should be a table while getting a " .. type(ctx), 2)
    end
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local ref = r.ctx_ref
    if ref > 0 then
        tables[ref] = ctx
        return
    end
    if r.context == 0 then
        error("no request ctx found", 2)
    end
    C.ngx_http_lua_ffi_set_ctx_ref(r, ref_in_table(tables, ctx))
end

misc.register_ngx_magic_key_getter("ctx", get_ctx_table)
misc.register_ngx_magic_key_setter("ctx", set_ctx_table)

return { _VERSION = base.version, get_ctx_table = get_ctx_table }
