package nightjar.dict;

/// How an operation on a dict ended.
public enum Answer {
    OK, NOT_FOUND, EXISTS, NO_MEMORY, NOT_A_NUMBER, IS_A_LIST, NOT_A_LIST,
    /// There was no memory for a list; [#NO_MEMORY] is that there was none for an item of it.
    NO_MEMORY_FOR_LIST
}
