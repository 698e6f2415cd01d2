package nightjar.http;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import org.jspecify.annotations.Nullable;

/// The head of a response: what nginx keeps in r->headers_out. Fields that nginx itself acts on are fields here;
/// all others are in the list, in the order they were added.
public final class HeadersOut {
    /// A response header as it will be sent.
    public static final class Header {
        public final String name;
        public String value;
        public Header(String name, String value) { this.name = name; this.value = value; }
    }

    /// 0 until set; sent as 200 then.
    public int status;
    /// The whole of what follows the version in the status line, or `null` for nginx's own words.
    public @Nullable String statusLine;
    public @Nullable String contentType;
    public @Nullable String charset;
    /// In bytes; -1: not known.
    public long contentLength = -1;
    /// Seconds since the epoch; -1: none.
    public long lastModified = -1;
    /// What Last-Modified says, if not what `lastModified` makes of it.
    public @Nullable String lastModifiedText;
    public @Nullable String etag;
    public @Nullable String location;
    /// Replaces nginx's own Server and Date; empty: none is sent; `null`: nginx's own.
    public @Nullable String server, date;
    /// The type was made from `default_type` or the file's extension, not set by hand.
    public boolean contentTypeImplied;

    private @Nullable ArrayList<Header> list, trailers;

    public List<Header> list() { return list == null ? List.of() : list; }

    /// The media type in lower case, without parameters; empty when there is none.
    public String mediaType() {
        if (contentType == null) return "";
        int end = contentType.indexOf(';');
        return Bytes.lower(Bytes.trim(end < 0 ? contentType : contentType.substring(0, end)));
    }

    /// What follows the body, when it is sent in chunks.
    public List<Header> trailers() { return trailers == null ? List.of() : trailers; }

    public void addTrailer(String name, String value) {
        if (trailers == null) trailers = new ArrayList<>(2);
        trailers.add(new Header(name, value));
    }

    public void add(String name, String value) {
        if (list == null) list = new ArrayList<>(4);
        list.add(new Header(name, value));
    }

    /// The first value of `name` in the list, or `null`.
    public @Nullable String get(String name) {
        if (list != null) for (var h : list) if (Bytes.equalsIgnoreCase(h.name, name)) return h.value;
        return null;
    }

    /// Replaces every header of this name in the list by one.
    public void set(String name, String value) {
        if (list == null) { add(name, value); return; }
        Header first = null;
        for (var h : list) if (Bytes.equalsIgnoreCase(h.name, name)) { first = h; break; }
        if (first == null) { add(name, value); return; }
        first.value = value;
        var keep = first;
        list.removeIf(h -> h != keep && Bytes.equalsIgnoreCase(h.name, name));
    }

    public void remove(String name) { if (list != null) list.removeIf(h -> Bytes.equalsIgnoreCase(h.name, name)); }

    public void clearList() { if (list != null) list.clear(); }

    /// Gives a header its value by name, as Lua's `ngx.header` does: the fields above are kept in step. An empty value
    /// removes the header.
    /// @param override replaces all headers of this name; else one is added, unless it is one that a response has once
    /// @return false when the value is no good for Content-Length
    public boolean assign(String name, String value, boolean override) { return assign(name, Bytes.lower(name), value, override); }

    /// As [#assign], for a name whose lower-case form is known.
    public boolean assign(String name, String lowerName, String value, boolean override) {
        switch (lowerName) {
            case "content-type" -> {
                contentType = value.isEmpty() ? null : value;
                contentTypeImplied = false;
            }
            case "content-length" -> {
                long n = value.isEmpty() ? -1 : Bytes.parseLong(value);
                if (n < 0 && !value.isEmpty()) return false;
                contentLength = n;
            }
            case "last-modified" -> {
                lastModified = value.isEmpty() ? -1 : Clock.parseHttpTime(value);
                lastModifiedText = value.isEmpty() ? null : value;
            }
            case "etag" -> etag = value.isEmpty() ? null : value;
            // a path is sent as it is: only what stands in `location` is made absolute
            case "location" -> {
                location = null;
                replace(name, value);
            }
            // the header in the list, if any, stands for nginx's own
            case "server" -> {
                server = "";
                replace(name, value);
            }
            case "date" -> {
                date = "";
                replace(name, value);
            }
            case "content-encoding", "refresh", "content-range", "accept-ranges", "expires", "e-tag" -> replace(name, value);
            default -> {
                if (override) replace(name, value);
                else if (!value.isEmpty()) add(name, value);
            }
        }
        return true;
    }

    /// Removes every header that nginx keeps in its list and whose name begins with `prefix`, in any case.
    public void removePrefixed(String prefix) {
        if (list != null) list.removeIf(h -> Bytes.startsWithIgnoreCase(h.name, prefix));
        if (Bytes.startsWithIgnoreCase("etag", prefix)) etag = null;
        if (Bytes.startsWithIgnoreCase("location", prefix)) location = null;
    }

    private void replace(String name, String value) {
        if (value.isEmpty()) remove(name);
        else set(name, value);
    }

    public void clearContentLength() { contentLength = -1; }
    public void clearLastModified() {
        lastModified = -1;
        lastModifiedText = null;
    }
    public void clearEtag() { etag = null; }
    /// Makes a strong entity tag weak, since the body is about to change in form. nginx: ngx_http_weak_etag.
    public void weakenEtag() { if (etag != null && !etag.startsWith("W/")) etag = etag.startsWith("\"") ? "W/" + etag : null; }

    /// Back to an empty head, as before an error page is made.
    public void clear() {
        status = 0;
        statusLine = null;
        contentType = null;
        charset = null;
        contentLength = -1;
        clearLastModified();
        etag = null;
        location = null;
        contentTypeImplied = false;
        server = null;
        date = null;
        list = null;
    }
}
