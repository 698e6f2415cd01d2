What echo's commands write, and in which order.

=== a subrequest's output stands where its command stands
--- config
location = /main {
    echo pre;
    echo_location /sub a=b;
    echo_location_async /slow;
    echo mid;
    echo_location_async /sub?x=1;
    echo post;
}
location = /sub {
    echo "sub $args";
}
location = /slow {
    echo slow;
    echo_sleep 0.05;
    echo after;
}
location = /twice {
    echo_location_async /main;
    echo_location /main;
    echo end;
}
--- request
GET /main
--- response_body
pre
sub a=b
slow
after
mid
sub x=1
post
--- request
GET /twice
--- response_body
pre
sub a=b
slow
after
mid
sub x=1
post
pre
sub a=b
slow
after
mid
sub x=1
post
end

=== a subrequest has a method, a query and a body of its own
--- config
location = /main {
    echo_subrequest POST /dump -q a=1 -b hello;
    echo_subrequest_async PUT /dump -b x;
    echo_subrequest HEAD /dump;
    echo -- -done;
}
location = /dump {
    echo "$echo_request_method $args $http_content_length [$echo_request_body]";
    echo_request_body;
    echo;
}
--- request
GET /main
--- response_body
POST a=1 5 [hello]
hello
PUT  1 [x]
x
-done

=== variables of a subrequest are its own
--- config
location = /main {
    set $who main;
    echo "$who $echo_cacheable_request_uri";
    echo_location /sub;
    echo "$who $echo_cacheable_request_uri";
}
location = /sub {
    set $who sub;
    echo "$who $echo_cacheable_request_uri";
}
--- request
GET /main
--- response_body
main /main
sub /sub
main /main

=== a loop runs for each piece that is not empty
--- config
location = /each {
    echo_foreach_split ',' $arg_l;
    echo "it $echo_it $echo_incr";
    echo_sleep 0.001;
    echo_end;
    echo end;
}
--- request
GET /each?l=,a,,b,
--- response_body
it a 1
it b 2
end
--- request
GET /each?l=
--- response_body
end

=== text stands before and behind any body
--- config
location = /around {
    echo body;
    echo_before_body -n "before ";
    echo_after_body "after $echo_response_status";
}
location = /main {
    echo_location /around;
    echo main;
}
--- request
GET /around
--- response_body
before body
after 200
--- request
GET /main
--- response_body
before body
after 200
main

=== an error page is a part of the response too
--- config
location = /main {
    echo_location /nowhere;
    echo done;
}
location = /nowhere {
    return 403 "no\n";
}
--- request
GET /main
--- response_body
no
done

=== durations and sizes are checked when they are used
--- config
location = /sleep {
    echo_sleep $arg_t;
    echo slept;
}
location = /times {
    echo_duplicate $arg_n ab;
    echo;
}
--- request
GET /sleep?t=soon
--- error_code: 400
--- request
GET /times?n=-1
--- error_code: 500
--- request
GET /times?n=0_2
--- response_body
abab
--- error_log
invalid sleep duration "soon"
invalid size specified: "-1"
