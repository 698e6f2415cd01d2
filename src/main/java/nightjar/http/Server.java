package nightjar.http;

import java.util.List;
import nightjar.conf.Scope;

/// A `server { }`.
public final class Server {
    final HttpConf http;
    public final Scope scope;
    /// The server's own level: what a request has before it has a location.
    public final Location root;
    Locations locations = Locations.NONE;
    List<ServerNames.Name> names = List.of();
    Core.ServerConf conf;

    Server(HttpConf http, Scope scope, Location root) {
        this.http = http;
        this.scope = scope;
        this.root = root;
    }

    /// The first server name, empty if it has none.
    public String name() { return names.isEmpty() ? "" : names.getFirst().text(); }
    public HttpConf http() { return http; }
    public Core.ServerConf conf() { return conf; }
}
