-- The C types that libraries with a hash function of their own take from here.

require("ffi").cdef [[
typedef unsigned long SHA_LONG;
typedef unsigned long long SHA_LONG64;
enum { SHA_LBLOCK = 16 };
]]

return { _VERSION = "0.17" }
