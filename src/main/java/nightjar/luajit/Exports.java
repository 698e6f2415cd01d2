package nightjar.luajit;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.core.NativeCall;
import org.jspecify.annotations.Nullable;

/// The Java methods that one worker's Lua can call, bound to that worker's objects. A native stub is made when Lua first
/// asks for its name: a start pays only for what its configuration uses.
///
/// Nothing leaves a stub but a return value: an exception would end the process, and a Lua error would unwind through
/// Java frames. What a method throws is given to the worker, and becomes a return value that its Lua half turns into an
/// error when no Java frame is left.
public final class Exports {
    /// A C function or variable to cast `address` to `ctype` for.
    public record Symbol(String ctype, long address) {}

    private record Export(Object api, MethodHandles.Lookup lookup, Method method) {}

    /// First of the two values that a [LuaFunction] returns when it failed; the second is the message.
    public static final long RAISE = Mem.alloc(1);

    /// What an `int` function returns when it threw: resty.core knows it as FFI_NO_REQ_CTX, a plain error.
    private static final long FAILED_CALL = -100;

    private final Map<Class<?>, LongFunction<?>> handles;
    private final Consumer<Throwable> thrown;
    private final Map<String, Export> ffi = new HashMap<>();
    private final Map<String, Export> functions = new HashMap<>();
    private final Map<String, Symbol> made = new HashMap<>();

    /// @param handles how a pointer becomes an argument of that class: `Request` from `ngx_http_request_t *`; it may throw a
    ///     [LuaException]
    /// @param thrown told of everything a method threw, on its thread, before the stub returns; it keeps the message
    ///     where the Lua halves look for it
    public Exports(Map<Class<?>, LongFunction<?>> handles, Consumer<Throwable> thrown) {
        this.handles = Map.copyOf(handles);
        this.thrown = thrown;
    }

    /// Makes what every call from Lua and into it needs, which takes 30 milliseconds that a start has to spare while only one
    /// thread is busy. On any thread.
    public static void prepare() {
        NativeCall.waiting("getpid");
        try (var arena = Arena.ofConfined()) {
            Linker.nativeLinker().upcallStub(MethodHandles.empty(Bridge.USUAL), descriptor(Bridge.USUAL), arena);
        }
    }

    /// Adds the annotated methods of `api`'s class.
    /// @param lookup one that sees them: `MethodHandles.lookup()` of their package
    public void add(MethodHandles.Lookup lookup, Object api) {
        for (var method : api.getClass().getDeclaredMethods()) {
            var symbol = method.getAnnotation(Ffi.class);
            if (symbol != null) put(ffi, symbol.value(), new Export(api, lookup, method));
            var function = method.getAnnotation(LuaFunction.class);
            if (function != null) put(functions, function.value(), new Export(api, lookup, method));
        }
    }

    private static void put(Map<String, Export> map, String name, Export export) {
        var other = map.putIfAbsent(name, export);
        if (other != null) {
            throw new IllegalStateException(name + " is both " + other.method + " and " + export.method);
        }
    }

    /// The names of the Lua C functions.
    public Set<String> functions() {
        return Set.copyOf(functions.keySet());
    }

    /// The stub of an [Ffi] method, null when there is none of that name.
    public @Nullable Symbol ffi(String name) {
        var symbol = made.get(name);
        if (symbol == null) {
            var export = ffi.get(name);
            if (export == null) return null;
            symbol = bindFfi(export);
            made.put(name, symbol);
        }
        return symbol;
    }

    /// The stub of a [LuaFunction] method, a `lua_CFunction`, null when there is none of that name.
    public @Nullable Symbol function(String name) {
        var key = "function " + name;
        var symbol = made.get(key);
        if (symbol == null) {
            var export = functions.get(name);
            if (export == null) return null;
            symbol = bindFunction(export);
            made.put(key, symbol);
        }
        return symbol;
    }

    private Symbol bindFfi(Export export) {
        var annotation = export.method.getAnnotation(Ffi.class);
        var returned = export.method.getReturnType();
        var ctype = new StringJoiner(", ", returnCtype(annotation, returned) + " (*)(", ")");
        for (var p : export.method.getParameters()) {
            if (handles.containsKey(p.getType())) ctype.add("const void *");
            else ctype.add(p.isAnnotationPresent(Int64.class) ? "int64_t" : ctype(p.getType()));
        }
        long failure = returned != long.class ? FAILED_CALL : annotation.returns().isEmpty() ? -1 : 0;
        return new Symbol(ctype.toString(), stub(export, failure));
    }

    private Symbol bindFunction(Export export) {
        if (export.method.getReturnType() != int.class || !Arrays.equals(export.method.getParameterTypes(), new Class<?>[] {long.class})) {
            throw new IllegalStateException(export.method + " is no int f(long L)");
        }
        return new Symbol("lua_CFunction", stub(export, null));
    }

    private long stub(Export export, @Nullable Long failure) {
        var target = Bridge.of(this, export.lookup, export.api, export.method, handles, failure);
        return stub(target, descriptor(target.type()));
    }

    /// Stubs live as long as the process: as long as a worker.
    static long stub(MethodHandle target, FunctionDescriptor type) {
        return Lua.LINKER.upcallStub(target, type, Arena.global()).address();
    }

    /// For [Bridge]: an [Ffi] method threw.
    public long failed(Throwable t, long result) {
        thrown.accept(t);
        return result;
    }

    /// For [Bridge]: a [LuaFunction] threw.
    public long raised(Throwable t, long L) {
        thrown.accept(t);
        LuaState.top(L, 0);
        LuaState.pushPointer(L, RAISE);
        LuaState.push(L, message(t));
        return 2;
    }

    /// What the script is told.
    public static String message(Throwable t) {
        var message = t.getMessage();
        if (t instanceof LuaException) return message == null ? "" : message;
        return "internal error: " + latin1(t.toString());
    }

    private static String latin1(String s) {
        return Bytes.utf8(s);
    }

    private static String returnCtype(Ffi annotation, Class<?> returned) {
        if (returned == void.class) return "void";
        if (returned != long.class) return ctype(returned);
        return annotation.returns().isEmpty() ? "int64_t" : annotation.returns();
    }

    private static String ctype(Class<?> c) {
        if (c == int.class) return "int";
        if (c == double.class) return "double";
        if (c == long.class) return "const void *";
        throw new IllegalStateException("no C type for " + c);
    }

    private static FunctionDescriptor descriptor(MethodType type) {
        return FunctionDescriptor.of(layout(type.returnType()),
                type.parameterList().stream().map(Exports::layout).toArray(MemoryLayout[]::new));
    }

    private static MemoryLayout layout(Class<?> c) {
        return c == double.class ? JAVA_DOUBLE : JAVA_LONG;
    }
}
