-- The entries: a table in this worker, and data/entries.txt, so that they outlive it.
-- A line of the file is an entry: id, time, name and text, escaped as in a URI, with tabs between them.
-- One worker keeps one table, so this application wants worker_processes 1.

local _M = {}

local entries = {}  -- oldest first
local last_id = 0
local path

local function line(entry)
    return table.concat({ entry.id, entry.time, ngx.escape_uri(entry.name), ngx.escape_uri(entry.text) }, "\t") .. "\n"
end

function _M.open(file)
    path = file
    entries, last_id = {}, 0
    local input = io.open(path, "rb")
    if not input then
        return
    end
    for id, time, name, text in input:read("*a"):gmatch("(%d+)\t(%d+)\t([^\t\n]*)\t([^\t\n]*)\n") do
        id = tonumber(id)
        entries[#entries + 1] = { id = id, time = tonumber(time), name = ngx.unescape_uri(name), text = ngx.unescape_uri(text) }
        last_id = math.max(last_id, id)
    end
    input:close()
end

function _M.count()
    return #entries
end

-- The entries of a page, newest first; the first page is 1.
function _M.page(number, size)
    local found = {}
    local newest = #entries - (number - 1) * size
    for i = newest, math.max(1, newest - size + 1), -1 do
        found[#found + 1] = entries[i]
    end
    return found
end

function _M.add(name, text)
    local entry = { id = last_id + 1, time = ngx.time(), name = name, text = text }
    local output, err = io.open(path, "ab")
    if not output then
        return nil, err
    end
    output:write(line(entry))
    output:close()
    last_id = entry.id
    entries[#entries + 1] = entry
    return entry
end

-- Takes an entry out; the file is written anew beside the old one and put in its place.
function _M.delete(id)
    for i, entry in ipairs(entries) do
        if entry.id == id then
            table.remove(entries, i)
            local output = assert(io.open(path .. ".new", "wb"))
            for _, kept in ipairs(entries) do
                output:write(line(kept))
            end
            output:close()
            assert(os.rename(path .. ".new", path))
            return true
        end
    end
    return false
end

return _M
