"""Routes: parse a request, call one use case, serialize or render the result."""
