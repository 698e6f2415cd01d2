/// What Lua calls: `ngx.*`, one file a family. Names and signatures of `ngx_http_lua_ffi_*` are the C ABI that
/// lua-resty-core 0.1.33 declares; `nightjar_ffi_*` are our own, called by `lualib/nightjar` and `lualib/resty/core`.
@NullMarked
package nightjar.lua.api;

import org.jspecify.annotations.NullMarked;
