package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EscapeTest {
    @Test void headerNamesKeepTokenCharacters() {
        assertThat(Escape.HEADER_NAME.escape("X-My_Header.1!#$%&'*+^`|~")).isEqualTo("X-My_Header.1!#$%&'*+^`|~");
        assertThat(Escape.HEADER_NAME.escape("a:b c\r\n\351")).isEqualTo("a%3Ab%20c%0D%0A%E9");
    }

    @Test void headerValuesKeepAllButControlCharacters() {
        assertThat(Escape.HEADER_VALUE.escape("a\tb: \"\351\"")).isEqualTo("a\tb: \"\351\"");
        assertThat(Escape.HEADER_VALUE.escape("a\r\nSet-Cookie: x\177\0")).isEqualTo("a%0D%0ASet-Cookie: x%7F%00");
    }

    @Test void findsTheUnsafeByteOfAUri() {
        assertThat(Escape.UNSAFE_URI.find(Native.of("/foo\t%"), 6)).isEqualTo(-1);
        assertThat(Escape.UNSAFE_URI.find(Native.of("/foo\r\n"), 6)).isEqualTo(13);
    }

    @Test void messagesShowUrisInHex() {
        assertThat(Escape.escapeLog("/foo\r\n\"\\\351 bar")).isEqualTo("/foo\\x0D\\x0A\\x22\\x5C\\xE9 bar");
    }
}
