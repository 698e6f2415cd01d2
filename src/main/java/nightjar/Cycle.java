package nightjar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import nightjar.conf.ConfException;
import nightjar.conf.ConfReader;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Log.Target;
import nightjar.core.LogFile;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import org.jspecify.annotations.Nullable;

/// One loaded configuration. A reload makes a new one; connections of the old one finish on it.
/// Source: ngx_init_cycle() of ngx_cycle.c.
final class Cycle {
    /// Where Nightjar is installed: the prefix without `-p`.
    static final String HOME = Bytes.utf8(System.getProperty("nightjar.home", System.getProperty("user.dir")) + "/");
    /// The launcher.
    static final String PROGRAM = HOME + "bin/nightjar";
    private static final int OWNER_ALL = 0700;

    final CommandLine commandLine;
    final Scope main = Scope.main();
    final @Nullable HttpConf http;
    /// The error log of the main context. Its files are open after [#open].
    final Log log = new Log(List.of());
    final String dump;
    /// What [LogFile#closeBefore] knows this cycle by.
    final int turn = LogFile.beginTurn();

    private Cycle(CommandLine commandLine, Log before) {
        this.commandLine = commandLine;
        main.set(Core.LOG, log);
        Core.prefix(main, commandLine.prefixOr(HOME));
        main.set(ProcessConf.ARGUMENTS, commandLine.words());
        var reader = new ConfReader(directives(), commandLine.prefixOr(HOME), commandLine.confDir(HOME), w -> before.write(Level.WARN, w));
        if (commandLine.globals() != null) reader.readCommandLine(commandLine.globals(), main);
        reader.read(commandLine.confPath(HOME), main);
        http = main.get(ProcessConf.HTTP);
        dump = reader.dump();
        if (log.targets().stream().allMatch(t -> t.file() == null)) log.add(defaultLog(commandLine, Level.ERROR));
        if (commandLine.test() && !commandLine.quiet()) {
            Log.console(Level.STDERR, "the configuration file " + commandLine.confPath(HOME) + " syntax is ok");
        }
        checkEvents();
    }

    /// Reads the configuration that the command line names. Nothing is opened yet.
    /// @param before where warnings go
    /// @throws ConfException with nginx's text
    static Cycle load(CommandLine commandLine, Log before) { return new Cycle(commandLine, before); }

    private void checkEvents() {
        if (main.get(ProcessConf.EVENTS_SCOPE) == null) throw new ConfException("no \"events\" section in configuration");
        int sockets = http == null ? 0 : http.endpoints().size();
        if (connections() < sockets + 1) {
            throw new ConfException(connections() + " worker_connections are not enough for " + sockets + " listening sockets");
        }
    }

    /// The log that is used before the configuration is read.
    static Log initialLog(CommandLine commandLine) {
        var target = defaultLog(commandLine, Level.NOTICE);
        try {
            LogFile.openNamed();
        } catch (IOException e) {
            Log.console(Level.ALERT, "could not open error log file: " + e.getMessage());
            target = Target.stderr(Level.NOTICE);
        }
        return new Log(List.of(target));
    }

    private static Target defaultLog(CommandLine commandLine, Level level) {
        var path = commandLine.errorLogPath(HOME);
        return path == null ? Target.stderr(level) : Target.file(LogFile.named(path), level);
    }

    private static List<Directive<?>> directives() {
        var all = new ArrayList<Directive<?>>(ProcessConf.ALL);
        all.add(HttpConf.directive(Modules.ALL, Modules.FILTERS, ProcessConf.HTTP));
        for (var m : Modules.ALL) all.addAll(m.directives());
        return all;
    }

    /// Makes the directories of temporary files, and opens the log files.
    /// @throws ConfException with nginx's text
    void open() {
        var owner = ProcessConf.USER.get(main);
        if (http != null) {
            var dirs = new LinkedHashSet<String>();
            for (var l : http.locations()) dirs.add(l.conf(Core.CONF).clientBodyTempPath().dir());
            for (var dir : dirs) makeDirectory(dir, owner);
        }
        try {
            LogFile.openNamed();
        } catch (IOException e) {
            throw new ConfException(e.getMessage());
        }
    }

    private static void makeDirectory(String path, ProcessConf.@Nullable Owner owner) {
        int result = Posix.mkdir(path, OWNER_ALL);
        if (result < 0 && result != -Errno.EEXIST) throw failed("mkdir()", path, result);
        if (owner == null) return;
        var stat = new Stat();
        result = Posix.stat(path, stat);
        if (result < 0) throw failed("stat()", path, result);
        if (stat.uid != owner.uid()) {
            result = Posix.chown(path, owner.uid(), -1);
            if (result < 0) throw new ConfException("chown(\"" + path + "\", " + owner.uid() + ") failed " + Errno.quoted(-result));
        }
        if ((stat.mode & OWNER_ALL) != OWNER_ALL) {
            result = Posix.chmod(path, stat.mode & 07777 | OWNER_ALL);
            if (result < 0) throw failed("chmod()", path, result);
        }
    }

    private static ConfException failed(String call, String path, int result) {
        return new ConfException(call + " \"" + path + "\" failed " + Errno.quoted(-result));
    }

    String pidPath() {
        var set = ProcessConf.PID.get(main);
        return set.isEmpty() ? commandLine.prefixOr(HOME) + "logs/nginx.pid" : set;
    }

    int workers() { return ProcessConf.WORKER_PROCESSES.get(main); }

    int connections() { return ProcessConf.WORKER_CONNECTIONS.get(events()); }

    /// Whether this configuration is one of a master with workers, as far as can be told from outside.
    boolean hasMaster() { return ProcessConf.MASTER_PROCESS.get(main); }

    Scope events() { return main.get(ProcessConf.EVENTS_SCOPE); }
}
