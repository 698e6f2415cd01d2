package nightjar.http;

/// An address that a configuration listens on, and the servers that answer there.
public final class ListenConf {
    final HttpConf http;
    /// nginx's spelling of the address: `0.0.0.0:80`, `unix:/path`.
    final String addressText;
    public final boolean tls;
    ServerNames names;

    ListenConf(HttpConf http, String addressText, boolean tls, ServerNames names) {
        this.http = http;
        this.addressText = addressText;
        this.tls = tls;
        this.names = names;
    }

    public String addressText() { return addressText; }
    public ServerNames names() { return names; }
}
