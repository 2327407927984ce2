-- Adds a socket to a window. Returns the inbox's epoch, the number after which the window continues, and what it has missed
-- (is_new_inbox, has_gap, was_forgotten, is_restart).
local person, window, epoch, digits, process, fresh, count = unpack(ARGV, 6)

-- Forgets a window if there are too many. Pages choose their own ids, and could otherwise fill the memory with windows.
local function make_room(of)
  if redis.call('HLEN', key('windows', of)) < 50 then return end
  local connected, longest, since = sockets(of), nil, math.huge
  local away = redis.call('HGETALL', key('away', of))
  for place = 1, #away, 2 do
    if not connected[away[place]] and tonumber(away[place + 1]) < since then
      longest, since = away[place], tonumber(away[place + 1])
    end
  end
  if longest then
    redis.call('HDEL', key('windows', of), longest)
    redis.call('HDEL', key('away', of), longest)
  end
end

local inbox = inbox_of(person, fresh)
local has_cursor = epoch ~= ''
local given = has_cursor and epoch == inbox.epoch and tonumber(digits) <= inbox.newest and tonumber(digits) or nil
local known = redis.call('HGET', key('windows', person), window)
local was_forgotten = has_cursor and not known
if not known then
  make_room(person)
  known = given or math.max(inbox.confirmed, forgotten(inbox))
  redis.call('HSET', key('windows', person), window, known)
end
redis.call('HSET', key('sockets', person), process .. ' ' .. window, count)
redis.call('HDEL', key('away', person), window)
redis.call('SADD', key('people-of', process), person)
redis.call('PEXPIRE', key('people-of', process), KEEP)
local start = given or tonumber(known)
local is_new_inbox = has_cursor and not given
local is_restart = is_new_inbox and epoch:sub(1, 8) ~= origin(fresh)
save(inbox)
renew(person)
return { inbox.epoch, math.max(start, forgotten(inbox)), is_new_inbox and 1 or 0,
  start < forgotten(inbox) and 1 or 0, was_forgotten and 1 or 0, is_restart and 1 or 0 }
