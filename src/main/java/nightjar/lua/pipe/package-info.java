/// `ngx.pipe`: programs that scripts start, and the pipes to them. Its Lua half is `lualib/ngx/pipe.lua`.
@NullMarked
package nightjar.lua.pipe;

import org.jspecify.annotations.NullMarked;
