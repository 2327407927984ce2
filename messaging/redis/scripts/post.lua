-- Entries for one box or more: (epoch of a new box, owner, size, kind, tag, pair, clearing, sealed) again and again.
local boxes = {}
for place = 6, #ARGV, 8 do
  local owner = ARGV[place + 1]
  boxes[owner] = boxes[owner] or box_of(owner, ARGV[place])
  append(boxes[owner], { unpack(ARGV, place + 1, place + 7) })
end
for _, box in pairs(boxes) do
  save(box)
  ring(box)
end
