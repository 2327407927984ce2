-- Nothing passes between two people any more. What waits for either is taken out; returns (owner, sealed) of what no
-- window has shown, and what its page may offer again one day.
local one, other, pair = unpack(ARGV, 6)
drop_clearings(one, other) -- how far they have come would tell who is there
local unshown = {}
for _, person in ipairs({ one, other }) do
  local box = box_of(person)
  if box then
    for place, line in ipairs(redis.call('LRANGE', key('run', person), 0, -1)) do
      local entry = read(line)
      if is_incoming(entry) and entry.pair == pair and forgotten(box) + place > box.confirmed then
        note_fate(entry, 'expired')
        unshown[#unshown + 1] = person
        unshown[#unshown + 1] = entry.sealed
      end
    end
    withdraw(box, function(entry) return is_incoming(entry) and entry.pair == pair end)
    save(box)
  end
end
return unshown
