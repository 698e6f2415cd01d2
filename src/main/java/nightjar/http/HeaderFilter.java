package nightjar.http;

/// Edits a response head before it is sent. Runs once for each response (and for each subrequest's).
public interface HeaderFilter {
    /// @return `OK` to go on, `AGAIN` when it must wait and has called [HeaderFilters#sleep], `ERROR` or a status to give up,
    /// `DONE` when [HeaderFilters#replace] has sent another response
    Outcome filter(Request r);
}
