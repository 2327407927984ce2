-- The entries behind a number, after the epoch of their box and the number that they follow.
local person, number = ARGV[6], tonumber(ARGV[7])
local box = box_of(person)
if not box then return {} end
local start = math.max(number, forgotten(box))
local found, at, size = { box.epoch, start }, start - forgotten(box), 0
while size < 250000 do -- about a frame: the rest is asked for when this has been sent
  local some = redis.call('LRANGE', key('run', person), at, at + 15)
  for _, line in ipairs(some) do
    found[#found + 1], size = read(line).sealed, size + #line
  end
  at = at + 16
  if #some < 16 then break end
end
if #found == 2 then renew(person) end -- a window that hears nothing for days still asks at every beat
return found
