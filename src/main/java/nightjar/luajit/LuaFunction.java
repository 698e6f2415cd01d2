package nightjar.luajit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Makes a method `int f(long L)` a Lua C function under this name. It may yield (`return LuaState.yield(L, n)`) and may
/// run Lua on other coroutines. A thrown exception becomes a Lua error once no Java frame is left.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LuaFunction {
    /// The name in Lua, dots included: `ngx.sleep`.
    String value();
}
