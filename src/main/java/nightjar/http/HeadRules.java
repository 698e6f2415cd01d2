package nightjar.http;

/// What one server's configuration says about reading a request head.
///
/// @param bufferSize   `client_header_buffer_size` in bytes
/// @param largeNumber  how many `large_client_header_buffers`
/// @param largeSize    bytes in each of them
/// @param maxHeaders   `max_headers`
/// @param ignoreInvalid `ignore_invalid_headers`
/// @param underscores  `underscores_in_headers`
/// @param mergeSlashes `merge_slashes`
public record HeadRules(int bufferSize, int largeNumber, int largeSize, int maxHeaders,
                        boolean ignoreInvalid, boolean underscores, boolean mergeSlashes) {
    public static final HeadRules DEFAULT = new HeadRules(1024, 4, 8192, 1000, true, false, true);
}
