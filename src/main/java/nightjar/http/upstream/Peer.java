package nightjar.http.upstream;

import nightjar.net.Address;

/// One address of a group, and how it fares. Guarded by its [RoundRobin].
public final class Peer {
    public final Address address;
    public final String name;
    final int weight;
    final int maxFails;
    /// In seconds.
    final long failTimeout;
    /// 0: no limit.
    final int maxConns;
    boolean down;

    int currentWeight;
    int effectiveWeight;
    int fails;
    int conns;
    /// Seconds of the last failure, and of the last time that it was tried again after some.
    long accessed;
    long checked;

    Peer(Address address, int weight, int maxFails, long failTimeout, int maxConns, boolean down) {
        this.address = address;
        this.name = address.toString();
        this.weight = weight;
        this.maxFails = maxFails;
        this.failTimeout = failTimeout;
        this.maxConns = maxConns;
        this.down = down;
        this.effectiveWeight = weight;
    }

    Peer(Address address) {
        this(address, 1, 1, 10, 0, false);
    }

    /// How a server fares at one moment. Times in seconds, `accessed` and `checked` 0 if it has never failed or been tried.
    public record State(String name, int weight, int currentWeight, int effectiveWeight, int conns, int fails, int maxFails,
            long failTimeout, long accessed, long checked, boolean down) {}

    State state() {
        return new State(name, weight, currentWeight, effectiveWeight, conns, fails, maxFails, failTimeout, accessed, checked, down);
    }
}
