-- Fills `ngx` with what OpenResty has in C; resty.core adds the rest. Runs once in every VM, before any other code.
-- boot.lua made the table, with null and the output functions (print, say, flush, eof, send_headers).

local ngx = ngx

for name, value in pairs(require "nightjar.constants") do
    ngx[name] = value
end

local border = require "nightjar.border"

function ngx._phase_ctx()
    local r = border.request()
    if r and r.context ~= 0 then
        return r.context
    end
end

ngx.config = require "nightjar.config"
ngx.arg = require "nightjar.arg"
ngx.shared = require "nightjar.shdict"

local log = require "nightjar.log"
ngx.log = log.log
print = log.print

local uri = require "nightjar.uri"
ngx.encode_args = uri.encode_args
ngx.decode_args = uri.decode_args

local string = require "nightjar.string"
ngx.quote_sql_str = string.quote_sql_str
ngx.hmac_sha1 = string.hmac_sha1

local control = require "nightjar.control"
ngx.exec = control.exec
ngx.redirect = control.redirect

local threads = require "nightjar.threads"
ngx.thread = {
    spawn = threads.spawn,
    wait = threads.wait,
    kill = threads.kill,
}
ngx.on_abort = threads.on_abort
local timers = require "nightjar.timers"
ngx.timer = {
    at = timers.at,
    every = timers.every,
    pending_count = timers.pending_count,
    running_count = timers.running_count,
}
ngx.sleep = require("nightjar.sleep").sleep
local capture = require "nightjar.capture"
ngx.location = {
    capture = capture.capture,
    capture_multi = capture.capture_multi,
}

local socket = require "nightjar.socket"
ngx.socket = {
    tcp = socket.tcp,
    stream = socket.stream,
    connect = socket.connect,
    udp = require("nightjar.udp").udp,
}

local headers = require "nightjar.headers"
local body = require "nightjar.body"
ngx.req = {
    socket = socket.req_socket,
    http_version = headers.http_version,
    raw_header = headers.raw_header,
    set_uri = control.set_uri,
    set_uri_args = body.set_uri_args,
    get_post_args = body.get_post_args,
    read_body = body.read_body,
    discard_body = body.discard_body,
    get_body_data = body.get_body_data,
    get_body_file = body.get_body_file,
    set_body_data = body.set_body_data,
    set_body_file = body.set_body_file,
    init_body = body.init_body,
    append_body = body.append_body,
    finish_body = body.finish_body,
}
ngx.resp = { get_headers = headers.get_resp_headers }

require "nightjar.unsupported"

ndk = {}
package.loaded.ndk = ndk
