package nightjar.lua.pipe;

import java.io.IOException;
import nightjar.core.Child;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.net.Descriptor;

/// Waits for the end of one child, so that it does not stay behind as a zombie: longer than anybody wants to know of it.
final class Exit {
    private final PipeApi api;
    private final int pid;
    private final Descriptor pidfd;
    private Runnable told;
    private int status = Child.RUNNING;

    /// @param told runs, as an event of its own, when the child has ended: what it wrote last has been told by then
    Exit(PipeApi api, int pid, Runnable told) throws IOException {
        this.api = api;
        this.pid = pid;
        this.told = told;
        int fd = Child.pidfd(pid);
        if (fd < 0) throw new IOException("pidfd_open() failed " + Errno.quoted(-fd));
        pidfd = Descriptor.watch(api.worker, fd, false, () -> api.worker.execute(this::reap));
    }

    private void reap() {
        if (ended()) return;
        status = Child.exited(pid);
        if (!ended()) return;
        pidfd.close();
        api.log(Level.NOTICE, "signal 17 (SIGCHLD) received from " + pid);
        api.log(Level.DEBUG, "lua pipe SIGCHLD fd read pid:" + pid + " status:" + status);
        told.run();
    }

    boolean ended() { return status != Child.RUNNING; }

    /// As waitpid says it.
    int status() { return status; }

    /// Nobody is to be told.
    void forget() { told = () -> {}; }
}
