-- Which addresses may be shortened: of the web, complete, and such that everyone reads them alike.

local _M = {}

local MAX = 2000

-- The address as it is stored; or nil and what is wrong with it. `own`: the name of this server, to which nothing may lead.
function _M.check(text, own)
    if type(text) ~= "string" then
        return nil, "Please give one address."
    end
    text = text:match("^%s*(.-)%s*$")
    if text == "" or #text > MAX then
        return nil, "Please give an address of up to " .. MAX .. " letters."
    elseif text:find("[%c%s\"<>\\^`{|}\127-\255]") then
        return nil, "An address has no blanks, quotes, brackets or letters beyond ASCII; they are written as %20 and so on."
    end
    local scheme, authority, rest = text:match("^(%a+)://([^/?#]+)(.*)$")
    scheme = scheme and scheme:lower()
    if scheme ~= "http" and scheme ~= "https" then
        return nil, "An address begins with http:// or https://."
    elseif authority:find("@", 1, true) then
        return nil, "An address with a user's name in it looks like another server's."
    end
    local host, port = authority:match("^([%w.-]+):?(%d*)$")
    if not host then
        host, port = authority:match("^(%[[%x:.]+%]):?(%d*)$")
    end
    if not host or host:find("^[.-]") or host:find("..", 1, true) or port ~= "" and (tonumber(port) < 1 or tonumber(port) > 65535) then
        return nil, "That is no server's name."
    elseif host:lower():gsub("%.$", "") == own then
        return nil, "That is this server itself."
    end
    return scheme .. "://" .. authority:lower() .. rest
end

return _M
