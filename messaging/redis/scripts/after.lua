-- The entries behind a number, after the epoch of their box and the number that they follow.
local person, number = ARGV[6], tonumber(ARGV[7])
local box = box_of(person)
if not box then return {} end
local start = math.max(number, forgotten(box))
local lines = redis.call('LRANGE', key('run', person), start - forgotten(box), -1)
if #lines == 0 then renew(person) end -- a window that hears nothing for days still asks at every beat
local found = { box.epoch, start }
for _, line in ipairs(lines) do
  local entry = read(line)
  found[#found + 1] = entry.expires
  found[#found + 1] = entry.clearing
  found[#found + 1] = entry.sealed
end
return found
