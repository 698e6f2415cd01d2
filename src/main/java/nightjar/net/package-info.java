/// Event loops, connections, listening sockets and timers over Netty. Knows no HTTP.
@NullMarked
package nightjar.net;

import org.jspecify.annotations.NullMarked;
