package nightjar.luajit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Makes a method callable from Lua as `ffi.C.<symbol>`. LuaJIT compiles the call into its traces.
///
/// It must not yield, run Lua or touch a `lua_State`. The C type follows from the Java signature: `int` for int, size_t
/// and every other integer of up to 32 bits that matters, `double`, `long` for a pointer (`const void *`), a
/// [@Int64][Int64] `long` for a 64-bit number; any other class is a handle that [Exports] was told how to resolve.
/// A thrown exception makes it return -1 (NaN, or a null pointer) with the message kept for Lua.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Ffi {
    /// The C symbol.
    String value();

    /// The C type of a returned `long` that is a pointer, declared in Lua before the function is first used:
    /// `"ngx_http_lua_regex_t *"`. Without it a returned `long` is a 64-bit number.
    String returns() default "";
}
