-- Pages from files in templates/.
--
--   {{ expression }}   its value, with HTML's special characters escaped; nil is nothing
--   {* expression *}   its value as it is
--   {% code %}         Lua; the end of its line is not part of the page
--
-- Each template becomes one Lua function, compiled when it is first used. What is handed to render() are
-- the template's variables; besides these it sees Lua's own functions.

local _M = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

function _M.escape(value)
    if value == nil then
        return ""
    end
    return (tostring(value):gsub("[&<>\"']", entities))
end

local closing = { ["{"] = "}}", ["*"] = "*}", ["%"] = "%}" }

-- The Lua source of a template.
local function translate(text, name)
    local code = { "local _out, _escape = ...\n" }
    local position = 1
    while true do
        local open, _, kind = text:find("{([{*%%])", position)
        local literal = text:sub(position, (open or 0) - 1)
        if literal ~= "" then
            code[#code + 1] = string.format("_out[#_out + 1] = %q\n", literal)
        end
        if not open then
            return table.concat(code)
        end
        local close = text:find(closing[kind], open + 2, true)
        if not close then
            error(name .. ": no " .. closing[kind] .. " for the " .. text:sub(open, open + 20))
        end
        local inner = text:sub(open + 2, close - 1)
        if kind == "{" then
            code[#code + 1] = "_out[#_out + 1] = _escape(" .. inner .. ")\n"
        elseif kind == "*" then
            code[#code + 1] = "_out[#_out + 1] = " .. inner .. "\n"
        else
            code[#code + 1] = inner .. "\n"
        end
        position = close + 2
        if kind == "%" and text:sub(position, position) == "\n" then
            position = position + 1
        end
    end
end

local compiled = {}

local function load_template(name)
    local path = ngx.config.prefix() .. "templates/" .. name
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return assert(loadstring(translate(text, name), "=" .. name))
end

-- The text of a page.
function _M.render(name, variables)
    local template = compiled[name]
    if not template then
        template = load_template(name)
        compiled[name] = template
    end
    local out = {}
    setfenv(template, setmetatable(variables, { __index = _G }))
    template(out, _M.escape)
    return table.concat(out)
end

return _M
