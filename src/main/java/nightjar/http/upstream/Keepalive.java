package nightjar.http.upstream;

import java.util.ArrayDeque;
import java.util.Iterator;
import nightjar.net.Address;
import nightjar.net.Conn;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// The connections to a group's servers that one worker keeps open between requests, the last used first.
/// Source: ngx_http_upstream_keepalive_module.c.
final class Keepalive {
    private final Upstream.KeepaliveConf conf;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();

    Keepalive(Upstream.KeepaliveConf conf) {
        this.conf = conf;
    }

    /// A connection and what it has been through.
    static final class Used {
        final Conn conn;
        final Address address;
        final long openedMsec;
        int requests;

        Used(Conn conn, Address address, long openedMsec) {
            this.conn = conn;
            this.address = address;
            this.openedMsec = openedMsec;
        }
    }

    /// A kept connection to `address`, out of the list; null when there is none.
    /// @param user with `local`, only what the same user left is taken
    @Nullable Used take(Address address, Object user) {
        for (Iterator<Idle> i = idle.iterator(); i.hasNext(); ) {
            var one = i.next();
            if (conf.local() && one.user != user || !one.used.address.equals(address)) continue;
            i.remove();
            one.used.conn.worker.timers.cancel(one);
            return one.used;
        }
        return null;
    }

    /// Keeps a connection that has nothing under way, unless it has been used enough.
    /// @return false when it is to be closed
    boolean keep(Used used, Object user) {
        var worker = used.conn.worker;
        if (used.requests >= conf.requests() || worker.clock.msec() - used.openedMsec > conf.time()) return false;
        if (idle.size() >= conf.connections()) idle.removeLast().drop();
        var one = new Idle(used, user);
        idle.addFirst(one);
        used.conn.handler = one;
        used.conn.reading(true);
        worker.timers.add(one, conf.timeout());
        return true;
    }

    /// Whatever happens to a kept connection, it is closed.
    private final class Idle extends Timer implements Conn.Handler {
        final Used used;
        final Object user;

        Idle(Used used, Object user) {
            this.used = used;
            this.user = user;
        }

        @Override
        protected void fire() {
            end();
        }

        @Override
        public void onRead(Conn c, long addr, int len) {
            end();
        }

        @Override
        public void onEof(Conn c) {
            end();
        }

        @Override
        public void onError(Conn c, int errno) {
            end();
        }

        @Override
        public void onWritable(Conn c) {}

        private void end() {
            idle.remove(this);
            drop();
        }

        void drop() {
            used.conn.worker.timers.cancel(this);
            used.conn.close();
        }
    }
}
