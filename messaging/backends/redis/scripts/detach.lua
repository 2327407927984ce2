-- Sets how many sockets a window has in a process. A window without a socket in any process is away.
local person, window, process, count = unpack(ARGV, 6)
local field = process .. ' ' .. window
if tonumber(count) > 0 then return redis.call('HSET', key('sockets', person), field, count) end
if redis.call('HDEL', key('sockets', person), field) == 0 then return end
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
