package nightjar.lua.api;

/// Phases as errors name them.
final class Contexts {
    /// By the number of the phase's bit.
    private static final String[] NAMES = {
        "set_by_lua*", "rewrite_by_lua*", "access_by_lua*", "content_by_lua*", "log_by_lua*", "header_filter_by_lua*",
        "body_filter_by_lua*", "ngx.timer", "init_worker_by_lua*", "balancer_by_lua*", "ssl_certificate_by_lua*",
        "ssl_session_store_by_lua*", "ssl_session_fetch_by_lua*", "exit_worker_by_lua*", "ssl_client_hello_by_lua*",
        "server_rewrite_by_lua*", "proxy_ssl_verify_by_lua*", "precontent_by_lua*", "proxy_ssl_certificate_by_lua*",
    };

    private Contexts() {}

    static String name(int context) {
        int bit = Integer.numberOfTrailingZeros(context);
        return bit < NAMES.length ? NAMES[bit] : "(unknown)";
    }
}
