package nightjar.lua.api;

/// A header's or variable's name as it was written, and in lower case.
record Name(String text, String lower) {}
