package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC_LMT;
import static nightjar.conf.Directive.one;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.ACCESS;

import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.http.BasicCredentials;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `auth_basic`: a name and a password that a file knows. Source: ngx_http_auth_basic_module.c.
///
/// Unlike nginx, a hash that takes long is computed beside the event loop.
public final class AuthBasic {
    /// `prefix` is where relative paths start.
    private record UserFile(ComplexValue path, String prefix) {
        String eval(Request r) {
            var p = path.eval(r);
            return p.startsWith("/") ? p : prefix + p;
        }
    }

    static final Directive<@Nullable ComplexValue> REALM = one("auth_basic", HTTP_SRV_LOC_LMT, 1, a -> ComplexValue.of(a, 1), null);
    private static final Directive<@Nullable UserFile> FILE =
            one("auth_basic_user_file", HTTP_SRV_LOC_LMT, 1, a -> new UserFile(ComplexValue.of(a, 1), a.confPrefix()), null);

    private record Conf(@Nullable ComplexValue realm, @Nullable UserFile file) {
        Conf(Scope s) { this(REALM.get(s), FILE.get(s)); }
        boolean active() { return realm != null && file != null && !(realm.isPlain() && realm.text().equals("off")); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("auth_basic")
            .directives(REALM, FILE)
            .conf(CONF)
            .on(ACCESS, AuthBasic::handle, l -> l.conf(CONF).active());

    private AuthBasic() {}

    private static Outcome handle(Request r) {
        var conf = r.conf(CONF);
        var realm = conf.realm.eval(r);
        if (realm.equals("off")) return DECLINED;
        var given = BasicCredentials.of(r.in.get("authorization"));
        if (given == null) {
            r.log(Level.INFO, "no user/password was provided for basic authentication");
            return ask(r, realm);
        }
        var path = conf.file.eval(r);
        var failure = new PasswordFile.Failure[1];
        var file = PasswordFile.open(path, failure);
        if (file == null) {
            var f = failure[0];
            boolean missing = f.errno() == Errno.ENOENT;
            r.log(missing ? Level.ERROR : Level.CRIT, f.call() + " \"" + path + "\" failed " + Errno.quoted(f.errno()));
            return status(missing ? 403 : 500);
        }
        var hash = file.hashes().get(given.user());
        if (hash == null) {
            r.log(Level.ERROR, "user \"" + given.user() + "\" was not found in \"" + path + "\"");
            return ask(r, realm);
        }
        if (!Passwords.slow(hash)) return judge(r, given, realm, hash, Passwords.hash(given.password(), hash));
        r.worker.offload(() -> Passwords.hash(given.password(), hash), (made, thrown) -> {
            if (r.done) return;
            if (thrown != null) r.log(Level.ALERT, "crypt_r() failed: " + thrown);
            r.resume(judge(r, given, realm, hash, made));
        });
        return AGAIN;
    }

    private static Outcome judge(Request r, BasicCredentials given, String realm, String hash, @Nullable String made) {
        if (made == null) {
            r.log(Level.CRIT, "crypt_r() failed (22: Invalid argument)");
            return status(500);
        }
        if (Passwords.equal(made, hash)) return OK;
        r.log(Level.ERROR, "user \"" + given.user() + "\": password mismatch");
        return ask(r, realm);
    }

    private static Outcome ask(Request r, String realm) {
        r.out.add("WWW-Authenticate", "Basic realm=\"" + realm + "\"");
        return status(401);
    }
}
