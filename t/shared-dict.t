ngx.shared: what the methods answer, and when a dict is full. Figures of memory hold for machines of 64 bits.

=== values, flags and types
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        ngx.say(dogs:set("s", "text", 0, 7), " ", dogs:set("n", 1.25), " ", dogs:set("b", false))
        ngx.say(dogs:get("s"))
        ngx.say(dogs:get("n"), " ", dogs:get("b"), " ", type(dogs:get("b")))
        ngx.say(select("#", dogs:get("none")), " ", tostring(dogs:get("none")))
        ngx.say(dogs:get_stale("s"))
        ngx.say(dogs:get_stale("n"))
        dogs:set(3, "number")
        dogs:set(true, "boolean")
        ngx.say(dogs:get("3"), " ", dogs:get("true"))
        local long = ("0123456789"):rep(1000)
        dogs:set("long", long)
        ngx.say(dogs:get("long") == long)
        dogs:set("zero\0byte", "a\0b")
        ngx.say(#dogs:get("zero\0byte"), " ", tostring(dogs:get("zero")))
        ngx.say(dogs:set("t", {}))
        ngx.say(dogs:set(nil, 1))
        ngx.say(dogs:get(""))
        ngx.say(dogs:get(("k"):rep(65536)))
        ngx.say(dogs:delete("s"), " ", tostring(dogs:get("s")))
    }
}
--- request
GET /
--- response_body
true true truenilfalse
text7
1.25 false boolean
1 nil
text7false
1.25nilfalse
number boolean
true
3 nil
nilbad value type
nilnil key
nilempty key
nilkey too long
true nil
--- no_error_log
[error]

=== add, replace and expiry
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        ngx.say(dogs:replace("a", 1))
        ngx.say(dogs:add("a", 1, 0.01))
        ngx.say(dogs:add("a", 2))
        ngx.say(dogs:replace("a", 3, 0.02))
        ngx.say(dogs:ttl("a"))
        ngx.say(dogs:expire("a", 0.01), " ", dogs:ttl("a"))
        ngx.say(dogs:expire("none", 1))
        ngx.say(dogs:ttl("none"))
        ngx.sleep(0.02)
        ngx.say(dogs:ttl("a") < 0)
        ngx.say(dogs:get_stale("a"))
        ngx.say(tostring(dogs:get("a")), " ", tostring(dogs:get_stale("a")))
        dogs:set("b", 1)
        ngx.say(dogs:ttl("b"))
        dogs:flush_all()
        dogs:set("c", 1)
        ngx.say(dogs:flush_expired(), " ", dogs:flush_expired(5))
    }
}
--- request
GET /
--- response_body
falsenot foundfalse
truenilfalse
falseexistsfalse
truenilfalse
0.02
true 0.01
nilnot found
nilnot found
true
3niltrue
nil nil
0
0 0

=== counting
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        ngx.say(dogs:incr("a", 1))
        ngx.say(dogs:incr("a", 1, 10))
        ngx.say(dogs:incr("a", "0.5"))
        ngx.say(dogs:incr("b", 1, "1", 0.01), " ", dogs:ttl("b"))
        ngx.sleep(0.02)
        ngx.say(dogs:incr("b", 1, 5), " ", dogs:ttl("b"))
        dogs:set("s", "x")
        ngx.say(dogs:incr("s", 1))
        ngx.say(pcall(dogs.incr, dogs, "a", 1, "x"))
        ngx.say(pcall(dogs.incr, dogs, "a", 1, 1, -1))
        ngx.say(pcall(dogs.incr, dogs, "a", 1, nil, 1))
        ngx.say(pcall(dogs.set, dogs, "a", 1, -1))
        ngx.say(pcall(dogs.get, nil, "a"))
    }
}
--- request
GET /
--- response_body
nilnot found
11nilfalse
11.5
2 0.01
6 0
nilnot a number
falsebad init arg: number expected, got string
falsebad "init_ttl" argument
falsemust provide "init" when providing "init_ttl"
falsebad "exptime" argument
falsebad "zone" argument

=== lists
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        ngx.say(dogs:lpush("l", "b"), " ", dogs:lpush("l", "a"), " ", dogs:rpush("l", 3))
        ngx.say(dogs:llen("l"), " ", dogs:llen("none"))
        ngx.say(dogs:get("l"))
        ngx.say(dogs:lpop("l"), " ", dogs:rpop("l"), " ", dogs:rpop("l"), " ", tostring(dogs:lpop("l")))
        dogs:set("s", 1)
        ngx.say(dogs:lpush("s", 1))
        ngx.say(dogs:rpop("s"))
        ngx.say(dogs:llen("s"))
        ngx.say(dogs:lpush("l", true))
        ngx.say(dogs:lpush(nil, 1))
        ngx.say(dogs:lpush("", 1))
        for _, f in ipairs { function() dogs:lpush("l") end, function() dogs:llen() end, function() dogs:rpop({}) end,
                             function() dogs.lpop(1, 2) end, function() dogs:get_keys("x") end, function() dogs:get_keys(1, 2) end,
                             function() dogs.get_keys(1) end, function() dogs.flush_expired({}) end } do
            local _, err = pcall(f)
            ngx.say((err:gsub("^.-:%d+: ", "")))
        end
    }
}
--- request
GET /
--- response_body
1 2 3
3 0
nilvalue is a list
a 3 b nil
nilvalue not a list
nilvalue not a list
nilvalue not a list
nilbad value type
nilnil key
nilempty key
expecting 3 arguments, but only seen 2
expecting 2 arguments, but only seen 1
bad argument #1 to 'rpop' (string expected, got table)
bad "zone" argument
bad argument #1 to 'get_keys' (number expected, got string)
expecting 1 or 2 argument(s), but saw 3
bad argument #1 to 'get_keys' (table expected, got number)
bad user data for the ngx_shm_zone_t pointer

=== keys in the order of their use
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        for i = 1, 1100 do dogs:set("k" .. i, i) end
        dogs:get("k1")
        dogs:incr("k2", 1)
        local keys = dogs:get_keys()
        ngx.say(#keys, " ", keys[1], " ", keys[1024])
        keys = dogs:get_keys(0)
        ngx.say(#keys, " ", keys[1], " ", keys[1099], " ", keys[1100])
        keys = dogs:get_keys(2)
        ngx.say(#keys, " ", keys[1], " ", keys[2])
    }
}
--- request
GET /
--- response_body
1024 k3 k1026
1100 k3 k1 k2
2 k3 k4

=== memory is counted in pages
--- http_config
lua_shared_dict small 12k;
lua_shared_dict a_dict_whose_name_is_so_long_that_its_label_is_longer 16k;
lua_shared_dict dogs 100k;
lua_shared_dict cats 1m;
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "small", "a_dict_whose_name_is_so_long_that_its_label_is_longer", "dogs", "cats" } do
            ngx.say(ngx.shared[name]:capacity(), " ", ngx.shared[name]:free_space())
        end
        local dogs, cats = ngx.shared.dogs, ngx.shared.cats
        ngx.say(ngx.shared.small:set("a", ("x"):rep(100)))
        cats:set("a", ("x"):rep(5000))
        cats:rpush("l", 1)
        cats:rpush("l", ("x"):rep(2028))
        ngx.say(cats:free_space())
        cats:delete("a")
        cats:rpop("l")
        ngx.say(cats:free_space())

        local n = 0
        while dogs:safe_set("key" .. n, ("x"):rep(200)) do n = n + 1 end
        ngx.say(n, " ", dogs:free_space(), " ", dogs:safe_add("more", ("x"):rep(200)))
        ngx.say(dogs:get("key0") ~= nil, " ", dogs:set("more", ("x"):rep(200)))
        ngx.say(tostring(dogs:get("key1")), " ", dogs:get("key0") ~= nil)
        ngx.say(dogs:set("big", ("x"):rep(60000)))
        ngx.say(#dogs:get_keys(0), " ", dogs:free_space())
        ngx.say(dogs:set("bigger", ("x"):rep(200000)))
        ngx.say(#dogs:get_keys(0), " ", dogs:free_space())
    }
}
--- request
GET /
--- response_body
12288 0
16384 8192
102400 90112
1048576 1032192
falseno memoryfalse
1019904
1032192
176 0 falseno memoryfalse
true trueniltrue
nil true
falseno memorytrue
146 12288
falseno memorytrue
116 24576

=== operations at random end as nginx's do
--- http_config
lua_shared_dict dogs 64k;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        local seed = 12345
        local function random(n)
            seed = (seed * 1103515245 + 12345) % 2147483648
            return math.floor(seed / 65536) % n
        end
        local text = ("0123456789"):rep(800)
        local seen = {}
        local function note(...)
            for i = 1, select("#", ...) do
                local v = tostring((select(i, ...)))
                seen[#seen + 1] = #v > 20 and #v or v
            end
        end
        for i = 1, 20000 do
            local key = "key" .. random(150)
            local what = random(12)
            local size = random(10) == 0 and random(6000) or random(400)
            if what < 3 then note(dogs:set(key, text:sub(1, size), random(5) == 0 and 1000 or 0, random(3)))
            elseif what == 3 then note(dogs:safe_set(key, text:sub(1, size)))
            elseif what == 4 then note(dogs:add(key, random(1000)))
            elseif what == 5 then note(dogs:incr(key, 1, random(2) == 0 and 5 or nil))
            elseif what == 6 then note(dogs:rpush(key, text:sub(1, size)))
            elseif what == 7 then note(dogs:lpop(key))
            elseif what == 8 then note(dogs:delete(key))
            elseif what == 9 then note(dogs:replace(key, i % 2 == 0))
            else note(dogs:get(key)) end
            if i % 100 == 0 then note(dogs:free_space(), table.concat(dogs:get_keys(0), ",")) end
            if i % 5000 == 0 then
                ngx.say(dogs:free_space(), " ", #dogs:get_keys(0), " ", ngx.md5(table.concat(seen, " ")))
            end
        end
    }
}
--- request
GET /
--- response_body
0 117 330aaf645450e2eb73fcb88e097c1132
4096 90 ac77e81ac20b71b292841627a87134ff
8192 59 51ea887812b54b7a443c5288903bb1cf
4096 90 bfeb2c48e0fddcaee7e72260499f0805

=== values of one size, over and over, end as nginx's do
--- http_config
lua_shared_dict dogs 64k;
lua_shared_dict cats 64k;
--- config
location / {
    content_by_lua_block {
        local dogs, cats = ngx.shared.dogs, ngx.shared.cats
        local seed = 54321
        local function random(n)
            seed = (seed * 1103515245 + 12345) % 2147483648
            return math.floor(seed / 65536) % n
        end
        local seen = {}
        local function note(v, more)
            seen[#seen + 1] = tostring(v) .. (more and ":" .. tostring(more) or "")
        end
        for i = 1, 20000 do
            local dict = i % 3 == 0 and cats or dogs
            local n = random(30)
            local key = "key" .. n
            local what = random(40)
            if what < 20 then note(dict:get(key))
            elseif what < 27 then note(dict:set(key, n % 2 == 0 and i or "text" .. i % 10))
            elseif what < 35 then note(dict:incr(key, 0.5))
            elseif what == 35 then note(dict:set(key, n % 2 == 0 and "text" or i))
            elseif what == 36 then note(dict:set(key, n % 2 == 0 and i or "text" .. i % 10, 0, random(2)))
            elseif what == 37 then note(dict:incr(key, 1, 5, random(2) * 1000))
            elseif what == 38 then note(dict:delete(key))
            elseif random(100) == 0 then dict:flush_all()
            else note(dict:set(key, i, 1000)) note(dict:ttl(key) > 900) end
            if i % 100 == 0 then note(table.concat(dogs:get_keys(0), ","), table.concat(cats:get_keys(0), ",")) end
            if i % 10000 == 0 then ngx.say(ngx.md5(table.concat(seen, " "))) end
        end
    }
}
--- request
GET /
--- response_body
12d383bf0c3d7f9d5f53c498b2c497e8
64ac0605ab6cf61ce606d9b0dce76dd5

=== what was read a thousand times expires all the same
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        local function hot(key)
            local value
            for i = 1, 1000 do value = dogs:get(key) end
            return value
        end
        -- the first with a time to live stays the oldest
        dogs:set("oldest", 1, 60)
        for i = 1, 20 do dogs:set("k" .. i, i) end
        dogs:set("a", "here", 0.05)
        ngx.say(hot("a"), " ", hot("k1"))
        ngx.sleep(0.1)
        ngx.say(tostring(hot("a")), " ", hot("k1"), " ", hot("oldest"))
        dogs:expire("k1", 0.05)
        ngx.say(hot("k1"))
        ngx.sleep(0.1)
        ngx.say(tostring(hot("k1")), " ", hot("k2"))
        ngx.say(table.concat(dogs:get_keys(0), ","))
        dogs:flush_all()
        ngx.say(tostring(hot("k2")), " ", tostring(dogs:incr("k2", 1)), " ", dogs:incr("k2", 1, 7), " ", hot("k2"))
    }
}
--- request
GET /
--- response_body
here 1
nil 1 1
1
nil 2
k3,k4,k5,k6,k7,k8,k9,k10,k11,k12,k13,k14,k15,k16,k17,k18,k19,k20,oldest,k2
nil nil 8 8
--- no_error_log
[error]

=== keys asked for over and over
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        local seen = {}
        local function note(max) seen[#seen + 1] = table.concat(dogs:get_keys(max), ",") end
        local function add(first, last)
            for i = first, last do dogs:set((i % 50 == 0 and ("long"):rep(70) or "k") .. i, i) end
        end
        for round = 1, 20 do
            add(1, round * 100)
            for _, max in ipairs { 0, 0, 7, 0, 1024, 1500 } do note(max) end
            for i = 1, round * 100, 37 do dogs:get("k" .. i) end
            note(0)
            for i = round, round * 100, 91 do dogs:delete("k" .. i) end
            note(1024)
            for i = 1, 12 do dogs:delete("k" .. round * 50 + i) end
            note(0)
            dogs:expire("k3", 0.001)
            ngx.sleep(0.002)
            note(0)
            dogs:expire("k3", 0)
            note(0)
            dogs:flush_expired()
            if round % 5 == 0 then ngx.say(ngx.md5(table.concat(seen, " "))) end
        end
    }
}
--- request
GET /
--- response_body
2ed7479655325f5155363dc4378a266e
5baaf9fcd4ef9cab860612ec3412164c
5285b7a0201b35b26afad0752a9dd7e2
9bb9bf0ef1e38ab706e84bb936c67f83

=== a userdata that is no dict's
--- http_config
lua_shared_dict dogs 1m;
--- config
location / {
    content_by_lua_block {
        local dogs = ngx.shared.dogs
        for _, name in ipairs { "get", "get_stale", "set", "incr", "delete" } do
            ngx.say(pcall(dogs[name], { io.stdout }, "key", 1))
        end
    }
}
--- request
GET /
--- response_body
falsebad "zone" argument
falsebad "zone" argument
falsebad "zone" argument
falsebad "zone" argument
falsebad "zone" argument
--- nightjar_only
nginx reads what is not there

=== a size that is too small
--- http_config
lua_shared_dict dogs 8191;
--- must_die
--- error_log
[emerg]
invalid lua shared dict size "8191" in

=== a name declared twice
--- http_config
lua_shared_dict dogs 1m;
lua_shared_dict dogs 1m;
--- must_die
--- error_log
lua_shared_dict "dogs" is already defined as "dogs" in

=== one file for two dicts
--- http_config
lua_shared_dict dogs 1m persist=dict;
lua_shared_dict cats 1m persist=dict;
--- must_die
--- error_log
lua_shared_dict "dogs" is already kept in "%PREFIX%/dict" in
--- nightjar_only
nginx keeps no dicts

=== a parameter that is none
--- http_config
lua_shared_dict dogs 1m persists;
--- must_die
--- error_log
invalid parameter "persists" in
--- nightjar_only
nginx knows no parameters here

=== a dict in a file
--- http_config
lua_shared_dict dogs 1m persist=dict;
--- config
location / {
    content_by_lua_block {
        ngx.say(ngx.shared.dogs:incr("a", 1, 0), " ", ngx.shared.dogs:capacity(), " ", ngx.shared.dogs:free_space())
        local file = io.open("%PREFIX%/dict", "rb")
        ngx.say(file ~= nil)
    }
}
--- request
GET /
--- response_body
1 1048576 1032192
true
--- no_error_log
[error]
--- nightjar_only
nginx keeps no dicts
