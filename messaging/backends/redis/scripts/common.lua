-- What every script begins with: time, names of keys, boxes and their entries. Runs inside Redis, one script at a time.
--
-- A person's box is a hash (epoch, newest, confirmed, size, and until when it is kept) and a list of entries, of which the
-- last has the number `newest`: what is no longer here needs no count of its own. An entry is a line of text,
--   expires|size|kind|tag|pair|clearing|sealed
-- where kind is "i" for a message to this person, "e" for what goes with one and is not noted under its name, "o" for the
-- copy of what they sent, "-" for anything else and "x" for what was emptied, tag names the message and pair the
-- conversation, both hashed with the key of the mailbox, and sealed is what was drawn, encrypted with it. Redis never holds
-- a word that somebody wrote. A box also counts the entries and bytes of each share: of a pair, what the other one has
-- caused, and "own".

local prefix, stay = ARGV[1], tonumber(ARGV[3])
local max_entries, max_size = tonumber(ARGV[4]), tonumber(ARGV[5])
local OF_A_SENDER, OF_THE_OWNER = 4, 2 -- as messaging.domain.mailbox_limits has them
local LEFT_OUT = '!' -- in place of what is sealed: notes were left out here
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
  local found = redis.call('HMGET', key('box', person), 'epoch', 'newest', 'confirmed', 'size', 'kept', 'entries:own',
    'bytes:own')
  if not (found[1] or epoch) then return nil end
  local box = { person = person, epoch = found[1] or birth(epoch) .. epoch, newest = tonumber(found[2] or 0),
    confirmed = tonumber(found[3] or 0), size = tonumber(found[4] or 0), kept = tonumber(found[5] or 0) }
  box.shares = { own = { entries = tonumber(found[6] or 0), size = tonumber(found[7] or 0), is_kept = found[6] } }
  box.count = redis.call('LLEN', key('run', person))
  if box.count == 0 and box.size > 0 then -- its entries have ended by themselves
    box.size, box.shares.own = 0, { entries = 0, size = 0 }
    for _, field in ipairs(redis.call('HKEYS', key('box', person))) do
      if field:match('^entries:') or field:match('^bytes:') then redis.call('HDEL', key('box', person), field) end
    end
  end
  return box
end

local function share(box, name)
  if not box.shares[name] then
    local found = redis.call('HMGET', key('box', box.person), 'entries:' .. name, 'bytes:' .. name)
    box.shares[name] = { entries = tonumber(found[1] or 0), size = tonumber(found[2] or 0), is_kept = found[1] }
  end
  return box.shares[name]
end

-- An entry comes (1) or goes (-1).
local function tally(box, entry, sign)
  box.size = box.size + sign * entry.size
  if entry.kind == 'x' then return end
  local of = share(box, (entry.kind == 'o' or entry.pair == '') and 'own' or entry.pair)
  of.entries, of.size = of.entries + sign, of.size + sign * entry.size
end

local function renew(person)
  for _, kind in ipairs({ 'box', 'windows', 'sockets', 'away' }) do redis.call('PEXPIRE', key(kind, person), KEEP) end
end

-- Tells every process with windows of this person, too, if something has been put into the box.
local function save(box)
  -- One number instead of four renewals for every message.
  local is_to_renew = box.kept - real < KEEP / 2
  if is_to_renew then box.kept = real + KEEP end
  local fields = { 'epoch', box.epoch, 'newest', box.newest, 'confirmed', box.confirmed, 'size', box.size,
    'kept', string.format('%.0f', box.kept) }
  for name, of in pairs(box.shares) do
    if of.entries > 0 then
      for _, word in ipairs({ 'entries:' .. name, of.entries, 'bytes:' .. name, of.size }) do
        fields[#fields + 1] = word
      end
      of.is_kept = true
    elseif of.is_kept then
      redis.call('HDEL', key('box', box.person), 'entries:' .. name, 'bytes:' .. name)
      of.is_kept = false
    end
  end
  redis.call('HSET', key('box', box.person), unpack(fields))
  if is_to_renew then renew(box.person) end
  if box.has_news then redis.call('PUBLISH', prefix .. 'group:user.' .. box.person, '{"type": "mail.waiting"}') end
end

-- The next sweep looks at this person, at that time or earlier.
local function due(person, at)
  if redis.call('ZADD', prefix .. 'due', 'LT', at, person) == 1 then redis.call('PEXPIRE', prefix .. 'due', KEEP) end
end

local function forgotten(box) return box.newest - box.count end

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

-- What became of a message, for when its page asks again. What becomes of an edit says nothing of the message itself.
local function note_fate(entry, fate)
  local note = key('accepted', entry.tag)
  if entry.kind == 'i' and redis.call('EXISTS', note) == 1 then redis.call('HSET', note, fate, 1) end
end

local function forget_first(box)
  tally(box, read(redis.call('LPOP', key('run', box.person))), -1)
  box.count = box.count - 1
end

-- Whether it is over even after what some window has shown has made room. What none has shown stays.
local function remains(box, is_over)
  while is_over() do
    if box.count == 0 or forgotten(box) >= box.confirmed then return true end
    forget_first(box)
  end
  return false
end

local function is_full(box, times)
  return remains(box, function() return box.count >= times * max_entries or box.size >= times * max_size end)
end

local function has_whole_share(box, name, parts)
  local of = share(box, name)
  return remains(box, function()
    return of.entries > 0 and (of.entries >= math.floor(max_entries / parts) or of.size >= math.floor(max_size / parts))
  end)
end

-- `cursors` are those of all its windows. What some window has shown cannot be lost: its size is all there is to know.
local function forget_shown(box, cursors)
  local everywhere = box.confirmed
  for _, cursor in ipairs(cursors) do everywhere = math.min(everywhere, tonumber(cursor)) end
  local count = math.min(box.count, everywhere - forgotten(box))
  if count <= 0 then return end
  for _, line in ipairs(redis.call('LPOP', key('run', box.person), count)) do
    local size, kind, pair = line:match('^%d+|(%d+)|(.)|[^|]*|([^|]*)|')
    tally(box, { size = tonumber(size), kind = kind, pair = pair }, -1)
    box.count = box.count - 1
  end
end

-- `parts` is what a caller says of an entry: owner, size, kind, tag, pair, clearing, sealed.
local function append(box, parts)
  is_full(box, 1)
  local entry = { expires = now + stay, size = tonumber(parts[2]), kind = parts[3], tag = parts[4], pair = parts[5],
    clearing = parts[6], sealed = parts[7] }
  redis.call('RPUSH', key('run', box.person), written(entry))
  box.has_news = true
  redis.call('PEXPIRE', key('run', box.person), 2 * stay)
  due(box.person, entry.expires)
  box.newest, box.count = box.newest + 1, box.count + 1
  tally(box, entry, 1)
end

-- What is no message. For what the owner has caused there may be no room: it cannot be refused, and may push nothing out.
-- What the peer has caused is left out where no window could show it.
local function append_note(box, parts)
  if parts[5] ~= '' and redis.call('EXISTS', key('windows', box.person)) == 0 then return due(box.person, now) end
  if parts[5] ~= '' or not has_whole_share(box, 'own', OF_THE_OWNER) then return append(box, parts) end
  if read(redis.call('LINDEX', key('run', box.person), -1)).sealed ~= LEFT_OUT then
    append(box, { parts[1], #'notes_left_out', '-', '', '', '', LEFT_OUT })
  end
end

-- Why what somebody does without a message is refused, unless it takes the place of one that waits in the box.
local function refusal(box, parts, takes_place)
  local pair, before, why = parts[5], box.count, nil
  if takes_place then
    for _, line in ipairs(redis.call('LRANGE', key('run', box.person), 0, -1)) do
      if takes_place(read(line)) then return nil end
    end
  end
  if pair == '' then
    why = has_whole_share(box, 'own', OF_THE_OWNER) and 'behind'
  else
    why = has_whole_share(box, pair, OF_A_SENDER) and 'share' or is_full(box, 2) and 'full'
  end
  if box.count ~= before then save(box) end
  return why
end

-- The texts of these wait no longer; their numbers do, so that nothing is skipped.
local function withdraw(box, is_meant)
  for place, line in ipairs(redis.call('LRANGE', key('run', box.person), 0, -1)) do
    local entry = read(line)
    if entry.kind ~= '-' and is_meant(entry) then
      tally(box, entry, -1)
      entry.size, entry.kind, entry.tag, entry.pair, entry.sealed = 0, 'x', '', '', ''
      redis.call('LSET', key('run', box.person), place - 1, written(entry))
    end
  end
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
