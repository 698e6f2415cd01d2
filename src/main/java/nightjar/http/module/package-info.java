/// One file for each of nginx's HTTP modules, and for those that OpenResty bundles with it.
@NullMarked
package nightjar.http.module;

import org.jspecify.annotations.NullMarked;
