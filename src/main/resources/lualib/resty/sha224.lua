-- SHA-224 of data that comes in pieces: new, update, final, reset.

return require "nightjar.digest"("SHA224", 28)
