package nightjar.lua.api;

import java.util.List;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.http.upstream.Peer;
import nightjar.http.upstream.Upstream;
import nightjar.http.upstream.UpstreamRequest;
import nightjar.http.upstream.Upstreams;
import nightjar.lua.Code;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The module `ngx.upstream`: the groups of the script's configuration. Lua knows a group by its place among them.
/// Source: ngx_http_lua_upstream_module.c.
///
/// What is said of a server is a pair: its name, and numbers with blanks between them, whose order `ngx/upstream.lua` has too.
final class UpstreamApi {
    private final LuaResult result;
    private final Scheduler scheduler;
    private final Worker worker;

    UpstreamApi(LuaResult result, Scheduler scheduler, Worker worker) {
        this.result = result;
        this.scheduler = scheduler;
        this.worker = worker;
    }

    private @Nullable Upstreams groups() {
        var http = scheduler.http();
        return http == null ? null : Upstreams.ifAny(http);
    }

    private Upstream group(int at) { return groups().all().get(at); }

    /// @return how many there are; their names are pairs without values
    @Ffi("nightjar_ffi_upstreams")
    int names() {
        var groups = groups();
        if (groups == null) return 0;
        var pairs = new Pairs(result);
        for (var group : groups.all()) pairs.add(group.label(), "");
        return put(pairs);
    }

    /// @return the group's place, or -1
    @Ffi("nightjar_ffi_upstream_find")
    int find(long name, int len) {
        var groups = groups();
        var group = groups == null ? null : groups.labelled(Mem.string(name, len));
        return group == null ? -1 : groups.all().indexOf(group);
    }

    /// Each server is followed by its addresses, which are pairs without values.
    @Ffi("nightjar_ffi_upstream_servers")
    int servers(int group) {
        var pairs = new Pairs(result);
        for (var s : group(group).servers()) {
            int addresses = s.addresses().size();
            // Where there is no line, nginx tells zeros.
            if (s.name() == null) pairs.add("", numbers(addresses, 0, 0, 0, 0, 0));
            else pairs.add(s.name(), numbers(addresses, s.weight(), s.maxFails(), s.failTimeout(), flag(s.backup()), flag(s.down())));
            for (var address : s.addresses()) pairs.add(address.toString(), "");
        }
        return put(pairs);
    }

    /// @return how many there are, or -1: the group has no servers for when the others fail
    @Ffi("nightjar_ffi_upstream_peers")
    int peers(int group, int backup) {
        List<Peer.State> peers = group(group).peers(worker, backup != 0);
        if (peers == null) return -1;
        var pairs = new Pairs(result);
        for (var p : peers) {
            pairs.add(p.name(), numbers(p.weight(), p.currentWeight(), p.effectiveWeight(), p.conns(), p.fails(), p.maxFails(),
                    p.failTimeout(), p.accessed(), p.checked(), flag(p.down())));
        }
        return put(pairs);
    }

    @Ffi("nightjar_ffi_upstream_set_down")
    int setDown(int group, int backup, int id, int down) {
        return group(group).setDown(worker, backup != 0, id, down != 0) ? Code.OK : Code.ERROR;
    }

    /// @return `DECLINED`: no server has been asked; `ERROR`: the one asked belongs to no group
    @Ffi("nightjar_ffi_upstream_current")
    int current(Request r) {
        if (!UpstreamRequest.asked(r)) return Code.DECLINED;
        var group = UpstreamRequest.groupOf(r);
        if (group == null) return Code.ERROR;
        result.string(group.label());
        return Code.OK;
    }

    private static String numbers(long... all) {
        var text = new StringBuilder();
        for (long n : all) text.append(text.isEmpty() ? "" : " ").append(n);
        return text.toString();
    }

    private static int flag(boolean on) { return on ? 1 : 0; }

    private static int put(Pairs pairs) {
        pairs.put(pairs.count(), true);
        return pairs.count();
    }
}
