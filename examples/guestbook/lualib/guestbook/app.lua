-- The pages of the guestbook: each function answers one location of nginx.conf.

local cookies = require("guestbook.cookies")
local store = require("guestbook.store")
local template = require("guestbook.template")

local _M = {}

local PAGE = 10
local MONTH = 30 * 24 * 3600
local password

-- Before the first request: what the application keeps.
function _M.start()
    local data = ngx.config.prefix() .. "data/"
    store.open(data .. "entries.txt")
    cookies.open(data .. "key")
    password = os.getenv("GUESTBOOK_PASSWORD") or "moonlight"
end

local function show(name, title, variables)
    variables.admin = cookies.get("admin") ~= nil
    local body = template.render(name, variables)
    ngx.header["Cache-Control"] = "no-store"
    ngx.print(template.render("layout.html", { title = title, body = body, admin = variables.admin }))
end

local function trim(text)
    return (text:gsub("\r\n", "\n"):match("^%s*(.-)%s*$"))
end

-- A field of the form that was posted; a field that is missing, or there twice, is "".
local function field(form, name)
    local value = form[name]
    return type(value) == "string" and trim(value) or ""
end

local function posted_form()
    ngx.req.read_body()
    return ngx.req.get_post_args(20) or {}
end

local function only(method)
    if ngx.req.get_method() ~= method then
        ngx.header["Allow"] = method
        ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end
end

local function show_book(variables)
    local pages = math.max(1, math.ceil(store.count() / PAGE))
    local number = tonumber((ngx.var.arg_page or ""):match("^%d+$") or 1)
    number = math.min(math.max(1, number), pages)
    variables.entries = store.page(number, PAGE)
    variables.count = store.count()
    variables.number, variables.pages = number, pages
    variables.date = function(time)
        return os.date("!%d %B %Y, %H:%M", time)
    end
    show("book.html", "Guestbook", variables)
end

function _M.book()
    show_book({ name = cookies.get("name") or "", text = "" })
end

function _M.sign()
    only("POST")
    local form = posted_form()
    local name, text = field(form, "name"), field(form, "text")
    local complaint
    if name == "" or #name > 60 then
        complaint = "Please tell us your name (up to 60 letters)."
    elseif text == "" or #text > 2000 then
        complaint = "Please write something (up to 2000 letters)."
    end
    if complaint then
        ngx.status = 422
        return show_book({ name = name, text = text, complaint = complaint })
    end
    ngx.ctx.visitor = name
    local entry, err = store.add(name, text)
    if not entry then
        ngx.log(ngx.ERR, "guestbook: cannot write: ", err)
        return ngx.exit(ngx.HTTP_INTERNAL_SERVER_ERROR)
    end
    cookies.set("name", name, MONTH)
    return ngx.redirect("/#entry-" .. entry.id, ngx.HTTP_SEE_OTHER)
end

function _M.login()
    local variables = {}
    if ngx.req.get_method() == "POST" then
        if field(posted_form(), "password") == password then
            ngx.ctx.visitor = "admin"
            cookies.set("admin", "yes", 3600)
            return ngx.redirect("/admin/", ngx.HTTP_SEE_OTHER)
        end
        ngx.status = ngx.HTTP_FORBIDDEN
        variables.complaint = "That is not the password."
    end
    show("login.html", "Log in", variables)
end

function _M.logout()
    only("POST")
    cookies.clear("admin")
    return ngx.redirect("/", ngx.HTTP_SEE_OTHER)
end

-- Runs before the pages below /admin/.
function _M.admins_only()
    if cookies.get("admin") then
        ngx.ctx.visitor = "admin"
        return
    end
    if ngx.req.get_method() == "GET" then
        return ngx.redirect("/login")
    end
    return ngx.exit(ngx.HTTP_FORBIDDEN)
end

function _M.admin()
    show("admin.html", "Administration", { entries = store.page(1, store.count()), count = store.count() })
end

function _M.delete()
    only("POST")
    local id = tonumber(field(posted_form(), "id"))
    if not id or not store.delete(id) then
        return ngx.exit(ngx.HTTP_NOT_FOUND)
    end
    return ngx.redirect("/admin/", ngx.HTTP_SEE_OTHER)
end

local reasons = {
    [403] = "This is not for you",
    [404] = "There is nothing here",
    [405] = "That cannot be done here",
    [413] = "That is too much",
}

function _M.error_page()
    show("error.html", reasons[ngx.status] or "Something went wrong", { status = ngx.status, reason = reasons[ngx.status] or "Something went wrong" })
end

return _M
