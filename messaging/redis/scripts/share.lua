-- A process renews its lease and says who has come and gone. Returns the version of its people (-1 if Redis has lost
-- them), the processes that are dead and that nobody has been told of, and those alive with their versions.
local process, lease, version, count = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local held = tonumber(redis.call('HGET', prefix .. 'versions', process) or 0)
if held ~= version then
  redis.call('DEL', key('present', process))
  redis.call('HDEL', prefix .. 'versions', process)
  if version ~= 0 then return { -1, {}, {} } end
end
local has_changed = #ARGV > 9
for place = 10, 9 + count do redis.call('HDEL', key('present', process), ARGV[place]) end
for place = 10 + count, #ARGV, 2 do redis.call('HSET', key('present', process), ARGV[place], ARGV[place + 1]) end
if has_changed or version == 0 then version = redis.call('HINCRBY', prefix .. 'versions', process, 1) end
redis.call('ZADD', prefix .. 'processes', real + lease, process)
local dead = redis.call('ZRANGEBYSCORE', prefix .. 'processes', '-inf', real)
for _, each in ipairs(dead) do
  redis.call('ZREM', prefix .. 'processes', each)
  redis.call('HDEL', prefix .. 'versions', each)
  redis.call('DEL', key('present', each))
end
local alive = {}
for _, each in ipairs(redis.call('ZRANGE', prefix .. 'processes', 0, -1)) do
  alive[#alive + 1] = each
  alive[#alive + 1] = tonumber(redis.call('HGET', prefix .. 'versions', each) or 0)
end
if has_changed or #dead > 0 then redis.call('PUBLISH', prefix .. 'group:presence', '{"type": "presence.changed"}') end
return { version, dead, alive }
