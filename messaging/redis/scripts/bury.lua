-- A process is dead, or has gone: its sockets are, too.
local process = ARGV[6]
for _, person in ipairs(redis.call('SMEMBERS', key('people-of', process))) do
  for _, field in ipairs(redis.call('HKEYS', key('sockets', person))) do
    local of, window = field:match('^(%S+) (.+)$')
    if of == process then
      redis.call('HDEL', key('sockets', person), field)
      redis.call('HSETNX', key('away', person), window, now)
      redis.call('ZADD', prefix .. 'due', 'LT', now + stay, person)
    end
  end
end
redis.call('DEL', key('people-of', process))
