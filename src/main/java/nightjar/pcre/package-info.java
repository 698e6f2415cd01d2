/// Regular expressions: PCRE2 bound by `java.lang.foreign`.
@NullMarked
package nightjar.pcre;

import org.jspecify.annotations.NullMarked;
