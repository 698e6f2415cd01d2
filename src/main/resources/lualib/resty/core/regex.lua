-- ngx.re: match, find, gmatch, sub, gsub.

local ffi = require "ffi"
local base = require "resty.core.base"
local pcre = require "nightjar.pcre"

local band = bit.band
local cast = ffi.cast
local ceil = math.ceil
local copy = ffi.copy
local cut = string.sub
local error = error
local ffi_gc = ffi.gc
local ffi_new = ffi.new
local ffi_str = ffi.string
local find = string.find
local max = math.max
local ngx = ngx
local setmetatable = setmetatable
local tostring = tostring
local type = type

local NOMATCH = pcre.NOMATCH

local M = { version = base.version }

if pcre.missing then
    M.no_pcre = true
    ngx.re = setmetatable({}, {
        __index = function(_, name)
            error("no support for 'ngx.re." .. name .. "': " .. pcre.missing, 2)
        end,
    })
    return M
end

local collector = require "nightjar.captures"
local options = require "nightjar.regex_options"
local regexes = require "nightjar.regex"
local writer = require("nightjar.replacement").writer

local done = regexes.done
local failure = regexes.failure
local max_entries = regexes.max_entries
local next_start = regexes.next_start
local regex_of = regexes.of

local function start_of(ctx)
    local pos = ctx and ctx.pos
    return pos and pos > 0 and pos - 1 or 0
end

local function match(subj, regex, opts, ctx, res)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, wrong
    end
    local rc = regex.exec(regex.re, subj, #subj, start_of(ctx), regex.mode.match)
    if rc > 0 then
        if ctx then
            ctx.pos = regex.at[2] + 1
        end
        res = regex.collect(regex.at, subj, res)
        done(regex)
        return res
    end
    done(regex)
    if rc ~= NOMATCH then
        return nil, failure(rc)
    end
    return nil
end

-- Group `nth` of a match: where it begins and ends.
local function place(regex, nth)
    local from = nth <= regex.groups and regex.at[4 * nth] or -1
    if from >= 0 then
        return from + 1, regex.at[4 * nth + 2]
    end
    return nil, nil
end

local function find_in(subj, regex, opts, ctx, nth)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, nil, wrong
    end
    local rc = regex.exec(regex.re, subj, #subj, start_of(ctx), regex.mode.match)
    if rc > 0 then
        if ctx then
            ctx.pos = regex.at[2] + 1
        end
        nth = nth and nth > 0 and nth or 0
        local from, to = place(regex, nth)
        local there = nth <= regex.groups
        done(regex)
        if not there then
            return nil, nil, "nth out of bound"
        end
        return from, to
    end
    done(regex)
    if rc ~= NOMATCH then
        return nil, nil, failure(rc)
    end
    return nil
end

-- What gmatch returns: called, it gives the next match. `regex` is nil when there are no more.
local function finish(iterator)
    local regex = iterator.regex
    iterator.regex = nil
    regex.holders = regex.holders - 1
    done(regex)
end

local function next_match(iterator)
    local regex = iterator.regex
    if not regex then
        return nil
    end
    local subject = iterator.subject
    local rc = regex.exec(regex.re, subject, #subject, iterator.start, iterator.options)
    if rc < 0 then
        finish(iterator)
        if rc ~= NOMATCH then
            return nil, failure(rc)
        end
        return nil
    end
    local at = regex.at
    iterator.start = next_start(regex, subject, at[0], at[2])
    iterator.options = regex.mode.again
    local res = regex.collect(at, subject)
    if iterator.start > #subject then
        finish(iterator)
    end
    return res
end

local iterator_meta = { __call = next_match }

local function gmatch(subj, regex, opts)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, wrong
    end
    regex.holders = regex.holders + 1
    return (setmetatable({ regex = regex, subject = subj, start = 0, options = regex.mode.match }, iterator_meta))
end

-- The bytes that sub and gsub make, in one buffer; another one when a replacement's function uses gsub, or waits.
local FIRST_SIZE, KEPT_SIZE = 4096, 1024 * 1024
local bytes_type = ffi.typeof("char[?]")
local pointer_type = ffi.typeof("const char *")
local grow_ratio = 2
local spare

function M.set_buf_grow_ratio(ratio)
    grow_ratio = ratio
end

local function take_buffer()
    local out = spare or { bytes = ffi_new(bytes_type, FIRST_SIZE), size = FIRST_SIZE }
    spare = nil
    return out
end

local function give_buffer(out)
    if out.size <= KEPT_SIZE then
        spare = out
    end
end

local function grow(out, len, wanted)
    local size = max(ceil(out.size * grow_ratio), wanted)
    local bytes = ffi_new(bytes_type, size)
    copy(bytes, out.bytes, len)
    out.bytes, out.size = bytes, size
end

-- Puts n bytes of s, from `from` on, behind the len that are there; returns how many there are now.
local function append(out, len, s, from, n)
    if n <= 0 then
        return len
    end
    if len + n > out.size then
        grow(out, len, len + n)
    end
    copy(out.bytes + len, cast(pointer_type, s) + from, n)
    return len + n
end

-- Templates that have a dollar in them, as functions that write them; all are forgotten when they are too many.
local writers, writers_count = {}, 0

local function writer_of(template)
    local write = writers[template]
    if write then
        return write
    end
    write = writer(template, append)
    if write and max_entries > 0 then
        if writers_count >= max_entries then
            writers, writers_count = {}, 0
        end
        writers[template] = write
        writers_count = writers_count + 1
    end
    return write
end

-- The two below replace by what a function makes of a match, by what a template's function writes, or by a text, and return the
-- new string and how many matches there were, or nil, nil and an error.

local function replace_first(subject, regex, func, write, text)
    local rc = regex.exec(regex.re, subject, #subject, 0, regex.mode.match)
    if rc == NOMATCH then
        return subject, 0
    end
    if rc < 0 then
        return nil, nil, failure(rc)
    end
    local at = regex.at
    local from, to = at[0], at[2]
    if write then
        local out = take_buffer()
        local len = append(out, 0, subject, 0, from)
        len = write(out, len, at, regex.groups, subject)
        len = append(out, len, subject, to, #subject - to)
        local result = ffi_str(out.bytes, len)
        give_buffer(out)
        return result, 1
    end
    if func then
        text = tostring(func(regex.collect(at, subject)))
    end
    return cut(subject, 1, from) .. text .. cut(subject, to + 1), 1
end

local function replace_all(subject, regex, func, write, text)
    local out, len = take_buffer(), 0
    local at, match_options = regex.at, regex.mode.match
    local count, start, copied = 0, 0, 0
    local wrong
    repeat
        local rc = regex.exec(regex.re, subject, #subject, start, match_options)
        if rc < 0 then
            wrong = rc ~= NOMATCH and failure(rc)
            break
        end
        count = count + 1
        match_options = regex.mode.again
        local from, to = at[0], at[2]
        if func then
            text = tostring(func(regex.collect(at, subject)))
        end
        len = append(out, len, subject, copied, from - copied)
        if write then
            len = write(out, len, at, regex.groups, subject)
        else
            len = append(out, len, text, 0, #text)
        end
        copied = to
        start = next_start(regex, subject, from, to)
    until start > #subject
    local result = subject
    if wrong then
        result, count = nil, nil
    elseif count > 0 then
        len = append(out, len, subject, copied, #subject - copied)
        result = ffi_str(out.bytes, len)
    end
    give_buffer(out)
    return result, count, wrong
end

-- What it is that replaces: a function, a template's function, or a text; or what is wrong.
local function replacement_of(by)
    if type(by) == "function" then
        return by
    end
    if type(by) ~= "string" then
        by = tostring(by)
    end
    if not find(by, "$", 1, true) then
        return nil, nil, by
    end
    local write = writer_of(by)
    return nil, write, nil, not write and "failed to compile the replacement template"
end

local function replaced(regex, result, count, wrong)
    regex.holders = regex.holders - 1
    done(regex)
    if wrong then
        return nil, nil, wrong
    end
    return result, count
end

-- These two share no function that would not be compiled for the loop in replace_all.

local function sub(subj, regex, replace, opts)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, nil, wrong
    end
    -- A function may use other regexes, so that this one leaves the cache.
    regex.holders = regex.holders + 1
    local func, write, text, refused = replacement_of(replace)
    if refused then
        return replaced(regex, nil, nil, refused)
    end
    return replaced(regex, replace_first(subj, regex, func, write, text))
end

local function gsub(subj, regex, replace, opts)
    if type(subj) ~= "string" then
        subj = tostring(subj)
    end
    local wrong
    regex, wrong = regex_of(regex, opts)
    if not regex then
        return nil, nil, wrong
    end
    regex.holders = regex.holders + 1
    local func, write, text, refused = replacement_of(replace)
    if refused then
        return replaced(regex, nil, nil, refused)
    end
    return replaced(regex, replace_all(subj, regex, func, write, text))
end

ngx.re = { match = match, find = find_in, gmatch = gmatch, sub = sub, gsub = gsub }

-- What modules written against lua-resty-core use: compiled regexes, as lua-resty-core's C functions know them.

M.is_regex_cache_empty = regexes.is_cache_empty

-- The regex, whether it is cached, and its flags; or nil and an error.
function M.re_match_compile(regex, opts)
    local found, wrong = regex_of(regex, opts)
    if not found then
        return nil, wrong
    end
    -- Nobody says when it is used no more.
    found.holders = found.holders + 1
    return found.re, found.mode.regexes ~= nil, found.mode.flags
end

function M.destroy_compiled_regex(re)
    pcre.free(ffi_gc(re, nil))
end

-- What ngx_http_lua_ffi_exec_regex has found.
function M.collect_captures(re, _, subj, flags, res)
    return collector(re, band(flags, options.DUPNAMES) ~= 0)(re.offsets, subj, res)
end

return M
