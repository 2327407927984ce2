-- Removes the sockets of a process that died or is `leaving`. Does nothing if the process has renewed its lease meanwhile.
local process, leaving = unpack(ARGV, 6)
local lease = tonumber(redis.call('ZSCORE', prefix .. 'processes', process) or 0)
if lease > real and leaving == '' then return end
for _, person in ipairs(redis.call('SMEMBERS', key('people-of', process))) do
  local left = {}
  for _, field in ipairs(redis.call('HKEYS', key('sockets', person))) do
    local of, window = field:match('^(%S+) (.+)$')
    if of == process then
      redis.call('HDEL', key('sockets', person), field)
      left[window] = true
    end
  end
  local connected = sockets(person)
  for window in pairs(left) do
    if not connected[window] then
      redis.call('HSETNX', key('away', person), window, now)
      due(person, now + stay)
    end
  end
  renew(person)
end
redis.call('DEL', key('people-of', process))
if lease <= real then
  redis.call('ZREM', prefix .. 'processes', process)
  redis.call('HDEL', prefix .. 'versions', process)
  redis.call('DEL', key('present', process))
end
