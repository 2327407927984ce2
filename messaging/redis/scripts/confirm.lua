-- A window has shown everything up to a number. Returns the messages that none had shown before, and the clearings.
local person, window, epoch, digits = unpack(ARGV, 6)
local box, number = box_of(person), tonumber(digits)
local before = tonumber(redis.call('HGET', key('windows', person), window) or nil)
if not box or not before or epoch ~= box.epoch or number > box.newest then return { {}, {} } end
local messages, clearings = {}, {}
local low, first = math.min(before, box.confirmed), forgotten(box)
if number > low and number > first then
  local start = math.max(low, first)
  for place, line in ipairs(redis.call('LRANGE', key('run', person), start - first, number - first - 1)) do
    local entry, at = read(line), start + place
    if at > box.confirmed and entry.kind == 'i' then
      if redis.call('EXISTS', key('accepted', entry.tag)) == 1 then
        redis.call('HSET', key('accepted', entry.tag), 'delivered', 1)
      end
      messages[#messages + 1] = entry.sealed
    end
    if at > before and entry.clearing ~= '' and redis.call('EXISTS', key('clearing', entry.clearing)) == 1 then
      redis.call('SADD', key('clearing-done', entry.clearing), window)
      redis.call('PEXPIRE', key('clearing-done', entry.clearing), 10 * KEEP)
      clearings[#clearings + 1] = entry.clearing
      clearings[#clearings + 1] = redis.call('GET', key('clearing', entry.clearing))
    end
  end
end
redis.call('HSET', key('windows', person), window, math.max(before, number))
box.confirmed = math.max(box.confirmed, number)
forget_shown(box)
save(box)
return { messages, clearings }
