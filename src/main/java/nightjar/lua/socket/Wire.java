package nightjar.lua.socket;

/// What a socket's bytes come from and go to: a connection of its own, or the client's.
interface Wire {
    /// As [nightjar.net.Conn#receive].
    int receive(long addr, int n);

    /// Gives bytes to the kernel; what it does not take waits, and [Socket#onWritable] tells when it has gone.
    void send(long addr, int n);

    /// Whether anything can be sent.
    boolean sends();

    /// Small pieces are to go at once.
    /// @return whether this is the first time that it says so
    boolean noDelay();

    /// Bytes that wait.
    long queued();

    /// Why nothing can be sent any more, 0: it can.
    int errno();

    /// -1 where there is none.
    int descriptor();

    /// The socket does not use it any more.
    void close();
}
