package nightjar.conf;

import java.util.List;

/// The words up to the next `;`, `{` or `}`, or up to the end of the text.
record Statement(List<String> words, End end) {
    enum End { SEMICOLON, OPEN, CLOSE, TEXT }

    boolean opensBlock() {
        return end == End.OPEN;
    }
}
