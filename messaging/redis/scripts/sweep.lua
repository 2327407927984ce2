-- What is too old is forgotten. Returns (owner, sealed) of what nobody has shown in time, and the clearings that are settled.
local lost, settled = {}, {}
for _, person in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'due', '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', prefix .. 'due', person)
  local box = box_of(person)
  if box then
    while box.count > 0 and read(redis.call('LINDEX', key('run', person), 0)).expires <= now do forget_first(box) end
    local connected = sockets(person)
    for _, window in ipairs(redis.call('HKEYS', key('windows', person))) do
      if is_lost(person, window, connected) then
        redis.call('HDEL', key('windows', person), window)
        redis.call('HDEL', key('away', person), window)
      end
    end
    forget_shown(box)
    save(box)
  end
  for _, line in ipairs(redis.call('LRANGE', key('lost', person), 0, -1)) do
    local tag, sealed = line:match('^([^|]*)|(.*)$')
    local note = key('accepted', tag)
    if redis.call('EXISTS', note) == 1 then redis.call('HSET', note, 'expired', 1) end
    lost[#lost + 1] = person
    lost[#lost + 1] = sealed
  end
  redis.call('DEL', key('lost', person))
  redis.call('ZREM', prefix .. 'due', person)
  if box then
    local due = box.count > 0 and read(redis.call('LINDEX', key('run', person), 0)).expires or nil
    for _, since in ipairs(redis.call('HVALS', key('away', person))) do
      due = math.min(due or math.huge, tonumber(since) + stay)
    end
    if due then redis.call('ZADD', prefix .. 'due', due, person) end
    if box.count == 0 and redis.call('EXISTS', key('windows', person)) == 0 then
      redis.call('DEL', key('box', person), key('sockets', person), key('away', person))
    end
  end
end
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
  local about, counts = redis.call('GET', key('clearing', id)), progress(id)
  if not about or (counts[2] == 0 and counts[3] == 0) then
    redis.call('SREM', prefix .. 'clearings', id)
    if about then
      settled[#settled + 1] = id
      settled[#settled + 1] = about
      settled[#settled + 1] = table.concat(counts, ' ')
    end
    for _, owner in ipairs(redis.call('HKEYS', key('clearing-numbers', id))) do
      redis.call('DEL', key('clearing-windows', id .. ':' .. owner))
    end
    redis.call('DEL', key('clearing', id), key('clearing-numbers', id), key('clearing-done', id))
  end
end
return { lost, settled }
