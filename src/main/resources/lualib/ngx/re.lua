-- The module ngx.re: strings split at what a regex matches, and PCRE2's settings.

local core = require "resty.core.regex"
if core.no_pcre then
    local why = require("nightjar.pcre").missing or "OpenResty was compiled without PCRE support"
    error("no support for 'ngx.re' module: " .. why, 3)
end

local base = require "resty.core.base"
local pcre = require "nightjar.pcre"
local regexes = require "nightjar.regex"

local done = regexes.done
local error = error
local failure = regexes.failure
local max = math.max
local min = math.min
local new_tab = base.new_tab
local next_start = regexes.next_start
local regex_of = regexes.of
local sub = string.sub
local tostring = tostring
local type = type

local NOMATCH = pcre.NOMATCH
local FEW = 4

local M = { version = base.version }

-- Puts the pieces between matches from `start` on into res, and the first group of each match behind its piece.
-- Returns how many there are, where the rest begins, where the next match would be looked for, and an error.
local function pieces(subj, regex, start, most, res)
    local at, n, found, begin = regex.at, 0, 1, start
    local match_options = regex.mode.match
    while start <= #subj and (most <= 0 or found < most) do
        local rc = regex.exec(regex.re, subj, #subj, start, match_options)
        if rc == NOMATCH then
            break
        end
        if rc < 0 then
            return n, begin, start, failure(rc)
        end
        match_options = regex.mode.again
        local from, to = at[0], at[2]
        start = next_start(regex, subj, from, to)
        -- An empty match where a piece begins parts nothing.
        if to > from or from > begin then
            local group_from, group_to = -1, -1
            if regex.groups > 0 then
                group_from, group_to = at[4], at[6]
            end
            n = n + 1
            res[n] = sub(subj, begin + 1, from)
            if group_from >= 0 then
                n = n + 1
                res[n] = sub(subj, group_from + 1, group_to)
            end
            found = found + 1
            begin = to
            if begin >= #subj then
                break
            end
        end
    end
    return n, begin, start
end

-- ctx.pos: where in the subject to begin. With `most` above 0 there are no more pieces than that, and the last one is the rest;
-- without, empty pieces at the end are left out.
function M.split(subj, regex, opts, ctx, most, res)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    most = most or 0
    if not res then
        res = new_tab(most > 0 and min(most, FEW) or FEW, 0)
    elseif type(res) ~= "table" then
        error("res is not a table", 2)
    end
    local pos = ctx and ctx.pos or 1
    if pos > #subj then
        res[1] = nil
        return res
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, wrong
    end
    local n, begin, start
    n, begin, start, wrong = pieces(subj, regex, max(pos, 1) - 1, most, res)
    done(regex)
    if ctx then
        ctx.pos = start
    end
    if wrong then
        return nil, wrong
    end
    if most > 0 or begin < #subj then
        n = n + 1
        res[n] = sub(subj, begin + 1)
    else
        while n > 0 and res[n] == "" do
            res[n] = nil
            n = n - 1
        end
    end
    res[n + 1] = nil
    return res
end

function M.opt(option, value)
    if option ~= "jit_stack_size" then
        error("unrecognized option name", 2)
    end
    if not core.is_regex_cache_empty() then
        error("changing jit stack size is not allowed when some regexs have already been compiled and cached", 2)
    end
    if not pcre.set_jit_stack(value) then
        error("pcre jit stack allocation failed", 2)
    end
end

return M
