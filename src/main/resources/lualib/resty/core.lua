-- The part of the ngx API that Lua reaches through FFI.

require "resty.core.var"
require "resty.core.worker"
require "resty.core.time"
require "resty.core.hash"
require "resty.core.uri"
require "resty.core.regex"
require "resty.core.exit"
require "resty.core.base64"
require "resty.core.request"
require "resty.core.response"
require "resty.core.phase"
require "resty.core.ndk"
require "resty.core.param"
require "resty.core.shdict"
require "resty.core.misc"
require "resty.core.ctx"
require "resty.core.socket"

return { version = require "resty.core.base".version }
