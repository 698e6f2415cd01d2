-- References to Lua values that Java keeps: numbers in the registry, given and taken back as luaL_ref and luaL_unref do.

local registry = debug.getregistry()

local M = {}

function M.ref(value)
    local ref = registry[0]
    if ref and ref ~= 0 then
        registry[0] = registry[ref]
    else
        ref = #registry + 1
    end
    registry[ref] = value
    return ref
end

function M.unref(ref)
    registry[ref] = registry[0] or 0
    registry[0] = ref
end

return M
