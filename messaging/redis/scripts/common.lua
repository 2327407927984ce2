-- What every script begins with: time, names of keys, boxes and their entries. Runs inside Redis, one script at a time.
--
-- A person's box is a hash (epoch, newest, confirmed, size) and a list of entries, of which the last has the number
-- `newest`: what is no longer here needs no count of its own. An entry is a line of text,
--   expires|size|kind|tag|pair|clearing|sealed
-- where kind is "i" for a message to this person, "o" for the copy of one that they sent and "-" for anything else, tag
-- names the message and pair the conversation, both hashed with the key of the mailbox, and sealed is what was drawn,
-- encrypted with it. Redis never holds a word that somebody wrote.

local prefix, stay = ARGV[1], tonumber(ARGV[3])
local max_entries, max_size = tonumber(ARGV[4]), tonumber(ARGV[5])
local clock = redis.call('TIME')
local real = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local now = tonumber(ARGV[2]) or real -- a test brings a time of its own, else ARGV[2] is empty
local KEEP = math.max(600000, 4 * stay) -- ms after which what nobody has touched is gone, should every process have died

local function key(kind, name) return prefix .. kind .. ':' .. name end

local function box_of(person, epoch)
  local found = redis.call('HMGET', key('box', person), 'epoch', 'newest', 'confirmed', 'size')
  if not (found[1] or epoch) then return nil end
  local box = { person = person, epoch = found[1] or epoch, newest = tonumber(found[2] or 0),
    confirmed = tonumber(found[3] or 0), size = tonumber(found[4] or 0) }
  box.count = redis.call('LLEN', key('run', person))
  if box.count == 0 then box.size = 0 end -- its entries may have ended by themselves
  return box
end

local function renew(person)
  for _, kind in ipairs({ 'box', 'windows', 'sockets', 'away' }) do redis.call('PEXPIRE', key(kind, person), KEEP) end
end

local function save(box)
  redis.call('HSET', key('box', box.person), 'epoch', box.epoch, 'newest', box.newest, 'confirmed', box.confirmed,
    'size', box.size)
  -- One look instead of four renewals for every message.
  if redis.call('PTTL', key('box', box.person)) < KEEP / 2 then renew(box.person) end
end

-- The next sweep looks at this person, at that time or earlier.
local function due(person, at)
  if redis.call('ZADD', prefix .. 'due', 'LT', at, person) == 1 then redis.call('PEXPIRE', prefix .. 'due', KEEP) end
end

local function forgotten(box) return box.newest - box.count end

local function is_over(box) return box.count > 0 and (box.count >= max_entries or box.size >= max_size) end

local function read(line)
  local expires, size, kind, tag, pair, clearing, sealed = line:match('^(%d+)|(%d+)|(.)|([^|]*)|([^|]*)|([^|]*)|(.*)$')
  return { expires = tonumber(expires), size = tonumber(size), kind = kind, tag = tag, pair = pair,
    clearing = clearing, sealed = sealed }
end

local function written(entry)
  return string.format('%.0f|%d|%s|%s|%s|%s|', entry.expires, entry.size, entry.kind, entry.tag, entry.pair,
    entry.clearing) .. entry.sealed
end

local function forget_first(box)
  local entry = read(redis.call('LPOP', key('run', box.person)))
  box.size, box.count = box.size - entry.size, box.count - 1
  if forgotten(box) > box.confirmed and entry.kind == 'i' then
    redis.call('RPUSH', key('lost', box.person), entry.tag .. '|' .. entry.sealed)
    redis.call('PEXPIRE', key('lost', box.person), 2 * stay)
    due(box.person, now)
  end
end

local function forget_shown(box)
  local everywhere = box.confirmed
  for _, cursor in ipairs(redis.call('HVALS', key('windows', box.person))) do
    everywhere = math.min(everywhere, tonumber(cursor))
  end
  while box.count > 0 and forgotten(box) + 1 <= everywhere do forget_first(box) end
end

-- `parts` is what a caller says of an entry: owner, size, kind, tag, pair, clearing, sealed.
local function append(box, parts)
  while is_over(box) do forget_first(box) end
  local entry = { expires = now + stay, size = tonumber(parts[2]), kind = parts[3], tag = parts[4], pair = parts[5],
    clearing = parts[6], sealed = parts[7] }
  redis.call('RPUSH', key('run', box.person), written(entry))
  redis.call('PEXPIRE', key('run', box.person), 2 * stay)
  due(box.person, entry.expires)
  box.newest, box.count, box.size = box.newest + 1, box.count + 1, box.size + entry.size
end

-- The texts of these wait no longer; their numbers do, so that nothing is skipped.
local function withdraw(box, is_meant)
  for place, line in ipairs(redis.call('LRANGE', key('run', box.person), 0, -1)) do
    local entry = read(line)
    if entry.kind ~= '-' and is_meant(entry) then
      box.size = box.size - entry.size
      entry.size, entry.kind, entry.tag, entry.pair, entry.sealed = 0, '-', '', '', ''
      redis.call('LSET', key('run', box.person), place - 1, written(entry))
    end
  end
end

local function ring(person) redis.call('PUBLISH', prefix .. 'group:user.' .. person, '{"type": "mail.waiting"}') end

-- How many sockets each window of a person has, in processes that are alive.
local function sockets(person)
  local found, alive = {}, {}
  local all = redis.call('HGETALL', key('sockets', person))
  for place = 1, #all, 2 do
    local process, window = all[place]:match('^(%S+) (.+)$')
    if alive[process] == nil then
      alive[process] = tonumber(redis.call('ZSCORE', prefix .. 'processes', process) or 0) > real
    end
    if alive[process] then found[window] = (found[window] or 0) + tonumber(all[place + 1]) end
  end
  return found
end

local function is_lost(person, window, connected)
  local since = redis.call('HGET', key('away', person), window)
  return not connected[window] and since and now - tonumber(since) >= stay
end

-- A clearing's windows by what they have done: emptied, still to answer, away, and away for too long.
local function progress(id)
  local counts = { 0, 0, 0, 0 }
  local owners = redis.call('HGETALL', key('clearing-numbers', id))
  for place = 1, #owners, 2 do
    local owner, number = owners[place], tonumber(owners[place + 1])
    local connected, box = sockets(owner), box_of(owner)
    local is_forgotten = not box or forgotten(box) >= number
    for _, window in ipairs(redis.call('SMEMBERS', key('clearing-windows', id .. ':' .. owner))) do
      local cursor = redis.call('HGET', key('windows', owner), window)
      local stage
      if redis.call('SISMEMBER', key('clearing-done', id), window) == 1 then stage = 1
      elseif not cursor or is_forgotten or tonumber(cursor) >= number then stage = 4
      elseif connected[window] then stage = 2
      else stage = 3 end
      counts[stage] = counts[stage] + 1
    end
  end
  return counts
end
