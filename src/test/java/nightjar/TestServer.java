package nightjar;

import java.io.IOException;
import java.nio.file.Path;

/// A server that a behaviour test has started.
interface TestServer {
    /// Starts servers: in this JVM, or as a program of their own.
    interface Launcher {
        /// Starts one with the configuration `conf/nginx.conf` of a directory, and returns when it accepts connections.
        /// @throws StartException if it refuses its configuration, or cannot bind
        TestServer start(Path prefix, int port) throws IOException, InterruptedException, StartException;
    }

    final class StartException extends Exception {
        private static final long serialVersionUID = 1;

        StartException(String message) {
            super(message);
        }
    }

    /// Waits some seconds for it to end by itself.
    /// @return whether it has ended
    boolean ends() throws InterruptedException;

    /// Ends it and waits until it has ended.
    void close() throws IOException, InterruptedException;
}
