/// Lua on a worker: its VMs, the scheduler of their coroutines, and the border that both sides read and write.
@NullMarked
package nightjar.lua;

import org.jspecify.annotations.NullMarked;
