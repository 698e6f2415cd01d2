package nightjar.lua;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import nightjar.conf.ConfException;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.dict.DictException;
import nightjar.dict.DictUser;
import nightjar.dict.DictZone;
import nightjar.dict.SharedDict;
import nightjar.http.Zones;
import nightjar.luajit.LuaException;

/// The shared dicts that one worker's VMs see. Where C has `ngx_shm_zone_t *`, Lua has a pointer to the dict's number.
public final class LuaDicts {
    private static final int MAX = 4096;

    private final long numbers = Mem.alloc(MAX * 8L);
    private DictUser[] users = new DictUser[8];
    /// How many configurations in use on this worker have the dict.
    private int[] uses = new int[8];
    /// The numbers of each configuration's dicts, by name.
    private final Map<LuaMain, Map<String, Integer>> opened = new IdentityHashMap<>();
    private Map<String, Integer> loading = Map.of();

    LuaDicts() {
        for (int n = 0; n < MAX; n++) Mem.l(numbers + n * 8L, n);
    }

    /// The dict that Lua means.
    public DictUser user(long zone) {
        int n = zone == 0 ? -1 : Mem.i(zone);
        if (n < 0 || n >= users.length || users[n] == null) throw new LuaException("bad \"zone\" argument");
        var user = users[n];
        user.recover();
        return user;
    }

    /// Lua has come back, and was changing the dict with this `nightjar_dict_user_t`.
    void recover(long struct) {
        for (var user : users) {
            if (user != null && user.struct() == struct) user.recover();
        }
    }

    /// Numbers by name, of the configuration whose VM is being made or was made last.
    public Map<String, Integer> byName() { return loading; }

    /// What Lua knows dict `n` by.
    public long pointer(int n) { return numbers + n * 8L; }

    /// Opens the dicts of a configuration.
    /// @throws ConfException when one cannot be had; then none is open
    void open(LuaMain main) {
        var names = new LinkedHashMap<String, Integer>();
        opened.put(main, names);
        for (var zone : main.dicts.values()) {
            try {
                names.put(zone.name, take(zone, main.log()));
            } catch (DictException e) {
                close(main);
                throw new ConfException(e.getMessage());
            }
        }
    }

    /// The next VM is of this configuration, whose dicts are open.
    void load(LuaMain main) { loading = opened.getOrDefault(main, Map.of()); }

    /// Every VM of the configuration on this worker has been closed.
    void close(LuaMain main) {
        var names = opened.remove(main);
        if (names == null) return;
        for (var name : names.entrySet()) {
            int n = name.getValue();
            if (--uses[n] == 0) users[n] = null;
            declared(main.dicts.get(name.getKey())).close(text -> main.log().write(Level.ALERT, text));
        }
    }

    private static DictZone declared(Zones.Zone zone) { return Zones.state(zone, () -> (DictZone) zone.conf); }

    private int take(Zones.Zone zone, Log log) {
        var dict = declared(zone).open(text -> log.write(Level.ERROR, text));
        int n = number(dict);
        if (users[n] == null) users[n] = dict.user();
        uses[n]++;
        return n;
    }

    /// The dict's number, or a free one.
    private int number(SharedDict dict) {
        int free = -1;
        for (int n = 0; n < users.length; n++) {
            if (users[n] == null) free = free < 0 ? n : free;
            else if (users[n].dict == dict) return n;
        }
        if (free >= 0) return free;
        int n = users.length;
        if (n == MAX) throw new IllegalStateException("more than " + MAX + " shared dicts");
        users = Arrays.copyOf(users, n * 2);
        uses = Arrays.copyOf(uses, n * 2);
        return n;
    }

    void free() { Mem.free(numbers); }
}
