package nightjar.core;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A syslog server that lines go to as datagrams (RFC 3164), over UDP or a Unix socket. Any thread may send. The socket is
/// made at the first line and again after an error; a line that does not fit into the socket's buffer is lost.
public final class Syslog {
    private static final List<String> FACILITIES = List.of(
            "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp",
            "audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");
    private static final List<String> SEVERITIES =
            List.of("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug");
    private static final int MAX_TAG = 32;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final String HOSTNAME = Posix.hostname();

    private final String server;
    private final byte[] address;
    private final int facility;
    private final int severity;
    private final String tag;
    private final boolean nohostname;
    private int fd = -1;

    private Syslog(String server, byte[] address, int facility, int severity, String tag, boolean nohostname) {
        this.server = server;
        this.address = address;
        this.facility = facility;
        this.severity = severity;
        this.tag = tag;
        this.nohostname = nohostname;
    }

    /// Reads what follows `syslog:` in the configuration: `server=…,facility=…,severity=…,tag=…,nohostname`.
    /// @throws IllegalArgumentException with nginx's text
    public static Syslog parse(String parameters) {
        String server = null;
        byte[] address = {};
        int facility = -1;
        int severity = -1;
        String tag = null;
        boolean nohostname = false;
        for (var parameter : parameters.split(",", -1)) {
            if (parameter.startsWith("server=")) {
                if (server != null) throw new IllegalArgumentException("duplicate syslog \"server\"");
                server = parameter.substring(7);
                address = address(server);
            } else if (parameter.startsWith("facility=")) {
                if (facility >= 0) throw new IllegalArgumentException("duplicate syslog \"facility\"");
                facility = index(FACILITIES, "facility", parameter.substring(9));
            } else if (parameter.startsWith("severity=")) {
                if (severity >= 0) throw new IllegalArgumentException("duplicate syslog \"severity\"");
                severity = index(SEVERITIES, "severity", parameter.substring(9));
            } else if (parameter.startsWith("tag=")) {
                if (tag != null) throw new IllegalArgumentException("duplicate syslog \"tag\"");
                tag = tag(parameter.substring(4));
            } else if (parameter.equals("nohostname")) {
                nohostname = true;
            } else {
                throw new IllegalArgumentException("unknown syslog parameter \"" + parameter + "\"");
            }
        }
        if (server == null) throw new IllegalArgumentException("no syslog server specified");
        return new Syslog(server, address, facility < 0 ? FACILITIES.indexOf("local7") : facility,
                severity < 0 ? SEVERITIES.indexOf("info") : severity, tag == null ? "nginx" : tag, nohostname);
    }

    private static int index(List<String> names, String kind, String name) {
        int k = names.indexOf(name);
        if (k < 0) throw new IllegalArgumentException("unknown syslog " + kind + " \"" + name + "\"");
        return k;
    }

    private static String tag(String tag) {
        if (tag.length() > MAX_TAG) throw new IllegalArgumentException("syslog tag length exceeds 32");
        for (int k = 0; k < tag.length(); k++) {
            int c = Bytes.lower(tag.charAt(k));
            if (!Bytes.isDigit(c) && c != '_' && (c < 'a' || c > 'z')) {
                throw new IllegalArgumentException("syslog \"tag\" only allows alphanumeric characters and underscore");
            }
        }
        return tag;
    }

    /// A sockaddr.
    private static byte[] address(String server) {
        if (Bytes.startsWithIgnoreCase(server, "unix:")) {
            var path = server.substring(5);
            if (path.isEmpty()) throw bad("no path in the unix domain socket", server);
            if (path.length() > 107) throw bad("too long path in the unix domain socket", server);
            var to = new byte[2 + path.length() + 1];
            family(to, Libc.AF_UNIX);
            System.arraycopy(Bytes.of(path), 0, to, 2, path.length());
            return to;
        }
        int bracket = server.startsWith("[") ? server.indexOf(']') : 0;
        if (bracket < 0) throw bad("invalid host", server);
        int colon = server.indexOf(':', bracket);
        var host = colon < 0 ? server : server.substring(0, colon);
        int port = colon < 0 ? 514 : Bytes.parseInt(server.substring(colon + 1));
        if (host.isEmpty()) throw bad("no host", server);
        if (port < 1 || port > 65535) throw bad("invalid port", server);
        try {
            var ip = InetAddress.getByName(host);
            boolean four = ip instanceof Inet4Address;
            var to = new byte[four ? 16 : 28];
            family(to, four ? Libc.AF_INET : Libc.AF_INET6);
            to[2] = (byte) (port >> 8);
            to[3] = (byte) port;
            var raw = ip.getAddress();
            System.arraycopy(raw, 0, to, four ? 4 : 8, raw.length);
            return to;
        } catch (UnknownHostException _) {
            throw bad("host not found", server);
        }
    }

    private static void family(byte[] to, int family) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        to[little ? 0 : 1] = (byte) family;
    }

    private static IllegalArgumentException bad(String what, String server) {
        return new IllegalArgumentException(what + " in syslog server \"" + server + "\"");
    }

    /// As configured; an error log sends each line with its own level's instead.
    public int severity() {
        return severity;
    }

    /// Sends `n` bytes as one message. Returns null, or the text of what failed.
    public @Nullable String send(int severity, long from, long n) {
        var head = head(severity, System.currentTimeMillis() / 1000);
        long message = Mem.alloc(head.length() + n);
        try {
            Mem.copy(from, Mem.put(message, head), n);
            return send(message, head.length() + n);
        } finally {
            Mem.free(message);
        }
    }

    String head(int severity, long sec) {
        return "<" + (facility * 8 + severity) + ">" + Clock.syslogTime(sec) + " " + (nohostname ? "" : HOSTNAME + " ") + tag
                + ": ";
    }

    private synchronized @Nullable String send(long message, long n) {
        if (fd < 0) {
            int fresh = Libc.socket(Byte.toUnsignedInt(address[0]) + Byte.toUnsignedInt(address[1]),
                    Libc.SOCK_DGRAM | Posix.O_NONBLOCK | Posix.O_CLOEXEC, 0);
            if (fresh < 0) return failed("socket()", -fresh);
            int r = connect(fresh);
            if (r < 0) {
                Posix.close(fresh);
                return failed("connect()", -r);
            }
            fd = fresh;
        }
        long sent = Libc.send(fd, message, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || sent == -Errno.EAGAIN) return null;
        close();
        return failed("send()", (int) -sent);
    }

    private int connect(int to) {
        long at = Mem.alloc(address.length);
        try {
            Mem.put(at, address);
            return Libc.connect(to, at, address.length);
        } finally {
            Mem.free(at);
        }
    }

    private String failed(String call, int errno) {
        return call + " failed " + Errno.quoted(errno) + " while logging to syslog, server: " + server;
    }

    /// Gives the socket back; a later line makes a new one.
    public synchronized void close() {
        if (fd >= 0) Posix.close(fd);
        fd = -1;
    }
}
