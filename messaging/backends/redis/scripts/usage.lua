-- Returns how much is stored about a person.
local person = ARGV[6]
local inbox, elsewhere, accepted, clearings = inbox_of(person), 0, 0, 0
for _, tag in ipairs(redis.call('ZRANGE', key('accepted-of', person), 0, -1)) do
  local note = redis.call('HMGET', key('accepted', tag), 'places', 'withdrawn', 'expires')
  if note[3] and tonumber(note[3]) > now then
    accepted = accepted + 1
    for owner, number in (note[2] and '' or note[1] or ''):gmatch('(%d+) (%d+)') do
      local theirs = inbox_of(owner)
      if theirs and tonumber(number) > forgotten(theirs) then elsewhere = elsewhere + 1 end
    end
  end
end
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
  clearings = clearings + redis.call('HEXISTS', key('clearing-numbers', id), person)
end
local first = inbox and inbox.count > 0 and read(redis.call('LINDEX', key('run', person), 0))
return { inbox and inbox.count or 0, inbox and inbox.size or 0, first and (now + stay - first.expires) or 0,
  redis.call('HLEN', key('windows', person)), accepted, elsewhere, clearings }
