package nightjar.http;

/// What a handler answers. nginx keeps NGX_OK, NGX_DECLINED, NGX_AGAIN, NGX_DONE, NGX_ERROR and HTTP status codes in
/// one int; here each is a case of its own.
public sealed interface Outcome {
    /// The answers that carry no status.
    enum Signal implements Outcome { OK, DECLINED, AGAIN, DONE, ERROR }

    /// An HTTP status to answer with, or one of nginx's own codes (444, 494, 499 …).
    record Status(int code) implements Outcome {}

    /// Handled; the phase is over.
    Outcome OK = Signal.OK;
    /// Not mine; the next handler's turn.
    Outcome DECLINED = Signal.DECLINED;
    /// Waiting; whoever holds the request calls [PhaseEngine#resume] with the final outcome.
    Outcome AGAIN = Signal.AGAIN;
    /// The request went elsewhere (an internal redirect, or its end is under way); the caller stops.
    Outcome DONE = Signal.DONE;
    /// The connection is of no more use.
    Outcome ERROR = Signal.ERROR;

    /// The outcome for an HTTP status code, 0 to 999.
    static Outcome status(int code) { return Statuses.of(code); }
}

/// The cases of [Outcome.Status], made once.
final class Statuses {
    private static final Outcome.Status[] ALL = new Outcome.Status[1000];
    static { for (int i = 0; i < ALL.length; i++) ALL[i] = new Outcome.Status(i); }

    private Statuses() {}

    static Outcome of(int code) { return code >= 0 && code < 1000 ? ALL[code] : new Outcome.Status(code); }
}
