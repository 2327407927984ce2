-- Renews the lease of a process, and publishes who arrived and left. Returns the version of its people (-1 if Redis has lost
-- them), the dead processes that are not forgotten yet, and the live ones with their versions.
local process, lease, version, count = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local held = tonumber(redis.call('HGET', prefix .. 'versions', process) or 0)
if held ~= version then
  redis.call('DEL', key('present', process))
  redis.call('HDEL', prefix .. 'versions', process)
  if version ~= 0 then return { -1, {}, {} } end
end
for place = 10, 9 + count do redis.call('HDEL', key('present', process), ARGV[place]) end
for place = 10 + count, #ARGV, 2 do redis.call('HSET', key('present', process), ARGV[place], ARGV[place + 1]) end
-- The first version is the current time, so that no version is used twice, even if Redis loses its data.
if version == 0 then version = real elseif #ARGV > 9 then version = version + 1 end
redis.call('HSET', prefix .. 'versions', process, version)
redis.call('ZADD', prefix .. 'processes', real + lease, process)
for _, name in ipairs({ prefix .. 'processes', prefix .. 'versions', prefix .. 'due', key('present', process),
  key('people-of', process) }) do redis.call('PEXPIRE', name, KEEP) end
local alive = {}
for _, each in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'processes', string.format('(%.0f', real), '+inf')) do
  alive[#alive + 1] = each
  alive[#alive + 1] = tonumber(redis.call('HGET', prefix .. 'versions', each) or 0)
end
return { version, redis.call('ZRANGEBYSCORE', prefix .. 'processes', '-inf', real), alive }
