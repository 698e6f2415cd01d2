-- PCRE2 called from Lua: a match is one FFI call, which LuaJIT compiles into its traces, and Java has no part in it.
--
-- A VM has one match data, one match context and at most one JIT stack. What a match has found is copied at once to its
-- regex, because what runs before it is read, a finalizer for one, may match, too.

local ffi = require "ffi"
local border = require "nightjar.border"

local C = ffi.C
local cast = ffi.cast
local copy = ffi.copy
local ffi_gc = ffi.gc
local ffi_new = ffi.new
local ffi_str = ffi.string
local format = string.format
local match = string.match
local max = math.max
local sub = string.sub

-- The first eleven fields are ngx_http_lua_regex_t's, which scripts have from ngx_http_lua_ffi_compile_regex.
ffi.cdef [[
typedef struct {
    size_t len;
    const char *data;
    void *lengths;              /* NULL: it is plain text */
    void *values;
} nightjar_replacement_t;

typedef struct {
    void *pool;
    unsigned char *name_table;
    int name_count;
    int name_entry_size;
    int ncaptures;
    int *captures;
    void *regex;
    void *regex_sd;
    nightjar_replacement_t *replace;
    const char *pattern;
    int32_t *offsets;           /* of the last match: the lower halves of PCRE2's pairs of size_t, each followed by the upper one */
} nightjar_regex_t;

void *nightjar_malloc(size_t size) __asm__("malloc");
void nightjar_free(void *address) __asm__("free");

void *nightjar_pcre2_compile(const char *pattern, size_t length, uint32_t options, int *error, size_t *offset, void *context)
    __asm__("pcre2_compile_8");
int nightjar_pcre2_jit_compile(void *code, uint32_t options) __asm__("pcre2_jit_compile_8");
void nightjar_pcre2_code_free(void *code) __asm__("pcre2_code_free_8");
int nightjar_pcre2_pattern_info(void *code, uint32_t what, void *where) __asm__("pcre2_pattern_info_8");
int nightjar_pcre2_get_error_message(int error, char *buffer, size_t size) __asm__("pcre2_get_error_message_8");
int nightjar_pcre2_config(uint32_t what, void *where) __asm__("pcre2_config_8");
int nightjar_pcre2_match(void *code, const char *subject, size_t length, size_t start, uint32_t options, void *data, void *context)
    __asm__("pcre2_match_8");
int nightjar_pcre2_dfa_match(void *code, const char *subject, size_t length, size_t start, uint32_t options, void *data,
    void *context, int *workspace, size_t count) __asm__("pcre2_dfa_match_8");
void *nightjar_pcre2_match_data_create(uint32_t pairs, void *context) __asm__("pcre2_match_data_create_8");
void nightjar_pcre2_match_data_free(void *data) __asm__("pcre2_match_data_free_8");
void *nightjar_pcre2_get_ovector_pointer(void *data) __asm__("pcre2_get_ovector_pointer_8");
void *nightjar_pcre2_match_context_create(void *context) __asm__("pcre2_match_context_create_8");
void nightjar_pcre2_match_context_free(void *context) __asm__("pcre2_match_context_free_8");
int nightjar_pcre2_set_match_limit(void *context, uint32_t limit) __asm__("pcre2_set_match_limit_8");
void *nightjar_pcre2_jit_stack_create(size_t start, size_t most, void *context) __asm__("pcre2_jit_stack_create_8");
void nightjar_pcre2_jit_stack_free(void *stack) __asm__("pcre2_jit_stack_free_8");
void nightjar_pcre2_jit_stack_assign(void *context, void *callback, void *stack) __asm__("pcre2_jit_stack_assign_8");
]]

local INFO, DEBUG = 7, 8
local JIT_COMPLETE = 1
local INFO_CAPTURECOUNT, INFO_NAMECOUNT, INFO_NAMEENTRYSIZE, INFO_NAMETABLE = 4, 17, 18, 19
local CONFIG_VERSION = 11
local MAX_ERROR = 255
local JIT_STACK_MIN = 32 * 1024
local WORKSPACE_INTS = 100
-- PCRE2 keeps with the match data what it needed to go back while it matched without JIT: no more than some MB for a
-- subject of so many bytes. After a longer one, the match data is made anew.
local LONG = 16 * 1024

local M = {
    ALLOW_EMPTY_CLASS = 0x1,
    ALT_BSUX = 0x2,
    CASELESS = 0x8,
    DOTALL = 0x20,
    DUPNAMES = 0x40,
    EXTENDED = 0x80,
    MATCH_UNSET_BACKREF = 0x200,
    MULTILINE = 0x400,
    UTF = 0x80000,
    NO_UTF_CHECK = 0x40000000,
    ANCHORED = 0x80000000,

    NOMATCH = -1,
}

C.nightjar_ffi_pcre_file()
local file = border.text()
local there, pcre2 = pcall(ffi.load, file)
if not there then
    M.missing = format("cannot load \"%s\"", file)
    return M
end

-- Taken once: ffi.C looks names up anew.
local malloc = C.nightjar_malloc
local c_free = C.nightjar_free
local pcre2_match = pcre2.nightjar_pcre2_match
local pcre2_dfa_match = pcre2.nightjar_pcre2_dfa_match

local regex_type = ffi.typeof("nightjar_regex_t *")
local ints_type = ffi.typeof("int *")
local offsets_type = ffi.typeof("int32_t *")
local STRUCT = ffi.sizeof("nightjar_regex_t")
local PAIR = 16

local error_code = ffi_new("int[1]")
local error_offset = ffi_new("size_t[1]")
local error_text = ffi_new("char[128]")
local number = ffi_new("uint32_t[1]")
local pointer = ffi_new("unsigned char *[1]")
local workspace = ffi_new("int[?]", WORKSPACE_INTS)

local context = pcre2.nightjar_pcre2_match_context_create(nil)
if context == nil then
    error("not enough memory", 0)
end
ffi_gc(context, pcre2.nightjar_pcre2_match_context_free)
local limit = C.nightjar_ffi_regex_match_limit()
if limit > 0 then
    pcre2.nightjar_pcre2_set_match_limit(context, limit)
end

-- The match data, its pairs, how many there are (0: it is to be made), and the JIT stack.
local data, offsets, jit_stack
local pairs_there, pairs_wanted = 0, 16

local function make_match_data(groups)
    pairs_wanted = max(pairs_wanted, groups + 1)
    if data then
        pcre2.nightjar_pcre2_match_data_free(ffi_gc(data, nil))
        data, pairs_there = nil, 0
    end
    local made = pcre2.nightjar_pcre2_match_data_create(pairs_wanted, nil)
    if made == nil then
        error("not enough memory", 0)
    end
    data = ffi_gc(made, pcre2.nightjar_pcre2_match_data_free)
    offsets = cast(offsets_type, pcre2.nightjar_pcre2_get_ovector_pointer(data))
    pairs_there = pairs_wanted
end

-- How many groups took part and 1, or a negative number; where they lie is in re.offsets then.
function M.exec(re, subject, length, start, options)
    local groups = re.ncaptures
    if groups >= pairs_there then
        make_match_data(groups)
    end
    local rc = pcre2_match(re.regex, subject, length, start, options, data, context)
    if rc > 0 then
        copy(re.offsets, offsets, PAIR * (groups + 1))
    end
    if length > LONG then
        pairs_there = 0
    end
    return rc
end

-- As exec, by the algorithm that knows the longest match only, and no groups.
function M.dfa_exec(re, subject, length, start, options)
    if pairs_there == 0 then
        make_match_data(0)
    end
    local rc = pcre2_dfa_match(re.regex, subject, length, start, options, data, context, workspace, WORKSPACE_INTS)
    if rc < 0 then
        return rc
    end
    copy(re.offsets, offsets, PAIR)
    return 1
end

local function refused(pattern)
    pcre2.nightjar_pcre2_get_error_message(error_code[0], error_text, 128)
    local text = format("pcre2_compile() failed: %s in \"%s\"", ffi_str(error_text), pattern)
    local at = tonumber(error_offset[0])
    if at ~= #pattern then
        text = text .. " at \"" .. sub(pattern, at + 1) .. "\""
    end
    -- C ends it at a zero byte; and without its last quote, when that is too far.
    return (sub(match(text, "^%Z*"), 1, MAX_ERROR))
end

local function info(code, what)
    pcre2.nightjar_pcre2_pattern_info(code, what, number)
    return (tonumber(number[0]))
end

local function log(level, text)
    if level <= border.result.log_level then
        C.ngx_http_lua_ffi_raw_log(nil, level, text, #text)
    end
end

-- Without JIT a pattern is slower, and that is all.
local function jit_compile(code, pattern)
    local rc = pcre2.nightjar_pcre2_jit_compile(code, JIT_COMPLETE)
    if rc == 0 then
        log(DEBUG, "pcre2 JIT compiled successfully")
    else
        log(INFO, format("pcre2_jit_compile() failed: %d in \"%s\", ignored", rc, pattern))
    end
end

-- A compiled pattern, which lives until it is freed, or nil and why there is none. For dfa_exec it has no groups.
function M.compile(pattern, options, jit, dfa)
    local length = #pattern
    local code = pcre2.nightjar_pcre2_compile(pattern, length, options, error_code, error_offset, nil)
    if code == nil then
        return nil, refused(pattern)
    end
    if jit then
        jit_compile(code, pattern)
    end
    local groups = dfa and 0 or info(code, INFO_CAPTURECOUNT)
    local re = cast(regex_type, malloc(STRUCT + (PAIR + 8) * (groups + 1)))
    if re == nil then
        pcre2.nightjar_pcre2_code_free(code)
        return nil, "no memory"
    end
    re.pool = re
    re.offsets = cast(offsets_type, re + 1)
    re.captures = cast(ints_type, re.offsets + 4 * (groups + 1))
    re.regex = code
    re.regex_sd = nil
    re.replace = nil
    re.pattern = pattern
    re.ncaptures = groups
    re.name_count = info(code, INFO_NAMECOUNT)
    re.name_entry_size = info(code, INFO_NAMEENTRYSIZE)
    pcre2.nightjar_pcre2_pattern_info(code, INFO_NAMETABLE, pointer)
    re.name_table = pointer[0]
    return re
end

function M.free(re)
    pcre2.nightjar_pcre2_code_free(re.regex)
    if re.replace ~= nil then
        c_free(re.replace)
    end
    c_free(re)
end

-- How many bytes JIT code may have to go back in, at the most. True, or nothing when there is no memory.
function M.set_jit_stack(bytes)
    local made = pcre2.nightjar_pcre2_jit_stack_create(JIT_STACK_MIN, max(bytes, JIT_STACK_MIN), nil)
    if made == nil then
        return nil
    end
    pcre2.nightjar_pcre2_jit_stack_assign(context, nil, made)
    if jit_stack then
        pcre2.nightjar_pcre2_jit_stack_free(ffi_gc(jit_stack, nil))
    end
    jit_stack = ffi_gc(made, pcre2.nightjar_pcre2_jit_stack_free)
    return true
end

-- As `10.42 2022-12-11`.
function M.version()
    pcre2.nightjar_pcre2_config(CONFIG_VERSION, error_text)
    return (ffi_str(error_text))
end

return M
