-- ngx.config.

local ffi = require "ffi"
local border = require "nightjar.border"

local C = ffi.C
local text = border.text

return {
    subsystem = "http",
    -- Debug lines are written whenever the log's level asks for them, as nginx built --with-debug does.
    debug = true,
    nginx_version = C.nightjar_ffi_nginx_version(),
    -- What lua-resty-core 0.1.33 demands.
    ngx_lua_version = 10030,

    prefix = function()
        C.nightjar_ffi_prefix()
        return text()
    end,

    nginx_configure = function()
        C.nightjar_ffi_nginx_configure()
        return text()
    end,
}
