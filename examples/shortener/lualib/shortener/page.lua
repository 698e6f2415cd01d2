-- HTML whose values are escaped where they are put in.

local _M = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local html_meta = {}

-- Text that is HTML already.
function _M.raw(text)
    return setmetatable({ text = text }, html_meta)
end

-- HTML with a value for each %s, escaped unless it is HTML itself.
function _M.html(template, ...)
    local values = { ... }
    local i = 0
    return _M.raw((template:gsub("%%s", function()
        i = i + 1
        local value = values[i]
        if getmetatable(value) == html_meta then
            return value.text
        end
        return (tostring(value):gsub("[&<>\"']", entities))
    end)))
end

function _M.show(title, body)
    ngx.header["Cache-Control"] = "no-store"
    ngx.print(_M.html([[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<main>
%s
</main>
</body>
</html>
]], title, body).text)
end

return _M
