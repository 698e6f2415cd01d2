-- References to Lua values that Java keeps: numbers in a table, given and taken back as luaL_ref and luaL_unref do.

local registry = debug.getregistry()

local M = {}

-- Keeps `value` in `t` under a number, which is given back; freed numbers are a list that starts at t[0].
function M.ref_in(t, value)
    local ref = t[0]
    if ref and ref ~= 0 then
        t[0] = t[ref]
    else
        ref = #t + 1
    end
    t[ref] = value
    return ref
end
local ref_in = M.ref_in

-- The same in the registry.
function M.ref(value)
    return ref_in(registry, value)
end

function M.unref(ref)
    registry[ref] = registry[0] or 0
    registry[0] = ref
end

return M
