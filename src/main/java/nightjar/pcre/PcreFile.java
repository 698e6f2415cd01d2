package nightjar.pcre;

/// Where PCRE2 is, for those who load it themselves.
public final class PcreFile {
    /// Debian's name of the library's file; `-Dnightjar.pcre=` names another.
    public static final String NAME = System.getProperty("nightjar.pcre", "libpcre2-8.so.0");

    private PcreFile() {}
}
