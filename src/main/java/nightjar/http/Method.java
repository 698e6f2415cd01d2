package nightjar.http;

import nightjar.core.Mem;

/// A request method as one bit, with nginx's numbers (they are Lua's `ngx.HTTP_GET` … as well).
public final class Method {
    public static final int UNKNOWN = 0x0001;
    public static final int GET = 0x0002;
    public static final int HEAD = 0x0004;
    public static final int POST = 0x0008;
    public static final int PUT = 0x0010;
    public static final int DELETE = 0x0020;
    public static final int MKCOL = 0x0040;
    public static final int COPY = 0x0080;
    public static final int MOVE = 0x0100;
    public static final int OPTIONS = 0x0200;
    public static final int PROPFIND = 0x0400;
    public static final int PROPPATCH = 0x0800;
    public static final int LOCK = 0x1000;
    public static final int UNLOCK = 0x2000;
    public static final int PATCH = 0x4000;
    public static final int TRACE = 0x8000;
    public static final int CONNECT = 0x10000;

    private static final String[] NAMES = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH",
        "LOCK", "UNLOCK", "PATCH", "TRACE", "CONNECT",
    };

    private Method() {}

    /// The bit of the `n` bytes at `addr`; `UNKNOWN` for a word nginx has no bit for.
    static int of(long addr, int n) {
        int first = Mem.b(addr);
        for (int i = 0; i < NAMES.length; i++) {
            String name = NAMES[i];
            if (name.length() == n && name.charAt(0) == first && same(addr, name)) {
                return GET << i;
            }
        }
        return UNKNOWN;
    }

    /// The bit of a method's name; `UNKNOWN` when there is none.
    public static int of(String name) {
        for (int i = 0; i < NAMES.length; i++) {
            if (NAMES[i].equals(name)) {
                return GET << i;
            }
        }
        return UNKNOWN;
    }

    /// The name of a bit; `""` for `UNKNOWN`.
    public static String name(int method) {
        return method < GET || method > CONNECT ? "" : NAMES[Integer.numberOfTrailingZeros(method) - 1];
    }

    private static boolean same(long addr, String name) {
        for (int i = 1; i < name.length(); i++) {
            if (Mem.b(addr + i) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
