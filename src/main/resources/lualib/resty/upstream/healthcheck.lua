-- Checks from time to time whether the servers of an upstream group answer, and takes those that do not out of use.
--
-- One worker does it each time: the one that gets the group's lock, a key of the shared dict that lasts as long as the
-- interval. What it finds is in the dict, and a version number by which the other workers see that it has changed.

local status = require "nightjar.upstream_status"
local upstream = require "ngx.upstream"

local DEBUG, ERR, WARN = ngx.DEBUG, ngx.ERR, ngx.WARN
local ceil = math.ceil
local debug_mode = ngx.config.debug
local get_backup_peers = upstream.get_backup_peers
local get_primary_peers = upstream.get_primary_peers
local ipairs = ipairs
local log = ngx.log
local match = string.match
local max = math.max
local pcall = pcall
local set_peer_down = upstream.set_peer_down
local shared = ngx.shared
local spawn = ngx.thread.spawn
local tcp = ngx.socket.tcp
local timer_at = ngx.timer.at
local tonumber = tonumber
local tostring = tostring
local wait = ngx.thread.wait

-- Milliseconds; the others are seconds.
local DEFAULT_TIMEOUT = 1000
local DEFAULT_INTERVAL, MIN_INTERVAL = 1, 0.002
-- By how much the lock ends before the next check.
local LOCK_MARGIN = 0.001
local DEFAULT_FALL, DEFAULT_RISE = 5, 2

local M = { _VERSION = "0.08" }

-- How many checkers each group has in this worker.
local checkers = {}

local function checked(name)
    return (checkers[name] or 0) ~= 0
end

local function debug(...)
    if debug_mode then
        log(DEBUG, "healthcheck: ", ...)
    end
end

local function warn(...)
    log(WARN, "healthcheck: ", ...)
end

local function err_log(...)
    log(ERR, "healthcheck: ", ...)
end

-- The key in the dict for something about a peer.
local function key_of(what, group, peer)
    return what .. group.name .. (peer.backup and ":b" or ":p") .. peer.id
end

local function set_down(group, peer, down)
    local ok, err = set_peer_down(group.name, peer.backup, peer.id, down)
    if not ok then
        err_log("failed to set peer down: ", err)
    end
    return ok
end

-- Changes a peer's state here, and for the other workers.
local function announce(group, peer, down)
    peer.down = down or nil
    set_down(group, peer, down)
    group.changed = true
    local ok, err = group.dict:set(key_of("d:", group, peer), down or nil)
    if not ok then
        err_log("failed to set peer down state: ", err)
    end
end

-- Counts one more result of a kind, "ok:" or "nok:". The first one in a row ends the row of the `other` kind.
local function count(group, peer, kind, other)
    local dict = group.dict
    local n, err = dict:incr(key_of(kind, group, peer), 1, 0)
    if not n then
        err_log("failed to incr peer ", kind == "ok:" and "ok" or "nok", " key: ", err)
        return 0
    end
    if n == 1 then
        dict:delete(key_of(other, group, peer))
    end
    return n
end

local function failed(group, peer)
    debug("peer ", peer.name, " was checked to be not ok")
    local n = count(group, peer, "nok:", "ok:")
    if not peer.down and n >= group.fall then
        warn("peer ", peer.name, " is turned down after ", n, " failure(s)")
        announce(group, peer, true)
    end
end

local function succeeded(group, peer)
    debug("peer ", peer.name, " was checked to be ok")
    local n = count(group, peer, "ok:", "nok:")
    if peer.down and n >= group.rise then
        warn("peer ", peer.name, " is turned up after ", n, " success(es)")
        announce(group, peer, false)
    end
end

-- Asks a peer: true; or nil and what is wrong with it.
local function ask(group, peer, sock)
    local name = peer.name
    sock:settimeout(group.timeout)
    local ok, err
    if peer.host then
        ok, err = sock:connect(peer.host, peer.port)
    else
        ok, err = sock:connect(name)
    end
    if not ok then
        return nil, "failed to connect to " .. name .. ": " .. err
    end
    if group.tls then
        ok, err = sock:sslhandshake(nil, group.host, group.ssl_verify)
        if not ok then
            return nil, "failed to ssl handshake to " .. name .. ": " .. err
        end
    end
    ok, err = sock:send(group.request)
    if not ok then
        return nil, "failed to send request to " .. name .. ": " .. err
    end
    local line
    line, err = sock:receive()
    if not line then
        return nil, "failed to receive status line from " .. name .. ": " .. err
    end
    if not group.statuses then
        return true
    end
    local code = match(line, "^HTTP/%d+%.%d+%s+(%d+)")
    if not code then
        return nil, "bad status line from " .. name .. ": " .. line
    elseif not group.statuses[tonumber(code)] then
        return nil, "bad status code from " .. name .. ": " .. code
    end
    return true
end

local function check_peer(group, peer)
    local sock, err = tcp()
    if not sock then
        err_log("failed to create stream socket: ", err)
        return
    end
    local ok
    ok, err = ask(group, peer, sock)
    sock:close()
    if ok then
        succeeded(group, peer)
        return
    end
    if not peer.down then
        err_log(err)
    end
    failed(group, peer)
end

local function check_range(group, peers, from, to)
    for i = from, to do
        check_peer(group, peers[i])
    end
end

-- Which peers a light thread checks, for the log.
local function names_of(peers, from, to, share)
    local kind = peers[1].backup and "backup" or "primary"
    if share == 1 then
        return kind .. " peer " .. from - 1
    end
    return kind .. " peers " .. from - 1 .. " to " .. to - 1
end

-- Checks all peers, in as many light threads as there may be; the running one does the last share.
local function check_peers(group, peers)
    local n = #peers
    if n == 0 then
        return
    end
    local share = ceil(n / max(group.concurrency, 1))
    local threads = {}
    local from = 1
    while from + share <= n do
        local to = from + share - 1
        debug("spawn a thread checking ", names_of(peers, from, to, share))
        threads[#threads + 1] = spawn(check_range, group, peers, from, to)
        from = to + 1
    end
    if group.concurrency > 1 then
        debug("check ", names_of(peers, from, n, share))
    end
    check_range(group, peers, from, n)
    for _, thread in ipairs(threads) do
        wait(thread)
    end
end

-- Takes over what the dict says of peers.
local function follow(group, peers)
    for _, peer in ipairs(peers) do
        local down, err = group.dict:get(key_of("d:", group, peer))
        if err then
            err_log("failed to get peer down state: ", err)
        end
        down = down and true or false
        if down ~= (peer.down or false) and set_down(group, peer, down) then
            peer.down = down or nil
        end
    end
end

local function follow_other_workers(group)
    local version, err = group.dict:get("v:" .. group.name)
    if err then
        err_log("failed to get peers version: ", err)
    elseif not version then
        -- The dict has lost it.
        group.changed = group.changed or group.version > 0
    elseif version > group.version then
        debug("upgrading peers version to ", version)
        follow(group, group.primary)
        follow(group, group.backups)
        group.version = version
    end
end

local function get_lock(group)
    local key = "l:" .. group.name
    local ok, err = group.dict:add(key, true, group.interval - LOCK_MARGIN)
    if not ok and err ~= "exists" then
        err_log('failed to add key "', key, '": ', err)
    end
    return ok
end

local function publish(group)
    debug("publishing peers version ", group.version + 1)
    local version, err = group.dict:incr("v:" .. group.name, 1, 0)
    if not version then
        err_log("failed to publish new peers version: ", err)
        return
    end
    group.version = version
    group.changed = false
end

local function check_group(group)
    debug("run a check cycle")
    follow_other_workers(group)
    if get_lock(group) then
        check_peers(group, group.primary)
        check_peers(group, group.backups)
    end
    if group.changed then
        publish(group)
    end
end

local function run(premature, group)
    if premature then
        return
    end
    local ok, err = pcall(check_group, group)
    if not ok then
        err_log("failed to run healthcheck cycle: ", err)
    end
    ok, err = timer_at(group.interval, run, group)
    if not ok then
        if err ~= "process exiting" then
            err_log("failed to create timer: ", err)
        end
        checkers[group.name] = checkers[group.name] - 1
    end
end

-- Notes where each peer is to be checked; `port` is another one than its own.
local function prepare(peers, backup, port)
    for _, peer in ipairs(peers) do
        peer.backup = backup
        local host, own_port = match(peer.name, "^(.*):(%d+)$")
        if host then
            peer.host = host
            peer.port = port or tonumber(own_port)
        end
    end
    return peers
end

local function set_of(list)
    if not list then
        return nil
    end
    local set = {}
    for _, value in ipairs(list) do
        set[value] = true
    end
    return set
end

-- Begins to check the servers of a group; true, or nil and why not.
--
-- opts: type, "http" or "https"; http_req, what is sent; shm, a shared dict's name; upstream, the group's; timeout and
-- interval in milliseconds; fall and rise, after how many results in a row a server goes down or comes up; valid_statuses, a
-- list, without which any answer is good; concurrency, how many servers are asked at once; port, to ask at in place of the
-- servers' own; for https ssl_verify and host.
function M.spawn_checker(opts)
    if not opts.type then
        return nil, '"type" option required'
    elseif opts.type ~= "http" and opts.type ~= "https" then
        return nil, 'only "http" and "https" type are supported right now'
    elseif not opts.http_req then
        return nil, '"http_req" option required'
    elseif not opts.shm then
        return nil, '"shm" option required'
    end
    local dict = shared[opts.shm]
    if not dict then
        return nil, 'shm "' .. tostring(opts.shm) .. '" not found'
    elseif not opts.upstream then
        return nil, "no upstream specified"
    end
    local primary, err = get_primary_peers(opts.upstream)
    if not primary then
        return nil, "failed to get primary peers: " .. err
    end
    local backups
    backups, err = get_backup_peers(opts.upstream)
    if not backups then
        return nil, "failed to get backup peers: " .. err
    end

    local group = {
        name = opts.upstream,
        primary = prepare(primary, false, opts.port),
        backups = prepare(backups, true, opts.port),
        request = opts.http_req,
        timeout = opts.timeout or DEFAULT_TIMEOUT,
        interval = opts.interval and max(opts.interval / 1000, MIN_INTERVAL) or DEFAULT_INTERVAL,
        dict = dict,
        fall = opts.fall or DEFAULT_FALL,
        rise = opts.rise or DEFAULT_RISE,
        statuses = set_of(opts.valid_statuses),
        version = 0,
        changed = false,
        concurrency = opts.concurrency or 1,
        tls = opts.type == "https",
        host = opts.host,
        ssl_verify = opts.ssl_verify == nil or opts.ssl_verify,
    }
    checkers[group.name] = (checkers[group.name] or 0) + 1
    if debug_mode and opts.no_timer then
        run(nil, group)
        return true
    end
    local ok
    ok, err = timer_at(0, run, group)
    if not ok then
        checkers[group.name] = checkers[group.name] - 1
        return nil, "failed to create timer: " .. err
    end
    return true
end

-- All groups of the configuration with their servers, and which of them are down.
function M.status_page()
    return status.text(checked)
end

-- The same in Prometheus' format.
function M.prometheus_status_page()
    return status.metrics(checked)
end

return M
