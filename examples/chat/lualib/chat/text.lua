-- Text as people send it.

local byte = string.byte

local _M = {}

-- Without blanks around it, and without characters that move the cursor.
function _M.trimmed(text)
    return (text:gsub("[%z\1-\9\11-\31\127]", " "):match("^%s*(.-)%s*$"))
end

-- For the first byte of a character: how many follow, and the bounds of the next one (Unicode, table 3-7).
local function follows(first)
    if first < 0x80 then
        return 0
    elseif first < 0xc2 or first > 0xf4 then
        return nil
    elseif first < 0xe0 then
        return 1, 0x80, 0xbf
    elseif first < 0xf0 then
        return 2, first == 0xe0 and 0xa0 or 0x80, first == 0xed and 0x9f or 0xbf
    end
    return 3, first == 0xf0 and 0x90 or 0x80, first == 0xf4 and 0x8f or 0xbf
end

-- Whether a browser would take it: one that does not closes its connection.
function _M.is_utf8(text)
    local i, n = 1, #text
    while i <= n do
        local more, least, most = follows(byte(text, i))
        if not more then
            return false
        end
        for j = i + 1, i + more do
            local c = byte(text, j)
            if not c or c < least or c > most then
                return false
            end
            least, most = 0x80, 0xbf
        end
        i = i + more + 1
    end
    return true
end

return _M
