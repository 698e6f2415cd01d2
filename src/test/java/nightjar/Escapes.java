package nightjar;

import java.util.ArrayList;
import java.util.List;

/// The escapes of `t/` files: `\r \n \t \0 \\ \xHH`.
final class Escapes {
    private Escapes() {}

    static String read(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            switch (text.charAt(++i)) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("unknown escape \\" + text.charAt(i));
            }
        }
        return out.toString();
    }

    /// The bytes of a `raw_request`, in the pieces between which the client waits.
    static List<String> wire(String text) {
        String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        boolean open = lines.endsWith("\\") && !lines.endsWith("\\\\");
        String whole = (open ? lines.substring(0, lines.length() - 1) : lines + "\n\n").replace("\\\n", "").replace("\n", "\\r\\n");
        var pieces = new ArrayList<String>();
        for (String piece : whole.split("\\\\w", -1)) pieces.add(read(piece));
        return pieces;
    }
}
