-- Removes all messages that wait between two people. Returns (owner, sealed) of those that no window has shown.
local one, other, pair = unpack(ARGV, 6)
drop_clearings(one, other) -- their progress would tell who is there
local unshown = {}
for _, person in ipairs({ one, other }) do
  local inbox = inbox_of(person)
  if inbox then
    for place, line in ipairs(redis.call('LRANGE', key('run', person), 0, -1)) do
      local entry = read(line)
      if is_incoming(entry) and entry.pair == pair and forgotten(inbox) + place > inbox.confirmed then
        note_fate(entry, 'expired')
        unshown[#unshown + 1] = person
        unshown[#unshown + 1] = entry.sealed
      end
    end
    withdraw(inbox, function(entry) return is_incoming(entry) and entry.pair == pair end)
    save(inbox)
  end
end
return unshown
