-- What shared dicts do without a call to Java: they give a value that was read or stored before once more, as long as nothing
-- has changed in the bucket where its entry is, and put another one of its size in its place. A bucket's count says whether
-- it has changed: nightjar.dict.Index.
--
-- Values lie in SLOTS slots, two for each of the numbers that are made of keys' addresses, all the VM's dicts together.

local bit = require "bit"
local ffi = require "ffi"
local jit = require "jit"
local clear = require "table.clear"
local new_tab = require "table.new"

local C = ffi.C
local band, bxor, lshift, rshift, tobit = bit.band, bit.bxor, bit.lshift, bit.rshift, bit.tobit
local border = require("nightjar.coroutines").border
local cast = ffi.cast
local copy = ffi.copy
local tonumber = tonumber
local type = type

local SLOTS = 4096
local TOUCHES = 512     -- nightjar.dict.Touches.SIZE
-- Longer strings are not kept, and all strings together are no longer than that.
local MAX_LENGTH, MAX_HELD = 65536, 4 * 1024 * 1024
-- After so many milliseconds nothing is given any more: counts have 32 bits, and must not come round meanwhile.
local MAX_AGE = 60000

-- nightjar_dict_t is the head of nightjar.dict.Region; nightjar_dict_user_t is of nightjar.dict.DictUser.
ffi.cdef [[
typedef struct {
    char other[564];
    uint32_t oldest;
    int entries, expiring;
    int64_t first_expiry;
} nightjar_dict_t;

typedef struct {
    nightjar_dict_t *dict;
    int64_t settled;
    int *lock;              /* pthread_spinlock_t; NULL: the dict is not to be changed here */
    int *changing;
    double expires;
    char *value;
    int *bucket;
    int count, ref, hash, flags, stale;
    int added;
    int failed;             /* 0: Lua has the lock */
    int free;               /* the lock when nobody has it */
    int last;
    int taken __attribute__((aligned(64)));
    struct { int ref, hash; } touches[512] __attribute__((aligned(64)));
} nightjar_dict_user_t;

typedef struct {
    nightjar_dict_user_t *user;
    int *bucket;
    char *value;
    double till;
    int count, ref, hash, flags;
    int expires;            /* 1: some day */
} nightjar_dict_slot_t;

int pthread_spin_trylock(int *);
]]

local bytes = ffi.typeof "const char *"
local int, long = ffi.typeof "int", ffi.typeof "intptr_t"
local times = ffi.typeof "const int64_t *"

local msec = C.nightjar_ffi_msec()
local trylock = C.pthread_spin_trylock
local keys, values = new_tab(SLOTS, 0), new_tab(SLOTS, 0)
local slots = ffi.new("nightjar_dict_slot_t[?]", SLOTS)
local held, forget_at = 0, 0
-- Which of two slots goes next.
local turn = 0
-- Elsewhere another thread's stores may be seen in another order.
local able = jit.arch == "x64"

local M = {}

-- Of Java's address of a worker's use of a dict.
function M.user(address)
    return cast("nightjar_dict_user_t *", address)
end

-- The first of the two slots that a key of the dict may have.
local function first_slot(user, key)
    local address = tonumber(cast(int, cast(long, cast(bytes, key))))
    local spread = tonumber(cast(int, cast(long, user)))
    return lshift(band(bxor(rshift(address, 4), rshift(spread, 6)), SLOTS / 2 - 1), 1)
end

-- Whether a read of entry `ref` leaves the others as they are, though some may have expired: it has to remove expired ones
-- when they are the oldest, and must not make the oldest the newest without Java.
local function undisturbed(user, ref, now)
    local dict = user.dict
    local oldest = dict.oldest
    if dict.first_expiry ~= user.settled or oldest == 0 or tobit(oldest) == ref then
        return false
    end
    local expires = cast(times, cast(bytes, dict) + oldest * 8 + 16)[0]
    return expires == 0 or expires > now
end

-- Notes that an entry was read; false if there is no room. There is always something stored: the compiler must not take
-- the loads of what other threads write out of loops.
local function touch(user, ref, hash)
    local n = user.added
    local waiting = tobit(n - user.taken)
    if waiting == 0 or user.last ~= ref then
        if waiting == TOUCHES then
            return false
        end
        local next = user.touches[band(n, TOUCHES - 1)]
        next.ref = ref
        next.hash = hash
        user.added = tobit(n + 1)
    end
    user.last = ref
    return true
end

-- The slot that has the value of a key, if it is the value still, and an operation that reads or replaces it may go without
-- a call. It is noted that the entry was used.
local function used(user, key)
    if type(key) ~= "string" then
        return
    end
    local i = first_slot(user, key)
    if keys[i] ~= key then
        i = i + 1
        if keys[i] ~= key then
            return
        end
    end
    local now = msec[0]
    local slot = slots[i]
    if slot.user == user and slot.bucket[0] == slot.count and now < slot.till and
            (user.dict.first_expiry > now or undisturbed(user, slot.ref, now)) and touch(user, slot.ref, slot.hash) then
        return i
    end
end

-- The value of a key and its flags, if they are known and no call is needed.
function M.find(user, key)
    local i = used(user, key)
    if i then
        return values[i], slots[i].flags
    end
end

-- Puts `n` bytes in the place of a value of that length; false if that needs a call.
--
-- An error can come out of any Lua code that allocates memory. Behind the call that takes the lock, nothing here does, as the
-- interpreter runs it; but a trace that is left makes what it had saved itself. So Java is told what goes on: it ends the
-- change, and gives the lock back, if this does not come to its end.
local function overwrite(user, slot, from, n)
    local bucket, to, lock, count = slot.bucket, slot.value, user.lock, slot.count
    if lock == nil then
        return false
    end
    user.changing = bucket
    border.changing = user
    user.failed = trylock(lock)
    local done = false
    if user.failed == 0 then
        if bucket[0] == count then
            bucket[0] = tobit(count + 1)
            copy(to, from, n)
            bucket[0] = tobit(count + 2)
            done = true
        end
        lock[0] = user.free
        user.failed = 1
    end
    border.changing = nil
    if done then
        slot.count = tobit(count + 2)
    end
    return done
end

local number = ffi.new("double[1]")

-- Stores a string or a number in the place of another one of its size; true if that was all there was to do.
function M.replace(user, key, value)
    local i = used(user, key)
    if not i then
        return false
    end
    local slot, before = slots[i], values[i]
    if slot.expires ~= 0 or slot.flags ~= 0 or type(before) ~= type(value) then
        return false
    end
    local done = false
    if type(value) == "number" then
        number[0] = value
        done = overwrite(user, slot, number, 8)
    elseif type(value) == "string" and #value == #before then
        done = overwrite(user, slot, value, #value)
    end
    if done then
        values[i] = value
    end
    return done
end

-- Adds to a number and returns the sum; nothing if that needs a call.
function M.add(user, key, by)
    local i = used(user, key)
    local before = i and values[i]
    if type(before) ~= "number" then
        return
    end
    local sum = before + by
    number[0] = sum
    if overwrite(user, slots[i], number, 8) then
        values[i] = sum
        return sum
    end
end

local function length(value)
    return type(value) == "string" and #value or 0
end

local function forget(now)
    clear(keys)
    clear(values)
    held = 0
    forget_at = now + MAX_AGE
end

-- The slot for a key: its own, or a free one, or one of the two in turn.
local function place(user, key)
    local i = first_slot(user, key)
    local first, second = keys[i], keys[i + 1]
    if first == key or second ~= key and not first then
        return i
    end
    if second == key or not second then
        return i + 1
    end
    turn = 1 - turn
    return i + turn
end

-- Keeps the value of a key that has just been read or stored.
function M.keep(user, key, value)
    local n = length(value)
    if not able or n > MAX_LENGTH or type(key) ~= "string" then
        return
    end
    local now = msec[0]
    if now >= forget_at or held + n > MAX_HELD then
        forget(now)
    end
    local i = place(user, key)
    held = held + n - length(values[i])
    keys[i], values[i] = key, value
    local slot, expires = slots[i], user.expires
    slot.user, slot.bucket, slot.count, slot.value = user, user.bucket, user.count, user.value
    slot.ref, slot.hash, slot.flags = user.ref, user.hash, user.flags
    slot.expires = expires ~= 0 and 1 or 0
    slot.till = expires ~= 0 and expires < forget_at and expires or forget_at
end

return M
