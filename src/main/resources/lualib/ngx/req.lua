-- ngx.req.add_header, as a module.

local base = require "resty.core.base"
local set_req_header = require "resty.core.request".set_req_header

base.allows_subsystem("http")

local M = { version = base.version }

-- Adds a header to the request, beside those of its name.
function M.add_header(name, value)
    set_req_header(name, value, false)
end

return M
