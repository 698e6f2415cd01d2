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
-- What Lua numbers types as.
local NUMBER, STRING = 3, 4
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

/* the head of nightjar.dict.Entry's */
typedef struct {
    int hash, chained, newer, older;
    int64_t expires;
    int flags, length;
    uint16_t key_length, type;
    int first, last, pad;
    char key[1];
} nightjar_entry_t;

int pthread_spin_trylock(int *);
int memcmp(const void *, const void *, size_t);
]]

local bytes = ffi.typeof "const char *"
local int, long = ffi.typeof "int", ffi.typeof "intptr_t"
local doubles = ffi.typeof "const double *"
local entries = ffi.typeof "const nightjar_entry_t *"
local times = ffi.typeof "const int64_t *"

local msec = C.nightjar_ffi_msec()
local memcmp, trylock = C.memcmp, C.pthread_spin_trylock
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

-- Notes that an entry was used; there has to be room. There is always something stored: the compiler must not take the loads
-- of what other threads write out of loops.
local function touch(user, slot)
    local n, ref = user.added, slot.ref
    if user.last ~= ref or n == user.taken then
        local next = user.touches[band(n, TOUCHES - 1)]
        next.ref = ref
        next.hash = slot.hash
        user.added = tobit(n + 1)
    end
    user.last = ref
end

-- The slot of a key, if it has one.
local function slot_of(user, key)
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
    if slots[i].user == user then
        return i
    end
end

-- Whether the entry of a slot, if it is there still, may be used without a call, and there is room to note that it was.
local function usable(user, slot)
    local now = msec[0]
    return now < slot.till and (user.dict.first_expiry > now or undisturbed(user, slot.ref, now)) and
        tobit(user.added - user.taken) ~= TOUCHES
end

-- The value of a key and its flags, if they are known and no call is needed.
function M.find(user, key)
    local i = slot_of(user, key)
    if not i then
        return
    end
    local slot = slots[i]
    if slot.bucket[0] == slot.count and usable(user, slot) then
        touch(user, slot)
        return values[i], slot.flags
    end
end

-- What follows takes the dict's lock. An error can come out of any Lua code that allocates memory, also out of a compiled
-- trace that is left. So Java is told what goes on: if it does not come to its end, Java ends it (nightjar.dict.DictUser) at
-- the next call for the dict, or when Lua comes back.

-- Takes the lock of a dict that is to be changed, if it can be had at once.
local function lock(user, slot)
    if user.lock == nil or user.failed == 0 then
        return false
    end
    user.changing = slot.bucket
    border.changing = user
    user.failed = trylock(user.lock)
    if user.failed == 0 then
        return true
    end
    border.changing = nil
    return false
end

local function unlock(user)
    user.lock[0] = user.free
    user.failed = 1
    border.changing = nil
end

-- Whether a slot's entry is what it was, but perhaps for its value. If something has changed in its bucket, it is looked for
-- at the bucket's begin only.
local function holds(slot, key, kind, n)
    if slot.bucket[0] == slot.count then
        return true
    end
    local entry = cast(entries, slot.value - #key - 48)
    return slot.bucket[-1] == slot.ref and entry.key_length == #key and entry.type == kind and entry.length == n and
        entry.flags == slot.flags and entry.expires == 0 and slot.expires == 0 and memcmp(entry.key, key, #key) == 0
end

-- Puts `n` bytes in the place of an entry's value.
local function overwrite(slot, from, n)
    local bucket = slot.bucket
    local count = bucket[0]
    bucket[0] = tobit(count + 1)
    copy(slot.value, from, n)
    count = tobit(count + 2)
    bucket[0] = count
    slot.count = count
end

local number = ffi.new("double[1]")

-- Stores a string or a number in the place of another one of its size; true if that was all there was to do.
function M.replace(user, key, value)
    local i = slot_of(user, key)
    if not i then
        return false
    end
    local slot, before = slots[i], values[i]
    if slot.expires ~= 0 or slot.flags ~= 0 or type(before) ~= type(value) then
        return false
    end
    local from, kind, n
    if type(value) == "number" then
        number[0] = value
        from, kind, n = number, NUMBER, 8
    elseif type(value) == "string" and #value == #before then
        from, kind, n = value, STRING, #value
    else
        return false
    end
    if not usable(user, slot) or not lock(user, slot) then
        return false
    end
    local done = holds(slot, key, kind, n)
    if done then
        overwrite(slot, from, n)
    end
    unlock(user)
    if done then
        touch(user, slot)
        values[i] = value
    end
    return done
end

-- Adds to a number and returns the sum; nothing if that needs a call.
function M.add(user, key, by)
    local i = slot_of(user, key)
    if not i or type(values[i]) ~= "number" then
        return
    end
    local slot = slots[i]
    if not usable(user, slot) or not lock(user, slot) then
        return
    end
    local sum
    if holds(slot, key, NUMBER, 8) then
        sum = cast(doubles, slot.value)[0] + by
        number[0] = sum
        overwrite(slot, number, 8)
    end
    unlock(user)
    if sum then
        touch(user, slot)
        values[i] = sum
    end
    return sum
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
