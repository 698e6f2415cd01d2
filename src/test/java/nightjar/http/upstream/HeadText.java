package nightjar.http.upstream;

import nightjar.core.Bytes;
import nightjar.core.Mem;

/// An upstream's answer as a test writes it.
final class HeadText {
    private HeadText() {}

    /// What `head` says of `text`, which it sees from the beginning.
    static int parse(ResponseHead head, String text) {
        long p = Mem.alloc(text.length() + 1);
        try {
            Mem.put(p, Bytes.of(text));
            return head.parse(p, text.length());
        } finally {
            Mem.free(p);
        }
    }
}
