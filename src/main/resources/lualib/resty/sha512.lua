-- SHA-512 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("SHA512", 64)
