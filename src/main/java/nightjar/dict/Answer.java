package nightjar.dict;

/// How an operation on a dict ended.
public enum Answer {
    OK(""), NOT_FOUND("not found"), EXISTS("exists"), NO_MEMORY("no memory"), NOT_A_NUMBER("not a number"),
    IS_A_LIST("value is a list"), NOT_A_LIST("value not a list"),
    /// There was no memory for a list; [#NO_MEMORY] is that there was none for an item of it.
    NO_MEMORY_FOR_LIST("no memory");

    /// What Lua is told.
    public final String text;

    Answer(String text) { this.text = text; }
}
