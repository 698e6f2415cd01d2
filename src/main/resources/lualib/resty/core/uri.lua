-- ngx.escape_uri, unescape_uri.

local base = require "resty.core.base"
local uri = require "nightjar.uri"

local error = error
local escape = uri.escape
local tostring = tostring
local type = type
local unescape = uri.unescape

-- The types of ngx_escape_uri.
local ESCAPE_URI = 0
local ESCAPE_URI_COMPONENT = 2
local ESCAPE_MAIL_AUTH = 6

function ngx.escape_uri(s, kind)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    if kind == nil then
        kind = ESCAPE_URI_COMPONENT
    elseif type(kind) ~= "number" then
        error("\"type\" is not a number", 3)
    elseif kind < ESCAPE_URI or kind > ESCAPE_MAIL_AUTH then
        error("\"type\" " .. kind .. " out of range", 3)
    end
    return (escape(s, kind))
end

function ngx.unescape_uri(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    return (unescape(s))
end

return { version = base.version }
