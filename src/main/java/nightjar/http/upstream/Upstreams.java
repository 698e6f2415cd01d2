package nightjar.http.upstream;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Context;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// All groups of one `http` block, by name.
public final class Upstreams {
    static final Slot<@Nullable Upstreams> SLOT = Slot.of(null);

    private final List<Upstream> groups = new ArrayList<>();
    /// Fixed places, each with its group; that may be replaced by a block that comes later in the text.
    private final List<Place> places = new ArrayList<>();

    /// A fixed place named in nginx.conf; which group it means is known when all is read.
    public static final class Place {
        private final Url url;
        private final String at;
        private Upstream group;

        private Place(Url url, String at, Upstream group) {
            this.url = url;
            this.at = at;
            this.group = group;
        }

        public Upstream group() {
            return group;
        }
    }

    private Upstreams() {}

    /// The groups of the `http` block around `scope`.
    public static Upstreams of(Scope scope) {
        var groups = scope.get(SLOT);
        if (groups != null) return groups;
        var http = scope;
        for (var outer = http.outer(); http.context() != Context.HTTP && outer != null; outer = http.outer()) http = outer;
        groups = new Upstreams();
        http.set(SLOT, groups);
        return groups;
    }

    /// The groups of the configuration whose `http` block is `scope`; null when it has none.
    public static @Nullable Upstreams ifAny(Scope scope) {
        return scope.get(SLOT);
    }

    /// All groups, in the order of the text; those without a block of their own come last.
    public List<Upstream> all() {
        return groups;
    }

    /// The group of that name, or of that name and port: `example.com`, `example.com:8080`.
    public @Nullable Upstream labelled(String label) {
        Upstream found = null;
        for (var group : groups) {
            if (group.name.equals(label)) return group;
            if (found == null && group.label().equals(label)) found = group;
        }
        return found;
    }

    void declare(Args a, Upstream group) {
        for (var other : groups) {
            if (other.declared && Bytes.equalsIgnoreCase(other.name, group.name)) {
                throw a.fail("duplicate upstream \"" + group.name + "\"");
            }
        }
        groups.add(group);
    }

    /// Notes that a directive asks for `url`.
    public Place place(Args a, Url url) {
        for (var group : groups) {
            if (group.declared && !url.noPort() && Bytes.equalsIgnoreCase(group.name, url.host())) {
                throw a.fail("upstream \"" + url.host() + "\" may not have port " + url.port());
            }
        }
        var place = new Place(url, a.at(), Upstream.implicit(url, a.at()));
        places.add(place);
        return place;
    }

    /// Finds each place's group, and the addresses of names.
    void ready() {
        for (var place : places) {
            var url = place.url;
            var group = url.isUnix() ? null : find(url.host(), url.port(), url.noPort());
            if (group == null) {
                group = place.group;
                group.resolve();
                groups.add(group);
            }
            place.group = group;
        }
    }

    /// The group that a host and a port mean; null when they are just a server.
    public @Nullable Upstream find(String host, int port, boolean noPort) {
        for (var group : groups) {
            if ((group.declared ? noPort : group.port == port) && Bytes.equalsIgnoreCase(group.name, host)) return group;
        }
        return null;
    }
}
