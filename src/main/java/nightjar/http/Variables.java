package nightjar.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// The variables of one configuration: modules' own and those that `set`, `map` and their like define.
///
/// A value that belongs to a request alone has a slot in [Request#vars]; its number is given out here.
public final class Variables {
    /// A variable named in nginx.conf; which one it is is known once all of nginx.conf is read.
    public static final class Ref {
        final String name;
        @Nullable Variable variable;
        Ref(String name) { this.name = name; }
        public String name() { return name; }
        public @Nullable String get(Request r) { return variable == null ? null : variable.get().get(r, name); }
    }

    /// What a request keeps for a variable that is not found from now on.
    @SuppressWarnings("StringOperationCanBeSimplified") // this very object
    private static final String UNSET = new String("");

    private final Map<String, Variable> byName = new HashMap<>();
    private final List<Variable> prefixes = new ArrayList<>();
    private final Map<String, Ref> refs = new HashMap<>();
    private final Map<String, Integer> ownSlots = new HashMap<>();
    private int slots;
    private final Map<String, Integer> numbers = new HashMap<>();
    private Variable[] numbered = {};

    void add(Variable v) {
        if (v.isPrefix()) prefixes.add(new Variable(v.name().substring(0, v.name().length() - 1), v.get(), v.set()));
        else byName.put(v.name(), v);
    }

    /// The variable with this name, or `null`. Names are compared in lower case, as nginx does.
    public @Nullable Variable find(String name) {
        var v = byName.get(name);
        if (v == null && hasUpper(name)) v = byName.get(name = Bytes.lower(name));
        return v != null ? v : prefixed(name);
    }

    private @Nullable Variable prefixed(String name) {
        for (var p : prefixes) if (name.startsWith(p.name())) return p;
        return null;
    }

    private static boolean hasUpper(String s) {
        for (int i = 0; i < s.length(); i++) if (s.charAt(i) >= 'A' && s.charAt(i) <= 'Z') return true;
        return false;
    }

    /// Looks `name` up now and gives its value.
    public @Nullable String get(Request r, String name) {
        var v = find(name);
        return v == null ? null : v.get().get(r, name);
    }

    /// The number of the variable with this name (in lower case) for [#get(Request, int)]; -1 for one of a family such as
    /// `arg_*`, and for none.
    public int number(String lowerName) { return numbers.getOrDefault(lowerName, -1); }

    /// The value of variable number `n`.
    public @Nullable String get(Request r, int n) {
        var v = numbered[n];
        return v.get().get(r, v.name());
    }

    /// The variable with this very name (in lower case), no family's, or `null`.
    public @Nullable Variable named(String lowerName) { return byName.get(lowerName); }

    /// A reference that [#resolve] settles.
    public Ref ref(String name) { return refs.computeIfAbsent(Bytes.lower(name), Ref::new); }

    /// A number for a request's own value.
    public int slot() { return slots++; }
    public int slots() { return slots; }

    /// Defines `name` as a changeable variable kept with each request, as a named capture does: not found until it is set.
    /// A built-in one that may be changed is left as it is.
    /// @throws IllegalArgumentException with nginx's text if the name is taken by one that may not be changed
    public Variable define(String name) {
        var v = define(name, (_, _) -> null);
        return ownSlots.containsKey(v.name()) ? put(v.name(), (_, _) -> null) : v;
    }

    /// As [#define(String)], but an earlier definition holds; else `unset` gives the value as long as the request has none
    /// of its own.
    public Variable define(String name, Variable.Getter unset) {
        name = Bytes.lower(name);
        var v = byName.get(name);
        if (v != null) {
            if (!v.changeable()) throw new IllegalArgumentException("the duplicate \"" + name + "\" variable");
            return v;
        }
        var prefix = prefixed(name);
        return put(name, prefix != null ? prefix.get() : unset);
    }

    /// Defines `name` as a computed value that `set` may replace for a request; a later definition of a changeable
    /// variable replaces the earlier one.
    ///
    /// @param once whether the value is computed at most once a request
    public Variable defineComputed(String name, boolean once, Variable.Plain compute) {
        name = Bytes.lower(name);
        var old = byName.get(name);
        if (old != null && !old.changeable()) throw new IllegalArgumentException("the duplicate \"" + name + "\" variable");
        int slot = slotOf(name);
        return put(name, !once ? (r, _) -> compute.get(r) : (r, _) -> r.vars[slot] = compute.get(r));
    }

    /// The same for each definition of a name, so that what one sets all others see.
    private int slotOf(String name) { return ownSlots.computeIfAbsent(name, _ -> slot()); }

    private Variable put(String name, Variable.Getter unset) {
        int slot = slotOf(name);
        Variable.Getter get = (r, n) -> {
            var own = r.vars[slot];
            return own == UNSET ? null : own != null ? own : unset.get(r, n);
        };
        var v = new Variable(name, get, (r, value) -> r.vars[slot] = value == null ? UNSET : value);
        byName.put(name, v);
        return v;
    }

    /// Defines `name` as a computed value; a later definition of a changeable variable replaces the earlier one.
    public void define(Variable v) {
        var old = byName.get(v.name());
        if (old != null && !old.changeable()) throw new IllegalArgumentException("the duplicate \"" + v.name() + "\" variable");
        byName.put(v.name(), v);
    }

    /// Settles every reference made while nginx.conf was read.
    /// @throws ConfException `unknown "x" variable`
    void resolve() {
        for (var ref : refs.values()) {
            ref.variable = find(ref.name);
            if (ref.variable == null) throw new ConfException("unknown \"" + ref.name + "\" variable");
        }
        numbered = byName.values().toArray(Variable[]::new);
        for (int i = 0; i < numbered.length; i++) numbers.put(numbered[i].name(), i);
    }
}
