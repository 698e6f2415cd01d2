/// Asking other servers: groups of them, who is next, kept connections, and one request on its way.
@NullMarked
package nightjar.http.upstream;

import org.jspecify.annotations.NullMarked;
