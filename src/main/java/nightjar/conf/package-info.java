/// nginx.conf: text → statements → directives → scopes. Text is Latin-1: one char is one byte of the file.
@NullMarked
package nightjar.conf;

import org.jspecify.annotations.NullMarked;
