package nightjar;

import java.util.List;
import nightjar.http.Core;
import nightjar.http.HttpModule;

/// Everything that is built in, in two orders.
final class Modules {
    /// Inside a phase, handlers run in this order; nginx runs them in the reverse of its own list.
    static final List<HttpModule> ALL = List.of(
            Core.MODULE);

    /// A response passes these from top to bottom, and then the writer.
    static final List<HttpModule> FILTERS = List.of();

    private Modules() {}
}
