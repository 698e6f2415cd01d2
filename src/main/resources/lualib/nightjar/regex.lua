-- Compiled regexes, which under option o are cached: what ngx.re does before and after a match.

local ffi = require "ffi"
local collector = require "nightjar.captures"
local options = require "nightjar.regex_options"
local pcre = require "nightjar.pcre"

local C = ffi.C
local band = bit.band
local byte = string.byte
local compile = pcre.compile
local dfa_exec = pcre.dfa_exec
local error = error
local exec = pcre.exec
local ffi_gc = ffi.gc
local format = string.format
local free = pcre.free
local type = type

local WARN = 5
local UTF, NO_UTF_CHECK = pcre.UTF, pcre.NO_UTF_CHECK

local max_entries = C.ngx_http_lua_ffi_max_regex_cache_size()

-- By the letters: what they mean, and the regexes that are cached under them.
local modes = {}

local function not_a_string(name, value, level)
    error("attempt to get length of local '" .. name .. "' (a " .. type(value) .. " value)", level + 1)
end

local function new_mode(opts)
    if type(opts) ~= "string" then
        not_a_string("opts", opts, 4)
    end
    local flags, pcre_options = options.parse(opts)
    if not flags then
        error(format("unknown flag \"%s\" (flags \"%s\")", pcre_options, opts), 4)
    end
    local utf = band(pcre_options, UTF) ~= 0
    local unchecked = band(flags, options.NO_UTF_CHECK) ~= 0
    local cached = band(flags, options.COMPILE_ONCE) ~= 0 and max_entries > 0
    local mode = {
        flags = flags,
        pcre_options = pcre_options,
        jit = band(flags, options.JIT) ~= 0,
        dfa = band(flags, options.DFA) ~= 0,
        lists = band(flags, options.DUPNAMES) ~= 0,
        utf = utf,
        match = unchecked and NO_UTF_CHECK or 0,
        -- A subject that has been searched once is known to be UTF-8.
        again = (unchecked or utf) and NO_UTF_CHECK or 0,
        regexes = cached and {} or nil,
    }
    modes[opts] = mode
    return mode
end

-- Cached regexes in a ring. One that is to make room for another stays for a round if it has been used meanwhile; what goes is
-- freed at once, since Lua's collector does not know of its memory, unless something else holds it, too.
local ring, hand = {}, 0
local warned = false

local function release(regex)
    free(ffi_gc(regex.re, nil))
end

local function forget(regex)
    regex.mode.regexes[regex.pattern] = nil
    if regex.holders == 0 then
        release(regex)
    end
end

local function warn()
    warned = true
    local text = format("lua exceeding regex cache max entries (%d)", max_entries)
    C.ngx_http_lua_ffi_raw_log(nil, WARN, text, #text)
end

local function keep(regex)
    local n = #ring
    if n < max_entries then
        ring[n + 1] = regex
        return
    end
    if not warned then
        warn()
    end
    hand = hand % n + 1
    while ring[hand].used do
        ring[hand].used = false
        hand = hand % n + 1
    end
    forget(ring[hand])
    ring[hand] = regex
end

local function new_regex(pattern, mode)
    local re, wrong = compile(pattern, mode.pcre_options, mode.jit, mode.dfa)
    if not re then
        return nil, wrong
    end
    local regex = {
        re = ffi_gc(re, free),
        mode = mode,
        pattern = pattern,
        groups = re.ncaptures,
        at = re.offsets,                        -- where the groups of its last match lie; see pcre.lua
        exec = mode.dfa and dfa_exec or exec,
        collect = collector(re, mode.lists),
        used = true,
        holders = 0,                            -- of what may free it only later, though it leaves the cache
    }
    if mode.regexes then
        keep(regex)
        mode.regexes[pattern] = regex
    end
    return regex
end

-- The regex, or nil and what is wrong with its pattern. Called by what a script calls, whose error it is.
local function regex_of(pattern, opts)
    local mode = modes[opts or ""] or new_mode(opts or "")
    local found = mode.regexes and mode.regexes[pattern]
    if found then
        found.used = true
        return found
    end
    if type(pattern) ~= "string" then
        not_a_string("regex", pattern, 3)
    end
    return new_regex(pattern, mode)
end

-- To be called when nothing reads what a match has found any more.
local function done(regex)
    if not regex.mode.regexes then
        release(regex)
    end
end

-- The error that a negative result other than NOMATCH is.
local function failure(rc)
    return "pcre_exec() failed: " .. rc
end

-- Where to go on after a match. Unlike nginx, after an empty one this is no place inside a character of UTF-8.
local function next_start(regex, subject, from, to)
    if to > from then
        return to
    end
    local start = from + 1
    if regex.mode.utf then
        local b = byte(subject, start + 1)
        while b and b >= 0x80 and b < 0xC0 do
            start = start + 1
            b = byte(subject, start + 1)
        end
    end
    return start
end

return {
    max_entries = max_entries,
    of = regex_of,
    done = done,
    failure = failure,
    next_start = next_start,
    is_cache_empty = function()
        return ring[1] == nil
    end,
}
