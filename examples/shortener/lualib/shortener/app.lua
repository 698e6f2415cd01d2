-- What the shortener answers: each function is one location of nginx.conf.

local links = require("shortener.links")
local page = require("shortener.page")
local url = require("shortener.url")

local _M = {}

local function only(...)
    local method = ngx.req.get_method()
    for _, allowed in ipairs { ... } do
        if method == allowed then
            return
        end
    end
    ngx.header["Allow"] = table.concat({ ... }, ", ")
    ngx.exit(ngx.HTTP_NOT_ALLOWED)
end

-- What a call of links answers; a redis that is not there ends the request.
local function stored(value, err)
    if err then
        ngx.log(ngx.ERR, "shortener: redis: ", err)
        ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
    end
    return value
end

local function show_form(text, complaint)
    page.show("Short links", page.html([[
<h1>Make a link short</h1>
<form action="/new" method="post">
<label for="url">A web address</label>
<input id="url" name="url" type="url" required maxlength="2000" placeholder="https://" value="%s" %s>
%s
<button>Shorten</button>
</form>
]], text, page.raw(complaint and 'aria-invalid="true" aria-describedby="complaint"' or ""),
        complaint and page.html('<p class="complaint" id="complaint" role="alert">%s</p>', complaint) or page.raw("")))
end

function _M.form()
    only("GET", "HEAD")
    show_form("")
end

function _M.create()
    only("POST")
    ngx.req.read_body()
    local text = (ngx.req.get_post_args(10) or {}).url
    local target, complaint = url.check(text, ngx.var.host)
    if not target then
        ngx.status = 422
        return show_form(type(text) == "string" and text or "", complaint)
    end
    local code = stored(links.add(target))
    return ngx.redirect("/" .. code .. "+", ngx.HTTP_SEE_OTHER)
end

function _M.follow(code)
    only("GET", "HEAD")
    local link = stored(links.get(code))
    if not link then
        return ngx.exit(ngx.HTTP_NOT_FOUND)
    end
    if ngx.req.get_method() == "GET" then
        stored(links.visit(code))
    end
    -- A browser that remembered it would not be counted.
    ngx.header["Cache-Control"] = "no-store"
    return ngx.redirect(link.url)
end

function _M.about(code)
    only("GET", "HEAD")
    local link = stored(links.get(code))
    if not link then
        return ngx.exit(ngx.HTTP_NOT_FOUND)
    end
    local short = ngx.var.scheme .. "://" .. ngx.var.http_host .. "/" .. code
    page.show("Link " .. code, page.html([[
<h1>%s</h1>
<dl>
<dt>leads to</dt><dd>%s</dd>
<dt>since</dt><dd>%s</dd>
<dt>visits</dt><dd class="visits">%s</dd>
</dl>
<p><a href="/%s" rel="noreferrer">Follow it</a> or <a href="/">make another</a>.</p>
]], short, link.url, os.date("!%d %B %Y, %H:%M UTC", link.created), link.visits, code))
end

local reasons = {
    [404] = "There is no such link",
    [405] = "That cannot be done here",
    [413] = "That is too much",
    [429] = "Slowly, please",
    [503] = "The links cannot be reached just now",
}

function _M.error_page()
    local reason = reasons[ngx.status] or "Something went wrong"
    page.show(reason, page.html('<p class="status">%s</p><h1>%s</h1><p><a href="/">Make a link short</a></p>', ngx.status, reason))
end

return _M
