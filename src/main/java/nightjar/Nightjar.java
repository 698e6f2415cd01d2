package nightjar;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Posix;

/// The program: arguments → [Cycle] → [ServerProcess].
public final class Nightjar {
    private Nightjar() {}

    public static void main(String[] args) {
        CommandLine commandLine;
        try {
            commandLine = CommandLine.parse(List.of(args).stream().map(Bytes::utf8).toList());
        } catch (CommandLine.Invalid e) {
            System.err.println("nginx: " + e.getMessage());
            System.exit(1);
            return;
        }
        if (commandLine.signal() != null) System.exit(signal(commandLine));
        if (commandLine.test()) System.exit(test(commandLine));
        System.exit(serve(commandLine));
    }

    private static int serve(CommandLine commandLine) {
        var launcher = new Launcher();
        var initial = Cycle.initialLog(commandLine, false);
        try {
            var cycle = Cycle.load(commandLine, initial);
            return new ServerProcess(cycle, launcher).run();
        } catch (ConfException e) {
            initial.write(e.level, e.getMessage());
            launcher.failed("nginx: [" + e.level.lowerName() + "] " + e.getMessage());
            return 1;
        }
    }

    /// `-t`, `-T`.
    private static int test(CommandLine commandLine) {
        var path = commandLine.confPath(Cycle.HOME);
        var initial = Cycle.initialLog(commandLine, false);
        try {
            var cycle = Cycle.load(commandLine, initial);
            if (!commandLine.quiet()) {
                err("nginx: the configuration file " + path + " syntax is ok");
                err("nginx: configuration file " + path + " test is successful");
            }
            if (commandLine.dump()) out(cycle.dump);
            return 0;
        } catch (ConfException e) {
            initial.write(Level.EMERG, e.getMessage());
            err("nginx: [emerg] " + e.getMessage());
            err("nginx: configuration file " + path + " test failed");
            return 1;
        }
    }

    /// `-s`: finds the running server by its pid file.
    private static int signal(CommandLine commandLine) {
        var initial = Cycle.initialLog(commandLine, false);
        try {
            var cycle = Cycle.load(commandLine, initial);
            var file = cycle.pidPath();
            int pid;
            try {
                pid = Bytes.parseInt(Bytes.trim(Bytes.string(Files.readAllBytes(Path.of(Bytes.fromUtf8(file))))));
            } catch (IOException e) {
                return refused(initial, "open() \"" + file + "\" failed (2: No such file or directory)");
            }
            if (pid <= 0) return refused(initial, "invalid PID number \"\" in \"" + file + "\"");
            int rc = Posix.kill(pid, commandLine.signal().number);
            if (rc == 0) return 0;
            err("nginx: [alert] kill(" + pid + ", " + commandLine.signal().number + ") failed " + Errno.quoted(-rc));
            return 1;
        } catch (ConfException e) {
            initial.write(Level.EMERG, e.getMessage());
            err("nginx: [emerg] " + e.getMessage());
            return 1;
        }
    }

    private static int refused(Log log, String text) {
        log.write(Level.ERROR, text);
        err("nginx: [error] " + text);
        return 1;
    }

    private static void err(String latin1) { write(System.err, latin1 + "\n"); }
    private static void out(String latin1) { write(System.out, latin1); }

    private static void write(PrintStream to, String latin1) {
        to.write(Bytes.of(latin1), 0, latin1.length());
        to.flush();
    }
}
