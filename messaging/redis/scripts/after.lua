-- The entries behind a number, after the epoch of their box and the number that they follow.
local person, number = ARGV[6], tonumber(ARGV[7])
local box = box_of(person)
if not box then return {} end
local start = math.max(number, forgotten(box))
local lines, at, size = {}, start - forgotten(box), 0
while size < 250000 do -- about a frame: the rest is asked for when this has been sent
  local some = redis.call('LRANGE', key('run', person), at, at + 15)
  for _, line in ipairs(some) do
    lines[#lines + 1], size = line, size + #line
  end
  at = at + 16
  if #some < 16 then break end
end
if #lines == 0 then renew(person) end -- a window that hears nothing for days still asks at every beat
local found = { box.epoch, start }
for _, line in ipairs(lines) do
  local entry = read(line)
  found[#found + 1] = entry.expires
  found[#found + 1] = entry.clearing
  found[#found + 1] = entry.sealed
end
return found
