/// The spine: the life of a request, one file a stage. See `docs/request.md`.
@NullMarked
package nightjar.http;

import org.jspecify.annotations.NullMarked;
