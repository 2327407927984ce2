-- Entries for one box or more: (epoch of a new box, owner, size, kind, tag, pair, clearing, sealed) again and again.
local owners = {}
for place = 6, #ARGV, 8 do
  local owner = ARGV[place + 1]
  local box = box_of(owner, ARGV[place])
  append(box, { unpack(ARGV, place + 1, place + 7) })
  save(box)
  owners[owner] = true
end
for owner in pairs(owners) do ring(owner) end
