package nightjar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import nightjar.conf.ConfException;
import nightjar.conf.ConfReader;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.LogFile;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import org.jspecify.annotations.Nullable;

/// One loaded configuration. A reload makes a new one; connections of the old one finish on it.
final class Cycle {
    /// Where Nightjar is installed: the prefix without `-p`.
    static final String HOME = Bytes.utf8(System.getProperty("nightjar.home", System.getProperty("user.dir")) + "/");

    final CommandLine commandLine;
    final Scope main = Scope.main();
    final @Nullable HttpConf http;
    final Log log;
    final String dump;

    private Cycle(CommandLine commandLine, Log initial) {
        this.commandLine = commandLine;
        main.set(Core.LOG, initial);
        Core.prefix(main, commandLine.prefixOr(HOME));
        var reader = new ConfReader(directives(), commandLine.prefixOr(HOME), commandLine.confDir(HOME), w -> initial.write(Level.WARN, w));
        if (commandLine.globals() != null) reader.readCommandLine(commandLine.globals(), main);
        reader.read(commandLine.confPath(HOME), main);
        if (main.get(ProcessConf.EVENTS_SCOPE) == null) throw new ConfException("no \"events\" section in configuration");
        http = main.get(ProcessConf.HTTP);
        log = main.get(Core.LOG);
        dump = reader.dump();
    }

    /// Reads the configuration that the command line names.
    /// @param initial where warnings and errors go until `error_log` is read
    /// @throws ConfException with nginx's text
    static Cycle load(CommandLine commandLine, Log initial) { return new Cycle(commandLine, initial); }

    /// The log that is used before the configuration is read: standard error, and the default error log if it can be opened.
    static Log initialLog(CommandLine commandLine, boolean stderr) {
        var targets = new ArrayList<Log.Target>();
        if (stderr) targets.add(Log.Target.stderr(Level.NOTICE));
        var path = commandLine.errorLogPath(HOME);
        if (path != null) try {
            targets.add(Log.Target.file(LogFile.open(path), Level.NOTICE));
        } catch (IOException e) {
            System.err.println("nginx: [alert] could not open error log file: " + e.getMessage());
        }
        return new Log(targets);
    }

    private static List<Directive<?>> directives() {
        var all = new ArrayList<Directive<?>>(ProcessConf.ALL);
        all.add(HttpConf.directive(Modules.ALL, Modules.FILTERS, ProcessConf.HTTP));
        for (var m : Modules.ALL) all.addAll(m.directives());
        return all;
    }

    String pidPath() {
        var set = ProcessConf.PID.get(main);
        return set.isEmpty() ? commandLine.prefixOr(HOME) + "logs/nginx.pid" : set;
    }

    int workers() { return ProcessConf.WORKER_PROCESSES.get(main); }

    Scope events() { return main.get(ProcessConf.EVENTS_SCOPE); }
}
