package nightjar.net;

import io.netty.channel.unix.Errors;
import java.io.FileNotFoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import nightjar.core.Errno;
import org.jspecify.annotations.Nullable;

/// The way back from exceptions to Linux's error numbers.
final class NettyErrno {
    /// How the JDK's and Netty's NIO word an error, beginning of the message and number.
    private static final Object[][] WORDS = {
        {"Connection reset", 104}, {"Broken pipe", 32}, {"Connection timed out", 110}, {"Connection refused", 111},
        {"Address already in use", 98}, {"Cannot assign requested address", 99}, {"Can't assign requested address", 99},
        {"Permission denied", 13}, {"Too many open files", 24}, {"No route to host", 113}, {"Network is unreachable", 101},
        {"Protocol family unavailable", 97}, {"Unsupported address type", 97}, {"No such file or directory", 2},
        {"Operation timed out", 110}, {"Software caused connection abort", 103},
    };

    private NettyErrno() {}

    /// The number behind an exception of Netty or the JDK; EIO when it tells none.
    static int of(@Nullable Throwable e) {
        return switch (e) {
            case Errors.NativeIoException io -> -io.expectedErr();
            case ClosedChannelException _ -> Errno.EBADF;
            case NotYetConnectedException _ -> Errno.ENOTCONN;
            case FileNotFoundException _ -> Errno.ENOENT;
            case null -> Errno.EIO;
            default -> byWords(e);
        };
    }

    private static int byWords(Throwable e) {
        var message = e.getMessage();
        if (message != null) {
            for (var row : WORDS) {
                if (message.contains((String) row[0])) return (int) row[1];
            }
        }
        return e.getCause() != null ? of(e.getCause()) : Errno.EIO;
    }
}
