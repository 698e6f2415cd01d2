package nightjar;

import java.util.List;
import nightjar.http.Core;
import nightjar.http.HttpModule;
import nightjar.http.Postpone;
import nightjar.http.module.Access;
import nightjar.http.module.AccessLog;
import nightjar.http.module.Addition;
import nightjar.http.module.AuthBasic;
import nightjar.http.module.AuthRequest;
import nightjar.http.module.AutoIndex;
import nightjar.http.module.Charset;
import nightjar.http.module.Echo;
import nightjar.http.module.EmptyGif;
import nightjar.http.module.Geo;
import nightjar.http.module.Gunzip;
import nightjar.http.module.Gzip;
import nightjar.http.module.GzipRules;
import nightjar.http.module.GzipStatic;
import nightjar.http.module.Headers;
import nightjar.http.module.HeadersMore;
import nightjar.http.module.Index;
import nightjar.http.module.LimitConn;
import nightjar.http.module.LimitReq;
import nightjar.http.module.MapModule;
import nightjar.http.module.Memc;
import nightjar.http.module.NotModified;
import nightjar.http.module.Proxy;
import nightjar.http.module.Range;
import nightjar.http.module.RealIp;
import nightjar.http.module.Referer;
import nightjar.http.module.Rewrite;
import nightjar.http.module.SetMisc;
import nightjar.http.module.SplitClients;
import nightjar.http.module.StaticFiles;
import nightjar.http.module.StubStatus;
import nightjar.http.module.TryFiles;
import nightjar.http.upstream.Upstream;
import nightjar.lua.LuaModule;
import nightjar.lua.api.Apis;

/// Everything that is built in, in two orders.
final class Modules {
    private static final HttpModule LUA = LuaModule.module(Apis::add, ProcessConf::describe);

    /// Inside a phase, handlers run in this order; nginx runs them in the reverse of its own list.
    static final List<HttpModule> ALL = List.of(
            Core.MODULE,
            MapModule.MODULE, Geo.MODULE, SplitClients.MODULE, Referer.MODULE,
            LuaModule.FIRST,
            Rewrite.MODULE, SetMisc.MODULE,
            HeadersMore.MODULE,
            AccessLog.MODULE,
            RealIp.MODULE, LimitReq.MODULE, LimitConn.MODULE,
            Access.MODULE, AuthBasic.MODULE, AuthRequest.MODULE,
            Upstream.MODULE, Proxy.MODULE, Memc.MODULE,
            TryFiles.MODULE,
            EmptyGif.MODULE, StubStatus.MODULE,
            Index.MODULE, AutoIndex.MODULE, GzipStatic.MODULE, StaticFiles.MODULE,
            Echo.MODULE,
            Headers.MODULE, Addition.MODULE, Charset.MODULE, Gunzip.MODULE, GzipRules.MODULE, Gzip.MODULE,
            NotModified.MODULE, Range.MODULE,
            LUA);

    /// A response passes these from top to bottom, and then the writer.
    static final List<HttpModule> FILTERS = List.of(
            NotModified.MODULE,
            HeadersMore.MODULE, LUA, LuaModule.CAPTURE, Echo.MODULE,
            Headers.MODULE, Gunzip.MODULE, Addition.MODULE, Charset.MODULE,
            Postpone.MODULE,
            Gzip.MODULE,
            Range.MODULE);

    private Modules() {}
}
