package nightjar.conf;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Where a directive stands: the kind of block around it. The sets are those that nginx's command tables use.
public enum Context {
    MAIN,
    EVENTS,
    HTTP,
    SERVER,
    SERVER_IF,
    LOCATION,
    LOCATION_IF,
    LIMIT_EXCEPT,
    UPSTREAM;

    public static final Set<Context> ANY = Collections.unmodifiableSet(EnumSet.allOf(Context.class));

    public static final Set<Context> MAIN_ONLY = of(MAIN);
    public static final Set<Context> EVENTS_ONLY = of(EVENTS);
    public static final Set<Context> HTTP_ONLY = of(HTTP);
    public static final Set<Context> SRV_ONLY = of(SERVER);
    public static final Set<Context> LOC_ONLY = of(LOCATION);
    public static final Set<Context> UPS_ONLY = of(UPSTREAM);

    public static final Set<Context> HTTP_SRV = of(HTTP, SERVER);
    public static final Set<Context> HTTP_SRV_SIF_LOC = of(HTTP, SERVER, SERVER_IF, LOCATION);
    public static final Set<Context> HTTP_SRV_LOC = of(HTTP, SERVER, LOCATION);
    public static final Set<Context> HTTP_SRV_LOC_LIF = of(HTTP, SERVER, LOCATION, LOCATION_IF);
    public static final Set<Context> HTTP_SRV_LOC_LIF_LMT = of(HTTP, SERVER, LOCATION, LOCATION_IF, LIMIT_EXCEPT);
    public static final Set<Context> HTTP_SRV_LOC_LMT = of(HTTP, SERVER, LOCATION, LIMIT_EXCEPT);
    public static final Set<Context> MAIN_HTTP_SRV_LOC = of(MAIN, HTTP, SERVER, LOCATION);
    public static final Set<Context> SRV_LOC = of(SERVER, LOCATION);
    public static final Set<Context> SRV_LOC_LIF = of(SERVER, LOCATION, LOCATION_IF);
    public static final Set<Context> SRV_SIF_LOC_LIF = of(SERVER, SERVER_IF, LOCATION, LOCATION_IF);
    public static final Set<Context> LOC_LIF = of(LOCATION, LOCATION_IF);
    public static final Set<Context> LOC_LMT = of(LOCATION, LIMIT_EXCEPT);
    public static final Set<Context> LOC_LIF_LMT = of(LOCATION, LOCATION_IF, LIMIT_EXCEPT);

    public static Set<Context> of(Context first, Context... others) {
        return Collections.unmodifiableSet(EnumSet.of(first, others));
    }
}
