package nightjar.luajit;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// What stands between a native stub and a Java method: it makes the method's arguments, and nothing is thrown out of it.
/// For `int add(Request r, int n)` of `RequestApi` it is the class
///
///     public final class Bridge {
///         private final Exports exports;
///         private final RequestApi api;
///         private final LongFunction f0;
///
///         public long call(long n0, long n1, long n2, long n3, long n4, long n5, double d0, double d1) {
///             try {
///                 return api.add((Request) f0.apply(n0), (int) n1);
///             } catch (Throwable t) {
///                 return exports.failed(t, -100);
///             }
///         }
///     }
///
/// The caller's C type has the method's own parameters. Here are so many of each kind, longs in front of doubles, that nearly all
/// functions are of one native type, as both ABIs put the first of either kind into registers of their own.
///
/// Combined method handles could do the same, but of these the JVM makes a dozen classes for each combination of types, at a
/// millisecond each, and the linker one more for each native type. The JIT compiler takes the final fields of a hidden
/// class for constants, and so it inlines the method.
final class Bridge {
    /// More longs than these come in memory on x86-64, so they are there only if the caller has them.
    private static final int LONGS = 6;
    private static final int DOUBLES = 2;
    /// The native type of nearly all functions.
    static final MethodType USUAL = nativeType(long.class, LONGS, DOUBLES);

    private static final ClassDesc EXPORTS = desc(Exports.class);
    private static final ClassDesc HANDLE = desc(LongFunction.class);
    private static final ClassDesc HANDLES = HANDLE.arrayType();
    private static final MethodTypeDesc MAKE = MethodTypeDesc.of(CD_void, EXPORTS, CD_Object, HANDLES);
    private static final MethodTypeDesc APPLY = MethodTypeDesc.of(CD_Object, CD_long);
    private static final MethodTypeDesc CAUGHT = MethodTypeDesc.of(CD_long, CD_Throwable, CD_long);

    private final ClassDesc self;
    private final ClassDesc api;
    private final Method method;
    private final Class<?>[] parameters;
    private final Map<Class<?>, LongFunction<?>> handles;
    private final MethodType type;

    private Bridge(MethodHandles.Lookup lookup, Method method, Map<Class<?>, LongFunction<?>> handles) {
        self = ClassDesc.of(lookup.lookupClass().getPackageName(), "Bridge");
        api = desc(method.getDeclaringClass());
        this.method = method;
        parameters = method.getParameterTypes();
        this.handles = handles;
        type = nativeType();
    }

    /// A handle of the native type: of longs, then doubles.
    /// @param handles how a pointer becomes an argument of that class
    /// @param failure what it returns when the method threw; null: what [Exports#raised] returns, being a `lua_CFunction`
    static MethodHandle of(Exports exports, MethodHandles.Lookup lookup, Object api, Method method,
            Map<Class<?>, LongFunction<?>> handles, @Nullable Long failure) {
        var bridge = new Bridge(lookup, method, handles);
        try {
            var made = lookup.defineHiddenClass(bridge.classFile(failure), true, MethodHandles.Lookup.ClassOption.STRONG);
            var instance = made.lookupClass().getConstructors()[0].newInstance(exports, api, bridge.handles());
            return made.findVirtual(made.lookupClass(), "call", bridge.type).bindTo(instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method + " must not be private", e);
        }
    }

    private MethodType nativeType() {
        int doubles = (int) Arrays.stream(parameters).filter(p -> p == double.class).count();
        return nativeType(method.getReturnType() == double.class ? double.class : long.class, parameters.length - doubles, doubles);
    }

    private static MethodType nativeType(Class<?> returned, int longs, int doubles) {
        var types = new ArrayList<Class<?>>(Collections.nCopies(Math.max(longs, LONGS), long.class));
        types.addAll(Collections.nCopies(Math.max(doubles, DOUBLES), double.class));
        return MethodType.methodType(returned, types);
    }

    /// In the order of the parameters that have one.
    private LongFunction<?>[] handles() {
        var list = new ArrayList<LongFunction<?>>();
        for (var p : parameters) if (handles.containsKey(p)) list.add(handles.get(p));
        return list.toArray(LongFunction[]::new);
    }

    private byte[] classFile(@Nullable Long failure) {
        return ClassFile.of().build(self, c -> {
            c.withFlags(ACC_PUBLIC | ACC_FINAL);
            field(c, "exports", EXPORTS);
            field(c, "api", api);
            for (int i = 0; i < handles().length; i++) field(c, "f" + i, HANDLE);
            c.withMethodBody(INIT_NAME, MAKE, ACC_PUBLIC, this::make);
            c.withMethodBody("call", type.describeConstable().orElseThrow(), ACC_PUBLIC,
                    code -> code.trying(this::call, caught -> caught.catchingAll(handler -> caught(handler, failure))));
        });
    }

    private static void field(ClassBuilder c, String name, ClassDesc type) {
        c.withField(name, type, ClassFile.ACC_PRIVATE | ACC_FINAL);
    }

    private void make(CodeBuilder code) {
        code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void);
        code.aload(0).aload(1).putfield(self, "exports", EXPORTS);
        code.aload(0).aload(2).checkcast(api).putfield(self, "api", api);
        for (int i = 0; i < handles().length; i++) code.aload(0).aload(3).loadConstant(i).aaload().putfield(self, "f" + i, HANDLE);
        code.return_();
    }

    private void call(CodeBuilder code) {
        code.aload(0).getfield(self, "api", api);
        int handle = 0;
        int number = 0;
        int floating = type.parameterList().indexOf(double.class);
        for (var p : parameters) {
            if (handles.containsKey(p)) {
                code.aload(0).getfield(self, "f" + handle++, HANDLE);
                code.lload(code.parameterSlot(number++)).invokeinterface(HANDLE, "apply", APPLY).checkcast(desc(p));
            } else if (p == double.class) {
                code.dload(code.parameterSlot(floating++));
            } else {
                code.lload(code.parameterSlot(number++));
                if (p == int.class) code.l2i();
            }
        }
        code.invokevirtual(api, method.getName(), MethodType.methodType(method.getReturnType(), parameters).describeConstable().orElseThrow());
        var returned = method.getReturnType();
        if (returned == void.class) code.lconst_0();
        else if (returned == int.class) code.i2l();
        if (returned == double.class) code.dreturn();
        else code.lreturn();
    }

    /// Behind what was thrown.
    private void caught(CodeBuilder code, @Nullable Long failure) {
        int thrown = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(thrown).aload(0).getfield(self, "exports", EXPORTS).aload(thrown);
        if (failure == null) code.lload(code.parameterSlot(0)).invokevirtual(EXPORTS, "raised", CAUGHT);
        else code.loadConstant(failure).invokevirtual(EXPORTS, "failed", CAUGHT);
        if (type.returnType() == double.class) code.pop2().loadConstant(Double.NaN).dreturn();
        else code.lreturn();
    }

    private static ClassDesc desc(Class<?> c) {
        return c.describeConstable().orElseThrow();
    }
}
