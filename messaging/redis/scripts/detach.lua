-- One of a window's sockets is gone. Without any, in whatever process, the window is away.
local person, window, process = unpack(ARGV, 6)
local field = process .. ' ' .. window
if redis.call('HEXISTS', key('sockets', person), field) == 0 then return end
if redis.call('HINCRBY', key('sockets', person), field, -1) <= 0 then redis.call('HDEL', key('sockets', person), field) end
local has_others = false
for _, each in ipairs(redis.call('HKEYS', key('sockets', person))) do
  has_others = has_others or each:match('^%S+') == process
end
if not has_others then redis.call('SREM', key('people-of', process), person) end
if not sockets(person)[window] then
  redis.call('HSET', key('away', person), window, now)
  due(person, now + stay)
end
renew(person)
