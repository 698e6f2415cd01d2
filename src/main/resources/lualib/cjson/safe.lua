-- cjson whose encode and decode answer nil and an error instead of raising it.

return require("nightjar.cjson").new_safe()
