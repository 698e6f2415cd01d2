Files: types, validators, ranges, index, autoindex.

=== a file
--- config
root html;
types {
    text/html html;
    text/css css;
}
location /alias/ {
    alias html/sub/;
}
--- user_files
>>> index.html
<p>index
>>> a.css
0123456789
>>> plain
text
>>> sub/index.html
<p>sub
>>> empty.css
--- request
GET /a.css
--- response_body
0123456789
--- response_headers
Content-Type: text/css
Content-Length: 11
Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT
ETag: "695735a5-b"
Accept-Ranges: bytes

=== default_type
--- request
GET /plain
--- response_headers
Content-Type: text/plain

=== HEAD
--- request
HEAD /a.css
--- response_headers
Content-Length: 11
--- response_body

=== index
--- request
GET /
--- response_body
<p>index
--- response_headers
Content-Type: text/html
--- request
GET /sub/
--- response_body
<p>sub
--- request
GET /alias/
--- response_body
<p>sub

=== a folder without a slash
--- request
GET /sub?a=b
--- error_code: 301
--- response_headers
Location: http://localhost:%PORT%/sub/?a=b

=== a file that is not there
--- request
GET /nothing
--- error_code: 404
--- error_log
[error]
open() "%PREFIX%/html/nothing" failed (2: No such file or directory)

=== a file with a slash behind it
--- request
GET /plain/
--- error_code: 404
--- error_log
is not found (20: Not a directory)

=== POST is not for files
--- request
POST /a.css

x
--- error_code: 405

=== If-Modified-Since
--- request
GET /a.css
If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT
--- error_code: 304
--- response_headers
ETag: "695735a5-b"
!Content-Length
!Content-Type
--- request
GET /a.css
If-Modified-Since: Fri, 02 Jan 2026 03:04:06 GMT
--- error_code: 200

=== If-None-Match and If-Match
--- request
GET /a.css
If-None-Match: "x", W/"695735a5-b"
--- error_code: 304
--- request
GET /a.css
If-None-Match: *
--- error_code: 304
--- request
GET /a.css
If-None-Match: "x"
--- error_code: 200
--- request
GET /a.css
If-Match: "x"
--- error_code: 412
--- request
GET /a.css
If-Match: "695735a5-b"
--- error_code: 200
--- request
GET /a.css
If-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT
--- error_code: 412

=== a range
--- request
GET /a.css
Range: bytes=2-4
--- error_code: 206
--- response_body chop
234
--- response_headers
Content-Range: bytes 2-4/11
Content-Length: 3

=== ranges at the end
--- request
GET /a.css
Range: bytes=8-
--- error_code: 206
--- response_body
89
--- request
GET /a.css
Range: bytes=-3
--- error_code: 206
--- response_body
89
--- request
GET /a.css
Range: bytes=8-99
--- error_code: 206
--- response_headers
Content-Range: bytes 8-10/11

=== several ranges
--- request
GET /a.css
Range: bytes=0-1,4-5
--- error_code: 206
--- response_headers
Content-Type ~ ^multipart/byteranges; boundary=\d{20}$
Content-Length: 194
--- response_body_like: ^\r\n--\d{20}\r\nContent-Type: text/css\r\nContent-Range: bytes 0-1/11\r\n\r\n01\r\n--\d{20}\r\nContent-Type: text/css\r\nContent-Range: bytes 4-5/11\r\n\r\n45\r\n--\d{20}--\r\n$

=== ranges that are none
--- request
GET /a.css
Range: bytes=20-30
--- error_code: 416
--- response_headers
Content-Range: bytes */11
--- request
GET /a.css
Range: bytes=5-2
--- error_code: 416
--- request
GET /a.css
Range: lines=1-2
--- error_code: 200

=== If-Range
--- request
GET /a.css
Range: bytes=0-0
If-Range: "695735a5-b"
--- error_code: 206
--- request
GET /a.css
Range: bytes=0-0
If-Range: "x"
--- error_code: 200
--- request
GET /a.css
Range: bytes=0-0
If-Range: Fri, 02 Jan 2026 03:04:05 GMT
--- error_code: 206

=== an empty file
--- request
GET /empty.css
--- response_headers
Content-Length: 0
--- response_body

=== a folder without an index
--- config
root html;
location /list/ {
    autoindex on;
}
--- user_files
>>> dir/file
text
>>> list/a & b.txt
text
>>> list/sub/x
text
--- request
GET /dir/
--- error_code: 403
--- error_log
directory index of "%PREFIX%/html/dir/" is forbidden
--- request
GET /list/
--- response_headers
Content-Type: text/html
--- response_body_like: <html>\r\n<head><title>Index of /list/</title></head>\r\n<body>\r\n<h1>Index of /list/</h1><hr><pre><a href="../">../</a>\r\n<a href="sub/">sub/</a>  .* -\r\n<a href="a%20%26%20b.txt">a &amp; b.txt</a>  .* 5\r\n</pre><hr></body>\r\n</html>

=== add_header and expires
--- config
root html;
location = /plain {
    add_header X-A "$uri";
    expires 1h;
}
location = /epoch {
    expires epoch;
}
location = /missing {
    add_header X-A no;
    add_header X-B yes always;
}
--- user_files
>>> plain
text
>>> epoch
text
--- request
GET /plain
--- response_headers
X-A: /plain
Cache-Control: max-age=3600
Expires ~ GMT$
--- request
GET /epoch
--- response_headers
Expires: Thu, 01 Jan 1970 00:00:01 GMT
Cache-Control: no-cache
--- request
GET /missing
--- error_code: 404
--- response_headers
!X-A
X-B: yes
