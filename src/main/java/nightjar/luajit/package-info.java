/// LuaJIT through `java.lang.foreign`: where its library is, its C API, and Java methods that Lua can call.
/// Every pointer is a `long`, so no crossing makes an object.
@NullMarked
package nightjar.luajit;

import org.jspecify.annotations.NullMarked;
