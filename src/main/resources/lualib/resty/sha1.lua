-- SHA-1 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("SHA1", 20)
