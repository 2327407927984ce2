-- What every script begins with: time, names of keys, boxes and their entries. Runs inside Redis, one script at a time.
--
-- A person's box is a hash (epoch, newest, confirmed, size, and until when it is kept) and a list of entries, of which the
-- last has the number `newest`: what is no longer here needs no count of its own. An entry is a line of text,
--   expires|size|kind|tag|pair|clearing|sealed
-- where kind is "i" for a message to this person, "e" for what goes with one and is not noted under its name, "o" for the
-- copy of what they sent and "-" for anything else, tag names the message and pair the conversation, both hashed with the
-- key of the mailbox, and sealed is what was drawn, encrypted with it. Redis never holds a word that somebody wrote.

local prefix, stay = ARGV[1], tonumber(ARGV[3])
local max_entries, max_size = tonumber(ARGV[4]), tonumber(ARGV[5])
local MOST = 65536 -- bytes of entries that a ring brings along; a window fetches what is longer
local clock = redis.call('TIME')
local real = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local now = tonumber(ARGV[2]) or real -- a test brings a time of its own, else ARGV[2] is empty
local KEEP = math.max(600000, 4 * stay) -- ms after which what nobody has touched is gone, should every process have died

local function key(kind, name) return prefix .. kind .. ':' .. name end

-- What every epoch begins with: it names this memory, so that a page can be told whether it has lost its box with it.
local function birth(fresh)
  if fresh then redis.call('SET', prefix .. 'birth', fresh:sub(1, 8), 'NX') end
  redis.call('PEXPIRE', prefix .. 'birth', math.max(86400000, KEEP))
  return redis.call('GET', prefix .. 'birth')
end

local function box_of(person, epoch)
  local found = redis.call('HMGET', key('box', person), 'epoch', 'newest', 'confirmed', 'size', 'kept', 'tidied')
  if not (found[1] or epoch) then return nil end
  local box = { person = person, epoch = found[1] or birth(epoch) .. epoch, newest = tonumber(found[2] or 0),
    confirmed = tonumber(found[3] or 0), size = tonumber(found[4] or 0), kept = tonumber(found[5] or 0),
    tidied = tonumber(found[6] or 0) }
  box.count = redis.call('LLEN', key('run', person))
  if box.count == 0 then box.size = 0 end -- its entries may have ended by themselves
  return box
end

local function renew(person)
  for _, kind in ipairs({ 'box', 'windows', 'sockets', 'away' }) do redis.call('PEXPIRE', key(kind, person), KEEP) end
end

local function save(box)
  -- One number instead of four renewals for every message.
  local is_to_renew = box.kept - real < KEEP / 2
  if is_to_renew then box.kept = real + KEEP end
  redis.call('HSET', key('box', box.person), 'epoch', box.epoch, 'newest', box.newest, 'confirmed', box.confirmed,
    'size', box.size, 'kept', string.format('%.0f', box.kept), 'tidied', string.format('%.0f', box.tidied))
  if is_to_renew then renew(box.person) end
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

local function is_incoming(entry) return entry.kind == 'i' or entry.kind == 'e' end

local function forget_first(box)
  local entry = read(redis.call('LPOP', key('run', box.person)))
  box.size, box.count = box.size - entry.size, box.count - 1
  if forgotten(box) > box.confirmed and is_incoming(entry) then
    redis.call('RPUSH', key('lost', box.person), (entry.kind == 'i' and entry.tag or '') .. '|' .. entry.sealed)
    redis.call('PEXPIRE', key('lost', box.person), 2 * stay)
    due(box.person, now)
  end
end

-- `cursors` are those of all its windows. What some window has shown cannot be lost: its size is all there is to know.
local function forget_shown(box, cursors)
  local everywhere = box.confirmed
  for _, cursor in ipairs(cursors) do everywhere = math.min(everywhere, tonumber(cursor)) end
  local count = math.min(box.count, everywhere - forgotten(box))
  if count <= 0 then return end
  for _, line in ipairs(redis.call('LPOP', key('run', box.person), count)) do
    box.size, box.count = box.size - tonumber(line:match('^%d+|(%d+)|')), box.count - 1
  end
end

-- `parts` is what a caller says of an entry: owner, size, kind, tag, pair, clearing, sealed.
local function append(box, parts)
  while is_over(box) do forget_first(box) end
  local entry = { expires = now + stay, size = tonumber(parts[2]), kind = parts[3], tag = parts[4], pair = parts[5],
    clearing = parts[6], sealed = parts[7] }
  redis.call('RPUSH', key('run', box.person), written(entry))
  box.news = box.news or {}
  table.insert(box.news, entry)
  redis.call('PEXPIRE', key('run', box.person), 2 * stay)
  due(box.person, entry.expires)
  box.newest, box.count, box.size = box.newest + 1, box.count + 1, box.size + entry.size
end

local function publish(person, head, parts)
  redis.call('PUBLISH', prefix .. 'group:user.' .. person, cjson.encode(head) .. (parts and '\n' .. table.concat(parts) or ''))
end

-- The texts of these wait no longer; their numbers do, so that nothing is skipped. Who has heard of them is told.
local function withdraw(box, is_meant)
  for place, line in ipairs(redis.call('LRANGE', key('run', box.person), 0, -1)) do
    local entry = read(line)
    if entry.kind ~= '-' and is_meant(entry) then
      box.size = box.size - entry.size
      entry.size, entry.kind, entry.tag, entry.pair, entry.sealed = 0, '-', '', '', ''
      redis.call('LSET', key('run', box.person), place - 1, written(entry))
    end
  end
  publish(box.person, { type = 'mail.withdrawn' })
end

-- Says to every process with windows of a person that something waits there, and brings it along, as it is in the box.
local function ring(box)
  local entries, sealed, size = {}, {}, 0
  for place, entry in ipairs(box.news) do
    entries[place], sealed[place] = { entry.expires, entry.clearing, #entry.sealed }, entry.sealed
    size = size + #entry.sealed
  end
  if size > MOST then return publish(box.person, { type = 'mail.waiting' }) end
  publish(box.person, { type = 'mail.waiting', epoch = box.epoch, newest = box.newest, first = forgotten(box) + 1,
    entries = entries }, sealed)
end

-- Nobody is told any more how far the clearings of this conversation have come.
local function drop_clearings(one, other)
  for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
    local owners = key('clearing-numbers', id)
    if redis.call('HEXISTS', owners, one) == 1 and redis.call('HEXISTS', owners, other) == 1 then
      redis.call('SREM', prefix .. 'clearings', id)
      redis.call('DEL', owners, key('clearing', id), key('clearing-done', id))
      for _, owner in ipairs({ one, other }) do redis.call('DEL', key('clearing-windows', id .. ':' .. owner)) end
    end
  end
end

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
  if connected[window] then return false end
  local since = redis.call('HGET', key('away', person), window)
  return since and now - tonumber(since) >= stay
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
