package nightjar.http.module;

import java.util.HashSet;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.core.Bytes;
import nightjar.http.Request;

/// The media types of which a filter takes responses: `gzip_types` and its like. Source: ngx_http_types_slot.
record MediaTypes(Set<String> types, boolean any) {
    /// A directive whose list has `always` in it and, if it is not given, is that.
    static Directive<MediaTypes> directive(String name, Set<Context> in, Set<String> always) {
        return Directive.one(name, in, Arity.ONE_OR_MORE, a -> read(a, always), new MediaTypes(always, false));
    }

    private static MediaTypes read(Args a, Set<String> always) {
        var types = new HashSet<>(always);
        for (var w : a.words()) {
            if (w.equals("*")) return new MediaTypes(Set.of(), true);
            if (!types.add(Bytes.lower(w))) a.warn("duplicate MIME type \"" + w + "\"");
        }
        return new MediaTypes(Set.copyOf(types), false);
    }

    boolean take(Request r) {
        var type = r.out.mediaType();
        return !type.isEmpty() && (any || types.contains(type));
    }
}
