-- One of a window's sockets is gone.
local person, window, process = unpack(ARGV, 6)
local field = process .. ' ' .. window
if redis.call('HEXISTS', key('sockets', person), field) == 0 then return end
if redis.call('HINCRBY', key('sockets', person), field, -1) <= 0 then redis.call('HDEL', key('sockets', person), field) end
redis.call('HSET', key('away', person), window, now)
redis.call('ZADD', prefix .. 'due', 'LT', now + stay, person)
