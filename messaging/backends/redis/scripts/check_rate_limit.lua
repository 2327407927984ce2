-- Counts towards a rate limit. Returns the ms to wait, as text.
return tostring(pass(key('pace', ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])))
