package nightjar.luajit;

import nightjar.core.Mem;
import nightjar.core.Posix;

/// The counting `lua_Alloc` of [LuaMemory] as machine code. Lua allocates some dozens of times a request, and a call into
/// Java costs 25 to 40 ns each time where these twenty instructions cost one or two.
///
///     void *alloc(words *w, void *block, size_t old, size_t new) {
///         size_t used = w->used + new - old;
///         if (new > old && used > w->limit) return NULL;
///         void *p = w->original(w->original_ud, block, old, new);
///         if (p != NULL || new == 0) w->used = used;
///         return p;
///     }
final class AllocCode {
    private static final int PAGE = 4096;

    /// x86-64, System V calling convention: w in rdi, block in rsi, old in rdx, new in rcx.
    private static final int[] X86_64 = {
        0xf3, 0x0f, 0x1e, 0xfa,     //  0 endbr64
        0x48, 0x8b, 0x07,           //  4 mov rax, [rdi]        used
        0x48, 0x01, 0xc8,           //  7 add rax, rcx
        0x48, 0x29, 0xd0,           // 10 sub rax, rdx
        0x48, 0x39, 0xd1,           // 13 cmp rcx, rdx
        0x76, 0x06,                 // 16 jbe 24
        0x48, 0x3b, 0x47, 0x08,     // 18 cmp rax, [rdi + 8]    limit
        0x77, 0x29,                 // 22 ja 65
        0x53,                       // 24 push rbx
        0x41, 0x54,                 // 25 push r12
        0x41, 0x55,                 // 27 push r13
        0x48, 0x89, 0xfb,           // 29 mov rbx, rdi
        0x49, 0x89, 0xc4,           // 32 mov r12, rax
        0x49, 0x89, 0xcd,           // 35 mov r13, rcx
        0x48, 0x8b, 0x7f, 0x10,     // 38 mov rdi, [rdi + 16]   original_ud
        0xff, 0x53, 0x18,           // 42 call [rbx + 24]       original
        0x48, 0x85, 0xc0,           // 45 test rax, rax
        0x75, 0x05,                 // 48 jne 55
        0x4d, 0x85, 0xed,           // 50 test r13, r13
        0x75, 0x03,                 // 53 jne 58
        0x4c, 0x89, 0x23,           // 55 mov [rbx], r12
        0x41, 0x5d,                 // 58 pop r13
        0x41, 0x5c,                 // 60 pop r12
        0x5b,                       // 62 pop rbx
        0xc3,                       // 63 ret
        0x90,                       // 64 nop
        0x31, 0xc0,                 // 65 xor eax, eax
        0xc3,                       // 67 ret
    };

    /// The function's address; 0 where there is none for this processor or the system forbids new code.
    static final long ADDRESS = load();

    private AllocCode() {}

    private static long load() {
        if (!System.getProperty("os.arch").equals("amd64") || Boolean.getBoolean("nightjar.lua.allocInJava")) return 0;
        long page = Mem.alloc(2 * PAGE) + PAGE - 1 & -PAGE;
        for (int i = 0; i < X86_64.length; i++) Mem.b(page + i, X86_64[i]);
        return Posix.executable(page, PAGE) < 0 ? 0 : page;
    }
}
