package nightjar.luajit;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import nightjar.core.Bytes;
import nightjar.core.Mem;
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

    private static final MethodHandle FAILED;
    private static final MethodHandle RAISED;

    /// First of the two values that a [LuaFunction] returns when it failed; the second is the message.
    public static final long RAISE = Mem.alloc(1);

    static {
        try {
            var lookup = MethodHandles.lookup();
            FAILED = lookup.findVirtual(Exports.class, "failed", MethodType.methodType(void.class, Throwable.class));
            RAISED = lookup.findVirtual(Exports.class, "raised",
                    MethodType.methodType(int.class, Throwable.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What an `int` function returns when it threw: resty.core knows it as FFI_NO_REQ_CTX, a plain error.
    private static final int FAILED_CALL = -100;

    private final Map<Class<?>, MethodHandle> handles;
    private final Consumer<Throwable> thrown;
    private final Map<String, Export> ffi = new HashMap<>();
    private final Map<String, Export> functions = new HashMap<>();
    private final Map<String, Symbol> made = new HashMap<>();

    /// @param handles how a pointer becomes an argument of that class: `Request` from `ngx_http_request_t *`, as a
    ///     handle of type `(long)Request`; it may throw a [LuaException]
    /// @param thrown told of everything a method threw, on its thread, before the stub returns; it keeps the message
    ///     where the Lua halves look for it
    public Exports(Map<Class<?>, MethodHandle> handles, Consumer<Throwable> thrown) {
        this.handles = Map.copyOf(handles);
        this.thrown = thrown;
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
        var method = export.method;
        var annotation = method.getAnnotation(Ffi.class);
        var target = target(export);
        var returned = target.type().returnType();
        var ctype = new StringJoiner(", ", returnCtype(annotation, returned) + " (*)(", ")");
        var parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            var handle = handles.get(parameters[i].getType());
            if (handle != null) {
                target = MethodHandles.filterArguments(target, i, handle);
                ctype.add("const void *");
            } else {
                ctype.add(parameters[i].isAnnotationPresent(Int64.class) ? "int64_t" : ctype(target.type().parameterType(i)));
            }
        }
        var failed = FAILED.bindTo(this);
        if (returned == int.class) failed = MethodHandles.filterReturnValue(failed, MethodHandles.constant(int.class, FAILED_CALL));
        else if (returned == long.class) failed = MethodHandles.filterReturnValue(failed,
                MethodHandles.constant(long.class, annotation.returns().isEmpty() ? -1L : 0L));
        else if (returned == double.class) failed = MethodHandles.filterReturnValue(failed,
                MethodHandles.constant(double.class, Double.NaN));
        target = MethodHandles.catchException(target, Throwable.class, failed);
        return new Symbol(ctype.toString(), stub(target, descriptor(target.type())));
    }

    private Symbol bindFunction(Export export) {
        var target = target(export);
        if (!target.type().equals(MethodType.methodType(int.class, long.class))) {
            throw new IllegalStateException(export.method + " is no int f(long L)");
        }
        target = MethodHandles.catchException(target, Throwable.class, RAISED.bindTo(this));
        return new Symbol("lua_CFunction", stub(target, Lua.C_FUNCTION));
    }

    private static MethodHandle target(Export export) {
        try {
            return export.lookup.unreflect(export.method).bindTo(export.api);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(export.method + " must not be private", e);
        }
    }

    /// Stubs live as long as the process: as long as a worker.
    static long stub(MethodHandle target, FunctionDescriptor type) {
        return Lua.LINKER.upcallStub(target, type, Arena.global()).address();
    }

    private void failed(Throwable t) {
        thrown.accept(t);
    }

    private int raised(Throwable t, long L) {
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
        var parameters = type.parameterList().stream().map(Exports::layout).toArray(MemoryLayout[]::new);
        return type.returnType() == void.class ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(type.returnType()), parameters);
    }

    private static MemoryLayout layout(Class<?> c) {
        if (c == int.class) return JAVA_INT;
        return c == double.class ? JAVA_DOUBLE : JAVA_LONG;
    }
}
