-- SHA-384 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("SHA384", 48)
