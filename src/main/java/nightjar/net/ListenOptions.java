package nightjar.net;

import org.jspecify.annotations.Nullable;

/// The socket options of a `listen` directive. Sizes are in bytes; 0 leaves what the system has.
///
/// @param backlog the queue of connections not accepted yet; 511 unless said otherwise
/// @param reuseport one socket for each worker (SO_REUSEPORT)
/// @param ipv6only whether a socket on `[::]` leaves IPv4 alone
/// @param keepalive SO_KEEPALIVE: on, off, or null for the system's way
/// @param keepidle,keepintvl in seconds, keepcnt: TCP's keep-alive probes
/// @param deferred TCP_DEFER_ACCEPT
/// @param fastopen the queue of TCP fast open
public record ListenOptions(int backlog, boolean reuseport, boolean ipv6only, int rcvbuf, int sndbuf,
                            @Nullable Boolean keepalive, int keepidle, int keepintvl, int keepcnt,
                            boolean deferred, int fastopen) {
    public static final ListenOptions DEFAULT = new ListenOptions(511, false, true, 0, 0, null, 0, 0, 0, false, 0);
}
