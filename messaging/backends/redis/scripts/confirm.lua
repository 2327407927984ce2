-- Records that a window has shown everything up to a number. Returns the messages that no window had shown before, and the
-- clearings that progressed.
local person, window, epoch, digits = unpack(ARGV, 6)
local inbox, number = inbox_of(person), tonumber(digits)
local before, cursors, found = nil, {}, redis.call('HGETALL', key('windows', person))
for place = 1, #found, 2 do
  if found[place] == window then before = tonumber(found[place + 1]) else cursors[#cursors + 1] = found[place + 1] end
end
if not inbox or not before or epoch ~= inbox.epoch or number > inbox.newest then return { {}, {} } end
local messages, clearings = {}, {}
local low, first = math.min(before, inbox.confirmed), forgotten(inbox)
if number > low and number > first then
  local start = math.max(low, first)
  for place, line in ipairs(redis.call('LRANGE', key('run', person), start - first, number - first - 1)) do
    local entry, at = read(line), start + place
    if at > inbox.confirmed and is_incoming(entry) then
      note_outcome(entry, 'delivered')
      messages[#messages + 1] = entry.encrypted
    end
    if at > before and entry.clearing ~= '' and redis.call('EXISTS', key('clearing', entry.clearing)) == 1 then
      redis.call('SADD', key('clearing-done', entry.clearing), window)
      redis.call('PEXPIRE', key('clearing-done', entry.clearing), 10 * KEEP)
      clearings[#clearings + 1] = entry.clearing
      clearings[#clearings + 1] = redis.call('GET', key('clearing', entry.clearing))
    end
  end
end
cursors[#cursors + 1] = math.max(before, number)
redis.call('HSET', key('windows', person), window, cursors[#cursors])
inbox.confirmed = math.max(inbox.confirmed, number)
forget_shown(inbox, cursors)
save(inbox)
return { messages, clearings }
