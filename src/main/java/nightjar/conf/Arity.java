package nightjar.conf;

/// How many words may follow a directive's name; bit *n* of `counts` allows *n* words, the highest bit 63 and more.
public record Arity(long counts) {
    public static final Arity NONE = take(0);
    public static final Arity ANY = new Arity(-1L);
    public static final Arity ONE_OR_MORE = new Arity(-1L << 1);
    public static final Arity TWO_OR_MORE = new Arity(-1L << 2);

    /// Exactly one of these numbers of words: nginx's TAKE1, TAKE12, TAKE13 …
    public static Arity take(int... counts) {
        long bits = 0;
        for (int n : counts) bits |= 1L << n;
        return new Arity(bits);
    }

    boolean allows(int words) {
        return (counts >> Math.min(words, 63) & 1) != 0;
    }
}
