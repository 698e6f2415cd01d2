-- What the clients of redis, memcached and MySQL share. Plain Lua over cosockets, so it runs in nginx as well.

local pairs = pairs
local rawget = rawget

local M = {}

-- A line, or with a size so many bytes; or nil and why. A timeout closes the connection: an answer that comes late must
-- not be taken for the next command's.
function M.receive(sock, size)
    local data, err = sock:receive(size or "*l")
    if not data and err == "timeout" then
        sock:close()
    end
    return data, err
end

-- Gives a class the methods that only pass on to the cosocket, which its objects keep in `field`.
function M.delegate(class, field, methods)
    for name, target in pairs(methods) do
        class[name] = function(self, ...)
            local sock = rawget(self, field)
            if not sock then
                return nil, "not initialized"
            end
            return sock[target](sock, ...)
        end
    end
end

return M
