-- Removes what has expired. Returns owner and draft of the messages that no window has shown in time, the clearings that have
-- ended, and whether there is more to sweep. One run is limited, because a script blocks Redis.
local lost, settled, AT_ONCE = {}, {}, 100
local people = redis.call('ZRANGEBYSCORE', prefix .. 'due', '-inf', now, 'LIMIT', 0, AT_ONCE)
for _, person in ipairs(people) do
  redis.call('ZREM', prefix .. 'due', person)
  redis.call('ZREMRANGEBYSCORE', key('accepted-of', person), '-inf', now)
  local inbox = inbox_of(person)
  if inbox then
    while inbox.count > 0 do
      local entry = read(redis.call('LINDEX', key('run', person), 0))
      if entry.expires > now then break end
      if is_incoming(entry) and forgotten(inbox) >= inbox.confirmed then
        note_outcome(entry, 'expired')
        lost[#lost + 1] = person
        lost[#lost + 1] = entry.encrypted
      end
      forget_first(inbox)
    end
    local connected = sockets(person)
    for _, window in ipairs(redis.call('HKEYS', key('windows', person))) do
      if is_lost(person, window, connected) then
        redis.call('HDEL', key('windows', person), window)
        redis.call('HDEL', key('away', person), window)
      end
    end
    forget_shown(inbox, redis.call('HVALS', key('windows', person)))
    save(inbox)
    if inbox.count > 0 then due(person, read(redis.call('LINDEX', key('run', person), 0)).expires) end
    for _, since in ipairs(redis.call('HVALS', key('away', person))) do due(person, tonumber(since) + stay) end
    if inbox.count == 0 and redis.call('EXISTS', key('windows', person)) == 0 then
      redis.call('DEL', key('box', person), key('sockets', person), key('away', person))
    end
  end
end
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
  local about, counts = redis.call('GET', key('clearing', id)), progress(id)
  if not about or (counts[2] == 0 and counts[3] == 0) then
    if about then
      settled[#settled + 1] = id
      settled[#settled + 1] = about
      settled[#settled + 1] = table.concat(counts, ' ')
    end
    forget_clearing(id)
  end
end
return { lost, settled, #people == AT_ONCE and 1 or 0 }
