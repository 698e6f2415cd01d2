-- The C functions that lua-resty-core's resty.core.regex and ngx.re call, for one that is on lua_package_path: in Lua, so that
-- LuaJIT compiles them into the traces of what calls them. Source: ngx_http_lua_regex.c.

local ffi = require "ffi"
local options = require "nightjar.regex_options"
local pcre = require "nightjar.pcre"
local replacement = require "nightjar.replacement"

local C = ffi.C
local band = bit.band
local cast = ffi.cast
local concat = table.concat
local copy = ffi.copy
local ffi_new = ffi.new
local format = string.format
local loadstring = loadstring
local min = math.min

local OK, ERROR = 0, -1

-- A replacement lies in one piece of memory: the struct, its steps, their texts and its own text.
ffi.cdef [[
typedef struct {
    const char *text;
    int length;
    int group;          /* follows the text; -1: none, this step is the last */
} nightjar_step_t;

typedef struct {
    const char *subject;
    nightjar_regex_t *re;
    int count;
} nightjar_script_engine_t;
]]

local malloc = C.nightjar_malloc
local free = C.nightjar_free
local replacement_type = ffi.typeof("nightjar_replacement_t *")
local steps_type = ffi.typeof("nightjar_step_t *")
local bytes_type = ffi.typeof("char *")
local engine_type = ffi.typeof("nightjar_script_engine_t *")
local REPLACEMENT = ffi.sizeof("nightjar_replacement_t")
local STEP = ffi.sizeof("nightjar_step_t")
local ENGINE = ffi.sizeof("nightjar_script_engine_t")

local M = {}

-- Functions that copy a match's pairs to the regex's captures, which are ints, by the number of groups: without a loop, which
-- would keep what matches from being compiled into one trace.
local STRAIGHT = 40
local copiers = {}

local function new_copier(groups)
    local lines = {}
    for i = 0, 2 * groups + 1 do
        lines[i + 1] = format("to[%d] = from[%d]", i, 2 * i)
    end
    copiers[groups] = loadstring("return function(from, to) " .. concat(lines, " ") .. " end", "=[C]")()
    return copiers[groups]
end

local function copy_captures(from, to, groups)
    if groups <= STRAIGHT then
        local copier = copiers[groups] or new_copier(groups)
        copier(from, to)
        return
    end
    for i = 0, 2 * groups + 1 do
        to[i] = from[2 * i]
    end
end

local version
function M.ngx_http_lua_ffi_pcre_version()
    if pcre.missing then
        error(pcre.missing, 2)
    end
    if not version then
        local text = pcre.version()
        version = ffi_new("char[?]", #text + 1, text)
    end
    return version
end

function M.ngx_http_lua_ffi_compile_regex(pattern, length, flags, pcre_options, err, err_size)
    local re, wrong = pcre.compile(ffi.string(pattern, length), pcre_options, band(flags, options.JIT) ~= 0,
                                   band(flags, options.DFA) ~= 0)
    if re then
        return re
    end
    local n = min(#wrong, err_size - 1)
    copy(err, wrong, n)
    err[n] = 0
    return nil
end

-- Where the groups lie is in re.captures then.
function M.ngx_http_lua_ffi_exec_regex(re, flags, subject, length, start)
    local match_options = band(flags, options.NO_UTF_CHECK) ~= 0 and pcre.NO_UTF_CHECK or 0
    local exec = band(flags, options.DFA) ~= 0 and pcre.dfa_exec or pcre.exec
    local rc = exec(re, subject, length, start, match_options)
    if rc > 0 then
        copy_captures(re.offsets, re.captures, re.ncaptures)
    end
    return rc
end

function M.ngx_http_lua_ffi_destroy_regex(re)
    if re ~= nil then
        pcre.free(re)
    end
end

local function allocate(parts, text)
    local bytes = #text
    for i = 1, parts.count do
        bytes = bytes + #parts.texts[i]
    end
    return (cast(replacement_type, malloc(REPLACEMENT + STEP * parts.count + bytes)))
end

local function put_steps(at, parts)
    local steps = cast(steps_type, at)
    local texts = cast(bytes_type, steps + parts.count)
    for i = 1, parts.count do
        local step, text = steps[i - 1], parts.texts[i]
        step.text, step.length, step.group = texts, #text, parts.groups[i]
        copy(texts, text, #text)
        texts = texts + #text
    end
    return steps, texts
end

function M.ngx_http_lua_ffi_compile_replace_template(re, text, length)
    text = ffi.string(text, length)
    local parts = replacement.parse(text)
    local made = parts and allocate(parts, text)
    if not made or made == nil then
        return ERROR
    end
    local steps, rest = put_steps(made + 1, parts)
    copy(rest, text, length)
    made.data, made.len = rest, length
    local plain = not text:find("$", 1, true)
    made.lengths = not plain and steps or nil
    made.values = made.lengths
    re.replace = made
    return OK
end

function M.ngx_http_lua_ffi_create_script_engine()
    return (cast(engine_type, malloc(ENGINE)))
end

function M.ngx_http_lua_ffi_destroy_script_engine(engine)
    free(engine)
end

function M.ngx_http_lua_ffi_init_script_engine(engine, subject, re, count)
    engine.subject, engine.re, engine.count = subject, re, count
end

-- The number of bytes that the engine's match makes of a replacement.
function M.ngx_http_lua_ffi_script_eval_len(engine, value)
    local step, at = cast(steps_type, value.values), engine.re.captures
    local length = step.length
    while step.group >= 0 do
        local group = step.group
        if group < engine.count then
            length = length + at[2 * group + 1] - at[2 * group]
        end
        step = step + 1
        length = length + step.length
    end
    return length
end

function M.ngx_http_lua_ffi_script_eval_data(engine, value, to)
    local step, at = cast(steps_type, value.values), engine.re.captures
    copy(to, step.text, step.length)
    to = to + step.length
    while step.group >= 0 do
        local group = step.group
        if group < engine.count and at[2 * group] >= 0 then
            local length = at[2 * group + 1] - at[2 * group]
            copy(to, engine.subject + at[2 * group], length)
            to = to + length
        end
        step = step + 1
        copy(to, step.text, step.length)
        to = to + step.length
    end
end

function M.ngx_http_lua_ffi_set_jit_stack_size(size, err, err_size)
    if pcre.set_jit_stack(size) then
        return OK
    end
    local text = "pcre jit stack allocation failed"
    local n = min(#text, tonumber(err_size[0]))
    copy(err, text, n)
    err_size[0] = n
    return ERROR
end

return M
