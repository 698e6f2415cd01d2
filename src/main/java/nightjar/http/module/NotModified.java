package nightjar.http.module;

import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import nightjar.core.Clock;
import nightjar.http.Core.IfModifiedSince;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;

/// `If-Modified-Since`, `If-None-Match` and their contraries. Source: ngx_http_not_modified_filter_module.c.
public final class NotModified {
    public static final HttpModule MODULE = module("not_modified").headerFilter(NotModified::filter);

    private NotModified() {}

    static Outcome filter(Request r) {
        if (r.out.status != 200 || r != r.main || r.notModifiedDisabled) return OK;
        var unmodifiedSince = r.in.get("if-unmodified-since");
        if (unmodifiedSince != null && !unmodified(r, unmodifiedSince)) return refuse(r);
        var ifMatch = r.in.get("if-match");
        if (ifMatch != null && !matches(r, ifMatch, false)) return refuse(r);
        var modifiedSince = r.in.get("if-modified-since");
        var noneMatch = r.in.get("if-none-match");
        if (modifiedSince == null && noneMatch == null) return OK;
        if (modifiedSince != null && modified(r, modifiedSince)) return OK;
        if (noneMatch != null && !matches(r, noneMatch, true)) return OK;
        r.out.status = 304;
        r.out.statusLine = null;
        r.out.contentType = null;
        r.out.clearContentLength();
        r.out.remove("Content-Encoding");
        return OK;
    }

    private static Outcome refuse(Request r) {
        r.out.clear();
        return status(412);
    }

    private static boolean unmodified(Request r, String since) {
        if (r.out.lastModified == -1) return false;
        return r.out.lastModified <= Clock.parseHttpTime(since);
    }

    private static boolean modified(Request r, String since) {
        var how = r.core().ifModifiedSince();
        if (r.out.lastModified == -1 || how == IfModifiedSince.OFF) return true;
        long time = Clock.parseHttpTime(since);
        if (time == r.out.lastModified) return false;
        return how == IfModifiedSince.EXACT || time < r.out.lastModified;
    }

    /// Whether one of the entity tags in `list` is the response's.
    private static boolean matches(Request r, String list, boolean weak) {
        if (list.equals("*")) return true;
        var etag = r.out.etag;
        if (etag == null) return false;
        if (weak && etag.startsWith("W/")) etag = etag.substring(2);
        int n = list.length();
        for (int i = 0; i < n; ) {
            if (weak && list.startsWith("W/", i)) i += 2;
            if (list.startsWith(etag, i)) {
                int end = i + etag.length();
                while (end < n && (list.charAt(end) == ' ' || list.charAt(end) == '\t')) end++;
                if (end == n || list.charAt(end) == ',') return true;
            }
            int comma = list.indexOf(',', i);
            if (comma < 0) return false;
            i = comma + 1;
            while (i < n && (list.charAt(i) == ' ' || list.charAt(i) == '\t' || list.charAt(i) == ',')) i++;
        }
        return false;
    }
}
