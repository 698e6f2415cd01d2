-- The letters that say how ngx.re is to match.

local pcre = require "nightjar.pcre"

local bor = bit.bor
local sub = string.sub

-- What lua-resty-core passes to C beside PCRE2's options.
local COMPILE_ONCE, DFA, JIT, DUPNAMES, NO_UTF_CHECK = 0x01, 0x02, 0x04, 0x08, 0x10

local letters = {
    a = { pcre = pcre.ANCHORED },
    d = { flag = DFA },
    D = { pcre = pcre.DUPNAMES, flag = DUPNAMES },
    i = { pcre = pcre.CASELESS },
    j = { flag = JIT },
    J = { pcre = bor(pcre.ALT_BSUX, pcre.ALLOW_EMPTY_CLASS, pcre.MATCH_UNSET_BACKREF) },
    m = { pcre = pcre.MULTILINE },
    o = { flag = COMPILE_ONCE },
    s = { pcre = pcre.DOTALL },
    u = { pcre = pcre.UTF },
    U = { pcre = pcre.UTF, flag = NO_UTF_CHECK },
    x = { pcre = pcre.EXTENDED },
}

-- The flags and PCRE2's options, or nil and the first letter that means nothing.
local function parse(opts)
    local flags, pcre_options = 0, 0
    for i = 1, #opts do
        local letter = sub(opts, i, i)
        local meaning = letters[letter]
        if not meaning then
            return nil, letter
        end
        flags = bor(flags, meaning.flag or 0)
        pcre_options = bor(pcre_options, meaning.pcre or 0)
    end
    return flags, pcre_options
end

return {
    COMPILE_ONCE = COMPILE_ONCE,
    DFA = DFA,
    JIT = JIT,
    DUPNAMES = DUPNAMES,
    NO_UTF_CHECK = NO_UTF_CHECK,
    parse = parse,
}
