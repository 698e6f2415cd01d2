-- MD5 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("MD5", 16)
