/// The program: command line, the list of modules, the life of a configuration.
@NullMarked
package nightjar;

import org.jspecify.annotations.NullMarked;
