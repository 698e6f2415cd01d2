-- JSON, with the API of OpenResty's lua-cjson.

return require("nightjar.cjson").new()
