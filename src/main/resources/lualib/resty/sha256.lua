-- SHA-256 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("SHA256", 32)
