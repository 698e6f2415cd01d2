/// Cosockets: what scripts see as `ngx.socket.*` and `ngx.req.socket`. Their Lua halves are `lualib/nightjar/socket*.lua`.
@NullMarked
package nightjar.lua.socket;

import org.jspecify.annotations.NullMarked;
