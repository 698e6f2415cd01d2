-- OpenResty has this library without the prefix.

return require "tablepool"
