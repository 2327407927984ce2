-- One more of something that has a pace. Returns for how many ms one has to wait, as text.
return tostring(pass(key('pace', ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])))
