package nightjar.net;

/// Takes new connections, on the thread of their worker. It sets [Conn#handler], or closes the connection.
public interface Acceptor {
    void accepted(Conn c);
}
