package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.DECLINED;
import static nightjar.http.Phase.POST_READ;
import static nightjar.http.Phase.PREACCESS;
import static nightjar.http.Variable.variable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.http.ConfKey;
import nightjar.http.ForwardedFor;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.net.Cidr;

/// Takes the client's address from a header that trusted proxies set. Source: ngx_http_realip_module.c.
public final class RealIp {
    private static final Slot<List<Cidr>> FROM_SLOT = Slot.list();
    static final Directive<?> FROM = run("set_real_ip_from", HTTP_SRV_LOC, Arity.take(1), RealIp::from);
    static final Directive<String> HEADER = one("real_ip_header", HTTP_SRV_LOC, 1, a -> a.word(1), "X-Real-IP");
    static final Directive<Boolean> RECURSIVE = flag("real_ip_recursive", HTTP_SRV_LOC, false);

    private record Conf(List<Cidr> from, String header, boolean all, boolean recursive) {
        Conf(Scope s) { this(List.copyOf(s.get(FROM_SLOT)), Bytes.lower(HEADER.get(s)), HEADER.get(s).equals("X-Forwarded-For"), RECURSIVE.get(s)); }
        /// Nothing reads the PROXY protocol yet.
        boolean active() { return !from.isEmpty() && !header.equals("proxy_protocol"); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("realip")
            .directives(FROM, HEADER, RECURSIVE)
            .conf(CONF)
            .variables(variable("realip_remote_addr", r -> r.c.conn.remoteAddr()),
                    variable("realip_remote_port", r -> r.c.conn.unix() ? "" : Integer.toString(r.c.conn.remotePort())))
            .on(POST_READ, RealIp::handle, l -> l.conf(CONF).active())
            .on(PREACCESS, RealIp::handle, l -> l.conf(CONF).active());

    private RealIp() {}

    private static Outcome handle(Request r) {
        var main = r.main;
        if (main.remoteAddrBinary != null) return DECLINED;
        var conf = r.conf(CONF);
        var first = r.in.get(conf.header);
        if (first == null) return DECLINED;
        var headers = conf.all ? r.in.all(conf.header) : List.of(first);
        var address = ForwardedFor.find(r.c.conn.binaryRemoteAddr(), headers, conf.from, conf.recursive);
        if (address == null) return DECLINED;
        main.remoteAddr = address.host();
        main.remoteAddrBinary = address.ip();
        main.remotePort = address.port() == 0 ? "" : Integer.toString(address.port());
        return DECLINED;
    }

    private static void from(Args a) {
        var word = a.word(1);
        if (word.equals("unix:")) {
            a.scope().add(FROM_SLOT, Cidr.host(Bytes.of(word)));
            return;
        }
        var network = Cidr.parse(word);
        if (network != null) {
            if (network.cut()) a.warn("low address bits of " + word + " are meaningless");
            a.scope().add(FROM_SLOT, network);
            return;
        }
        try {
            for (var ip : InetAddress.getAllByName(Bytes.fromUtf8(word))) a.scope().add(FROM_SLOT, Cidr.host(ip.getAddress()));
        } catch (UnknownHostException _) {
            throw a.fail("host not found in set_real_ip_from \"" + word + "\"");
        }
    }
}
