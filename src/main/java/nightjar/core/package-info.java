/// What everything stands on: memory by address, Latin-1 text, time, the error log, libc and signals.
@NullMarked
package nightjar.core;

import org.jspecify.annotations.NullMarked;
