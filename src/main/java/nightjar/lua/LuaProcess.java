package nightjar.lua;

import java.util.List;
import nightjar.core.Log;
import nightjar.core.Mem;

/// What Lua is told about the process it runs in: one a worker, on that worker's thread. A new configuration changes it.
public final class LuaProcess {
    /// [#type]: `master_process off`, the process that reads the configuration, one that serves.
    public static final int SINGLE = 0, MASTER = 1, WORKER = 3;

    /// With a slash at its end.
    public String prefix = "";
    /// What `-V` prints as configure arguments.
    public String configureArguments = "";
    /// -1 while the configuration loads.
    public int workerId = -1;
    public int workerCount = 1;
    public int type = SINGLE;
    /// `lua_regex_cache_max_entries`, and `lua_regex_match_limit`, 0: PCRE2's own.
    public int regexCacheMaxEntries = 1024, regexMatchLimit;
    /// `NAME=value` of the configuration's `env` directives.
    public List<String> env = List.of();
    /// The program and its arguments.
    public List<String> argv = List.of();
    private long argvAt;
    /// For what is logged outside of requests.
    public Log log = Log.NONE;

    /// The address of `argv` as C has it, made when first asked for.
    long argvAddress() {
        if (argvAt != 0) return argvAt;
        argvAt = Mem.alloc((argv.size() + 1) * 8L);
        for (int i = 0; i < argv.size(); i++) Mem.l(argvAt + i * 8L, Mem.allocCstring(argv.get(i)));
        Mem.l(argvAt + argv.size() * 8L, 0);
        return argvAt;
    }
}
