-- What ngx.re.sub puts in a match's place: text in which $1 and ${1} stand for groups, and $$ for a dollar.
--
-- Source: ngx_http_lua_script.c.

local ffi = require "ffi"

local C = ffi.C
local concat = table.concat
local find = string.find
local format = string.format
local loadstring = loadstring
local match = string.match
local sub = string.sub

local ERR = 4
-- What there is instead of a group at the end.
local NONE = -1

-- No group has so high a number.
local MAX_GROUP = 65536

local function refuse(text)
    C.ngx_http_lua_ffi_raw_log(nil, ERR, text, #text)
end

-- The group or the dollar at `at`, where a dollar stands: its number or "$", and where it ends.
local function variable(text, at)
    if sub(text, at + 1, at + 1) == "$" then
        return "$", at + 1
    end
    local bracket = sub(text, at + 1, at + 1) == "{"
    local first = bracket and at + 2 or at + 1
    local name = match(text, "^%d+", first) or match(text, "^[%w_]*", first)
    local last = first + #name - 1
    if bracket and first <= #text then
        if sub(text, last + 1, last + 1) ~= "}" then
            return refuse("the closing bracket in \"" .. name .. "\" variable is missing")
        end
        last = last + 1
    end
    if name == "" then
        return refuse("lua script: invalid capturing variable name found in \"" .. text .. "\"")
    end
    if not find(name, "^%d") then
        return refuse("attempt to use named capturing variable \"" .. name .. "\" (named captures not supported yet)")
    end
    local group = tonumber(name)
    return group < MAX_GROUP and group or MAX_GROUP, last
end

-- Two lists of one length, which take turns: plain texts, and the groups behind them. Nothing if the error log has been told
-- what is wrong.
local function parse(text)
    local texts, groups, n = {}, {}, 1
    local plain, from = "", 1
    while true do
        local at = find(text, "$", from, true)
        if not at then
            texts[n], groups[n] = plain .. sub(text, from), NONE
            return { texts = texts, groups = groups, count = n }
        end
        plain = plain .. sub(text, from, at - 1)
        local group, last = variable(text, at)
        if not group then
            return nil
        end
        if group == "$" then
            plain = plain .. "$"
        else
            texts[n], groups[n] = plain, group
            n, plain = n + 1, ""
        end
        from = last + 1
    end
end

-- More steps than that make no function of their own.
local STRAIGHT = 40

-- The functions below put what a match makes of a template behind the len bytes that are in a buffer, with `append`, and return
-- how many there are then. at: where the groups lie (pcre.lua's offsets), of which the regex has so many.

local function with_loop(parts, append)
    local texts, numbers = parts.texts, parts.groups
    return function(out, len, at, groups, subject)
        for i = 1, parts.count do
            local text, group = texts[i], numbers[i]
            len = append(out, len, text, 0, #text)
            if group >= 0 and group <= groups then
                local from = at[4 * group]
                len = append(out, len, subject, from, at[4 * group + 2] - from)
            end
        end
        return len
    end
end

local function straight(parts, append)
    local lines = {}
    for i = 1, parts.count do
        local text, group = parts.texts[i], parts.groups[i]
        if text ~= "" then
            lines[#lines + 1] = format("len = append(out, len, texts[%d], 0, %d)", i, #text)
        end
        if group >= 0 then
            lines[#lines + 1] = format("if %d <= groups then len = append(out, len, subject, at[%d], at[%d] - at[%d]) end",
                                       group, 4 * group, 4 * group + 2, 4 * group)
        end
    end
    return loadstring(format([[
        local append, texts = ...
        return function(out, len, at, groups, subject)
            %s
            return len
        end]], concat(lines, "\n")), "=[C]")(append, parts.texts)
end

-- Such a function, written for the template without a loop so that LuaJIT compiles it into the trace of its caller. Nothing if
-- the error log has been told what is wrong.
local function writer(text, append)
    local parts = parse(text)
    return parts and (parts.count > STRAIGHT and with_loop or straight)(parts, append)
end

return { parse = parse, writer = writer }
