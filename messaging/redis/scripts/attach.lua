-- A window connects. Returns its box's epoch, where it goes on, and what it has missed (is_new_box, has_gap, was_forgotten).
local person, window, epoch, digits, process, fresh, again = unpack(ARGV, 6)
local box = box_of(person, fresh)
local has_cursor = epoch ~= ''
local given = has_cursor and epoch == box.epoch and tonumber(digits) <= box.newest and tonumber(digits) or nil
local known = redis.call('HGET', key('windows', person), window)
local was_forgotten = has_cursor and not known
if not known then
  known = given or math.max(box.confirmed, forgotten(box))
  redis.call('HSET', key('windows', person), window, known)
end
local field = process .. ' ' .. window
if again == '' or redis.call('HEXISTS', key('sockets', person), field) == 0 then
  redis.call('HINCRBY', key('sockets', person), field, 1)
end
redis.call('HDEL', key('away', person), window)
redis.call('SADD', key('people-of', process), person)
redis.call('PEXPIRE', key('people-of', process), KEEP)
local start = given or tonumber(known)
save(box)
renew(person)
return { box.epoch, math.max(start, forgotten(box)), (has_cursor and not given) and 1 or 0,
  start < forgotten(box) and 1 or 0, was_forgotten and 1 or 0 }
