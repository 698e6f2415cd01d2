package nightjar.http;

/// The phases of a request, in nginx's order. Source: ngx_http_core_module.h, ngx_http_phases.
public enum Phase {
    POST_READ, SERVER_REWRITE, FIND_CONFIG, REWRITE, POST_REWRITE, PREACCESS, ACCESS, POST_ACCESS, PRECONTENT, CONTENT, LOG
}
