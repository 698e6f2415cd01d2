package nightjar.http;

/// The versions that Nightjar answers to.
public final class Version {
    public static final String NIGHTJAR = "0.1.0";
    /// The nginx whose behaviour this is.
    public static final String NGINX = "1.31.2";
    /// `ngx.config.nginx_version`.
    public static final int NGINX_NUMBER = 1_031_002;
    /// `ngx.config.ngx_lua_version`: the lua-nginx-module whose API this is.
    public static final int NGX_LUA = 10_030;
    /// What `-V` prints as the configure arguments; bin/nightjar has the same.
    public static final String CONFIGURE =
            "--with-debug --without-http_fastcgi_module --without-http_scgi_module --without-http_uwsgi_module";

    private Version() {}
}
