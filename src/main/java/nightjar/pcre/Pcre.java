package nightjar.pcre;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Optional;
import nightjar.core.Downcall;
import nightjar.core.Mem;

/// PCRE2's C functions, 8-bit code units; `critical` where the work is bounded. Arguments and results are longs, whatever
/// they are in C, so that the linker has few shapes of call to make code for: an int result must be cut to an int.
public final class Pcre {
    static final int INFO_CAPTURECOUNT = 4;
    static final int INFO_NAMECOUNT = 17;
    static final int INFO_NAMEENTRYSIZE = 18;
    static final int INFO_NAMETABLE = 19;
    static final int JIT_COMPLETE = 1;
    private static final int CONFIG_VERSION = 11;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = library();

    static final MethodHandle pcre2_compile = waiting("pcre2_compile_8", 6);
    static final MethodHandle pcre2_code_free = shortly("pcre2_code_free_8", 1);
    static final MethodHandle pcre2_jit_compile = waiting("pcre2_jit_compile_8", 2);
    static final MethodHandle pcre2_pattern_info = shortly("pcre2_pattern_info_8", 3);
    static final MethodHandle pcre2_get_error_message = shortly("pcre2_get_error_message_8", 3);
    static final MethodHandle pcre2_match_data_create = shortly("pcre2_match_data_create_8", 2);
    static final MethodHandle pcre2_match_data_free = shortly("pcre2_match_data_free_8", 1);
    static final MethodHandle pcre2_get_ovector_pointer = shortly("pcre2_get_ovector_pointer_8", 1);
    static final MethodHandle pcre2_match_context_create = shortly("pcre2_match_context_create_8", 1);
    static final MethodHandle pcre2_match_context_free = shortly("pcre2_match_context_free_8", 1);
    static final MethodHandle pcre2_set_match_limit = shortly("pcre2_set_match_limit_8", 2);
    static final MethodHandle pcre2_jit_stack_create = shortly("pcre2_jit_stack_create_8", 3);
    static final MethodHandle pcre2_jit_stack_free = shortly("pcre2_jit_stack_free_8", 1);
    static final MethodHandle pcre2_jit_stack_assign = shortly("pcre2_jit_stack_assign_8", 3);
    static final MethodHandle pcre2_match = waiting("pcre2_match_8", 7);
    private static final MethodHandle pcre2_config = shortly("pcre2_config_8", 2);

    private Pcre() {}

    private static SymbolLookup library() {
        try {
            return SymbolLookup.libraryLookup(PcreFile.NAME, Arena.global());
        } catch (IllegalArgumentException _) {
            return _ -> Optional.empty();
        }
    }

    /// @throws PcreException that says what to install, if there is no PCRE2
    static void require() {
        if (LIBRARY.find("pcre2_compile_8").isPresent()) return;
        var message = "PCRE2 is not there: cannot load \"" + PcreFile.NAME
                + "\"; install libpcre2-8-0 (Debian, Ubuntu) or pcre2 (Fedora, Alpine, Arch)";
        throw new PcreException(message, message, -1);
    }

    /// `10.42 2022-12-11`.
    public static String version() {
        require();
        long at = Mem.alloc(64);
        try {
            int n = (int) (long) pcre2_config.invokeExact((long) CONFIG_VERSION, at);
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
            int n = (int) (long) pcre2_get_error_message.invokeExact((long) code, at, 256L);
            return n < 0 ? "unknown error " + code : Mem.string(at, n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }

    /// Bound when first used, as few programs ever do.
    static final class Dfa {
        static final MethodHandle pcre2_dfa_match = waiting("pcre2_dfa_match_8", 9);

        private Dfa() {}
    }

    private static MethodHandle waiting(String name, int n) {
        return handle(name, n);
    }

    private static MethodHandle shortly(String name, int n) {
        return handle(name, n, Linker.Option.critical(false));
    }

    /// Without the library a handle that does nothing: [#require] comes before every use.
    private static MethodHandle handle(String name, int n, Linker.Option... options) {
        var args = new MemoryLayout[n];
        Arrays.fill(args, JAVA_LONG);
        var type = FunctionDescriptor.of(JAVA_LONG, args);
        var address = LIBRARY.find(name);
        return address.isPresent()
                ? LINKER.downcallHandle(address.get(), type, options)
                : MethodHandles.empty(type.toMethodType());
    }
}
