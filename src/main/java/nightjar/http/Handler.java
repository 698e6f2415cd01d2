package nightjar.http;

/// What runs in a phase, or makes a location's content.
public interface Handler { Outcome handle(Request r); }
