package nightjar.pcre;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import nightjar.core.Downcall;
import nightjar.core.Mem;

/// PCRE2's C functions, 8-bit code units. Pointers are longs. `critical` where the work is bounded.
public final class Pcre {
    static final int INFO_CAPTURECOUNT = 4;
    static final int INFO_NAMECOUNT = 17;
    static final int INFO_NAMEENTRYSIZE = 18;
    static final int INFO_NAMETABLE = 19;
    static final int JIT_COMPLETE = 1;
    private static final int CONFIG_VERSION = 11;

    /// Debian's name of the file; `-Dnightjar.pcre=` names another.
    private static final String FILE = System.getProperty("nightjar.pcre", "libpcre2-8.so.0");
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = library();

    static final MethodHandle pcre2_compile = waiting(JAVA_LONG, "pcre2_compile_8", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle pcre2_code_free = freeing("pcre2_code_free_8");
    static final MethodHandle pcre2_jit_compile = waiting(JAVA_INT, "pcre2_jit_compile_8", JAVA_LONG, JAVA_INT);
    static final MethodHandle pcre2_pattern_info = shortly(JAVA_INT, "pcre2_pattern_info_8", JAVA_LONG, JAVA_INT, JAVA_LONG);
    static final MethodHandle pcre2_get_error_message = shortly(JAVA_INT, "pcre2_get_error_message_8", JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle pcre2_match_data_create = shortly(JAVA_LONG, "pcre2_match_data_create_8", JAVA_INT, JAVA_LONG);
    static final MethodHandle pcre2_match_data_free = freeing("pcre2_match_data_free_8");
    static final MethodHandle pcre2_get_ovector_pointer = shortly(JAVA_LONG, "pcre2_get_ovector_pointer_8", JAVA_LONG);
    static final MethodHandle pcre2_match_context_create = shortly(JAVA_LONG, "pcre2_match_context_create_8", JAVA_LONG);
    static final MethodHandle pcre2_match_context_free = freeing("pcre2_match_context_free_8");
    static final MethodHandle pcre2_set_match_limit = shortly(JAVA_INT, "pcre2_set_match_limit_8", JAVA_LONG, JAVA_INT);
    static final MethodHandle pcre2_jit_stack_create = shortly(JAVA_LONG, "pcre2_jit_stack_create_8", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle pcre2_jit_stack_free = freeing("pcre2_jit_stack_free_8");
    static final MethodHandle pcre2_jit_stack_assign = nothing("pcre2_jit_stack_assign_8", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    static final MethodHandle pcre2_match = waiting(JAVA_INT, "pcre2_match_8", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle pcre2_dfa_match = waiting(JAVA_INT, "pcre2_dfa_match_8", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle pcre2_config = shortly(JAVA_INT, "pcre2_config_8", JAVA_INT, JAVA_LONG);

    private Pcre() {}

    private static SymbolLookup library() {
        try {
            return SymbolLookup.libraryLookup(FILE, Arena.global());
        } catch (IllegalArgumentException _) {
            return _ -> Optional.empty();
        }
    }

    /// @throws PcreException that says what to install, if there is no PCRE2
    static void require() {
        if (LIBRARY.find("pcre2_compile_8").isPresent()) return;
        var message = "PCRE2 is not there: cannot load \"" + FILE
                + "\"; install libpcre2-8-0 (Debian, Ubuntu) or pcre2 (Fedora, Alpine, Arch)";
        throw new PcreException(message, message, -1);
    }

    /// `10.42 2022-12-11`.
    public static String version() {
        require();
        long at = Mem.alloc(64);
        try {
            int n = (int) pcre2_config.invokeExact(CONFIG_VERSION, at);
            return n < 0 ? "" : Mem.cstring(at);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }

    /// PCRE2's words for a negative result.
    public static String errorText(int code) {
        long at = Mem.alloc(256);
        try {
            int n = (int) pcre2_get_error_message.invokeExact(code, at, 256L);
            return n < 0 ? "unknown error " + code : Mem.string(at, n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }

    private static MethodHandle waiting(MemoryLayout result, String name, MemoryLayout... args) {
        return handle(name, FunctionDescriptor.of(result, args));
    }

    private static MethodHandle shortly(MemoryLayout result, String name, MemoryLayout... args) {
        return handle(name, FunctionDescriptor.of(result, args), Linker.Option.critical(false));
    }

    private static MethodHandle nothing(String name, MemoryLayout... args) {
        return handle(name, FunctionDescriptor.ofVoid(args), Linker.Option.critical(false));
    }

    private static MethodHandle freeing(String name) {
        return nothing(name, JAVA_LONG);
    }

    /// Without the library a handle that does nothing: [#require] comes before every use.
    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        var address = LIBRARY.find(name);
        return address.isPresent()
                ? LINKER.downcallHandle(address.get(), type, options)
                : MethodHandles.empty(type.toMethodType());
    }
}
