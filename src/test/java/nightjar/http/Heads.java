package nightjar.http;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Mem;

/// Parses heads given as text and tells what came out, for the tests of this package.
final class Heads implements HeadOwner {
    /// Room for one head; a second one shows that moving the bytes between two pieces changes nothing.
    private static final int ROOM = 1 << 20;
    private static final long ONE = Mem.alloc(ROOM);
    private static final long OTHER = Mem.alloc(ROOM);

    final HeadersIn h = new HeadersIn();
    final List<String> notes = new ArrayList<>();
    private final RequestParser parser = new RequestParser();
    private final HeadRules rules;

    Heads(HeadRules rules) {
        this.rules = rules;
    }

    static Heads of(String head) {
        return of(HeadRules.DEFAULT, head);
    }

    static Heads of(HeadRules rules, String head) {
        var heads = new Heads(rules);
        heads.code = heads.parse(Bytes.of(head), head.length());
        return heads;
    }

    /// What `RequestParser.parse` said last.
    int code;

    /// Shows the first `step` bytes, then `step` more … each time at another address.
    int parse(byte[] head, int step) {
        h.reset();
        notes.clear();
        code = 0;
        boolean odd = false;
        for (int shown = 0; code == 0 && shown < head.length; odd = !odd) {
            shown = Math.min(head.length, shown + Math.max(step, 1));
            code = show(head, shown, odd ? OTHER : ONE);
        }
        return code;
    }

    /// Shows the first `cut` bytes, then all.
    int parseInTwo(byte[] head, int cut) {
        h.reset();
        notes.clear();
        code = cut == 0 ? 0 : show(head, cut, ONE);
        if (code == 0 && cut < head.length) {
            code = show(head, head.length, OTHER);
        }
        return code;
    }

    private int show(byte[] head, int shown, long at) {
        // what lies behind the bytes shown must not matter
        Mem.fill(at, Math.min(ROOM, head.length + 64), '\n');
        Mem.put(at, head, 0, shown);
        return parser.parse(h, this, at, shown, false);
    }

    int status() {
        return code < 0 ? HeadError.status(code) : 200;
    }

    String error() {
        return HeadError.text(code, h);
    }

    /// Method, URI, header lines and framing of an accepted head.
    String reading() {
        var line = h.line;
        return line.methodName() + ' ' + line.uri() + " ? " + line.args() + " . " + line.extension() + ' '
                + line.version() + ' ' + h.server() + ':' + h.serverPort() + ' ' + h.contentLength() + ' '
                + h.chunked() + ' ' + h.keepAlive() + ' ' + lines();
    }

    /// Everything that can be seen: the reading or the refusal, with what was logged.
    String outcome() {
        return code + " " + (code < 0 ? error() : code > 0 ? reading() : "incomplete") + ' ' + notes;
    }

    String lines() {
        var all = new StringBuilder();
        for (int i = 0; i < h.count(); i++) {
            all.append(h.name(i)).append(": ").append(h.value(i)).append("\r\n");
        }
        return all.toString();
    }

    /// The accepted head written down again in the plainest form.
    String written() {
        var line = h.line;
        String target = line.schema() == null ? line.unparsedUri() : line.schema() + "://"
                + Mem.string(h.base + line.hostStart, line.hostEnd - line.hostStart) + line.unparsedUri();
        if (line.version() == 9) {
            return "GET " + target + "\r\n";
        }
        return line.methodName() + ' ' + target + " HTTP/1." + (line.version() - 1000) + "\r\n" + lines() + "\r\n";
    }

    @Override
    public HeadRules rules() {
        return rules;
    }

    @Override
    public boolean notes() {
        return true;
    }

    @Override
    public void note(String text) {
        notes.add(text);
    }
}
