package nightjar;

import java.util.List;
import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Posix;

/// The program: arguments → [Cycle] → [ServerProcess].
/// Source: main() of nginx.c.
public final class Nightjar {
    private Nightjar() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args).stream().map(Bytes::utf8).toList()));
    }

    private static int run(List<String> words) {
        CommandLine commandLine;
        try {
            commandLine = CommandLine.parse(words);
        } catch (CommandLine.Invalid e) {
            Log.console(Level.STDERR, e.getMessage());
            return 1;
        }
        Log.console(true);
        var initial = Cycle.initialLog(commandLine);
        try {
            if (commandLine.signal() != null) return signal(commandLine, initial);
            if (commandLine.test()) return test(commandLine, initial);
            return ServerProcess.run(commandLine, initial);
        } catch (ConfException e) {
            initial.write(e.level, e.getMessage());
            if (commandLine.test()) Log.console(Level.STDERR, "configuration file " + commandLine.confPath(Cycle.HOME) + " test failed");
            return 1;
        }
    }

    /// `-t`, `-T`.
    private static int test(CommandLine commandLine, Log initial) {
        var cycle = Cycle.load(commandLine, initial);
        PidFile.touch(cycle.pidPath());
        cycle.open();
        if (cycle.http != null) ListenSockets.test(cycle.http);
        if (!commandLine.quiet()) {
            Log.console(Level.STDERR, "configuration file " + commandLine.confPath(Cycle.HOME) + " test is successful");
        }
        if (commandLine.dump()) {
            System.out.write(Bytes.of(cycle.dump), 0, cycle.dump.length());
            System.out.flush();
        }
        return 0;
    }

    /// `-s`: finds the running server by its pid file.
    private static int signal(CommandLine commandLine, Log initial) {
        var cycle = Cycle.load(commandLine, initial);
        initial.write(Level.NOTICE, "signal process started");
        int pid = PidFile.read(cycle.pidPath());
        int signal = commandLine.signal().number;
        int result = Posix.kill(pid, signal);
        if (result < 0) throw new ConfException(Level.ALERT, "kill(" + pid + ", " + signal + ") failed " + Errno.quoted(-result));
        return 0;
    }
}
